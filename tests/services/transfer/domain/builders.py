"""Submissions, items and units as the tests of transfer's domain need them."""

from datetime import UTC, date, datetime
from typing import Any

from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.transfer.domain.item import Accepted, Fact, Filed, Item, Place, Returned
from services.transfer.domain.subject import Subject
from services.transfer.domain.submission import Submission
from services.transfer.domain.unit import Unit, placed

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def submission(**changed: Any) -> Submission:
    """A draft, at its first version."""
    members: dict[str, Any] = {
        "submission_id": new_id("sub"),
        "unit_id": new_id("unt"),
        "subject": Subject(new_id("dos"), new_id("per")),
        "state": "draft",
        "version": 1,
        "created_by": new_id("acc"),
        "created_at": NOW,
        "changed_at": NOW,
    }
    return Submission(**(members | changed))


def item(position: int = 1, **changed: Any) -> Item:
    """An item of a delivered submission, pending."""
    members: dict[str, Any] = {
        "item_id": new_id("itm"),
        "submission_id": new_id("sub"),
        "position": position,
        "title": "干部任免审批表",
        "formed_on": PartialDate(value="1987-05"),
        "declared_page_count": 2,
        "page_count": 2,
        "state": "pending",
        "version": 2,
        "material_id": new_id("mat"),
    }
    return Item(**(members | changed))


def filed(category: str = "9-2", item_no: int = 3) -> Filed:
    """A filing."""
    return Filed(Place(new_id("dos"), category, item_no, date(2026, 11, 24), 2))


def rejected(*reasons: str) -> Returned:
    """Audit's no."""
    return Returned("audit", reasons or ("A5",))


def refused(*reasons: str) -> Returned:
    """The archivist's no."""
    return Returned("catalog", reasons or ("duplicate",))


def ends(kind: str) -> tuple[Fact, ...]:
    """The facts that one material causes, in the order in which they happen."""
    return {"filed": (Accepted(), filed()), "rejected": (rejected(),), "refused": (Accepted(), refused())}[kind]


def unit(code: str, parent: Unit | None = None, version: int = 1) -> Unit:
    """A unit in its place."""
    drawn = Unit(new_id("unt"), None, code, f"单位{code}", True, version, (), ())
    return placed(drawn, parent)
