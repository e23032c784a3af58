"""Take the fields of an appointment form (LRMX) as facts; or only show what that would change."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from chassis.blobs.incoming import Incoming
from chassis.deps import Deps
from chassis.images import ImageLimits, ImageRefused, inspect_image
from chassis.sealing import seal
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, PersonMismatch, ValidationFailed
from contracts.values.digest import digest_of
from contracts.values.id_number import IdNumber
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import Facts
from services.catalog.domain.lrmx_diff import PAIRED, entries_of_file
from services.catalog.domain.lrmx_file import ROOT
from services.catalog.domain.lrmx_form import LABELS, form_of
from services.catalog.domain.lrmx_read import KNOWN, LrmxTold, Photo, read_form
from services.catalog.store import facts, lrmx_imports, persons
from services.catalog.store.lrmx_imports import LrmxImport
from services.catalog.store.tables import Person
from services.catalog.usecases.change_person import show_on_the_dossier
from services.catalog.usecases.keep_facts import keep_facts, plan_facts, pointing_at_members, refuse
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.reveal_id_number import find_id_number
from services.catalog.usecases.trying import Tried

Begin = Callable[[], UnitOfWork]

_PHOTO_PIXELS = 20_000_000


@dataclass(frozen=True)
class ImportLrmx:
    """A file for one person. `only` names the elements to take, None all; `validate_only` changes nothing."""

    person_id: str
    seen_version: int
    content: bytes
    only: Collection[str] | None
    validate_only: bool


@dataclass(frozen=True)
class LrmxField:
    """One field of the form: what it shows now and what it would show. `told`: the file says something of it."""

    element: str
    old: str
    new: str
    told: bool
    taken: bool
    faults: Sequence[FieldFault]


@dataclass(frozen=True)
class LrmxResult:
    """The person's version after it, the import unless it was only shown, the fields in the form's order, and the
    elements that no field knows."""

    version: int
    made: LrmxImport | None
    fields: Sequence[LrmxField]
    unknown: Sequence[str]


async def import_lrmx(cmd: ImportLrmx, *, begin: Begin, deps: Deps) -> LrmxResult:
    """All chosen fields, or none: a chosen field at fault refuses the import, while a mere look shows the fault.

    Refused when the file is of another person: another identity number, or a name that this person never had.
    """
    _check_choice(cmd.only)
    async with begin() as uow:
        unit_id = (await persons.get(uow, cmd.person_id)).unit_id
    told = await deps.run_cpu(read_form, cmd.content, unit_id)
    photo = told.photo if cmd.only is None or "ZhaoPian" in cmd.only else None
    async with _checked_photo(photo, deps) as incoming:
        if incoming is not None and not cmd.validate_only:
            await incoming.keep(unit_id)
        return await _import(cmd, told, begin=begin, deps=deps)


def _check_choice(only: Collection[str] | None) -> None:
    if any(name not in KNOWN for name in only or ()):
        allowed = ", ".join(name for name in LABELS if name in KNOWN)
        raise ValidationFailed(errors=[FieldFault("/fields", "not-allowed-value", {"allowed": allowed})])


@asynccontextmanager
async def _checked_photo(photo: Photo | None, deps: Deps) -> AsyncGenerator[Incoming | None, None]:
    """The photograph on the disk and looked at, if there is one; dropped again unless it is kept."""
    if photo is None:
        yield None
        return
    async with deps.blobs.receive(len(photo.content)) as incoming:
        await incoming.write(photo.content)
        await incoming.finish()
        try:
            limits = ImageLimits(max_bytes=len(photo.content), max_pixels=_PHOTO_PIXELS)
            await deps.run_cpu(inspect_image, incoming.path, limits)
        except ImageRefused:
            raise ValidationFailed(errors=[FieldFault(f"/{ROOT}/ZhaoPian", "image-unknown")]) from None
        yield incoming


async def _import(cmd: ImportLrmx, told: LrmxTold, *, begin: Begin, deps: Deps) -> LrmxResult:
    uow = begin()
    uow.complete_key(digest_of(cmd.content).encode())
    try:
        async with uow:
            if not cmd.validate_only and (earlier := await uow.replay_of()):
                person = await persons.get(uow, cmd.person_id)
                return LrmxResult(person.version, await lrmx_imports.find(uow, earlier), (), ())
            result = await _take(uow, cmd, told, deps)
            if cmd.validate_only:
                raise Tried(replace(result, made=None))
            return result
    except Tried as tried:
        return tried.result


async def _take(uow: UnitOfWork, cmd: ImportLrmx, told: LrmxTold, deps: Deps) -> LrmxResult:
    person = await persons.get(uow, cmd.person_id, lock=True)
    await check_version(uow, cmd.person_id, person.version, cmd.seen_version)
    await refuse_related(uow, cmd.person_id)
    current = await facts.current_facts(uow, cmd.person_id)
    known = await find_id_number(uow, cmd.person_id, deps.keys)
    _check_person(told, current, known)
    if not cmd.validate_only:
        _refuse_faults(told, cmd.only)
    changes = entries_of_file(told, current, known_number=known, only=cmd.only)
    entries = [entry for element in LABELS for entry in changes.get(element, ())]
    import_id, seen = new_id("lrm"), person.version
    with pointing_at_members():
        planned = plan_facts(uow, current, entries, import_id)
        if entries:
            changed = await keep_facts(uow, person, planned, keys=deps.keys, verb="person.facts_recorded")
            await show_on_the_dossier(uow, cmd.person_id, changed)
    made = await _keep_file(uow, cmd, person, import_id, changes, deps)
    if told.photo is not None and changes.get("ZhaoPian"):
        await uow.use_blob(person.unit_id, [told.photo.digest], import_id)
    await uow.remember(import_id)
    version = seen if cmd.validate_only else person.version
    return LrmxResult(version, made, _fields(told, changes, current, planned.plan.after), told.unknown)


def _check_person(told: LrmxTold, current: Facts, known: IdNumber | None) -> None:
    """The number decides; without one on either side the name must be the person's, or a former one."""
    numbers = told.fields.get("ShenFenZheng")
    if numbers and known is not None:
        if numbers[0].number != known:
            raise PersonMismatch(errors=[FieldFault(f"/{ROOT}/ShenFenZheng", "contradiction", {"other": "id_number"})])
        return
    names = told.fields.get("XingMing")
    own = {current.text("name"), *(fact.text for fact in current.of("former_name"))}
    if names and names[0].value["text"].replace(" ", "") not in {(name or "").replace(" ", "") for name in own}:
        raise PersonMismatch(errors=[FieldFault(f"/{ROOT}/XingMing", "contradiction", {"other": "name"})])


def _refuse_faults(told: LrmxTold, only: Collection[str] | None) -> None:
    refuse([fault for element, faults in told.faults.items() if only is None or element in only for fault in faults])


def _fields(told: LrmxTold, changes: dict[str, list[FactEntry]], current: Facts, after: Facts) -> list[LrmxField]:
    old, new = form_of(current), form_of(after)
    found: list[LrmxField] = []
    for element in (element for element in LABELS if element in KNOWN):
        owner = PAIRED.get(element, element)
        faults = told.faults.get(owner, ()) if owner == element else ()
        found.append(
            LrmxField(element, old[element], new[element], owner in told.fields, owner in changes, tuple(faults))
        )
    return found


async def _keep_file(
    uow: UnitOfWork, cmd: ImportLrmx, person: Person, import_id: str, changes: dict[str, list[FactEntry]], deps: Deps
) -> LrmxImport:
    made = LrmxImport(import_id, cmd.person_id, len(cmd.content), sorted(changes), uow.now, uow.caller.account_id)
    await lrmx_imports.add(uow, made, seal(deps.keys, cmd.content, context=cmd.person_id))
    state = {"import_id": import_id, "digest": digest_of(cmd.content), "elements": list(made.elements)}
    uow.record("person.lrmx_imported", cmd.person_id, person.version, state)
    return made
