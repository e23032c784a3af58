"""`make bench`: each row is ours against a floor of the same run, in alternating rounds."""
