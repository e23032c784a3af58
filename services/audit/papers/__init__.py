"""Papers of an audit: what stands on each, and the files that offices edit on."""
