"""The record of what was done to a campaign's dossiers, for counting its report a second time. All by whole batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from chassis.raw import RawConnection
from contracts.values.ids import from_uuid, to_uuid
from services.audit.domain.report_case import EDUCATION_ERRORS
from services.audit.domain.report_record import VERBS
from services.audit.store.reports import FLAGGED, GRAVEST, ISSUES
from services.audit.store.scope import UNITS

_DOSSIERS = f"""
select id, dossier_id, unit_id, rank, result from campaign_dossier
where campaign_id = $1 and unit_id = any ({UNITS}) and ($2::uuid is null or id > $2) order by id limit $3
"""  # noqa: S608  # a constant of another module
_JOURNAL = """
select j.resource, j.verb, j.at, j.commitment, s.salt
from journal j left join journal_salt s on s.journal_id = j.id
where j.resource = any ($1::text[]) and j.verb = any ($2::text[]) order by j.resource, j.version
"""
_STEPS = """
select d.campaign_dossier_id, d.fact, s.version, s.status, s.cause, s.decided_at
from determination d join determination_decision s on s.determination_id = d.id
where d.campaign_dossier_id = any ($1::uuid[])
"""
_AGES = f"""
select campaign_dossier_id, g.direction, g.purpose, g.band, g.months
from determination cross join lateral ({GRAVEST}) as g
where campaign_dossier_id = any ($1::uuid[]) and fact = 'birth_date'
"""  # noqa: S608  # a constant of another module
_EDUCATIONS = """
select campaign_dossier_id, code #>> '{}' as code
from determination cross join lateral jsonb_path_query(result, '$.findings[*].code') as code
where campaign_dossier_id = any ($1::uuid[]) and fact = 'education' and code #>> '{}' = any ($2::text[])
"""
_FLAGGED = f"""
select campaign_dossier_id, i.kind from review cross join lateral ({ISSUES}) as i
where campaign_dossier_id = any ($1::uuid[]) and {FLAGGED}
"""  # noqa: S608  # constants of another module
_FORMS = """
select campaign_dossier_id, title, approved_at from determination_approval
where campaign_dossier_id = any ($1::uuid[])
"""
_ALTERED = """
select a.id, a.dossier_id, a.fact, a.material_id, a.verdict, a.relation from alteration_finding a
join campaign c on c.id = $2
where a.dossier_id = any ($1::uuid[]) and a.recorded_at < coalesce(c.closed_at, 'infinity')
"""
_COLLECTED = """
select a.id, a.dossier_id, a.state from appraisal a join campaign c on c.id = $2
where a.dossier_id = any ($1::uuid[]) and a.received_at >= c.started_at
  and a.received_at < coalesce(c.closed_at, 'infinity')
"""

BEGUN: Final = "appraisal.begun"
JUDGED: Final = ("alteration.recorded", "alteration.changed")


@dataclass(frozen=True)
class Entry:
    """A row of the journal, and its salt as long as nobody has removed it."""

    verb: str
    at: datetime
    commitment: bytes
    salt: bytes | None


@dataclass
class Recorded:
    """What is on record of one dossier, as the database spells it."""

    id: str
    dossier_key: UUID
    unit_id: str
    rank: str | None
    result: str | None
    acts: list[Entry] = field(default_factory=list[Entry])
    steps: list[Any] = field(default_factory=list[Any])
    age: Any = None
    educations: list[str] = field(default_factory=list[str])
    issues: list[str] = field(default_factory=list[str])
    forms: list[tuple[str, datetime]] = field(default_factory=list[tuple[str, datetime]])
    altered: list[tuple[Any, list[Entry]]] = field(default_factory=list[tuple[Any, list[Entry]]])
    collected: Counter[str] = field(default_factory=Counter[str])


async def see_salts(connection: RawConnection) -> None:
    """Until the end of the transaction: salts are for the service's own eyes. `batch_of` names the units itself."""
    await connection.execute("select set_config('app.actor', 'service', true)")


async def batch_of(connection: RawConnection, campaign_id: str, *, after: str | None, limit: int) -> list[Recorded]:
    """The next dossiers by id, each with its record; the same number of statements for any number of dossiers."""
    rows = await connection.fetch(_DOSSIERS, to_uuid(campaign_id), to_uuid(after) if after else None, limit)
    by_key = {
        row["id"]: Recorded(
            from_uuid("cdo", row["id"]), row["dossier_id"], from_uuid("unt", row["unit_id"]), row["rank"], row["result"]
        )
        for row in rows
    }
    keys = list(by_key)
    acts = await _journal(connection, [one.id for one in by_key.values()], VERBS)
    for one in by_key.values():
        one.acts = acts.get(one.id, [])

    async def each(statement: str, put: Callable[[Recorded, Any], object], *more: Any) -> None:
        for row in await connection.fetch(statement, keys, *more):
            put(by_key[row["campaign_dossier_id"]], row)

    await each(_STEPS, lambda one, row: one.steps.append(row))
    await each(_AGES, lambda one, row: setattr(one, "age", row))
    await each(_EDUCATIONS, lambda one, row: one.educations.append(row["code"]), list(EDUCATION_ERRORS))
    await each(_FLAGGED, lambda one, row: one.issues.append(row["kind"]))
    await each(_FORMS, lambda one, row: one.forms.append((row["title"], row["approved_at"])))
    await _of_dossiers(connection, campaign_id, list(by_key.values()))
    return list(by_key.values())


async def _of_dossiers(connection: RawConnection, campaign_id: str, found: Sequence[Recorded]) -> None:
    """Alterations and materials are of a dossier, whichever campaign it is in."""
    by_dossier = {one.dossier_key: one for one in found}
    keys, campaign = list(by_dossier), to_uuid(campaign_id)
    altered = await connection.fetch(_ALTERED, keys, campaign)
    judged = await _journal(connection, [from_uuid("alt", row["id"]) for row in altered], JUDGED)
    for row in altered:
        by_dossier[row["dossier_id"]].altered.append((row, judged.get(from_uuid("alt", row["id"]), [])))
    collected = await connection.fetch(_COLLECTED, keys, campaign)
    begun = await _journal(connection, [from_uuid("apr", row["id"]) for row in collected], (BEGUN,))
    for row in collected:
        if from_uuid("apr", row["id"]) in begun:
            by_dossier[row["dossier_id"]].collected[row["state"]] += 1


async def _journal(connection: RawConnection, resources: Sequence[str], verbs: Sequence[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for row in await connection.fetch(_JOURNAL, list(resources), list(verbs)):
        found.setdefault(row["resource"], []).append(Entry(row["verb"], row["at"], row["commitment"], row["salt"]))
    return found
