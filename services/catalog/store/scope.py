"""The caller's units as a statement sees them.

The row policies stay the guard. They also admit the service itself, by an `or` that hides the units from the
planner; so a statement that finds more than one row by anything but a key names the units too.
"""

from typing import Final

UNITS: Final = "(select nullif(current_setting('app.units', true), ''))::uuid[]"
"""The units in scope, as both a unit of work and a reading connection set them; one may stand in it twice."""
