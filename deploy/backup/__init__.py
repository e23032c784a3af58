"""A backup of the embedded system while it runs, and the way back.

What a backup directory holds (docs/guide/operator.md, section 3):

    dangan-backup.json        whose directory this is
    manifest.json             the one finished backup: written last, replaced at once
    runs/<run>/               its database, write-ahead log and sealed keys; what no manifest names is unfinished
    blobs/<unit>/<dd>/<sha>   page files, shared by all backups into this directory
"""
