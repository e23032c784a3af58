"""A campaign and the dossiers that come into it."""

from __future__ import annotations

import asyncio

import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.events import DossierChanged
from contracts.problems import NotFound, StateConflict, ValidationFailed
from contracts.values.ids import new_id, to_uuid
from services.audit.usecases.create_campaign import CreateCampaign, Scope, create_campaign, enter_dossiers
from tests.services.audit.gate import gap_closed, gap_opened
from tests.services.audit.office import Office
from tests.services.audit.organising import organising


async def test_a_unit_comes_in_with_its_open_dossiers_and_their_ranks(office: Office):
    """Closed ones stay out, and so do those of other units."""
    organiser = await organising(office)
    there = await organiser.dossiers(3)
    closed, elsewhere = (await organiser.dossiers(1))[0], await office.known_subject()
    change = DossierChanged.model_validate({**closed.dossier().model_dump(), "state": "closed"})
    await office.hear(change, version=2)
    await office.hear(there[0].person(rank="正科级"), version=2)
    campaign = await organiser.plan()
    rows = await organiser.rows(campaign)
    assert {row["dossier_id"] for row in rows} == {to_uuid(one.dossier_id) for one in there}
    assert to_uuid(elsewhere.dossier_id) not in {row["dossier_id"] for row in rows}
    ranks = {row["dossier_id"]: row["rank"] for row in rows}
    assert ranks[to_uuid(there[0].dossier_id)] == "正科级"
    assert {row["state"] for row in rows} == {"planned"}
    assert await office.journal(campaign.id) == [("campaign.created", organiser.caller.account_id, 1)]


async def test_difficulty_is_counted_from_what_is_known(office: Office):
    """Pages, papers without a date, classes that should never be empty, and what the catalogue finds missing; the rule
    file gives the points."""
    organiser = await organising(office)
    bare, subject = await organiser.dossiers(2)
    weights = office.deps.rules.campaign.weights
    received = await office.received(subject, pages=[await office.store(subject.unit_id, office.drawn_page())] * 3)
    await office.hear(office.filed(received, formed_on=None, category="9-2"))
    gaps = [gap_opened(bare), gap_opened(bare, "degree"), gap_opened(bare, "education")]
    for gap in gaps:
        await office.hear(gap)
    await office.hear(gap_closed(gaps[0]), version=2)
    campaign = await organiser.plan()
    found = {row["dossier_id"]: row["difficulty"] for row in await organiser.rows(campaign)}
    missing = len(weights.key_categories) * weights.per_missing_category
    assert found[to_uuid(bare.dossier_id)] == missing + 2 * weights.per_gap
    papers = 3 * weights.per_page + weights.per_undated_material
    assert found[to_uuid(subject.dossier_id)] == papers + missing - weights.per_missing_category


async def test_a_list_names_what_is_not_there(office: Office):
    """Each entry at fault by its place; nothing is made."""
    organiser = await organising(office)
    known = (await organiser.dossiers(1))[0]
    foreign = await office.known_subject()
    with pytest.raises(ValidationFailed) as refused:
        await organiser.plan(known, foreign)
    assert [fault.pointer for fault in refused.value.errors] == ["/scope/dossier_ids/1"]
    made = await office.admin.fetchval(
        "select count(*) from audit.campaign where unit_id = $1", to_uuid(organiser.unit_id)
    )
    assert made == 0


async def test_a_campaign_is_planned_in_ones_own_units_only(office: Office):
    """Nor for whole units that one does not serve."""
    organiser = await organising(office)
    other, rules = await office.unit(), office.deps.rules.campaign

    def command(unit_id: str, scope: Scope) -> CreateCampaign:
        return CreateCampaign(unit_id, "专项审核", rules.defaults, scope)

    with pytest.raises(ValidationFailed) as refused:
        await create_campaign(command(other, Scope()), uow=organiser.acting(), rules=rules)
    assert [fault.pointer for fault in refused.value.errors] == ["/unit_id"]
    with pytest.raises(ValidationFailed) as refused:
        scope = Scope(unit_ids=[organiser.unit_id, other])
        await create_campaign(command(organiser.unit_id, scope), uow=organiser.acting(), rules=rules)
    assert [fault.pointer for fault in refused.value.errors] == ["/scope/unit_ids/1"]


async def test_a_repeated_request_makes_one_campaign(office: Office):
    """Same key: the first campaign as it is."""
    organiser = await organising(office)
    await organiser.dossiers(1)
    key = IdempotencyKey("acc POST /v1/campaigns", new_id("req"), b"h" * 32)
    first = await organiser.plan(key=key)
    again = await organiser.plan(key=key)
    assert again.id == first.id
    assert len(await organiser.rows(first)) == 1


async def test_more_dossiers_come_in_once_each(office: Office):
    """What is there already stays as it is; a closed campaign takes no more."""
    organiser = await organising(office)
    first, *others = await organiser.dossiers(3)
    campaign = await organiser.plan(first)
    rules = office.deps.rules.campaign
    scope = Scope(unit_ids=[organiser.unit_id], dossier_ids=[first.dossier_id, others[0].dossier_id])
    campaign = await enter_dossiers(campaign.id, 1, scope, uow=organiser.acting(), rules=rules)
    assert campaign.version == 2
    rows = await organiser.rows(campaign)
    assert len(rows) == 3
    assert {row["version"] for row in rows} == {1}


async def test_a_closed_campaign_takes_nothing_in(office: Office):
    """Nor can it be seen from elsewhere."""
    organiser = await organising(office)
    there = await organiser.dossiers(1)
    campaign = await organiser.close(await organiser.started(*there))
    scope, rules = Scope(dossier_ids=[there[0].dossier_id]), office.deps.rules.campaign
    with pytest.raises(StateConflict):
        await enter_dossiers(campaign.id, campaign.version, scope, uow=organiser.acting(), rules=rules)
    stranger = await organising(office)
    with pytest.raises(NotFound):
        await enter_dossiers(campaign.id, campaign.version, scope, uow=stranger.acting(), rules=rules)


async def test_a_dossier_that_moves_takes_its_place_along(office: Office):
    """With the sheets that hang on it; the former unit sees neither any more."""
    organiser = await organising(office)
    subject = (await organiser.dossiers(1))[0]
    campaign = await organiser.started(subject)
    await organiser.assign(campaign)
    to = await office.unit()
    change = DossierChanged.model_validate({**subject.dossier().model_dump(), "unit_id": to})
    assert await office.hear(change, version=2) is None
    (row,) = await organiser.rows(campaign)
    assert (row["unit_id"], row["version"]) == (to_uuid(to), 3)
    assert {sheet["unit_id"] for sheet in await organiser.sheets(campaign)} == {to_uuid(to)}


async def test_two_who_take_dossiers_in_at_once_lose_none(office: Office):
    """The second finds the version changed, and nothing twice."""
    organiser = await organising(office)
    there = await organiser.dossiers(2)
    campaign = await organiser.plan(there[0])
    rules = office.deps.rules.campaign
    scope = Scope(dossier_ids=[one.dossier_id for one in there])
    results = await asyncio.gather(
        *(enter_dossiers(campaign.id, 1, scope, uow=organiser.acting(), rules=rules) for _ in range(2)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Exception) for result in results) == 1
    assert len(await organiser.rows(campaign)) == 2
