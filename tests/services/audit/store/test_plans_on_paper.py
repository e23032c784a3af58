"""How the database answers what forms say of dossiers: each statement by an index, one of each for one or for many."""

from __future__ import annotations

from services.audit.store import campaign_dossiers, campaigns, on_paper
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded

MANY = 4_000

# Dossier n of a campaign, in unit n of 200, of person n: two facts in two steps each, five claims on five papers, a
# pair, a second review, a vote at one of 400 meetings, feedback and approval. Account n has the number of person n.
ROWS = f"""
insert into audit.campaign (id, unit_id, version, name, state, settings, seed, created_by, created_at)
values (pg_temp.some('cmp', 1), pg_temp.some('unt', 7), 1, 'x', 'planned', '{{}}', 1, pg_temp.some('acc', 1), now());

insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state, difficulty,
  entered_at)
select pg_temp.some('cdo', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cmp', 1), pg_temp.some('dos', n),
  pg_temp.some('per', n), 'filed', n, now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.heard_person (person_id, unit_id, version, person_no, name, former_names, managing_authority)
select pg_temp.some('per', n), pg_temp.some('unt', n % {UNITS}), 1, n::text, 'name ' || n, '{{}}', '[]'
from generate_series(0, {MANY - 1}) as n;

insert into audit.heard_account (account_id, version, person_no, active)
select pg_temp.some('acc', n), 1, n::text, true from generate_series(0, {MANY - 1}) as n;

insert into audit.heard_dossier (dossier_id, unit_id, version, dossier_no, person_id, state)
select pg_temp.some('dos', n), pg_temp.some('unt', n % {UNITS}), 1, 'D' || n, pg_temp.some('per', n), 'open'
from generate_series(0, {MANY - 1}) as n;

insert into audit.heard_material (material_id, unit_id, version, dossier_id, person_id, blob_unit_id, category, item_no,
  title, page_count, pages, pages_version, removed)
select pg_temp.some('mat', n * 5 + m), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('dos', n),
  pg_temp.some('per', n), pg_temp.some('unt', 1), '9-2', m + 1, 'x', 1, '[]', 1, false
from generate_series(0, {MANY - 1}) as n, generate_series(0, 4) as m;

insert into audit.claim (id, unit_id, version, person_id, dossier_id, fact, value, material_id, altered, as_on_paper,
  origin, statement, entered_by, entered_at)
select pg_temp.some('clm', n * 5 + m), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('per', n),
  pg_temp.some('dos', n), 'birth_date', '{{"type": "date", "date": "1968-03"}}', pg_temp.some('mat', n * 5 + m), 'none',
  false, 'entered', n || '-' || m, pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n, generate_series(0, 4) as m;

insert into audit.determination (id, unit_id, version, campaign_dossier_id, campaign_id, person_id, fact, disputed,
  stage, status, value, result, rules_digest, approved_at)
select pg_temp.some('det', n * 2 + f), pg_temp.some('unt', n % {UNITS}), 2, pg_temp.some('cdo', n),
  pg_temp.some('cmp', 1), pg_temp.some('per', n), (array['birth_date', 'work_start_date'])[f + 1], false, 'meeting',
  'determined', '{{"type": "date", "date": "1968-03"}}',
  '{{"status": "proposed", "collective": false, "paragraph": "x"}}', 'x', now()
from generate_series(0, {MANY - 1}) as n, generate_series(0, 1) as f;

insert into audit.determination_decision (determination_id, version, unit_id, stage, status, value, decided_by,
  decided_at)
select id, v, unit_id, 'meeting', 'proposed', '{{}}', pg_temp.some('acc', 1), now()
from audit.determination, generate_series(1, 2) as v;

insert into audit.review (id, unit_id, version, campaign_dossier_id, account_id, state, sheet, assigned_at,
  submitted_at, journal_id, opened)
select pg_temp.some('rev', n * 2 + side), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cdo', n),
  pg_temp.some('acc', n % 400 + side), 'submitted', '{{}}', now(), now(), uuidv7(), true
from generate_series(0, {MANY - 1}) as n, generate_series(0, 1) as side;

insert into audit.second_review (id, unit_id, campaign_dossier_id, account_id, relation, taken_up_at, ended_at)
select pg_temp.some('snd', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), pg_temp.some('acc', 7),
  'not_related', now(), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination_meeting (id, unit_id, campaign_id, held_on, minutes_no, present_ids, recorded_by,
  recorded_at)
select pg_temp.some('mtg', n), pg_temp.some('unt', 7), pg_temp.some('cmp', 1), current_date, n::text,
  array[pg_temp.some('acc', 1)], pg_temp.some('acc', 1), now()
from generate_series(0, 399) as n;

insert into audit.meeting_vote (id, meeting_id, unit_id, campaign_dossier_id, recused_ids, in_favour, against,
  abstained, recorded_by, recorded_at)
select pg_temp.some('vot', n), pg_temp.some('mtg', n % 400), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n),
  '{{}}', 3, 0, 0, pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination_feedback (id, unit_id, campaign_dossier_id, organisation, met_on, outcome, witnesses,
  pages_unit_id, pages, recorded_by, recorded_at)
select pg_temp.some('fbk', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), 'x', current_date, 'signed',
  '{{}}', pg_temp.some('unt', 7), '[{{}}]', pg_temp.some('acc', 1), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.determination_approval (id, unit_id, campaign_dossier_id, feedback_id, office, office_unit_id,
  approved_by, approved_at, material_id, title)
select pg_temp.some('apv', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cdo', n), pg_temp.some('fbk', n), 'x',
  pg_temp.some('unt', 7), pg_temp.some('acc', 1), now(), pg_temp.some('mat', 100000 + n), 'x'
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = (
    *("campaign_dossier", "heard_person", "heard_account", "heard_dossier", "heard_material", "claim", "determination"),
    *("determination_decision", "review", "second_review", "determination_meeting", "meeting_vote"),
    *("determination_feedback", "determination_approval", "alteration_finding"),
)


async def test_a_form_and_a_register_read_each_table_once_and_by_an_index(archive: Archive):
    """As many statements for the twenty dossiers of a unit as for one; none of them looks at other dossiers' rows."""
    caller = await archive.auditor()
    unit_id = await archive.some("unt", "unt", 7)
    sent: list[int] = []
    for most in (1, 20):

        async def read(uow: on_paper.UnitOfWork, most: int = most) -> list[on_paper.OnPaper]:
            async with uow.as_service():
                campaign = await campaigns.get(uow, await archive.some("cmp", "cmp", 1))
            dossiers = await campaign_dossiers.page_of(
                uow, campaign.id, queue="easy_first", after=None, limit=most, unit_id=unit_id
            )
            return await on_paper.read(uow, campaign, dossiers)

        found, plans = await archive.plans(read, caller)
        sent.append(len(plans))
        assert len(found) == most
        assert all(one.person_name and len(one.claims) == 5 and len(one.facts) == 2 for one in found)
        assert all(one.approval and one.vote and one.meeting and one.feedback for one in found)
        for nodes in plans:
            assert_bounded(nodes)
            whole = [node for node in nodes if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in TABLES]
            assert not [node for node in whole if node["Actual Rows"] > 0], whole
    assert sent[0] == sent[1], "no query for each dossier"
