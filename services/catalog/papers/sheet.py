"""The sheet that a scheme prescribes."""

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
