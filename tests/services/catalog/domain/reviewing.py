"""Dossiers as a review sees them, made of short rows."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.domain.dossier_view import DossierView, Row, Waiting
from services.catalog.domain.facts import Fact, Facts, Provenance
from services.catalog.domain.ordering import Placed, formed_key

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def row(code: str, item_no: int, title: str, formed_on: str | None = None, **changes: Any) -> Row:
    """A filed material of one page, without images."""
    material_id = changes.pop("material_id", None) or new_id("mat")
    formed = PartialDate(value=formed_on) if formed_on else None
    told: dict[str, Any] = {
        "material_id": material_id,
        "code": code,
        "item_no": item_no,
        "title": title,
        "original_title": title,
        "formed_on": formed,
        "page_count": 1,
        "digests": (),
        "from_paper": False,
        "placed": Placed(material_id, 0, formed_key(formed), item_no, item_no),
    }
    return Row(**{**told, **changes})


def fact(kind: Any, value: dict[str, Any], begins: str | None = None, ends: str | None = None) -> Fact:
    """A current fact, entered by hand."""
    return Fact(
        fact_id=new_id("fct"),
        person_id="per_00000000000000000000000001",
        kind=kind,
        value=value,
        valid_from=PartialDate(value=begins) if begins else None,
        valid_to=PartialDate(value=ends) if ends else None,
        sort_key="0",
        provenance=Provenance("entry"),
        entry_id=new_id("req"),
        recorded_at=NOW,
        recorded_by="acc",
    )


def view(*rows: Row, facts: tuple[Fact, ...] = (), born: str | None = None, waiting: Any = ()) -> DossierView:
    """A dossier of r2018 with these rows, seen on 24 November 2026."""
    known = Facts("per_00000000000000000000000001", facts)
    return DossierView(
        dossier_id="dos_00000000000000000000000001",
        unit_id="unt_00000000000000000000000001",
        person_id=known.person_id,
        scheme_id="r2018",
        version=1,
        rows=rows,
        waiting=tuple(Waiting(new_id("mat"), due) for due in waiting),
        facts=known,
        birth_date=PartialDate(value=born) if born else None,
        now=NOW,
        today=date(2026, 11, 24),
    )
