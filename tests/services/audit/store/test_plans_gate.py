"""How the database answers what the gate asks: by an index, under the service's own policies."""

from __future__ import annotations

from typing import Any

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from services.audit.app import SPEC
from services.audit.domain.clearance import Kind
from services.audit.store import (
    alterations,
    clearances,
    dossier_audits,
    findings,
    gaps,
    inbound_previews,
    print_facts,
    scores,
)
from services.audit.store.tables_gate import DossierAudit
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded, assert_narrow

MANY = 20_000

# Unit n of 200, person and dossier n of 10000: each has two clearances, two gaps, two audits and two scores.
ROWS = f"""
insert into audit.heard_gap
select pg_temp.some('gap', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('dos', n % 10000),
  pg_temp.some('per', n % 10000), 'degree', '4-1', '{{}}', n < 10000
from generate_series(0, {MANY - 1}) as n;

insert into audit.clearance
select pg_temp.some('clr', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cll', n / 100),
  pg_temp.some('per', n % 10000), pg_temp.some('dos', n % 10000), 'promote', null,
  case when n < 10000 then 'refused' else 'suspended' end, '[{{}}]', 'x', uuidv7(), now(), now(), null, 'x'
from generate_series(0, {MANY - 1}) as n;

insert into audit.clearance_hold
select pg_temp.some('clh', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('clr', n),
  pg_temp.some('per', n % 10000), '来信', uuidv7(), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.dossier_audit
select pg_temp.some('tsk', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('dos', n % 10000),
  pg_temp.some('per', n % 10000), 'opened', case when n < 10000 then 'approved' else 'pending' end, 1, now(),
  now() + n * interval '1 minute', case when n < 10000 then now() end
from generate_series(0, {MANY - 1}) as n;

insert into audit.examination
select pg_temp.some('tsk', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('acc', n % 20), '[]', '同意',
  'not_related', null, now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.score
select pg_temp.some('scr', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('dos', n % 10000),
  pg_temp.some('per', n % 10000), pg_temp.some('unt', n % 7), 2025 + n / 10000, 97, 'excellent', '[]', '[]', '{{}}',
  'x', uuidv7(), now()
from generate_series(0, {MANY - 1}) as n;
"""
ROWS += f"""
insert into audit.alteration_finding (id, unit_id, version, dossier_id, person_id, no, fact, material_id,
  material_title, means, reads_now, verdict, falsified_object, state, relation, recorded_by, recorded_at, confirmed_by,
  confirmed_at, decided_by, decided_on, record_material_id, blob_unit_id, pages)
select pg_temp.some('alt', n), pg_temp.some('unt', n % {UNITS}), 2, pg_temp.some('dos', n % 10000),
  pg_temp.some('per', n % 10000), n / 10000 + 1, 'birth_date', uuidv7(), '招工登记表', 'erasing', '1970.05',
  'falsified', 'facts', 'confirmed', 'not_related', uuidv7(), now(), uuidv7(), now(), '县委组织部', now(), uuidv7(),
  uuidv7(), '[]'
from generate_series(0, {MANY - 1}) as n;

insert into audit.inbound_preview
select pg_temp.some('ibp', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('per', n % 10000), '某市水利局', null,
  now(), now(), 'not_related', null, uuidv7(), now(), case when n < 10000 then now() end,
  case when n < 10000 then uuidv7() end
from generate_series(0, {MANY - 1}) as n;

insert into audit.falsification_consequence
select pg_temp.some('fcq', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('alt', n), 'discipline', '县委', now(),
  null, uuidv7(), now()
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = (
    "heard_gap",
    "clearance",
    "clearance_hold",
    "dossier_audit",
    "examination",
    "score",
    "inbound_preview",
    "alteration_finding",
    "falsification_consequence",
)


async def test_clearances_of_a_unit_are_found_by_its_index(archive: Archive):
    """With every filter that the route has, alone."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7)]
    for change, many in (
        ({}, 51),
        ({"states": ["suspended"]}, 50),
        ({"list_id": await archive.some("cll", "cll", 2)}, 1),
        ({"hidden_persons": hidden, "limit": 200}, 98),
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "states": [], "list_id": None, "hidden_persons": []
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: clearances.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_what_concerns_a_person_or_dossier_is_found_by_its_index(archive: Archive):
    """The last clearance of each person of a list, what holds one up, what is missing, and what moves along."""
    service, li = Caller.service("audit"), await archive.auditor()
    persons = [await archive.some("per", "per", number) for number in (7, 8, 9)]
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    clearance_id, task_id = await archive.some("clr", "clr", 7), await archive.some("tsku", "tsk", 10007)
    for who, many, ask in (
        (service, 3, lambda uow: clearances.latest_of(uow, persons, Kind.PROMOTE)),
        (service, 1, lambda uow: clearances.holds_of(uow, clearance_id)),
        (service, 1, lambda uow: gaps.list_open(uow, persons[0])),
        (li, 1, lambda uow: dossier_audits.examinations_of(uow, task_id)),
        (service, 1, lambda uow: signed_last(uow, persons[0])),
        (service, 2, lambda uow: clearances.follow_dossier(uow, dossier, unit)),
        (service, 2, lambda uow: dossier_audits.follow_dossier(uow, dossier, unit)),
    ):
        found, nodes = await archive.plan(ask, who)
        assert found == many
        assert_narrow(nodes)


async def signed_last(uow: UnitOfWork, person_id: str) -> list[DossierAudit]:
    """The audit that forms tell of, as a list."""
    found = await print_facts.last_signed(uow, person_id)
    return [found] if found else []


async def test_alterations_are_found_by_their_indexes(archive: Archive):
    """The register of a unit and of a person, what followed from one, the next number, and what moves along."""
    li, service = await archive.auditor(), Caller.service("audit")
    person, hidden = await archive.some("per", "per", 7), [await archive.some("per", "per", 207)]
    asked: dict[str, Any] = {"after": None, "limit": 51, "person_id": None, "hidden_persons": []}
    for change, many in (({}, 51), ({"person_id": person}, 2), ({"hidden_persons": hidden, "limit": 200}, 98)):
        found, nodes = await archive.plan(
            lambda uow, change=change: alterations.page_of(uow, **{**asked, **change}), li
        )
        assert found == many, change
        assert_narrow(nodes)
    finding, dossier = await archive.some("alt", "alt", 7), await archive.some("dos", "dos", 7)
    unit = await archive.some("unt", "unt", 8)
    for many, ask in (
        (1, lambda uow: alterations.consequences_of(uow, finding)),
        (1, lambda uow: print_facts.consequences_of_each(uow, [finding])),
        (2, lambda uow: alterations.follow_dossier(uow, dossier, unit)),
    ):
        found, nodes = await archive.plan(ask, service)
        assert found == many
        assert_narrow(nodes)


async def test_previews_are_found_by_their_indexes(archive: Archive):
    """Those of a unit, the one of a person that is out, its audits, and the one that waits."""
    li, hidden = await archive.auditor(), [await archive.some("per", "per", 207)]
    asked: dict[str, Any] = {"after": None, "limit": 51, "out": None, "hidden_persons": []}
    for change, many in (({}, 51), ({"out": True}, 50), ({"hidden_persons": hidden, "limit": 200}, 98)):
        found, nodes = await archive.plan(
            lambda uow, change=change: inbound_previews.page_of(uow, **{**asked, **change}), li
        )
        assert found == many, change
        assert_narrow(nodes)
    preview = await archive.some("ibp", "ibp", 10007)
    _, nodes = await archive.plan(lambda uow: inbound_previews.audits_of(uow, preview), Caller.service("audit"))
    assert_narrow(nodes)


async def test_no_finding_of_a_person_is_searched_for(archive: Archive):
    """Each register that the gate asks about a person is asked by an index on persons."""
    service, rules = Caller.service("audit"), SPEC.load_rules().clearance
    person = await archive.some("per", "per", 7)
    for source in findings.SOURCES:

        async def ask(uow: UnitOfWork, source: findings.Source = source) -> list[findings.Known]:
            known = {person: findings.Known()}
            await source(uow, known, rules)
            return list(known.values())

        _, nodes = await archive.plan(ask, service)
        assert_bounded(nodes)


async def test_audits_that_wait_in_a_unit_are_found_by_its_index(archive: Archive):
    """And with every unit in scope, only up to the end of the page."""
    asked: dict[str, Any] = {"after": None, "limit": 51, "states": ["pending"], "hidden_persons": []}
    narrow, wide = await archive.auditor(), Caller("acc_" + "0" * 26, posts=(("auditor", "*"),))
    for li, check in ((narrow, assert_narrow), (wide, assert_bounded)):
        found, nodes = await archive.plan(
            lambda uow, li=li: dossier_audits.page_of(uow, account_id=li.account_id, **asked), li
        )
        assert 40 <= found <= 51
        check(nodes)


async def test_scores_of_a_unit_are_found_by_its_index(archive: Archive):
    """By year and by dossier as well."""
    li = await archive.auditor()
    dossier = await archive.some("dos", "dos", 7)
    for change, many in (({}, 51), ({"year": 2026}, 50), ({"dossier_id": dossier}, 2)):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "year": None, "dossier_id": None, "hidden_persons": []
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: scores.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)
