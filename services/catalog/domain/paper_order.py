"""How the paper lies in the binder, where that is not the catalogue's order (classification rules, section 3).

Some units list category 1 by time and lay the newest résumé form in front (`physical_only`); numbers and codes stay
those of the catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.domain.scheme import Scheme

_RESUMES = "1"


@dataclass(frozen=True)
class Sheet:
    """A material by its place in the catalogue. `formed_key` orders by date, a missing part as 00."""

    material_id: str
    place: str
    item_no: int
    title: str
    formed_key: str


def paper_order(sheets: Sequence[Sheet], scheme: Scheme) -> list[Sheet]:
    """The materials as they are bound, given in the order of the catalogue."""
    if scheme.order.latest_resume_first != "physical_only":
        return list(sheets)
    forms = [one for one in sheets if one.place == _RESUMES and scheme.order.resume.search(one.title)]
    if not forms:
        return list(sheets)
    newest = max(forms, key=lambda one: (one.formed_key, one.item_no))
    at = next(at for at, one in enumerate(sheets) if one.place == _RESUMES)
    rest = [one for one in sheets if one is not newest]
    return [*rest[:at], newest, *rest[at:]]
