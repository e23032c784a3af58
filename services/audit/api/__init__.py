"""HTTP of the audit service: shapes in and out, no decisions."""
