"""catalog: persons, kin and dossiers, and every material's place in one of the ten categories.

Owns dossiers, persons, materials and pages. Says `person.changed`, `person.kin_changed`, `dossier.opened`,
`dossier.changed`, `material.filed/refused/refiled/removed/pages_changed`. Hears `material.appraised` and
`unit.changed`.
"""
