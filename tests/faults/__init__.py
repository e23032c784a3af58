"""Faults under load (`make chaos`): a notebook of acknowledged writes, a system that is hurt, and a comparison."""
