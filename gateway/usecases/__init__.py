"""What the gateway does with accounts: one act a file, one transaction each."""
