"""catalog: persons, kin and dossiers, and every material's place in one of the ten categories.

Owns dossiers, persons, materials and pages. Says `person.changed`, `person.kin_changed`, `dossier.opened`,
`dossier.changed`, `material.filed` and `material.refused`. Hears `material.appraised` and `unit.changed`.
"""
