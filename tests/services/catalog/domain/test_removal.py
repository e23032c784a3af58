"""A removal is decided once, by somebody else, and what was removed is kept its time."""

from datetime import UTC, date, datetime

import pytest

from contracts.problems import SamePersonTwice, StateConflict
from services.catalog.domain.removal import Removal, RemovalRules, check_state, reason_fault
from tests.services.catalog.domain.schemes import r2018

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ASKED = Removal("rmv", "unt", "dos", "mat", "remove", "duplicate", None, "leader", "acc_1", NOW, NOW)


@pytest.mark.parametrize(
    ("removed", "until"), [(date(2026, 11, 24), date(2036, 11, 24)), (date(2024, 2, 29), date(2034, 2, 28))]
)
def test_a_removed_material_is_kept_for_whole_years(removed: date, until: date):
    """Also from a leap day on."""
    assert RemovalRules("leader", 7, 10).keep_until(removed) == until


def test_it_is_decided_once_and_by_somebody_else():
    """Whoever asked never approves; a second decision is refused."""
    with pytest.raises(SamePersonTwice):
        ASKED.decided("approved", "acc_1", NOW, None)
    decided = ASKED.decided("rejected", "acc_2", NOW, "并非重复")
    assert (decided.state, decided.version, decided.decided_by) == ("rejected", 2, "acc_2")
    with pytest.raises(StateConflict):
        decided.decided("approved", "acc_3", NOW, None)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("remove", "queued"), ("remove", "removed"), ("remove", "merged"), ("restore", "filed"), ("restore", "merged")],
)
def test_only_what_is_filed_goes_and_only_what_went_comes_back(kind, state):
    """Whatever else it is, it is a conflict."""
    with pytest.raises(StateConflict):
        check_state(kind, state)


@pytest.mark.parametrize(
    "reason",
    ["duplicate", "copy_of_original", "unfinished", "unverified_accusation", "other_person", "original_certificate",
     "blank_form"],
)  # fmt: skip
def test_the_manual_s_reasons_are_known(reason: str):
    """Not filed at all (classification rules, section 2); another is refused, with those that are."""
    assert reason_fault(reason, r2018()) is None
    fault = reason_fault("ugly", r2018())
    assert fault is not None
    assert reason in (fault.params or {})["allowed"]
