"""The sheet that a scheme prescribes, and the moment that a print carries."""

from datetime import date, datetime, time

from chassis.unit_of_work import SHANGHAI
from contracts.documents import SheetGeometry
from services.catalog.domain.scheme import PageGeometry

_PAPERS = {"a4": (210, 297), "16k": (184, 260)}


def sheet_of(page: PageGeometry) -> SheetGeometry:
    """The geometry as documents carry it."""
    width, height = _PAPERS[page.paper]
    return SheetGeometry(
        width=width,
        height=height,
        side=page.side,
        margin=page.margin,
        hole_inset=page.hole_inset,
        hole_diameter=page.hole_diameter,
        hole_heights=list(page.hole_heights),
    )


def day_of_print(today: date) -> datetime:
    """The first moment of the day in China: what did not change prints byte for byte alike until midnight."""
    return datetime.combine(today, time(), SHANGHAI)
