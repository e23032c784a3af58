"""A dossier as its review sees it: every row with its pages, what waits, and what is known of the person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final

from contracts.values.partial_date import PartialDate
from services.catalog.domain.classification import normalise_title
from services.catalog.domain.facts import FactKind, Facts
from services.catalog.domain.ordering import Placed
from services.catalog.domain.scheme import Side
from services.catalog.domain.titles import TitleForm, catalogue_title

_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|度|[-.—至到])")


@dataclass(frozen=True)
class Row:
    """One filed material. `digests` are those of its page images; `from_paper` says that it was a row of an old paper
    catalogue; `sides` are what the images show, in their order, where any is no printed side."""

    material_id: str
    code: str
    item_no: int
    title: str
    original_title: str
    formed_on: PartialDate | None
    page_count: int
    digests: tuple[str, ...]
    from_paper: bool
    placed: Placed
    sides: tuple[Side, ...] = ()

    @cached_property
    def year_in_title(self) -> int | None:
        """The one year that the title names; None when it names none or several."""
        years = {int(found) for found in _YEAR.findall(normalise_title(self.title))}
        return years.pop() if len(years) == 1 else None

    @property
    def year(self) -> int | None:
        """The year that it is about: the title's, else that in which it was formed."""
        return self.year_in_title or (self.formed_on.year if self.formed_on else None)


@dataclass(frozen=True)
class Waiting:
    """A material that waits for the archivist."""

    material_id: str
    due_at: datetime


@dataclass(frozen=True)
class Loose:
    """A filed material that lies loose (散材料), and the last day on which it is to be bound."""

    material_id: str
    due_on: date


@dataclass(frozen=True)
class DossierView:
    """All that a review looks at. `rows` stand in catalogue order; `settled_anew` names those of the three ages of
    which the papers once said something else; `to_enter` are determinations in force that no fact names yet."""

    dossier_id: str
    unit_id: str
    person_id: str
    scheme_id: str
    version: int
    rows: tuple[Row, ...]
    waiting: tuple[Waiting, ...]
    facts: Facts
    birth_date: PartialDate | None
    now: datetime
    today: date
    settled_anew: tuple[FactKind, ...] = ()
    loose: tuple[Loose, ...] = ()
    to_enter: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, tuple[Row, ...]]:
        """Rows by the code of their category."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.code, []).append(row)
        return {code: tuple(rows) for code, rows in found.items()}


def plain(title: str, form: TitleForm) -> str:
    """A title as patterns see it: in the catalogue's form, without white space and book-title marks."""
    return normalise_title(catalogue_title(title, form))
