"""Tables and all SQL of catalog."""
