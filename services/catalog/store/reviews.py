"""Which dossiers must be looked at again, and all that a look needs, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import timedelta

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.dossier_view import DossierView, Loose, Waiting
from services.catalog.domain.facts import ENTERED_BY_LINE, THREE_AGES, settled_anew
from services.catalog.domain.gaps import GapRules
from services.catalog.domain.review import ReadRow, Snapshot
from services.catalog.store import facts, gaps

_MARK = """
insert into dossier_to_review as q (dossier_id, unit_id, marked_at)
select dossier_id, unit_id, $2 from dossier where {where}
on conflict (dossier_id) do update set marked_at = excluded.marked_at, mark = default
"""
# The columns of a `ReadRow`.
_ROWS = """
select m.material_id, m.place, m.item_no, m.title, m.original_title, m.formed_on::text as formed_on, m.page_count,
  m.entry_id is not null as from_paper, g.digests, m.content_rank, m.formed_key, m.filing_seq, f.case_id, f.review_no,
  f.annex_of, coalesce(f.pinned, false) as pinned, f.pin_after, g.sides
from material m left join material_filing f on f.material_id = m.material_id left join lateral (
  select array_agg(p.digest order by p.page_no) as digests,
    case when count(s.page_id) > 0 then array_agg(coalesce(s.side, 'printed') order by p.page_no) end as sides
  from page p left join page_side s on s.page_id = p.page_id where p.material_id = m.material_id
) g on true
where m.dossier_id = $1 and m.state = 'filed' order by m.category, m.subclass nulls first, m.item_no
"""
_WAITING = """
select m.material_id, t.due_at from material m join filing_task t on t.material_id = m.material_id
where m.dossier_id = $1 and t.state = 'pending' order by t.due_at, m.material_id
"""
_LOOSE = """
select l.material_id, l.since from material m join loose_sheet l on l.material_id = m.material_id
where m.dossier_id = $1 and m.state = 'filed' and l.since < $2 order by l.since, l.material_id
"""
_TO_ENTER = """
select h.determination_id from heard_determination h
where h.person_id = $1 and h.status = 'determined' and h.fact = any($2::text[]) and not exists (
  select from fact f where f.person_id = h.person_id and f.determination_id = h.determination_id
) and not exists (
  select from heard_determination n
  where n.person_id = h.person_id and n.status = 'determined' and n.fact = h.fact
    and n.determination_id > h.determination_id
) order by h.determination_id
"""
_HOLD = "select dossier_id from dossier where dossier_id = $1 for key share skip locked"
# Dossiers that another round (other rules, another year) has not seen, from the one after `$1`.
_OTHER_ROUND = """
with due as (
  select d.dossier_id, d.unit_id, r.round from dossier d left join dossier_review r using (dossier_id)
  where d.dossier_id > $1 order by d.dossier_id limit $4
), marked as (
  insert into dossier_to_review (dossier_id, unit_id, marked_at)
  select dossier_id, unit_id, $3 from due where round is distinct from $2 on conflict do nothing
)
select max(dossier_id::text)::uuid as last from due
"""
_OVERDUE = """
insert into dossier_to_review (dossier_id, unit_id, marked_at)
select distinct d.dossier_id, d.unit_id, $1::timestamptz
from filing_task t join material m using (material_id) join dossier d on d.dossier_id = m.dossier_id
  join dossier_review r on r.dossier_id = d.dossier_id
where t.state = 'pending' and t.due_at < $1 and r.reviewed_at < t.due_at
on conflict do nothing
"""
# A sheet is overdue from the midnight after its last day on, as the office's calendar has it.
_LOOSE_OVERDUE = """
insert into dossier_to_review (dossier_id, unit_id, marked_at)
select distinct d.dossier_id, d.unit_id, $1::timestamptz
from loose_sheet l join material m on m.material_id = l.material_id join dossier d on d.dossier_id = m.dossier_id
  join dossier_review r on r.dossier_id = d.dossier_id cross join lateral (
    select (date_trunc('day', l.since at time zone 'Asia/Shanghai') + $2::interval + interval '1 day')
      at time zone 'Asia/Shanghai' as at
  ) as overdue
where l.since < $1::timestamptz - $2::interval and overdue.at <= $1 and r.reviewed_at < overdue.at
on conflict do nothing
"""


@dataclass(frozen=True)
class Due:
    """A dossier to look at, and the mark that called for it."""

    dossier_id: str
    mark: int


@dataclass(frozen=True)
class Completeness:
    """Of the pieces that a dossier must hold: how many, how many are there, how many are explained."""

    required: int
    present: int
    explained: int


async def mark(uow: UnitOfWork, dossier_id: str) -> None:
    """The dossier has changed: look at it again."""
    await uow.raw().execute(_MARK.format(where="dossier_id = $1"), to_uuid(dossier_id), uow.now)


async def mark_of_person(uow: UnitOfWork, person_id: str) -> None:
    """Facts of the person have changed: look at the dossier again, whoever keeps it."""
    async with uow.as_service():
        await uow.raw().execute(_MARK.format(where="person_id = $1"), to_uuid(person_id), uow.now)


async def mark_other_rounds(uow: UnitOfWork, after: str | None, current: str, limit: int) -> str | None:
    """Mark, of the next dossiers, those that were last seen in another round; the last id, None at the end."""
    start = to_uuid(after) if after else to_uuid("dos_" + "0" * 26)
    last = await uow.raw().fetchval(_OTHER_ROUND, start, current, uow.now, limit)
    return from_uuid("dos", last) if last else None


async def mark_overdue(uow: UnitOfWork, bound_within: timedelta) -> None:
    """Mark dossiers in which a queued material or a loose sheet has become overdue since the last look."""
    await uow.raw().execute(_OVERDUE, uow.now)
    await uow.raw().execute(_LOOSE_OVERDUE, uow.now, bound_within)


async def list_due(uow: UnitOfWork, limit: int, rested: timedelta) -> list[Due]:
    """The dossiers that wait longest, of those that have not changed for this long."""
    rows = await uow.raw().fetch(
        """select dossier_id, mark from dossier_to_review where marked_at <= $1
        order by marked_at, dossier_id limit $2""",
        uow.now - rested,
        limit,
    )
    return [Due(from_uuid("dos", row["dossier_id"]), row["mark"]) for row in rows]


async def find_due(uow: UnitOfWork, dossier_id: str) -> Due | None:
    """Whether this dossier waits for a look."""
    found = await uow.raw().fetchval("select mark from dossier_to_review where dossier_id = $1", to_uuid(dossier_id))
    return None if found is None else Due(dossier_id, found)


async def postpone(uow: UnitOfWork, due: Due) -> None:
    """Try this one later: its look failed, and the others must not wait for it."""
    await uow.raw().execute(
        """update dossier_to_review set marked_at = $3::timestamptz + interval '1 hour'
        where dossier_id = $1 and mark = $2""",
        to_uuid(due.dossier_id),
        due.mark,
        uow.now,
    )


async def load(uow: UnitOfWork, dossier_id: str, required: GapRules, bound_within: timedelta) -> Snapshot:
    """The dossier as its review sees it; NotFound when there is none. Of loose sheets only those are loaded that have
    lain longer than `bound_within`.

    Several statements: a change that commits between two of them renews the mark, so that this look is not kept.
    """
    head = await uow.raw().fetchrow(
        "select unit_id, person_id, scheme, version from dossier where dossier_id = $1", to_uuid(dossier_id)
    )
    if head is None:
        raise NotFound()
    rows = await uow.raw().fetch(_ROWS, to_uuid(dossier_id))
    waiting = await uow.raw().fetch(_WAITING, to_uuid(dossier_id))
    loose = await uow.raw().fetch(_LOOSE, to_uuid(dossier_id), uow.now - bound_within)
    person_id = from_uuid("per", head["person_id"])
    known = await facts.current_facts(uow, person_id)
    view = DossierView(
        dossier_id=dossier_id,
        unit_id=from_uuid("unt", head["unit_id"]),
        person_id=person_id,
        scheme_id=head["scheme"],
        version=head["version"],
        rows=(),
        waiting=tuple(Waiting(from_uuid("mat", one["material_id"]), one["due_at"]) for one in waiting),
        facts=known,
        birth_date=known.date("birth_date"),
        now=uow.now,
        today=uow.today,
        loose=tuple(
            Loose(from_uuid("mat", one["material_id"]), one["since"].astimezone(SHANGHAI).date() + bound_within)
            for one in loose
        ),
        to_enter=await list_to_enter(uow, person_id),
        settled_anew=settled_anew(known, await facts.list_ended(uow, person_id, THREE_AGES)),
    )
    return Snapshot(
        view=view,
        rows=[ReadRow(*row) for row in rows],
        profile=(await gaps.get_profile(uow, dossier_id, required)).profile,
        explained=await gaps.list_explained(uow, dossier_id),
    )


async def list_to_enter(uow: UnitOfWork, person_id: str) -> tuple[str, ...]:
    """Determinations in force of what is kept line by line, which no fact of the person names yet: of each
    fact the word of the last audit."""
    rows = await uow.raw().fetch(_TO_ENTER, to_uuid(person_id), list(ENTERED_BY_LINE))
    return tuple(from_uuid("det", row["determination_id"]) for row in rows)


async def still_stands(uow: UnitOfWork, due: Due) -> bool:
    """Whether nothing has changed since this mark was read; if so, nothing will before the commit.

    The dossier first, as every change of it does; one that is being changed at this moment is not waited for.
    """
    key = to_uuid(due.dossier_id)
    if await uow.raw().fetchval(_HOLD, key) is None:
        return False
    return await uow.raw().fetchval("select mark from dossier_to_review where dossier_id = $1", key) == due.mark


async def settle(uow: UnitOfWork, view: DossierView, due: Due, current: str, counted: Completeness) -> bool:
    """Write that the dossier was looked at; whether it had moved to another unit since the last time.

    A mark that was renewed meanwhile (facts have changed) stays: it calls for the next look.
    """
    key = to_uuid(view.dossier_id)
    before = await uow.raw().fetchval("select tallied_unit_id from dossier_review where dossier_id = $1", key)
    await uow.raw().execute(
        """insert into dossier_review (dossier_id, unit_id, round, dossier_version, reviewed_at, required, present,
          explained, tallied_unit_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $2)
        on conflict (dossier_id) do update set round = excluded.round, dossier_version = excluded.dossier_version,
          reviewed_at = excluded.reviewed_at, required = excluded.required, present = excluded.present,
          explained = excluded.explained, tallied_unit_id = excluded.tallied_unit_id""",
        key,
        to_uuid(view.unit_id),
        current,
        view.version,
        uow.now,
        counted.required,
        counted.present,
        counted.explained,
    )
    await uow.raw().execute("delete from dossier_to_review where dossier_id = $1 and mark = $2", key, due.mark)
    if before is not None and before != to_uuid(view.unit_id):
        await uow.raw().execute(
            "insert into unit_to_tally (unit_id, marked_at) values ($1, $2) on conflict do nothing", before, uow.now
        )
        return True
    return False


async def get_completeness(uow: UnitOfWork, dossier_id: str) -> Completeness:
    """What the last look counted; nothing required before the first."""
    row = await uow.raw().fetchrow(
        "select required, present, explained from dossier_review where dossier_id = $1", to_uuid(dossier_id)
    )
    return Completeness(row["required"], row["present"], row["explained"]) if row else Completeness(0, 0, 0)
