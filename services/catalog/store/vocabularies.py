"""Dictionaries: their entries, and in how many facts of persons a word of theirs stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.catalog.domain.fact_words import Word
from services.catalog.domain.facts import FactKind


@dataclass(frozen=True)
class Vocabulary:
    """A dictionary. `fact_kind` names the facts whose word it lists."""

    name: str
    zh: str
    en: str
    fact_kind: str | None


@dataclass(frozen=True)
class VocabularyEntry:
    """A word under a code. `merged_into` is the code that took its place; it stands for itself otherwise."""

    vocabulary: str
    code: str
    zh: str
    en: str
    position: int
    valid_from: date | None = None
    valid_to: date | None = None
    merged_into: str | None = None
    version: int = 1


_VOCABULARY = "select name, zh, en, fact_kind from vocabulary "
_ENTRY = """
select vocabulary, code, zh, en, position, valid_from, valid_to, merged_into, version from vocabulary_entry
"""
_LIST = f"""{_ENTRY} where vocabulary = $1 and (position, code) > ($2, $3)
  and ($4::date is null or (coalesce(valid_from, '-infinity') <= $4 and coalesce(valid_to, 'infinity') >= $4))
order by position, code limit $5
"""
_SAVE = """
insert into vocabulary_entry
  (vocabulary, code, zh, en, position, valid_from, valid_to, merged_into, version, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (vocabulary, code) do update set zh = excluded.zh, en = excluded.en, position = excluded.position,
  valid_from = excluded.valid_from, valid_to = excluded.valid_to, merged_into = excluded.merged_into,
  version = excluded.version, changed_at = excluded.changed_at
"""
_WORDS = """
select v.fact_kind, e.zh, e.valid_from, e.valid_to, i.zh as instead
from vocabulary v join vocabulary_entry e on e.vocabulary = v.name
  left join vocabulary_entry i on i.vocabulary = e.vocabulary and i.code = e.merged_into
where v.fact_kind = any($1::text[]) order by v.name, e.position, e.code limit 5000
"""
_USES = """
select count(*) from fact
where ended_at is null and kind in ('ethnicity', 'party', 'health', 'rank', 'education', 'degree', 'assessment')
  and kind = $1
  and coalesce(value->>'text', value->>'party', value->>'level', value->>'degree', value->>'grade') = any($2::text[])
"""


async def list_words(connection: Any, kinds: Sequence[FactKind]) -> dict[FactKind, list[Word]]:
    """The words of the dictionaries that list these kinds of facts, in their order."""
    found: dict[FactKind, list[Word]] = {}
    for row in await connection.fetch(_WORDS, list(kinds)):
        word = Word(row["zh"], row["valid_from"], row["valid_to"], row["instead"])
        found.setdefault(row["fact_kind"], []).append(word)
    return found


async def list_all(connection: Any) -> list[Vocabulary]:
    """All dictionaries, by name; they are few."""
    return [Vocabulary(**row) for row in await connection.fetch(_VOCABULARY + "order by name limit 200")]


async def get(connection: Any, name: str, *, lock: bool = False) -> Vocabulary:
    """The dictionary; NotFound where there is none. `lock` keeps others from editing it until the commit."""
    if lock:
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 13))", name)
    row = await connection.fetchrow(_VOCABULARY + "where name = $1", name)
    if row is None:
        raise NotFound()
    return Vocabulary(**row)


async def list_entries(
    connection: Any, name: str, valid_on: date | None, after: tuple[int, str] | None, limit: int
) -> list[VocabularyEntry]:
    """Entries in their order, from the one after `(position, code)`; those valid on a day, if one is named."""
    position, code = after or (0, "")
    rows = await connection.fetch(_LIST, name, position, code, valid_on, limit)
    return [VocabularyEntry(**row) for row in rows]


async def get_entry(connection: Any, name: str, code: str) -> VocabularyEntry:
    """One entry; NotFound where there is none."""
    row = await connection.fetchrow(_ENTRY + "where vocabulary = $1 and code = $2", name, code)
    if row is None:
        raise NotFound()
    return VocabularyEntry(**row)


async def find_entry(connection: Any, name: str, code: str) -> VocabularyEntry | None:
    """One entry, or None."""
    row = await connection.fetchrow(_ENTRY + "where vocabulary = $1 and code = $2", name, code)
    return VocabularyEntry(**row) if row else None


async def next_position(uow: UnitOfWork, name: str) -> int:
    """Behind the last entry."""
    query = "select coalesce(max(position), 0) + 1 from vocabulary_entry where vocabulary = $1"
    return await uow.raw().fetchval(query, name)


async def is_taken(uow: UnitOfWork, entry: VocabularyEntry) -> bool:
    """Whether another code that stands for itself has this word."""
    query = """select exists (select from vocabulary_entry
      where vocabulary = $1 and zh = $2 and code <> $3 and merged_into is null)"""
    return await uow.raw().fetchval(query, entry.vocabulary, entry.zh, entry.code)


async def merged_into(uow: UnitOfWork, name: str, code: str) -> list[VocabularyEntry]:
    """The entries that went over into this one."""
    query = _ENTRY + "where vocabulary = $1 and merged_into = $2 order by code limit 500"
    return [VocabularyEntry(**row) for row in await uow.raw().fetch(query, name, code)]


async def save(uow: UnitOfWork, entry: VocabularyEntry) -> None:
    """Add an entry, or write its next version. The dictionary is locked, and the entry was checked."""
    values: Sequence[Any] = (
        entry.vocabulary,
        entry.code,
        entry.zh,
        entry.en,
        entry.position,
        entry.valid_from,
        entry.valid_to,
        entry.merged_into,
        entry.version,
        uow.now,
    )
    await uow.raw().execute(_SAVE, *values)


async def count_uses(uow: UnitOfWork, fact_kind: str | None, words: Sequence[str]) -> int:
    """In how many current facts of all units one of these words stands: a number and nothing of anybody."""
    if fact_kind is None:
        return 0
    async with uow.as_service():
        return await uow.raw().fetchval(_USES, fact_kind, list(words))
