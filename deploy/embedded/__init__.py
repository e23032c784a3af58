"""The embedded profile: real PostgreSQL and NATS engines from wheels, and the processes around them."""
