"""The caller's units as a statement sees them.

The row policies stay the guard. They also admit the service itself, by an `or` that hides the units from the
planner; so a statement that finds more than one row by anything but a key names the units too.
"""

from typing import Final

UNITS: Final = "(select nullif(current_setting('app.units', true), '')::uuid[])::uuid[]"
"""The units in scope, as both a unit of work and a reading connection set them; one may stand in it twice."""

SCOPE: Final = f"""
(select distinct unit_id from unnest({UNITS}) as unit_id where $1::uuid is null or unit_id = $1) as scope
"""  # noqa: S608  # a constant of this module
"""The same as a table of units, narrowed to the one that `$1` names unless it is null: each unit's rows are then
read from its own index and merged (see `dossiers`)."""
