"""Sample data of one invented county: the same seed gives the same people, papers and page images.

`generate` is pure (a seed in, a `Sample` out), `paper` draws page images, `load` brings a sample into a
running system through its public API. What is drawn from stands in `data/`.
"""
