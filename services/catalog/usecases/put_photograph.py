"""Take in a person's photograph, and show one: the present one is that of every form, former ones stay."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from chassis.blobs import BlobMissing, BlobStore
from chassis.deps import Deps
from chassis.tickets import BlobTicket
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown, FieldFault, NotFound, ValidationFailed
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.fact_values import PhotoValue, as_json
from services.catalog.domain.facts import Fact, Provenance
from services.catalog.domain.form_rules import PhotographRules
from services.catalog.store import facts, persons
from services.catalog.usecases.page_files import check_tickets
from services.catalog.usecases.record_facts import RecordFacts, record_begun
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.trying import Tried

_TICKET = "/blob_ticket"
_IMAGES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class PutPhotograph:
    """The ticket of an uploaded picture for one person, written against the version that the caller saw."""

    person_id: str
    seen_version: int
    ticket: str
    provenance: Provenance
    validate_only: bool = False


async def put_photograph(cmd: PutPhotograph, *, uow: UnitOfWork, deps: Deps) -> tuple[int, list[Fact]]:
    """The person's version then, and the photograph as a fact; it takes the place of the one before.

    ValidationFailed when the ticket does not bind, is of a page of a TIFF or PDF, or the picture is too large or
    too small; VersionStale; Recusal; NotFound outside the caller's units.
    """
    try:
        async with uow:
            if not cmd.validate_only and (earlier := await uow.replay_of()):
                return (await persons.get(uow, cmd.person_id)).version, await facts.list_entry(uow, earlier)
            (ticket,) = check_tickets({_TICKET: cmd.ticket}, uow=uow, tickets=deps.tickets)
            _refuse_unfit(ticket, deps.rules.prints.photograph)
            entry = FactEntry("photo", cmd.provenance, as_json(_value(ticket)))
            record = RecordFacts(cmd.person_id, cmd.seen_version, [entry])
            version, added = await record_begun(uow, record, deps.keys)
            await uow.use_blob(ticket.unit_id, [ticket.digest], added[0].fact_id)
            if cmd.validate_only:
                raise Tried((cmd.seen_version, added))
            return version, added
    except Tried as tried:
        return tried.result


def _refuse_unfit(ticket: BlobTicket, rules: PhotographRules) -> None:
    """A page that was drawn from a file of pages is no photograph, whatever its type."""
    if ticket.media_type not in _IMAGES or ticket.source_digest is not None:
        raise ValidationFailed(errors=[FieldFault(_TICKET, "image-unknown")])
    if faults := rules.faults(ticket.bytes, ticket.width, ticket.height, _TICKET):
        raise ValidationFailed(errors=faults)


def _value(ticket: BlobTicket) -> PhotoValue:
    return PhotoValue.model_validate(
        {
            "digest": ticket.digest,
            "media_type": ticket.media_type,
            "bytes": ticket.bytes,
            "blob_unit_id": ticket.unit_id,
        }
    )


async def view_photograph(
    person_id: str, fact_id: str | None, *, uow: UnitOfWork, blobs: BlobStore
) -> tuple[PhotoValue, AsyncIterator[bytes]]:
    """The present photograph, or a former one, and its bytes; its view is in the journal before the first of them.

    NotFound outside the caller's units and where there is none; DependencyDown when the file cannot be had now.
    """
    async with uow:
        person = await persons.get(uow, person_id)
        await refuse_related(uow, person_id)
        found = await facts.find_photograph(uow, person_id, fact_id)
        if found is None:
            raise NotFound()
        photo = PhotoValue.model_validate(dict(found.value))
    chunks = blobs.stream(photo.blob_unit_id, photo.digest)
    try:
        first = await anext(chunks, b"")
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    async with uow:
        uow.record("photograph.viewed", person_id, person.version, {"fact_id": found.fact_id, "digest": photo.digest})
    return photo, _resumed(first, chunks)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
