#!/bin/sh
# Prints the Python (3.11 or newer) that makes the project's environment; prints nothing when there is none.
# Where root runs, one that `nobody` can reach comes first, because services are dropped to that user, and
# a Python below a closed home directory (as pyenv's is) would keep them at root.

usable() {
  "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null
}

makes_environments() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

reachable() {
  "$1" -c 'from deploy.embedded.reach import python_reachable; raise SystemExit(not python_reachable())' 2>/dev/null
}

cd "$(dirname "$0")/../.." || exit 1
first=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/local/bin/python3; do
  usable "$candidate" || continue
  [ -n "$first" ] || first=$candidate
  if makes_environments "$candidate" && reachable "$candidate"; then
    echo "$candidate"
    exit 0
  fi
done
echo "$first"
