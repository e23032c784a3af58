"""`make proof`: the long forms of all proofs, bounded and resumable, in one table."""
