"""How the database answers the lists of audit: by an index, under the service's own policies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from contracts.values.ids import from_uuid
from services.audit.store import appraisals, quarantines, tasks, verification_reports
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded, assert_narrow
from tests.support.rooms import somebody

MANY = 20_000

# Unit n of 200, person n of 2000, account n of 20; a quarter waits for the first person, a quarter for the second.
ROWS = f"""
insert into audit.appraisal
select pg_temp.some('apr', n), pg_temp.some('unt', n % {UNITS}), 1, uuidv7(), uuidv7(), pg_temp.some('sub', n / 3),
  uuidv7(), pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), '干部任免审批表', null, 1, '[]',
  array[md5(n::text)], 'appointment', 2, '{{}}', '[]', 'x',
  (array['first_check', 'second_check', 'accepted', 'accepted'])[n / {UNITS} % 4 + 1], now(),
  case when n / {UNITS} % 4 > 1 then now() end
from generate_series(0, {MANY - 1}) as n;

insert into audit.verification_report
select pg_temp.some('vrp', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('mat', n),
  pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), pg_temp.some('apr', n), '省学位办', n::text,
  '{{"value": "2020"}}', 'confirmed', uuidv7(), '{{}}', 'not_related', null, uuidv7(), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.quarantine (id, unit_id, version, appraisal_id, material_id, dossier_id, person_id, reason, place,
  held_by, held_on, relation, released, released_on, released_by, reasons)
select pg_temp.some('qrt', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('apr', n), uuidv7(),
  pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), 'doubtful', '另放柜', uuidv7(), now(), 'not_related',
  case when n / {UNITS} % 4 > 0 then 'resumed' end, case when n / {UNITS} % 4 > 0 then now() end,
  case when n / {UNITS} % 4 > 0 then uuidv7() end, '{{}}'
from generate_series(0, {MANY - 1}) as n;

insert into audit.task
select pg_temp.some('tsk', n * 2 + step), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('apr', n), step,
  case when n / {UNITS} % 4 >= step then 'approved' else 'pending' end, now(), now() + n * interval '1 minute'
from generate_series(0, {MANY - 1}) as n, generate_series(1, 2) as step
where n / {UNITS} % 4 >= step - 1;

insert into audit.decision
select id, unit_id, appraisal_id, step, pg_temp.some('acc', (('x' || left(md5(appraisal_id::text), 4))::bit(16)::int
  + step) % 20), 'approve', '{{}}', null, 'not_related', null, now()
from audit.task where state = 'approved';
"""
TABLES = ("appraisal", "task", "decision", "verification_report", "quarantine")


async def test_appraisals_of_a_unit_are_found_by_its_index(archive: Archive):
    """With every filter that the route has, alone."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    submission = await archive.some("sub", "sub", 69)
    after = from_uuid("apr", UUID(int=1))
    for change, many in (
        ({}, 51),
        ({"after": after, "limit": 3}, 3),
        ({"states": ["first_check", "second_check"]}, 50),
        ({"submission_id": submission}, 1),
        ({"hidden_persons": hidden, "limit": 200}, 80),
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "states": [], "submission_id": None, "hidden_persons": []
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: appraisals.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_what_waits_in_a_unit_is_found_by_its_index(archive: Archive):
    """Neither the caller's many decisions nor all appraisals are read to leave out what they may not decide."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    for change in (
        {},
        {"hidden_persons": hidden},
        {"after": (datetime.now(UTC), await archive.some("tsku", "tsk", 1)), "hidden_persons": hidden},
        {"states": ["approved"]},
        {"states": ["pending", "approved"], "hidden_persons": hidden},
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "states": ["pending"], "hidden_persons": [], "account_id": li.account_id
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: tasks.page_of(uow, **asked), li)
        assert 30 <= found <= 51, change
        assert_narrow(nodes)


async def test_reports_of_a_unit_and_of_a_material_are_found_by_their_indexes(archive: Archive):
    """With each filter alone; and those of a dossier that moves."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7)]
    for change, many in (
        ({}, 51),
        ({"hidden_persons": hidden, "limit": 200}, 90),
        ({"material_id": await archive.some("mat", "mat", 7)}, 1),
    ):
        asked: dict[str, Any] = {"after": None, "limit": 51, "material_id": None, "hidden_persons": []} | change
        found, nodes = await archive.plan(lambda uow, asked=asked: verification_reports.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    service = Caller.service("audit")
    found, nodes = await archive.plan(lambda uow: verification_reports.follow_dossier(uow, dossier, unit), service)
    assert found == 10
    assert_narrow(nodes)


async def test_the_register_of_a_unit_is_found_by_its_indexes(archive: Archive):
    """All of it, what is held, and what was let go."""
    li = await archive.auditor()
    for change, many in (
        ({}, 51),
        ({"state": "held"}, 25),
        ({"state": "released", "limit": 200}, 75),
        ({"hidden_persons": [await archive.some("per", "per", 7)], "limit": 200}, 90),
    ):
        asked: dict[str, Any] = {"after": None, "limit": 51, "state": None, "hidden_persons": []} | change
        found, nodes = await archive.plan(lambda uow, asked=asked: quarantines.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_a_scope_of_all_units_is_read_up_to_the_end_of_the_page(archive: Archive):
    """Naming every unit does not make the lists read, and sort, all that there is."""
    li = somebody("auditor")
    for asked in (
        lambda uow: tasks.page_of(
            uow, after=None, limit=51, states=["pending"], account_id=li.account_id, hidden_persons=[]
        ),
        lambda uow: appraisals.page_of(uow, after=None, limit=51, states=[], submission_id=None, hidden_persons=[]),
    ):
        found, nodes = await archive.plan(asked, li)
        assert found == 51
        assert_bounded(nodes)


async def test_a_dossiers_appraisals_are_found_by_its_index(archive: Archive):
    """When a dossier moves, ended appraisals move with it: neither they nor their tasks are searched for."""
    service = Caller.service("audit")
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    found, nodes = await archive.plan(lambda uow: appraisals.follow_dossier(uow, dossier, unit), service)
    assert found == 10
    assert_narrow(nodes)
    moved = [await archive.some("apr", "apr", 7), await archive.some("apr", "apr", 2007)]
    found, nodes = await archive.plan(lambda uow: tasks.follow(uow, moved), service)
    assert found == 3
    assert_narrow(nodes)
