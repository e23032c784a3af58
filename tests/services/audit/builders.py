"""Example values of the audit domain; each builder takes the members that a test cares about."""

from __future__ import annotations

from datetime import date
from typing import Any

from contracts.events.audit import CheckResult
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.appraisal_file import load_rulebook
from services.audit.domain.checks import PageSeen, Paper, SeenBefore, Subject
from services.audit.domain.rulebook import Rulebook

RULES: Rulebook = load_rulebook()
TODAY = date(2026, 11, 24)
UNSEEN = SeenBefore(filed_pages=0, filed_in=None, waiting_pages=0, repeated=0)


def page(**members: Any) -> PageSeen:
    """An intact A4 page, declared at 300 dpi."""
    example: dict[str, Any] = {
        "page_id": new_id("pag"),
        "digest": "0" * 64,
        "decodes": True,
        "blank": False,
        "dpi": 300.0,
        "dpi_on_a4": 300.0,
    }
    return PageSeen(**{**example, **members})


def paper(**members: Any) -> Paper:
    """A form of 1998 with two pages, as declared."""
    example: dict[str, Any] = {
        "title": "干部任免审批表",
        "formed_on": PartialDate(value="1998-07-15"),
        "declared_page_count": 2,
        "pages": (page(), page()),
    }
    return Paper(**{**example, **members})


def subject(**members: Any) -> Subject:
    """A person of 1970 with an open dossier, declared by number and name."""
    example: dict[str, Any] = {
        "person_no": "same",
        "name": "same",
        "dossier_is_theirs": True,
        "dossier_open": True,
        "birth_date": PartialDate(value="1970-03-02"),
    }
    return Subject(**{**example, **members})


def check(outcome: Any = "pass", **members: Any) -> CheckResult:
    """One result of the machine."""
    example: dict[str, Any] = {"check": "A3", "code": "complete", "outcome": outcome, "by": "machine"}
    return CheckResult(**{**example, **members})
