"""The acts of the audit service: one a file, one transaction each."""
