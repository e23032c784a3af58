"""The verbs of catalog: one act a file, one transaction each."""
