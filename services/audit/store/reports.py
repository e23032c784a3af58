"""What a campaign's report counts, as the tables stand: part by part, alike dossiers as one row, by one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from chassis.raw import RawConnection
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.adjudication import FORM_TITLE
from services.audit.domain.alteration import Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_case import (
    EDUCATION_ERRORS,
    REPORTED_ISSUES,
    SIX_PROBLEMS,
    Collected,
    FalseAge,
    ReportCase,
)
from services.audit.domain.report_rules import ReportRules
from services.audit.store.scope import UNITS

OUT: Final = "verified"
"""Stands for any outcome in the parts that do not tell which."""

DECIDED: Final = "('feedback', 'feedback_signed', 'feedback_disputed', 'authority_approved', 'filed', 'bound')"
"""States in which what a meeting decided stands."""

# The conditions of the partial indexes, to the letter.
DIFFERS: Final = "status <> 'consistent'"
FALSE_AGE: Final = "fact = 'birth_date' and cause = 'false_statement'"
EDUCATION: Final = (
    "fact = 'education' and (cause = 'false_statement' or result @? '$.findings[*].code ? ("
    '@ == "training_as_education" || @ == "level_overstated" || @ == "part_time_as_full_time" '
    '|| @ == "degree_not_conferred" || @ == "entry_qualification_false")\')'
)
FLAGGED: Final = "state <> 'void' and opened and sheet @? '$.facts[*] ? (@.doubtful == true || exists (@.issues[*]))'"
_ERRORS = ", ".join(f"'{one}'" for one in EDUCATION_ERRORS)
_ISSUES = ", ".join(f"'{one}'" for one in REPORTED_ISSUES)
_TAMPERING = ", ".join(f"'{one}'" for one in SIX_PROBLEMS["tampering"])

GRAVEST: Final = """
select x.one ->> 'direction' as direction, x.one ->> 'purpose' as purpose, x.one ->> 'band' as band,
  (x.one ->> 'months')::int as months
from jsonb_array_elements(result -> 'disagreeing') with ordinality as x (one, at)
where x.one ->> 'direction' is not null
order by x.one ->> 'cause' is distinct from 'false_statement', (x.one ->> 'months')::int desc nulls last,
  x.one ->> 'purpose' is null, x.at
limit 1
"""
"""Of a determination the disagreement that the report counts: stated falsely, furthest off, of a known purpose."""

ISSUES: Final = f"""
select distinct told.kind from (
  select 'doubtful' where sheet @? '$.facts[*] ? (@.doubtful == true)'
  union all select kind #>> '{{}}' from jsonb_path_query(sheet, '$.facts[*].issues[*].kind') as kind
) as found (kind)
cross join lateral (values (found.kind), (case when found.kind in ({_TAMPERING}) then 'tampering' end)) as told (kind)
where told.kind in ({_ISSUES})
"""  # noqa: S608  # constants of the domain
"""What a sheet flags, of whichever fact: each issue that the report names, and 涂改造假 of any of its kinds."""

_WITHIN = f"campaign_id = $1 and unit_id = any ({UNITS})"

CASES: Final = f"""
with d as (
  select id, dossier_id, unit_id, rank, result, state in {DECIDED} as determined
  from campaign_dossier where {_WITHIN}
),
c as (select started_at, coalesce(closed_at, 'infinity') as ended_at from campaign where id = $1),
differs as materialized (
  select campaign_dossier_id, fact from determination where {_WITHIN} and {DIFFERS}
),
altered as (
  select a.dossier_id, string_agg(distinct a.fact || ' ' || a.verdict, ',') as places
  from c join alteration_finding a on a.recorded_at < c.ended_at where a.unit_id = any ({UNITS}) group by a.dossier_id
),
education as (
  select campaign_dossier_id, array_to_string(array(
    select distinct code #>> '{{}}' from jsonb_path_query(result, '$.findings[*].code') as code
    where code #>> '{{}}' in ({_ERRORS}) order by 1), ',') as errors
  from determination where {_WITHIN} and {EDUCATION}
)
select 'outcome' as part, d.unit_id, d.rank, d.result as a, d.determined::text as b, (p.id is not null)::text as c,
  null::int as months, count(*) as many, null::numeric as filed, null::numeric as returned, null::numeric as pending
from d left join (select distinct campaign_dossier_id as id from differs) as p on p.id = d.id
group by 2, 3, 4, 5, 6
union all
select 'facts', d.unit_id, d.rank, p.fact, null, null, null, count(*), null, null, null
from differs p join d on d.id = p.campaign_dossier_id where d.result is not null group by 2, 3, 4
union all
select 'issues', d.unit_id, d.rank, f.kind, null, null, null, count(*), null, null, null
from (
  select distinct campaign_dossier_id, i.kind from review cross join lateral ({ISSUES}) as i
  where unit_id = any ({UNITS}) and {FLAGGED}
) as f join d on d.id = f.campaign_dossier_id where d.result is not null group by 2, 3, 4
union all
select 'altered', d.unit_id, d.rank, a.places, null, null, null, count(*), null, null, null
from altered a join d on d.dossier_id = a.dossier_id where d.result is not null group by 2, 3, 4
union all
select 'age', d.unit_id, d.rank, a.direction, a.purpose, a.band, max(a.months), count(*), null, null, null
from (
  select campaign_dossier_id, g.* from determination left join lateral ({GRAVEST}) as g on true
  where {_WITHIN} and {FALSE_AGE}
) as a join d on d.id = a.campaign_dossier_id where d.result is not null group by 2, 3, 4, 5, 6
union all
select 'education', d.unit_id, d.rank, e.errors, null, null, null, count(*), null, null, null
from education e join d on d.id = e.campaign_dossier_id where d.result is not null group by 2, 3, 4
union all
select 'work', d.unit_id, d.rank, null, null, null, null, 0, count(*) filter (where a.state = 'accepted'),
  count(*) filter (where a.state = 'rejected'), count(*) filter (where a.state not in ('accepted', 'rejected'))
from c join appraisal a on a.received_at >= c.started_at and a.received_at < c.ended_at
join d on d.dossier_id = a.dossier_id
where a.unit_id = any ({UNITS}) and d.result is not null group by 2, 3
union all
select 'work', d.unit_id, d.rank, null, null, null, null, count(*), null, null, null
from determination_approval a join d on d.id = a.campaign_dossier_id
where a.unit_id = any ({UNITS}) and a.title = '{FORM_TITLE}' and d.result is not null group by 2, 3
"""  # noqa: S608  # constants of this module and of the domain
"""Each part of the figures with alike dossiers as one row: a campaign of any size is some thousands of rows.

What is not out yet is counted as a dossier and no more, so nothing is told of a pair that is not opened.
"""

_MEETINGS = f"""
select count(distinct v.meeting_id) from meeting_vote v join campaign_dossier d on d.id = v.campaign_dossier_id
where d.campaign_id = $1 and d.unit_id = any ({UNITS})
"""  # noqa: S608  # a constant of another module


async def cases_of(connection: RawConnection, campaign_id: str, rules: ReportRules) -> list[ReportCase]:
    """The campaign's dossiers in the caller's units, part by part, alike ones together."""
    rows = await connection.fetch(CASES, to_uuid(campaign_id))
    units = {key: from_uuid("unt", key) for key in {row["unit_id"] for row in rows}}
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    cases: list[ReportCase] = []
    for row in rows:
        part, a, b, c, months = row["part"], row["a"], row["b"], row["c"], row["months"]
        key = (part, a, b, c, months)
        if (told := known.get(key)) is None:
            told = known[key] = {"part": part, **_told(*key)}
        unit, rank, many = units[row["unit_id"]], rules.group_of(row["rank"]), row["many"]
        if part == "work":
            collected = Collected(*(int(row[name] or 0) for name in ("filed", "returned", "pending")))
            told = {**told, "collected": collected, "forms": many}
        cases.append(ReportCase(unit, rank, many=many, **told))
    return cases


async def meetings_of(connection: RawConnection, campaign_id: str) -> int:
    """How many meetings voted on these dossiers."""
    return await connection.fetchval(_MEETINGS, to_uuid(campaign_id))


def _told(part: str, a: str | None, b: str | None, c: str | None, months: int | None) -> dict[str, Any]:
    """What a row tells of its dossiers; what stands in `a`, `b` and `c` is the part's own."""
    match part:
        case "outcome":
            # Which facts differ is told apart; here it counts that one does.
            problems = frozenset({AuditFact.BIRTH_DATE} if c == "true" else ())
            return {"result": a, "determined": b == "true", "problems": problems}
        case "facts":
            return {"result": OUT, "problems": frozenset({AuditFact(a)})}
        case "issues":
            return {"result": OUT, "issues": frozenset({a})}
        case "altered":
            return {"result": OUT, "altered": frozenset(_altered((a or "").split(",")))}
        case "age":
            age = FalseAge(a, b, c, months)  # pyright: ignore[reportArgumentType]  # codes of the domain's own
            return {"result": OUT, "false_age": age}
        case "education":
            return {"result": OUT, "false_education": True, "education_errors": frozenset(a.split(",") if a else ())}
        case _:
            return {"result": OUT}


def _altered(places: Sequence[str]) -> Iterator[tuple[AuditFact, Verdict]]:
    for place in places:
        fact, verdict = place.split()
        yield AuditFact(fact), Verdict(verdict)
