"""Audit: the appraisal of each material before it is filed (归档前鉴别).

Owns appraisals with their checks, tasks and decisions. Says `material.appraised`. Hears of received and
filed materials, of persons and their kin, of dossiers and of units.
"""
