"""What access does: one act a file, one transaction each."""
