"""What becomes of an accepted material."""

from datetime import UTC, datetime

import pytest

from services.catalog.domain.filing import (
    DossierState,
    File,
    Queue,
    Refuse,
    decide_filing,
    due_at,
    place_fault,
    reason_faults,
)
from tests.services.catalog.domain.schemes import r2018


@pytest.mark.parametrize(
    ("title", "state", "verdict"),
    [
        ("干部任免审批表", "open", File("9-2", "r2018:11")),
        ("张某某一九八五年来信", "open", Queue("unclassified", None)),
        ("个人有关事项报告", "open", Queue("ask", "r2018:22")),
        ("登记表", "open", Queue("retitle", "r2018:42")),
        ("干部任免审批表", "closed", Refuse(("dossier_closed",))),
        ("登记表", "closed", Refuse(("dossier_closed",))),
    ],
)
def test_an_accepted_material_is_filed_queued_or_refused(title: str, state: DossierState, verdict):
    """Each case has one outcome; none waits without an owner."""
    assert decide_filing(title, state, r2018()) == verdict


def test_a_queued_material_is_due_in_fourteen_days():
    """The shipped default (U)."""
    noon = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert due_at(noon, r2018()) == datetime(2026, 12, 8, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "code"),
    [("9-2", None), ("10", None), ("4", "subclass-required"), ("9", "subclass-required"),
     ("1-1", "not-allowed-value"), ("11", "not-allowed-value"), ("4-5", "not-allowed-value"),
     ("ask", "not-allowed-value")],
)  # fmt: skip
def test_only_the_places_of_the_scheme_are_accepted(place: str, code: str | None):
    """Subclasses are needed in 4 and 9 and exist nowhere else (seed 000)."""
    fault = place_fault(place, r2018(), "/category")
    assert (fault.code if fault else None) == code


def test_a_refusal_needs_listed_reasons():
    """No reason, or one that the scheme does not list, is a fault at its place."""
    assert [f.code for f in reason_faults([], r2018())] == ["too-few"]
    assert reason_faults(["duplicate"], r2018()) == []
    assert [f.pointer for f in reason_faults(["duplicate", "dislike"], r2018())] == ["/reasons/1"]
