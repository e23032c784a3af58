"""What tests stand on: one real PostgreSQL a run, one real NATS a worker, the whole system in-process."""
