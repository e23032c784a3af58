"""What a superior's word must be, and who may give it (seed 004)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import SamePersonTwice, SuperiorOnly
from contracts.values.partial_date import PartialDate
from services.audit.domain.adjudication import Settled, in_force
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact, DateClaim
from services.audit.domain.superior_review import SuperiorWord, admit_superior, recalled, word_faults

BIRTH = AuditFact.BIRTH_DATE


def dated(value: str, status: Status = Status.PROPOSED, reason: str | None = None) -> Settled:
    """A date as somebody has it."""
    return Settled(status, DateClaim(date=PartialDate(value=value)), reason=reason)


@pytest.mark.parametrize(
    ("corrected", "wrong"),
    [
        (dated("1970-03", reason="经查"), []),
        (dated("1970-03"), ["/corrections/0/reason required"]),
        (dated("1968-03", reason="经查"), ["/corrections/0/value as-before"]),
        (Settled(Status.UNDETERMINED, None, reason="证据不足"), []),
        (dated("1970-03", Status.DETERMINED, "经查"), ["/corrections/0/status not-allowed-value"]),
    ],
)
def test_a_correction_says_something_else_and_why(corrected: Settled, wrong: list[str]):
    """改正认定意见: what is in force is 1968-03, determined."""
    standing = {BIRTH: dated("1968-03", Status.DETERMINED)}
    faults = word_faults(SuperiorWord("correct", corrections=((BIRTH, corrected),)), standing)
    assert [f"{fault.pointer} {fault.code}" for fault in faults] == wrong


@given(st.sampled_from(Status))
def test_what_is_recalled_and_approved_again_is_in_force_as_before(status: Status):
    """Nothing is lost on the way back, and nothing is determined while it is not in force."""
    assert recalled(status) is not Status.DETERMINED
    assert in_force(recalled(status)) is in_force(status)


UNITS = st.frozensets(st.sampled_from(["unt_a", "unt_b", "unt_c", "unt_d"]))


@given(UNITS, UNITS, st.booleans())
def test_who_is_not_above_is_refused_before_it_is_asked_who_they_are(
    above: frozenset[str], roots: frozenset[str], took_part: bool
):
    """Above: a post in a unit over the approving office; then nobody who took part."""
    who = {"acc_1"} if took_part else set[str]()
    if not above & roots:
        with pytest.raises(SuperiorOnly):
            admit_superior("县委组织部", above, roots, "acc_1", who)
    elif took_part:
        with pytest.raises(SamePersonTwice):
            admit_superior("县委组织部", above, roots, "acc_1", who)
    else:
        admit_superior("县委组织部", above, roots, "acc_1", who)
        admit_superior("县委组织部", (), "*", "acc_1", who)
