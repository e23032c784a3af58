"""Add a word to a dictionary, change it, or let it go over into another; how often it stands somewhere is told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.store import vocabularies
from services.catalog.store.vocabularies import VocabularyEntry


@dataclass(frozen=True)
class EditedEntry:
    """An entry as it is (or, only tried, would be), and in how many facts of persons its word stands."""

    entry: VocabularyEntry
    uses: int


async def view_vocabulary_entry(name: str, code: str, *, uow: UnitOfWork) -> EditedEntry:
    """One entry with its uses; NotFound where there is none."""
    async with uow:
        vocabulary = await vocabularies.get(uow.raw(), name)
        entry = await vocabularies.get_entry(uow.raw(), name, code)
        return EditedEntry(entry, await vocabularies.count_uses(uow, vocabulary.fact_kind, [entry.zh]))


async def add_vocabulary_entry(
    entry: VocabularyEntry, *, at_the_end: bool, validate_only: bool, uow: UnitOfWork
) -> EditedEntry:
    """Add a word under a new code; `uses` says how often people wrote it before it stood here.

    Only tried, nothing is written, and the answer is that of the real act.
    """
    async with uow:
        replayed = await uow.replay_of()
        vocabulary = await vocabularies.get(uow.raw(), entry.vocabulary, lock=True)
        if replayed:
            entry = await vocabularies.get_entry(uow.raw(), entry.vocabulary, entry.code)
            return EditedEntry(entry, await vocabularies.count_uses(uow, vocabulary.fact_kind, [entry.zh]))
        if await vocabularies.find_entry(uow.raw(), entry.vocabulary, entry.code):
            raise ValidationFailed(errors=[FieldFault("/code", "duplicate")])
        if at_the_end:
            entry = replace(entry, position=await vocabularies.next_position(uow, entry.vocabulary))
        await _check(uow, entry)
        uses = await vocabularies.count_uses(uow, vocabulary.fact_kind, [entry.zh])
        if not validate_only:
            await vocabularies.save(uow, entry)
            uow.record("vocabulary_entry.added", _resource(entry), entry.version, _state(entry), changed=("code",))
            await uow.remember(_resource(entry))
        return EditedEntry(entry, uses)


async def change_vocabulary_entry(
    name: str, code: str, seen_version: int, changes: Mapping[str, Any], *, validate_only: bool, uow: UnitOfWork
) -> EditedEntry:
    """Change words, place or validity, or merge the code into another. What people wrote stays as they wrote it.

    Codes that had gone over into this one go on to where it goes, so that a merge always names the last code.
    """
    async with uow:
        vocabulary = await vocabularies.get(uow.raw(), name, lock=True)
        entry = await vocabularies.get_entry(uow.raw(), name, code)
        await check_version(uow, _resource(entry), entry.version, seen_version)
        uses = await vocabularies.count_uses(uow, vocabulary.fact_kind, [entry.zh])
        changed = sorted(member for member, value in changes.items() if getattr(entry, member) != value)
        if not changed:
            return EditedEntry(entry, uses)
        entry = replace(entry, **{member: changes[member] for member in changed}, version=entry.version + 1)
        await _check(uow, entry)
        if not validate_only:
            await vocabularies.save(uow, entry)
            uow.record("vocabulary_entry.changed", _resource(entry), entry.version, _state(entry), changed=changed)
            if "merged_into" in changed and entry.merged_into:
                await _follow(uow, entry)
        return EditedEntry(entry, uses)


async def _follow(uow: UnitOfWork, merged: VocabularyEntry) -> None:
    for earlier in await vocabularies.merged_into(uow, merged.vocabulary, merged.code):
        moved = replace(earlier, merged_into=merged.merged_into, version=earlier.version + 1)
        await vocabularies.save(uow, moved)
        state = _state(moved)
        uow.record("vocabulary_entry.changed", _resource(moved), moved.version, state, changed=("merged_into",))


async def _check(uow: UnitOfWork, entry: VocabularyEntry) -> None:
    """Everything that is wrong with an entry beyond its shape."""
    faults: list[FieldFault] = []
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        faults.append(FieldFault("/valid_to", "contradiction", {"other": "valid_from"}))
    if entry.merged_into == entry.code:
        faults.append(FieldFault("/merged_into", "contradiction", {"other": "code"}))
    elif entry.merged_into is not None:
        target = await vocabularies.find_entry(uow.raw(), entry.vocabulary, entry.merged_into)
        # A code that has gone over itself stands for nothing: merge into where it went.
        if target is None or target.merged_into is not None:
            faults.append(FieldFault("/merged_into", "unknown-reference"))
    elif await vocabularies.is_taken(uow, entry):
        faults.append(FieldFault("/zh", "duplicate"))
    if faults:
        raise ValidationFailed(errors=faults)


def _resource(entry: VocabularyEntry) -> str:
    return f"vocabularies/{entry.vocabulary}/{entry.code}"


def _state(entry: VocabularyEntry) -> dict[str, Any]:
    return {**vars(entry)}
