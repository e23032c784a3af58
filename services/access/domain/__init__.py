"""Decisions of access: who may ask, who decides, what a grant shows, and when it ends. No I/O, no clock."""
