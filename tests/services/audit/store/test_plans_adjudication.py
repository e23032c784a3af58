"""How the database answers what is determined: by an index, under the service's own policies."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.audit.store import (
    adjudications,
    bound_sets,
    determination_outcomes,
    feedback_rounds,
    report_approvals,
    spot_checks,
    superior_reviews,
)
from tests.services.audit.store.archive import UNITS, Archive, assert_narrow

MANY = 4_000
FACTS = 6

# Dossier n of a campaign, in unit n of 200, of person n: six facts each, each with two steps, and one inquiry.
ROWS = f"""
insert into audit.campaign (id, unit_id, version, name, state, settings, seed, created_by, created_at)
values (pg_temp.some('cmp', 1), pg_temp.some('unt', 7), 1, 'x', 'planned', '{{}}', 1, pg_temp.some('acc', 1), now());

insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state, difficulty,
  entered_at)
select pg_temp.some('cdo', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cmp', 1), pg_temp.some('dos', n),
  pg_temp.some('per', n), 'filed', 0, now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination (id, unit_id, version, campaign_dossier_id, campaign_id, person_id, fact, disputed,
  stage, status, value, result, rules_digest, approved_at)
select pg_temp.some('det', n * {FACTS} + f), pg_temp.some('unt', n % {UNITS}), 2, pg_temp.some('cdo', n),
  pg_temp.some('cmp', 1), pg_temp.some('per', n), f::text, false, 'meeting', 'determined', '{{}}', '{{}}', 'x', now()
from generate_series(0, {MANY - 1}) as n, generate_series(0, {FACTS - 1}) as f;

insert into audit.determination_decision (determination_id, version, unit_id, stage, status, value, decided_by,
  decided_at)
select id, v, unit_id, 'meeting', 'proposed', '{{}}', pg_temp.some('acc', 1), now()
from audit.determination, generate_series(1, 2) as v;

insert into audit.investigation (id, unit_id, version, campaign_dossier_id, question, unit_visited, people,
  investigator_ids, due_on, opened_by, opened_at, evidence)
select pg_temp.some('ivg', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cdo', n), 'x', 'x', '{{}}',
  array[pg_temp.some('acc', 1)], current_date, pg_temp.some('acc', 1), now(), '{{}}'
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination_feedback (id, unit_id, campaign_dossier_id, organisation, met_on, outcome, witnesses,
  pages_unit_id, pages, recorded_by, recorded_at)
select pg_temp.some('fbk', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), 'x', current_date, 'signed',
  '{{}}', pg_temp.some('unt', 1), '[]', pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination_approval (id, unit_id, campaign_dossier_id, feedback_id, office, office_unit_id,
  approved_by, approved_at, material_id, title)
select pg_temp.some('apv', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), pg_temp.some('fbk', n), 'x',
  pg_temp.some('unt', n % {UNITS}), pg_temp.some('acc', 1), now(), pg_temp.some('mat', n), 'x'
from generate_series(0, {MANY - 1}) as n;

insert into audit.superior_review (id, unit_id, campaign_dossier_id, person_id, approval_id, office_unit_id, year,
  outcome, corrected, reviewed_by, reviewed_at)
select pg_temp.some('srv', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), pg_temp.some('per', n),
  pg_temp.some('apv', n), pg_temp.some('unt', n % {UNITS}), 2020 + n % 7, 'confirm', '[]', pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.feedback_round (id, unit_id, version, campaign_dossier_id, campaign_id, person_id, n, sent_on,
  sent_to, materials_asked, due_on, sent_by, sent_at, evidence)
select pg_temp.some('fbr', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cdo', n), pg_temp.some('cmp', 1),
  pg_temp.some('per', n), 1, '2020-01-01', 'x', '{{x}}', date '2020-01-01' + n, pg_temp.some('acc', 1), now(), '{{}}'
from generate_series(0, {MANY - 1}) as n;

insert into audit.talk_record (id, unit_id, campaign_dossier_id, talked_on, talked_by, said, signed, pages,
  recorded_by, recorded_at)
select pg_temp.some('tlk', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), current_date, '{{x}}', 'x',
  true, '[]', pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.spot_check (id, unit_id, campaign_id, seed, passed, passed_digest, drawn, drawn_by, drawn_at)
select pg_temp.some('spc', n), pg_temp.some('unt', 7), pg_temp.some('cmp', 1), 1, {MANY}, 'x', {MANY},
  pg_temp.some('acc', 1), now()
from generate_series(0, 1) as n;

insert into audit.spot_check_dossier (spot_check_id, campaign_dossier_id, unit_id, campaign_id, person_id)
select pg_temp.some('spc', n % 2), pg_temp.some('cdo', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cmp', 1),
  pg_temp.some('per', n)
from generate_series(0, {MANY - 1}) as n;
"""
ROWS += f"""
set session_replication_role = replica;
insert into audit.report_approval (id, unit_id, campaign_id, digest, dossiers, office, office_unit_id, approved_by,
  approved_at)
select pg_temp.some('rpa', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cmp', n % {UNITS}),
  lpad(n::text, 64, '0'), 1, 'x', pg_temp.some('unt', 1), pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;
set session_replication_role = origin;

insert into audit.bound_set (id, unit_id, version, campaign_id, state, compiled_by, asked_at, total)
select pg_temp.some('bds', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cmp', 1), 'compiling',
  pg_temp.some('acc', 1), now(), 20
from generate_series(0, {MANY - 1}) as n;

insert into audit.bound_set_member (bound_set_id, position, unit_id, campaign_dossier_id, person_id, live)
select pg_temp.some('bds', n % {UNITS}), n / {UNITS} + 1, pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n),
  pg_temp.some('per', n), n < {MANY // 2}
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = (
    "bound_set", "bound_set_member",
    "campaign_dossier", "determination", "determination_decision", "investigation", "superior_review",
    "feedback_round", "talk_record", "spot_check", "spot_check_dossier", "report_approval",
)  # fmt: skip


async def test_what_is_determined_is_found_by_unit_by_dossier_and_by_person(archive: Archive):
    """Each filter alone, without reading the other units."""
    li = await archive.auditor()
    asked: dict[str, Any] = {
        "after": None, "limit": 51, "campaign_dossier_id": None, "person_id": None, "hidden_persons": []
    }  # fmt: skip
    for change, many in (
        ({}, 51),
        ({"campaign_dossier_id": await archive.some("cdo", "cdo", 7)}, FACTS),
        ({"person_id": await archive.some("per", "per", 7)}, FACTS),
    ):
        found, nodes = await archive.plan(lambda uow, c=change: adjudications.page_of(uow, **{**asked, **c}), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_steps_and_inquiries_are_found_by_what_they_belong_to(archive: Archive):
    li = await archive.auditor()
    fact = await archive.some("det", "det", 7 * FACTS)
    dossier = await archive.some("cdo", "cdo", 7)
    campaign = await archive.some("cmp", "cmp", 1)
    due: dict[str, Any] = {"after": None, "limit": 51, "hidden_persons": []}
    for ask, many in (
        (lambda uow: feedback_rounds.page_of(uow, dossier, after=None, limit=51), 1),
        (lambda uow: feedback_rounds.page_of_talks(uow, dossier, after=None, limit=51), 1),
        (lambda uow: feedback_rounds.page_of_open(uow, campaign, due_before=date(2020, 1, 9), **due), 1),
        (lambda uow: adjudications.steps_of(uow, fact), 2),
        (lambda uow: determination_outcomes.page_of_investigations(uow, dossier, after=None, limit=51), 1),
        (lambda uow: determination_outcomes.results_of_investigations(uow, dossier), 1),
    ):
        found, nodes = await archive.plan(ask, li)
        assert found == many
        assert_narrow(nodes)


async def test_superior_reviews_are_found_by_unit_by_dossier_and_counted_by_year(archive: Archive):
    li = await archive.auditor()
    asked: dict[str, Any] = {
        "after": None, "limit": 51, "campaign_dossier_id": None, "office_unit_id": None, "year": None, "outcome": None,
        "hidden_persons": [],
    }  # fmt: skip
    for change, many in (
        ({}, MANY // UNITS),
        ({"campaign_dossier_id": await archive.some("cdo", "cdo", 7)}, 1),
        ({"year": 2020}, 3),
    ):
        found, nodes = await archive.plan(lambda uow, c=change: superior_reviews.page_of(uow, **{**asked, **c}), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_approvals_of_a_report_are_found_by_its_campaign_and_by_its_figures(archive: Archive):
    li, campaign = await archive.auditor(), await archive.some("cmp", "cmp", 7)
    found, nodes = await archive.plan(lambda uow: report_approvals.page_of(uow, campaign, after=None, limit=51), li)
    assert found == MANY // UNITS
    assert_narrow(nodes)
    one, (nodes,) = await archive.plans(lambda uow: report_approvals.find(uow, campaign, f"{7:064}"), li)
    assert one is not None
    assert_narrow(nodes)


async def test_drawn_dossiers_are_found_by_their_draw_and_unit(archive: Archive):
    """Of a draw over the whole county only those of the caller's unit are read."""
    li = await archive.auditor()
    drawn = await archive.some("spc", "spc", 1)
    asked: dict[str, Any] = {"after": None, "limit": 51, "hidden_persons": []}
    for waiting in (True, False):
        found, nodes = await archive.plan(
            lambda uow, w=waiting: spot_checks.page_of_dossiers(uow, drawn, waiting=w, **asked), li
        )
        assert found == MANY // UNITS
        assert_narrow(nodes)


async def test_what_is_in_a_bound_set_is_found_by_its_index(archive: Archive):
    """Who is in it, their dossiers, and which of a unit are in none yet."""
    li, bound_set = await archive.auditor(), await archive.some("bds", "bds", 7)
    campaign, unit = await archive.some("cmp", "cmp", 1), await archive.some("unt", "unt", 7)
    for many, ask in (
        (20, lambda uow: bound_sets.members_of(uow, bound_set)),
        (20, lambda uow: bound_sets.dossiers_of(uow, bound_set)),
        (10, lambda uow: bound_sets.dossiers_to_bind(uow, campaign, unit, (), 301)),
        (20, lambda uow: bound_sets.page_of(uow, campaign, after=None, limit=51)),
    ):
        found, nodes = await archive.plan(ask, li)
        assert found == many
        assert_narrow(nodes)
