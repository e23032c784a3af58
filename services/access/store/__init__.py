"""Tables and queries of the access service; all its SQL is here."""
