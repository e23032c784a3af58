"""Decisions of the gateway: facts in, verdict out."""
