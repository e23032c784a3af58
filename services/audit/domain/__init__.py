"""Decisions of the audit service: pure, with no I/O, clock or randomness."""
