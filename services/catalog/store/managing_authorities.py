"""Rules of managing authority, and which persons still have to be told of a change."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, ValidationFailed
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.managing_authority import AuthorityRule

_COLUMNS = "authority_id, rank, unit_id, office, office_unit_id, valid_from, valid_to, version"
_FIRST = "mga_00000000000000000000000000"


def _rule(row: Any) -> AuthorityRule:
    return AuthorityRule(
        from_uuid("mga", row["authority_id"]),
        row["rank"],
        from_uuid("unt", row["unit_id"]),
        row["office"],
        from_uuid("unt", row["office_unit_id"]) if row["office_unit_id"] else None,
        row["valid_from"],
        row["valid_to"],
        row["version"],
    )


async def get(uow: UnitOfWork, authority_id: str, *, lock: bool = False) -> AuthorityRule:
    """One rule; NotFound when there is none."""
    query = f"select {_COLUMNS} from managing_authority where authority_id = $1"  # noqa: S608  # constants
    row = await uow.raw().fetchrow(query + (" for update" if lock else ""), to_uuid(authority_id))
    if row is None:
        raise NotFound()
    return _rule(row)


async def list_page(uow: UnitOfWork, after: str | None, limit: int, on: date | None) -> list[AuthorityRule]:
    """Rules in order of their ids; `on` a day only those that hold then."""
    rows = await uow.raw().fetch(
        f"""select {_COLUMNS} from managing_authority
        where authority_id > $1 and ($2::date is null or $2 between valid_from and coalesce(valid_to, 'infinity'))
        order by authority_id limit $3""",  # noqa: S608  # constants
        to_uuid(after or _FIRST),
        on,
        limit,
    )
    return [_rule(row) for row in rows]


async def save(uow: UnitOfWork, rule: AuthorityRule) -> None:
    """Insert or update; a period that another rule for this rank and unit holds too is a fault of the form."""
    try:
        await uow.raw().execute(
            """insert into managing_authority (authority_id, rank, unit_id, office, office_unit_id, valid_from,
              valid_to, version, created_at, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            on conflict (authority_id) do update set office = excluded.office, version = excluded.version,
              office_unit_id = excluded.office_unit_id, valid_from = excluded.valid_from,
              valid_to = excluded.valid_to, changed_at = excluded.changed_at""",
            to_uuid(rule.authority_id),
            rule.rank,
            to_uuid(rule.unit_id),
            rule.office,
            to_uuid(rule.office_unit_id) if rule.office_unit_id else None,
            rule.valid_from,
            rule.valid_to,
            rule.version,
            uow.now,
        )
    except asyncpg.ExclusionViolationError:
        raise ValidationFailed(errors=[FieldFault("/valid_from", "period-overlaps")]) from None


async def concerning(uow: UnitOfWork, rank: str, unit_id: str) -> tuple[list[AuthorityRule], list[str]]:
    """The rules for a rank in a unit and those above it, and these units from the root to the unit itself."""
    ancestors = await uow.raw().fetchval("select ancestors from unit_scope where unit_id = $1", to_uuid(unit_id))
    keys = list(ancestors or [to_uuid(unit_id)])
    rows = await uow.raw().fetch(
        f"select {_COLUMNS} from managing_authority where rank = $1 and unit_id = any($2::uuid[])",  # noqa: S608
        rank,
        keys,
    )
    return [_rule(row) for row in rows], [from_uuid("unt", key) for key in keys]


async def tell_later(uow: UnitOfWork, unit_id: str, rank: str | None) -> None:
    """Have everybody of this rank (None: of any) in a unit and below told, as far as there are rules at all."""
    await uow.raw().execute(
        """insert into authority_to_tell (rank, unit_id)
        select $1::text, $2::uuid where $1::text is not null or exists (select from managing_authority)""",
        rank,
        to_uuid(unit_id),
    )


async def next_to_tell(uow: UnitOfWork, limit: int) -> tuple[int, Sequence[str]] | None:
    """The oldest change that is not told to the end, and the next persons whom it concerns; None when all is told."""
    task = await uow.raw().fetchrow(
        "select no, rank, unit_id, after_person from authority_to_tell order by no limit 1 for update skip locked"
    )
    if task is None:
        return None
    rows = await uow.raw().fetch(
        """select p.person_id from person p join unit_scope s on s.unit_id = p.unit_id
        where p.person_id > $1 and s.ancestors @> array[$2::uuid] and ($3::text is null or p.rank = $3)
        order by p.person_id limit $4""",
        task["after_person"],
        task["unit_id"],
        task["rank"],
        limit,
    )
    return task["no"], [from_uuid("per", row["person_id"]) for row in rows]


async def told_up_to(uow: UnitOfWork, no: int, last: str | None) -> None:
    """These are told; with None the change is told to the end."""
    if last is None:
        await uow.raw().execute("delete from authority_to_tell where no = $1", no)
    else:
        await uow.raw().execute("update authority_to_tell set after_person = $2 where no = $1", no, to_uuid(last))
