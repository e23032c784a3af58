"""Tables of the schema `identity` and all SQL of the gateway."""
