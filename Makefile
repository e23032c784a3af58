# Two commands: `make run` and `make test`. README.md names the others.

BIN := .venv/bin
UV := $(BIN)/uv
PYTHON ?= $(shell sh deploy/embedded/find_python.sh)
JOBS ?= 2
# One environment serves both: where the development packages are there, running needs nothing more.
RUNNABLE := $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.runtime)
CODE := contracts chassis services gateway cli deploy
# As a start would do where it may write beside the code.
COMPILE := $(BIN)/python -m compileall -q $(CODE)
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
SYNC := $(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode
LOCK := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
	--custom-compile-command "make lock"

.PHONY: run test check contracts lock clean bench chaos races proof

run: $(RUNNABLE)
	@$(COMPILE)
	@exec $(BIN)/dangan up --sample --demo $(ARGS)

test: .venv/.dev
	$(BIN)/pytest -n $(JOBS) $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m cli.specs --check

contracts: .venv/.dev
	$(BIN)/python -m cli.specs

bench: .venv/.dev
	@$(COMPILE)
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(SIZE),--size $(SIZE))

chaos: .venv/.dev
	$(BIN)/python -m tests.faults.chaos $(if $(BREAK),--break $(BREAK)) $(if $(ONLY),--only $(ONLY)) \
	  $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

races: .venv/.dev
	$(BIN)/python -m tests.races $(if $(BREAK),--break $(BREAK)) $(if $(ONLY),--only $(ONLY)) \
	  $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SEED),--seed $(SEED)) $(ARGS)

# The long forms, in steps that are kept in bench/proof.json: call it again until it has finished.
proof: .venv/.dev
	@$(COMPILE)
	$(BIN)/python -m tests.proof $(if $(ONLY),--only $(ONLY)) $(if $(MINUTES),--minutes $(MINUTES)) $(ARGS)

lock: $(UV)
	$(LOCK) requirements/runtime.in -o requirements/runtime.txt
	$(LOCK) requirements/dev.in -c requirements/runtime.txt -o requirements/dev.txt
	$(LOCK) requirements/bootstrap.in -c requirements/runtime.txt -o requirements/bootstrap.txt

# Also removes the data, in the tree and outside; refused while the system runs.
clean:
	@$(or $(PYTHON),python3) -m deploy.embedded.clean
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3.11 (Debian: apt install python3.11)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "this Python cannot make environments: install the package $$($(PYTHON) -c \
	  'import sys; print("python%d.%d-venv" % sys.version_info[:2])') (Debian: apt install), then run make again" >&2; exit 1; }
	@$(PYTHON) -m deploy.embedded.layout
	@echo "making .venv with $(PYTHON)"
	@$(PYTHON) -m venv .venv

$(UV): requirements/bootstrap.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/.runtime: requirements/runtime.txt pyproject.toml $(UV)
	@echo "installing what running needs"
	@$(SYNC) requirements/runtime.txt
	@$(INSTALL)
	@touch $@

.venv/.dev: requirements/dev.txt pyproject.toml $(UV)
	@echo "installing what tests and checks need"
	@$(SYNC) requirements/dev.txt
	@$(INSTALL)
	@touch $@
