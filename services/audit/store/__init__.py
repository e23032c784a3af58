"""Tables and queries of the audit service; all its SQL is here."""
