"""`dangan demo audit`: a special audit (专项审核) that is made up, played to its end, and counted twice.

`generate` makes dossiers with planted truths from a seed (pure), `truth` counts what was planted, `sheets` writes what
a careful reviewer would see, `play` goes the whole way through the public API, and `figures` holds the campaign's
report against what was planted.
"""
