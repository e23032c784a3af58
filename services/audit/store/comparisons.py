"""What two opened sheets say beside one another: of a dossier, over a campaign, and how far reviewers agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_hexes, from_uuid, to_uuid
from services.audit.domain.review_agreement import Tally
from services.audit.domain.review_comparison import Compared
from services.audit.store.scope import UNITS
from services.audit.store.tables import CampaignDossier, Review
from services.audit.store.tables_review import Comparison

Pair = tuple[str, str]
"""Two accounts, the lower id first."""

# A caller without a right to all comparisons sees those of the pairs to which they belong.
_COUNTED = "campaign_id = $1 and unit_id = any($2::uuid[]) and ($3::boolean is null or training = $3)"
_MINE = "($4::uuid is null or first_account_id = $4 or second_account_id = $4)"
_BY_FACT = f"""
select fact, first_verdict, second_verdict, count(*) as facts, count(*) filter (where agreed) as agreed
from comparison where {_COUNTED} and {_MINE} group by fact, first_verdict, second_verdict
"""  # noqa: S608  # constants of this module
_BY_PAIR = f"""
with pair as (
  select distinct first_account_id, second_account_id from comparison
  where {_COUNTED} and {_MINE} and ($5::uuid is null or (first_account_id, second_account_id) > ($5, $6))
  order by 1, 2 limit $7
)
select first_account_id, second_account_id, fact, first_verdict, second_verdict,
  count(*) as facts, count(*) filter (where agreed) as agreed
from comparison join pair using (first_account_id, second_account_id) where {_COUNTED}
group by first_account_id, second_account_id, fact, first_verdict, second_verdict order by 1, 2
"""  # noqa: S608  # constants of this module

_IDS = {"campaign_dossier_id": "cdo", "unit_id": "unt", "first_account_id": "acc", "second_account_id": "acc"}
_FIRST = UUID(int=0)
# The index of what differs holds the campaign, the dossier and the fact, and nothing that agrees.
DIFFERENCES = f"""
select {", ".join(f"{name}::text" for name in _IDS)}, fact, first_verdict, second_verdict, differs, opened_at
from comparison
where campaign_id = $1 and not agreed and unit_id = any ({UNITS}) and (campaign_dossier_id, fact) > ($2, $3)
  and ($4::text[] is null or fact = any ($4)) and ($5::uuid is null or unit_id = $5) and person_id <> all ($6::uuid[])
order by comparison.campaign_dossier_id, fact limit $7
"""  # noqa: S608  # constants of this module


@dataclass(frozen=True)
class Counted:
    """Whose agreement is asked for: `mine` is the caller, where they may not see that of others."""

    campaign_id: str
    training: bool | None = None
    mine: str | None = None


async def add(
    uow: UnitOfWork, dossier: CampaignDossier, pair: tuple[Review, Review], compared: Iterable[Compared]
) -> None:
    """Keep how a pair compares; `pair` in the order of its accounts."""
    first, second = pair
    for one in compared:
        row = Comparison(
            campaign_dossier_id=dossier.id,
            fact=one.fact.value,
            unit_id=dossier.unit_id,
            campaign_id=dossier.campaign_id,
            person_id=dossier.person_id,
            training=dossier.training,
            first_account_id=first.account_id,
            second_account_id=second.account_id,
            first_review_id=first.id,
            second_review_id=second.id,
            first_verdict=one.first.verdict.value if one.first else None,
            second_verdict=one.second.verdict.value if one.second else None,
            differs=list(one.differs),
            opened_at=uow.now,
        )
        uow.session.add(row)
    await uow.session.flush()


async def differences_of(
    connection: RawConnection,
    campaign_id: str,
    *,
    after: tuple[str, str] | None,
    limit: int,
    facts: Collection[str],
    unit_id: str | None,
    hidden_persons: Collection[str],
) -> list[dict[str, Any]]:
    """Facts of a campaign on which the two differ, by dossier and fact, without `hidden_persons`: as lists show them.

    A hot read: whoever takes differences up looks through hundreds of pages of them.
    """
    rows = await connection.fetch(
        DIFFERENCES,
        to_uuid(campaign_id),
        to_uuid(after[0]) if after else _FIRST,
        after[1] if after else "",
        list(facts) or None,
        to_uuid(unit_id) if unit_id else None,
        [to_uuid(person) for person in hidden_persons],
        limit,
    )
    ids = {name: from_hexes(kind, [row[name] for row in rows]) for name, kind in _IDS.items()}
    return [
        {"campaign_dossier_id": dossier, "fact": row["fact"], "unit_id": unit}
        | {"first_account_id": first, "second_account_id": second}
        | {name: row[name] for name in ("first_verdict", "second_verdict", "differs", "opened_at")}
        for row, dossier, unit, first, second in zip(rows, *ids.values(), strict=True)
    ]


async def tallies_by_fact(uow: UnitOfWork, asked: Counted) -> dict[str, list[Tally]]:
    """How often which verdicts met, by fact, over all opened pairs in scope."""
    rows = await uow.raw().fetch(_BY_FACT, *_asked(uow, asked))
    found: dict[str, list[Tally]] = {}
    for row in rows:
        found.setdefault(row["fact"], []).append(_tally(row))
    return found


async def tallies_by_pair(
    uow: UnitOfWork, asked: Counted, *, after: Pair | None, limit: int
) -> dict[Pair, dict[str, list[Tally]]]:
    """The same for each pair of reviewers, by their ids; at most `limit` pairs."""
    last = [to_uuid(account) for account in after] if after else [None, None]
    rows = await uow.raw().fetch(_BY_PAIR, *_asked(uow, asked), *last, limit)
    found: dict[Pair, dict[str, list[Tally]]] = {}
    for row in rows:
        pair = from_uuid("acc", row["first_account_id"]), from_uuid("acc", row["second_account_id"])
        found.setdefault(pair, {}).setdefault(row["fact"], []).append(_tally(row))
    return found


def _asked(uow: UnitOfWork, asked: Counted) -> tuple[UUID, list[UUID], bool | None, UUID | None]:
    mine = to_uuid(asked.mine) if asked.mine else None
    return to_uuid(asked.campaign_id), uow.unit_keys, asked.training, mine


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(row["first_verdict"], row["second_verdict"], row["facts"], row["agreed"])
