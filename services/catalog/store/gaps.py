"""What dossiers lack, how it is explained, and of which kind each dossier's person is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.catalog.domain.dossier_view import DossierView
from services.catalog.domain.gaps import Event, GapRules, Outcome, Piece, Profile, Standing
from services.catalog.store.scope import SCOPE

_COLUMNS = """gap_id, unit_id, dossier_id, rule, category, missing::text as missing, state, outcome, version, opened_at,
  closed_at"""
_WRITE = f"""
insert into gap (gap_id, unit_id, dossier_id, rule, category, missing, state, outcome, version, opened_at, closed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, case when $7 = 'closed' then $9::timestamptz end)
on conflict (dossier_id, rule) do update set category = excluded.category, missing = excluded.missing,
  state = excluded.state, outcome = excluded.outcome, version = gap.version + 1, closed_at = excluded.closed_at,
  opened_at = case when gap.state = 'closed' and excluded.state = 'open' then excluded.opened_at else gap.opened_at end
returning {_COLUMNS}
"""  # noqa: S608  # constants of this module
_BY_UNIT = f"""
select next.*, d.dossier_no, r.required, r.present, r.explained from (
  select next.* from {SCOPE} cross join lateral (
    select {_COLUMNS} from gap g where g.unit_id = scope.unit_id and g.state = 'open' and g.gap_id > $2::uuid
    order by g.gap_id limit $3
  ) as next order by next.gap_id limit $3
) as next join dossier d on d.dossier_id = next.dossier_id join dossier_review r on r.dossier_id = next.dossier_id
order by next.gap_id
"""  # noqa: S608


@dataclass(frozen=True)
class Gap:
    """One gap as it is kept."""

    gap_id: str
    unit_id: str
    dossier_id: str
    rule: str
    category: str
    missing: tuple[Piece, ...]
    state: str
    outcome: Outcome | None
    version: int
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class KeptProfile:
    """The profile of a dossier with its version; 1 while nobody has set it."""

    profile: Profile
    version: int


def _gap(row: Any) -> Gap:
    return Gap(
        gap_id=from_uuid("gap", row["gap_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        dossier_id=from_uuid("dos", row["dossier_id"]),
        rule=row["rule"],
        category=row["category"],
        missing=tuple(Piece.of(one) for one in orjson.loads(row["missing"])),
        state=row["state"],
        outcome=cast("Outcome | None", row["outcome"]),
        version=row["version"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
    )


async def list_of(uow: UnitOfWork, dossier_id: str, states: Sequence[str] = ("open", "closed")) -> list[Gap]:
    """All gaps that a dossier has or had, by category and rule: there are no more than rules."""
    rows = await uow.raw().fetch(
        f"select {_COLUMNS} from gap where dossier_id = $1 and state = any($2::text[])"  # noqa: S608
        " order by lpad(category, 4, '0'), rule",
        to_uuid(dossier_id),
        list(states),
    )
    return [_gap(row) for row in rows]


async def list_open(
    connection: Any, unit_id: str | None, after: str | None, limit: int
) -> list[tuple[Gap, dict[str, Any]]]:
    """Open gaps of the caller's units (or one of them), each with number and completeness of its dossier."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_BY_UNIT, unit, to_uuid(after or "gap_" + "0" * 26), limit)
    shown = ("dossier_no", "required", "present", "explained")
    return [(_gap(row), {name: row[name] for name in shown}) for row in rows]


async def get(uow: UnitOfWork, gap_id: str) -> Gap:
    """One gap; NotFound outside the caller's units."""
    query = f"select {_COLUMNS} from gap where gap_id = $1"  # noqa: S608  # constants of this module
    row = await uow.raw().fetchrow(query, to_uuid(gap_id))
    if row is None:
        raise NotFound()
    return _gap(row)


async def open_gap(uow: UnitOfWork, view: DossierView, standing: Standing) -> Gap:
    """Open it, or write what is missing now."""
    return await _write(uow, view, standing.rule.id, standing.rule.category, standing.missing, None)


async def close_gap(uow: UnitOfWork, view: DossierView, gap: Gap, outcome: Outcome) -> Gap:
    """Close it, as the outcome says."""
    return await _write(uow, view, gap.rule, gap.category, (), outcome)


async def _write(
    uow: UnitOfWork, view: DossierView, rule: str, category: str, missing: Sequence[Piece], outcome: Outcome | None
) -> Gap:
    row = await uow.raw().fetchrow(
        _WRITE,
        to_uuid(new_id("gap")),
        to_uuid(view.unit_id),
        to_uuid(view.dossier_id),
        rule,
        category,
        orjson.dumps([piece.as_json() for piece in missing]).decode(),
        "closed" if outcome else "open",
        outcome,
        uow.now,
    )
    return _gap(row)


async def list_explained(uow: UnitOfWork, dossier_id: str) -> Mapping[str, frozenset[Piece]]:
    """By rule the pieces that archivists have explained by a material that is still filed."""
    rows = await uow.raw().fetch(
        """select g.rule, e.pieces::text as pieces from gap g join gap_explanation e using (gap_id)
          join material m on m.material_id = e.material_id
        where g.dossier_id = $1 and m.dossier_id = $1 and m.state = 'filed'""",
        to_uuid(dossier_id),
    )
    found: dict[str, set[Piece]] = defaultdict(set)
    for row in rows:
        found[row["rule"]].update(Piece.of(one) for one in orjson.loads(row["pieces"]))
    return {rule: frozenset(pieces) for rule, pieces in found.items()}


async def explain(uow: UnitOfWork, gap: Gap, material_id: str, pieces: Sequence[Piece]) -> bool:
    """This material explains these pieces; False when it explains something of this gap already."""
    made = await uow.raw().fetchval(
        """insert into gap_explanation (gap_id, unit_id, material_id, pieces, explained_by, explained_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning 1""",
        to_uuid(gap.gap_id),
        to_uuid(gap.unit_id),
        to_uuid(material_id),
        orjson.dumps([piece.as_json() for piece in pieces]).decode(),
        uow.caller.account_id,
        uow.now,
    )
    return made is not None


async def get_profile(uow: UnitOfWork, dossier_id: str, rules: GapRules) -> KeptProfile:
    """Of which kind of body and stage the person is; the rules' default while nobody has said."""
    row = await uow.raw().fetchrow(
        """select body_kind, stage, service_until, events::text as events, version from gap_profile
        where dossier_id = $1""",
        to_uuid(dossier_id),
    )
    if row is None:
        return KeptProfile(Profile(rules.default_body, rules.default_stage), 1)
    events = tuple(Event(one["kind"], one["year"]) for one in orjson.loads(row["events"]))
    return KeptProfile(Profile(row["body_kind"], row["stage"], row["service_until"], events), row["version"])


async def save_profile(uow: UnitOfWork, dossier_id: str, unit_id: str, kept: KeptProfile) -> None:
    """Write a profile under its new version."""
    profile = kept.profile
    await uow.raw().execute(
        """insert into gap_profile (dossier_id, unit_id, body_kind, stage, service_until, events, version, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (dossier_id) do update set body_kind = excluded.body_kind, stage = excluded.stage,
          service_until = excluded.service_until, events = excluded.events, version = excluded.version,
          changed_at = excluded.changed_at""",
        to_uuid(dossier_id),
        to_uuid(unit_id),
        profile.body_kind,
        profile.stage,
        profile.service_until,
        orjson.dumps([{"kind": event.kind, "year": event.year} for event in profile.events]).decode(),
        kept.version,
        uow.now,
    )
