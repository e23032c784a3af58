"""The sheet that prints stand on, and the moment that they carry."""

from datetime import date, datetime, time
from typing import Final

from chassis.unit_of_work import SHANGHAI
from contracts.documents import SheetGeometry

BOUND_A4: Final = SheetGeometry(
    width=210, height=297, side="left", margin=25, hole_inset=12, hole_diameter=5, hole_heights=[54, 137, 220]
)
"""A4 as personnel files are bound since 组通字〔2012〕28号 (seed 000): margin at the left, three holes."""


def day_of_print(today: date) -> datetime:
    """The first moment of the day in China: what did not change prints byte for byte alike until midnight."""
    return datetime.combine(today, time(), SHANGHAI)
