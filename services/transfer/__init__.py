"""transfer: what departments hand in, and what becomes of it.

Owns the unit tree, submissions with their items, uploads, receipts and return notes.
Says `unit.changed`, `material.received`, `material.returned`, `receipt.issued`.
Hears `material.appraised/filed/refiled/refused`, `dossier.opened/changed` and `person.changed`.
"""
