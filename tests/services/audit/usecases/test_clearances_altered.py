"""The gate beside the register of alterations: what is found suspends, what is confirmed decides (seed 004)."""

from __future__ import annotations

import json

import pytest

from services.audit.domain.clearance import Kind
from services.audit.usecases.reaudit_dossier import reaudit_dossier
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.altered import confirmed, followed, recorded
from tests.services.audit.gate import ask, audited_subject, clearance, sign, told_of
from tests.services.audit.office import Office, Subject
from tests.support.rooms import somebody


async def with_paper(office: Office) -> tuple[Subject, str]:
    """Somebody whose dossier was audited without a problem, and a paper in it."""
    subject = await audited_subject(office)
    received = await office.received(subject)
    assert await office.hear(office.filed(received)) is None
    return subject, received.material_id


async def stands(office: Office, clearance_id: str) -> tuple[str, list[tuple[str, str]]]:
    """The state of a clearance with its rules and what each is about."""
    kept = await clearance(office, clearance_id)
    return kept["state"], [(reason["rule"], reason["about"]) for reason in json.loads(kept["reasons"])]


async def test_a_slip_suspends_until_it_is_confirmed_as_one(office: Office):
    """笔误 is no falsification: once the organisation says so, it speaks against nobody; each turn is told."""
    subject, paper = await with_paper(office)
    (row,) = await ask(office, subject)
    slip = await recorded(office, paper, verdict="slip", falsified_object=None)
    assert await stands(office, row.id) == ("suspended", [("altered_material", "birth_date")])
    await confirmed(office, slip, subject.unit_id)
    assert await stands(office, row.id) == ("cleared", [])
    assert await told_of(office, row.id) == ["cleared", "suspended", "cleared"]


async def test_a_confirmed_falsification_refuses_until_something_followed_and_the_dossier_was_audited(office: Office):
    """Refused for good; asked anew it waits for what follows, then for a new audit (复查)."""
    subject, paper = await with_paper(office)
    (row,) = await ask(office, subject)
    found = await confirmed(office, await recorded(office, paper), subject.unit_id)
    assert await stands(office, row.id) == ("refused", [("falsified", "birth_date")])
    assert await told_of(office, row.id) == ["cleared", "suspended", "refused"]
    (anew,) = await ask(office, subject)
    assert anew.state == "refused"
    await followed(office, found)
    (last,) = await ask(office, subject)
    assert await stands(office, last.id) == ("suspended", [("falsification_settled", "birth_date")])
    uow = office.acting(somebody("leader"), "clearance:hold")
    await reaudit_dossier(last.id, uow=uow, gate=gate_of(office.deps))
    for _ in range(2):
        await sign(office, subject)
    assert await stands(office, last.id) == ("cleared", [])


async def test_a_disqualification_holds_until_it_is_corrected(office: Office):
    """Whatever else follows: only a later correction ends it."""
    subject, paper = await with_paper(office)
    found = await confirmed(office, await recorded(office, paper), subject.unit_id)
    for kind, rule in (
        ("correction", "falsification_settled"),
        ("disqualified", "disqualified"),
        ("points_deducted", "disqualified"),
        ("correction", "falsification_settled"),
    ):
        await followed(office, found, kind)
        (row,) = await ask(office, subject, kind=Kind.TRANSFER)
        assert [reason["rule"] for reason in row.reasons] == [rule], kind


@pytest.mark.parametrize("audits", [0, 2])
async def test_what_the_organisation_left_open_is_cleared_by_a_later_audit(office: Office, audits: int):
    """Confirmed as undetermined: it suspends, until two persons have looked and found nothing."""
    subject, paper = await with_paper(office)
    doubtful = await recorded(office, paper, verdict="undetermined", falsified_object=None)
    await confirmed(office, doubtful, subject.unit_id)
    (row,) = await ask(office, subject)
    for _ in range(audits):
        await sign(office, subject)
    assert (await clearance(office, row.id))["state"] == ("cleared" if audits else "suspended")
