"""HTTP: shapes in and out, no decisions."""
