"""What a campaign's report counts, as the tables stand: dossiers that are alike as one row, by one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chassis.raw import RawConnection
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.adjudication import FORM_TITLE
from services.audit.domain.alteration import Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_case import EDUCATION_ERRORS, REPORTED_ISSUES, Collected, FalseAge, ReportCase
from services.audit.domain.report_rules import ReportRules
from services.audit.store.scope import UNITS

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
FLAGGED: Final = (
    "opened and sheet @? '$.facts[*] ? (@.doubtful == true || exists (@.issues[*].kind ? ("
    '@ == "doubtful" || @ == "forgery" || @ == "removal" || @ == "misfiled" || @ == "missing")))\''
)
_ERRORS = ", ".join(f"'{one}'" for one in EDUCATION_ERRORS)
_ISSUES = ", ".join(f"'{one}'" for one in REPORTED_ISSUES)

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
select 'doubtful' as kind where sheet @? '$.facts[*] ? (@.doubtful == true)'
union select kind #>> '{{}}' from jsonb_path_query(sheet, '$.facts[*].issues[*].kind') as kind
where kind #>> '{{}}' in ({_ISSUES})
"""  # noqa: S608  # constants of the domain
"""What a sheet flags, of whichever fact."""

_WITHIN = f"campaign_id = $1 and unit_id = any ({UNITS})"

CASES: Final = f"""
with d as (
  select id, dossier_id, unit_id, rank, result, result is not null and state in {DECIDED} as determined
  from campaign_dossier where {_WITHIN}
),
c as (select started_at, coalesce(closed_at, 'infinity') as ended_at from campaign where id = $1),
problem as (
  select campaign_dossier_id, array_agg(fact order by fact) as facts
  from determination where {_WITHIN} and {DIFFERS} group by campaign_dossier_id
),
age as (
  select campaign_dossier_id, true as stated, g.direction, g.purpose, g.band, g.months
  from determination left join lateral ({GRAVEST}) as g on true where {_WITHIN} and {FALSE_AGE}
),
education as (
  select campaign_dossier_id, true as stated, array(
    select distinct code #>> '{{}}' from jsonb_path_query(result, '$.findings[*].code') as code
    where code #>> '{{}}' in ({_ERRORS}) order by 1) as errors
  from determination where {_WITHIN} and {EDUCATION}
),
flagged as (
  select campaign_dossier_id, array_agg(distinct i.kind order by i.kind) as kinds
  from review cross join lateral ({ISSUES}) as i
  where unit_id = any ({UNITS}) and {FLAGGED} group by campaign_dossier_id
),
altered as (
  select a.dossier_id, array_agg(distinct a.fact || ' ' || a.verdict) as places
  from c join alteration_finding a on a.recorded_at < c.ended_at
  where a.unit_id = any ({UNITS}) group by a.dossier_id
),
collected as (
  select a.dossier_id, count(*) filter (where a.state = 'accepted') as filed,
    count(*) filter (where a.state = 'rejected') as returned,
    count(*) filter (where a.state not in ('accepted', 'rejected')) as pending
  from c join appraisal a on a.received_at >= c.started_at and a.received_at < c.ended_at
  where a.unit_id = any ({UNITS}) group by a.dossier_id
),
form as (
  select campaign_dossier_id, count(*) as forms from determination_approval
  where unit_id = any ({UNITS}) and title = '{FORM_TITLE}' group by campaign_dossier_id
)
select d.unit_id, d.rank, d.result, d.determined, problem.facts, age.stated as false_age, age.direction, age.purpose,
  age.band, age.months, education.stated as false_education, education.errors, flagged.kinds, altered.places,
  count(*) as many, sum(collected.filed) as filed, sum(collected.returned) as returned,
  sum(collected.pending) as pending, sum(form.forms) as forms
from d
left join problem on problem.campaign_dossier_id = d.id and d.result is not null
left join age on age.campaign_dossier_id = d.id and d.result is not null
left join education on education.campaign_dossier_id = d.id and d.result is not null
left join flagged on flagged.campaign_dossier_id = d.id and d.result is not null
left join altered on altered.dossier_id = d.dossier_id and d.result is not null
left join collected on collected.dossier_id = d.dossier_id and d.result is not null
left join form on form.campaign_dossier_id = d.id and d.result is not null
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
"""  # noqa: S608  # constants of this module and of the domain
"""What is not out yet is counted as a dossier and no more, so nothing is told of a pair that is not opened."""

_MEETINGS = f"""
select count(distinct v.meeting_id) from meeting_vote v join campaign_dossier d on d.id = v.campaign_dossier_id
where d.campaign_id = $1 and d.unit_id = any ({UNITS})
"""  # noqa: S608  # a constant of another module


async def cases_of(connection: RawConnection, campaign_id: str, rules: ReportRules) -> list[ReportCase]:
    """The campaign's dossiers in the caller's units, alike ones together."""
    rows = await connection.fetch(CASES, to_uuid(campaign_id))
    return [_case(row, rules) for row in rows]


async def meetings_of(connection: RawConnection, campaign_id: str) -> int:
    """How many meetings voted on these dossiers."""
    return await connection.fetchval(_MEETINGS, to_uuid(campaign_id))


def _case(row: Mapping[str, Any], rules: ReportRules) -> ReportCase:
    return ReportCase(
        unit=from_uuid("unt", row["unit_id"]),
        rank=rules.group_of(row["rank"]),
        result=row["result"],
        problems=frozenset(AuditFact(fact) for fact in row["facts"] or ()),
        issues=frozenset(row["kinds"] or ()),
        altered=frozenset(_altered(row["places"] or ())),
        false_age=FalseAge(row["direction"], row["purpose"], row["band"], row["months"]) if row["false_age"] else None,
        false_education=bool(row["false_education"]),
        education_errors=frozenset(row["errors"] or ()),
        determined=row["determined"],
        collected=Collected(int(row["filed"] or 0), int(row["returned"] or 0), int(row["pending"] or 0)),
        forms=int(row["forms"] or 0),
        many=row["many"],
    )


def _altered(places: Sequence[str]) -> Iterator[tuple[AuditFact, Verdict]]:
    for place in places:
        fact, verdict = place.split()
        yield AuditFact(fact), Verdict(verdict)
