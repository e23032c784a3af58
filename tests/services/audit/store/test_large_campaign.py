"""A campaign of a whole county: it comes in by one statement, and what lists and counts it uses an index."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.settings import Settings
from contracts.values.ids import from_uuid, to_uuid
from deploy.embedded.provision import Target
from services.audit.app import SPEC
from services.audit.domain.progress import Progress
from services.audit.store import campaign_dossiers, pairs, registers
from services.audit.store.tables import Campaign
from tests.services.audit.office import Office
from tests.services.audit.organising import Organiser
from tests.services.audit.store.archive import Archive, assert_bounded, assert_narrow

MANY, UNITS = 8_000, 50
PEOPLE = """
create function pg_temp.some(kind text, number int) returns uuid language sql immutable
  as $$ select md5(kind || number)::uuid $$;
insert into audit.unit_scope (unit_id, ancestors, path, code, active, version)
select pg_temp.some('unt', n), array[pg_temp.some('unt', -1), pg_temp.some('unt', n)], array['x'], n::text, true, 1
from generate_series(-1, {units} - 1) as n;
insert into audit.heard_dossier (dossier_id, unit_id, version, dossier_no, person_id, state)
select pg_temp.some('dos', n), pg_temp.some('unt', n % {units}), 1, 'D' || n, pg_temp.some('per', n), 'open'
from generate_series(0, {many} - 1) as n;
insert into audit.heard_person (person_id, unit_id, version, person_no, name, former_names, rank)
select pg_temp.some('per', n), pg_temp.some('unt', n % {units}), 1, 'P' || n, '某', '{{}}', '正科级'
from generate_series(0, {many} - 1) as n;
insert into audit.heard_material (material_id, unit_id, version, dossier_id, person_id, blob_unit_id, category, item_no,
  title, page_count, pages, pages_version, removed)
select gen_random_uuid(), pg_temp.some('unt', n % {units}), 1, pg_temp.some('dos', n), pg_temp.some('per', n),
  pg_temp.some('unt', 0), (array['1', '2', '3', '9-2'])[m], 1, '材料', 1 + n % 7, '[]', 1, false
from generate_series(0, {many} - 1) as n, generate_series(1, 1 + n % 4) as m;
"""
ANALYZE = (
    "vacuum analyze audit.heard_dossier",
    "vacuum analyze audit.heard_material",
    "vacuum analyze audit.campaign_dossier",
    "vacuum analyze audit.review",
)


@pytest.fixture
async def county(
    fresh_database: Target, settings_for: Callable[..., Settings]
) -> AsyncIterator[tuple[Organiser, Archive]]:
    """The organiser of a county with many open dossiers."""
    admin = await asyncpg.connect(fresh_database.admin_url())
    deps = Deps("audit", settings_for("audit", fresh_database), SPEC.load_rules())
    try:
        await admin.execute(PEOPLE.format(many=MANY, units=UNITS))
        for statement in ANALYZE:
            await admin.execute(statement)
        await deps.open()
        archive = Archive(deps, admin)
        yield Organiser(Office(deps, admin), await archive.some("unt", "unt", -1)), archive
    finally:
        await deps.close()
        await admin.close()


async def running(organiser: Organiser, given: int) -> Campaign:
    """A running campaign over all of it, with so many given out, and its statistics taken."""
    campaign = await organiser.started()
    await organiser.assign(campaign, given)
    for statement in ANALYZE:
        await organiser.office.admin.execute(statement)
    return campaign


async def test_a_whole_county_comes_in_at_once(county: tuple[Organiser, Archive]):
    """Each dossier once, with its unit, rank and difficulty; by one statement, so that its size costs seconds."""
    organiser, _ = county
    began = time.monotonic()
    campaign = await organiser.plan()
    took = time.monotonic() - began
    row = await organiser.office.admin.fetchrow(
        """select count(*) as many, count(distinct unit_id) as units, min(difficulty) as least,
          count(*) filter (where rank = '正科级') as ranked from audit.campaign_dossier where campaign_id = $1""",
        to_uuid(campaign.id),
    )
    weights = organiser.deps.rules.campaign.weights
    # One paper of one page, without a date; three of four classes empty.
    least = weights.per_page + weights.per_undated_material + 3 * weights.per_missing_category
    assert (row["many"], row["units"], row["ranked"]) == (MANY, UNITS, MANY)
    assert row["least"] <= least
    assert took < 20, took


async def test_the_board_counts_by_the_index(county: tuple[Organiser, Archive]):
    """One statement; no row of the table is read, and none of another campaign is looked at."""
    organiser, _ = county
    campaign = await running(organiser, 40)
    other = await organiser.plan()
    async with organiser.deps.db.reading(organiser.caller, organiser.caller.roots("campaign:read")) as connection:
        counts = await campaign_dossiers.board_of(connection, campaign.id)
        told = await connection.fetch(f"explain {campaign_dossiers.BOARD}", to_uuid(campaign.id))
    by_state: dict[Progress, int] = {}
    for count in counts:
        by_state[count.state] = by_state.get(count.state, 0) + count.many
    assert by_state == {Progress.PLANNED: MANY - 40, Progress.FIRST_REVIEW: 40}
    assert len({count.unit_id for count in counts}) == UNITS
    plan = "\n".join(line[0] for line in told)
    assert "Index Only Scan using campaign_dossier_" in plan, plan
    assert "Seq Scan on campaign_dossier" not in plan
    assert other.id != campaign.id


async def test_lists_of_dossiers_go_along_the_queue(county: tuple[Organiser, Archive]):
    """With and without a state, from both ends, in the middle, and for one unit."""
    organiser, archive = county
    campaign = await running(organiser, 40)
    unit = await archive.some("unt", "unt", 7)
    middle = await organiser.office.admin.fetchrow(
        "select difficulty, id from audit.campaign_dossier where campaign_id = $1 order by 1, 2 offset 3000 limit 1",
        to_uuid(campaign.id),
    )
    after = (middle["difficulty"], from_uuid("cdo", middle["id"]))
    for asked in (
        {},
        {"queue": "hard_first"},
        {"states": [Progress.PLANNED]},
        {"states": [Progress.FIRST_REVIEW]},
        {"after": after},
        {"after": after, "queue": "hard_first", "states": [Progress.PLANNED]},
    ):
        whole: dict[str, Any] = {"queue": "easy_first", "after": None, "limit": 31, **asked}
        found, nodes = await archive.plan(
            lambda uow, whole=whole: campaign_dossiers.page_of(uow, campaign.id, **whole), organiser.caller
        )
        assert found == 31, asked
        assert_bounded(nodes)
    found, nodes = await archive.plan(
        lambda uow: campaign_dossiers.page_of(
            uow, campaign.id, queue="easy_first", after=None, limit=31, unit_id=unit, states=[Progress.PLANNED]
        ),
        organiser.caller,
    )
    assert found == 31
    assert all("Index" in node["Node Type"] for node in nodes if "Scan" in node["Node Type"]), nodes


async def test_the_places_of_a_dossier_are_found_by_its_index(county: tuple[Organiser, Archive]):
    """When it moves, no campaign is read through."""
    organiser, archive = county
    await running(organiser, 40)
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    service = organiser.deps.as_service().caller
    found, nodes = await archive.plan(lambda uow: campaign_dossiers.follow_dossier(uow, dossier, unit), service)
    assert found == 1
    assert_narrow(nodes)


async def test_what_is_open_and_who_has_what_is_read_from_the_sheets(county: tuple[Organiser, Archive]):
    """Both are counted right over all units."""
    organiser, _ = county
    campaign = await running(organiser, 40)
    async with organiser.acting() as uow:
        assert await pairs.count_open(uow, campaign.id) == 40
        assert {load.assigned for load in await pairs.loads_of(uow, campaign.id)} == {20}
        assert await registers.without_pledge(uow, organiser.reviewers, campaign.id) == []
