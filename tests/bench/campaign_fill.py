"""A special audit of any number of dossiers as it stands near its end: written by a handful of statements, by a seed.

One in ten has not been opened yet; of the others about half are without a problem, a fifth wait for an inquiry and the
rest are verified. All of it is as the use cases leave it, but for the journal and the steps of determinations.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import asyncpg

from contracts.values.ids import from_uuid, to_uuid
from services.audit.campaign_file import load_campaign_rules
from services.audit.domain.adjudication import CONFIRMATION_TITLE, FORM_TITLE
from services.audit.domain.review import REQUIRED, IssueKind
from tests.bench.context import Context

SEED = 271
FORMS = 64
"""How many different sheets and results there are; the dossiers take them by turns."""

RANKS = ["正处级", "正科级", "副科级", "副科级", "一级科员", "股级"]
_FACTS = [fact.value for fact in REQUIRED]

# `pick(n, what, many)`: a number below `many` that hangs on the dossier's number, the question and nothing else.
_OPENING = """
create function pg_temp.pick(n int, what text, many int) returns int language sql immutable
  as $$ select abs(hashtextextended(what, n)::bigint % many)::int $$;
create function pg_temp.some(kind text, n int) returns uuid language sql immutable
  as $$ select overlay(overlay(md5(kind || n)::uuid::text placing '7' from 15) placing 'a' from 20)::uuid $$;
"""
_CAMPAIGN = """
insert into audit.campaign (id, unit_id, version, name, state, settings, seed, rules_digest, created_by, created_at,
  started_at)
values ($1, $2, 2, '全市干部档案专项审核', 'running', $3, 271, repeat('0', 64), pg_temp.some('acc', 0), now(), now())
"""
_DOSSIERS = """
insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, rank, state, result,
  difficulty, training, entered_at)
select pg_temp.some('cdo', n), ($2::uuid[])[1 + pg_temp.pick(n, 'unit', cardinality($2))], 5, $1,
  pg_temp.some('dos', n), pg_temp.some('per', n), ($3::text[])[1 + pg_temp.pick(n, 'rank', cardinality($3))],
  case when n % 10 = 0 then (array['planned', 'first_review', 'compare'])[1 + pg_temp.pick(n, 'early', 3)]
    when n % 10 = 1 then 'second_review' when n % 10 = 2 then 'collective_determination' else 'filed' end,
  case when n % 10 in (0, 1) then null
    else (array['no_problem', 'no_problem', 'no_problem', 'no_problem', 'no_problem', 'to_investigate',
      'to_investigate', 'verified', 'verified', 'verified'])[1 + pg_temp.pick(n, 'result', 10)] end,
  pg_temp.pick(n, 'difficulty', 400), n < 20, now()
from generate_series(0, $4::int - 1) as n
"""
_REVIEWS = """
insert into audit.review (id, unit_id, version, campaign_dossier_id, account_id, state, sheet, assigned_at,
  submitted_at, journal_id, opened)
select pg_temp.some('rev' || side, n), d.unit_id, 3, d.id, pg_temp.some('acc' || side, pg_temp.pick(n, side, 40)),
  'submitted', ($2::text[])[1 + pg_temp.pick(n, 'sheet' || side, cardinality($2))]::jsonb, now(), now(),
  pg_temp.some('jnl' || side, n), true
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n),
  unnest(array['a', 'b']) as side
where n % 10 <> 0
"""
_COMPARISONS = """
insert into audit.comparison (campaign_dossier_id, fact, unit_id, campaign_id, person_id, training, first_account_id,
  second_account_id, first_review_id, second_review_id, first_verdict, second_verdict, differs, opened_at)
select d.id, fact, d.unit_id, d.campaign_id, d.person_id, d.training, least(a.account_id, b.account_id),
  greatest(a.account_id, b.account_id), a.id, b.id, 'consistent',
  case when pg_temp.pick(n, 'differs' || fact, 12) = 0 then 'inconsistent' else 'consistent' end,
  case when pg_temp.pick(n, 'differs' || fact, 12) = 0 then array['verdict', 'values'] else '{}' end, now()
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
join audit.review a on a.id = pg_temp.some('reva', n) join audit.review b on b.id = pg_temp.some('revb', n),
  unnest($2::text[]) as fact
"""
_DETERMINATIONS = """
insert into audit.determination (id, unit_id, version, campaign_dossier_id, campaign_id, person_id, fact, disputed,
  stage, status, value, cause, result, rules_digest, approved_at)
select pg_temp.some('det' || fact, n), d.unit_id, 4, d.id, d.campaign_id, d.person_id, fact, false, 'meeting',
  case when result is distinct from 'no_problem' and pg_temp.pick(n, 'status' || fact, 3) = 0 then 'determined'
    else 'consistent' end, '{"type": "date", "date": "1968-03"}',
  case when result is distinct from 'no_problem' and pg_temp.pick(n, 'status' || fact, 3) = 0
    then (array['false_statement', 'slip', 'alteration'])[1 + pg_temp.pick(n, 'cause', 3)] end,
  case when result is distinct from 'no_problem' and pg_temp.pick(n, 'status' || fact, 3) = 0
    then ($3::text[])[1 + pg_temp.pick(n, 'kept' || fact, cardinality($3))]::jsonb else $4::jsonb end,
  repeat('0', 64), now()
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n),
  unnest($2::text[]) as fact
where n % 10 > 1
"""
_MEETINGS = """
with meeting as (
  insert into audit.determination_meeting (id, unit_id, campaign_id, held_on, minutes_no, present_ids, recorded_by,
    recorded_at)
  select pg_temp.some('mtg', m), $2, $1, current_date, m || '/271', array[pg_temp.some('acc', m)],
    pg_temp.some('acc', m), now()
  from generate_series(0, 99) as m returning id
)
insert into audit.meeting_vote (id, meeting_id, unit_id, campaign_dossier_id, recused_ids, in_favour, against,
  abstained, recorded_by, recorded_at)
select pg_temp.some('vot', n), pg_temp.some('mtg', pg_temp.pick(n, 'meeting', 100)), d.unit_id, d.id, '{}', 3, 0, 0,
  pg_temp.some('acc', 1), now()
from generate_series(0, $3::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
where n % 10 > 2
"""
_FORMS = """
with told as (
  insert into audit.determination_feedback (id, unit_id, campaign_dossier_id, organisation, met_on, outcome, witnesses,
    pages_unit_id, pages, recorded_by, recorded_at)
  select pg_temp.some('fbk', n), d.unit_id, d.id, '党组', current_date, 'signed', '{}', d.unit_id, '[]',
    pg_temp.some('acc', 1), now()
  from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
  where n % 10 > 2 returning id
)
insert into audit.determination_approval (id, unit_id, campaign_dossier_id, feedback_id, office, office_unit_id,
  approved_by, approved_at, material_id, title, filed_at)
select pg_temp.some('apv', n), d.unit_id, d.id, pg_temp.some('fbk', n), '组织部', d.unit_id, pg_temp.some('acc', 2),
  now(), pg_temp.some('form', n), case d.result when 'no_problem' then $3 else $2 end, now()
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
where n % 10 > 2
"""
_ALTERATIONS = """
insert into audit.alteration_finding (id, unit_id, version, dossier_id, person_id, no, fact, material_id,
  material_title, means, reads_now, verdict, state, relation, recorded_by, recorded_at)
select pg_temp.some('alt', n), d.unit_id, 1, d.dossier_id, d.person_id, 1,
  ($2::text[])[1 + pg_temp.pick(n, 'place', cardinality($2))], pg_temp.some('mat', n), '干部履历表', 'overwriting',
  '1970.03', (array['slip', 'undetermined'])[1 + pg_temp.pick(n, 'verdict', 2)], 'recorded', 'not_related',
  pg_temp.some('acc', 1), now()
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
where pg_temp.pick(n, 'altered', 16) = 0
"""
_COLLECTED = """
insert into audit.appraisal (id, unit_id, version, material_id, item_id, submission_id, from_unit_id, dossier_id,
  person_id, title, declared_page_count, pages, digests, persons, machine_voices, checks, rules_digest, state,
  received_at, ended_at, verification)
select pg_temp.some('apr', n), d.unit_id, 3, pg_temp.some('new', n), pg_temp.some('itm', n), pg_temp.some('sub', n),
  d.unit_id, d.dossier_id, d.person_id, '年度考核登记表', 2, '[]', '{}', 1, '{}', '[]', repeat('0', 64),
  case when n % 50 = 0 then 'rejected' else 'accepted' end, now(), now(), 'not_needed'
from generate_series(0, $1::int - 1) as n join audit.campaign_dossier d on d.id = pg_temp.some('cdo', n)
"""
TABLES = (
    "campaign_dossier", "review", "comparison", "determination", "meeting_vote", "determination_feedback",
    "determination_approval", "alteration_finding", "appraisal",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """The campaign, and the unit that runs it."""

    campaign_id: str
    unit_id: str
    dossiers: int


async def fill_campaign(connection: asyncpg.Connection, unit_ids: Sequence[str], dossiers: int) -> Filled:
    """A campaign over dossiers of these units, run by the first; the connection is a superuser's. Once a database."""
    campaign, units = to_uuid("cmp_01JZZZZZZZ0000000000000271"), [to_uuid(unit) for unit in unit_ids]
    settings = load_campaign_rules().defaults.model_dump_json()
    chance = random.Random(SEED)
    sheets = [_sheet(chance) for _ in range(FORMS)]
    await connection.execute("set session_replication_role = replica")  # no key is looked up: all of them are ours
    await connection.execute(_OPENING)
    for statement, *values in (
        (_CAMPAIGN, campaign, units[0], settings),
        (_DOSSIERS, campaign, units, RANKS, dossiers),
        (_REVIEWS, dossiers, sheets),
        (_COMPARISONS, dossiers, _FACTS),
        (_DETERMINATIONS, dossiers, _FACTS, [_result(chance) for _ in range(FORMS)], _result(None)),
        (_MEETINGS, campaign, units[0], dossiers),
        (_FORMS, dossiers, FORM_TITLE, CONFIRMATION_TITLE),
        (_ALTERATIONS, dossiers, _FACTS),
        (_COLLECTED, dossiers),
    ):
        await connection.execute(statement, *values)
    await connection.execute("set session_replication_role = origin")
    for table in TABLES:
        await connection.execute(f"vacuum analyze audit.{table}")
    return Filled(from_uuid("cmp", campaign), unit_ids[0], dossiers)


_READY: dict[int, Filled] = {}


async def campaign_in(context: Context, dossiers: int) -> Filled:
    """The campaign in the bench's running system, filled by whichever row first needs it; in the sample's units."""
    if dossiers not in _READY:
        connection = await asyncpg.connect(context.running.admin_url())
        try:
            rows = await connection.fetch("select unit_id from audit.unit_scope order by cardinality(ancestors), code")
            units = [from_uuid("unt", row["unit_id"]) for row in rows]
            _READY[dossiers] = await fill_campaign(connection, units, dossiers)
        finally:
            await connection.close()
    return _READY[dossiers]


def _sheet(chance: random.Random) -> str:
    """A sheet with a word on each fact; one in twelve flags something."""
    flagged, kind = chance.randrange(12 * len(REQUIRED)), chance.choice(get_args(IssueKind))
    facts = [
        {
            "fact": fact.value,
            "verdict": "consistent",
            "values": [{"type": "date", "date": "1968-03"}],
            "altered": False,
            "doubtful": at == flagged,
            "determined_before": False,
            "issues": [{"kind": kind, "cause": None, "measure": "补充材料"}] if at + 6 == flagged else [],
            "note": "与档案最早材料一致",
        }
        for at, fact in enumerate(REQUIRED)
    ]
    return json.dumps({"facts": facts, "claims": [], "note": None}, ensure_ascii=False)


def _result(chance: random.Random | None) -> str:
    """What the rules said: without `chance`, that all agrees."""
    told: dict[str, Any] = {"status": "consistent", "collective": False, "disagreeing": [], "findings": []}
    told |= {
        "rule": "birth-earliest",
        "source": "组通字〔2006〕41号",
        "paragraph": "档案记载一致，" * 12,
        "written": "1968.03",
    }
    if chance is not None:
        months = chance.randint(1, 40)
        bands = ("up_to_3_months", "3_to_12_months", "1_to_2_years", "over_2_years")
        band = bands[sum(months > bound for bound in (3, 12, 24))]
        told["disagreeing"] = [
            {
                "claim_id": f"clm_{number}",
                "months": months - number,
                "direction": chance.choice(("overstated", "understated")),
                "cause": "false_statement",
                "band": band,
                "purpose": chance.choice(("enlistment", "recruitment", "schooling", None)),
            }
            for number in range(chance.randint(1, 3))
        ]
        if chance.random() < 0.3:
            told["findings"] = [{"code": "entry_qualification_false", "zh": "不符合报考条件", "claim_ids": []}]
    return json.dumps(told, ensure_ascii=False)
