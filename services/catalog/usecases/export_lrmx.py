"""Write a person's appointment form (LRMX) from the current facts. A view, in the journal before the first byte."""

from dataclasses import dataclass

from chassis.deps import Deps
from chassis.sealing import unseal
from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.facts import Facts
from services.catalog.domain.lrmx_export import write_form
from services.catalog.store import facts, lrmx_imports, persons
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.reveal_id_number import find_id_number


@dataclass(frozen=True)
class ExportLrmx:
    """`show_number`: the whole identity number goes out too, which is a view of its own."""

    person_id: str
    show_number: bool


async def export_lrmx(cmd: ExportLrmx, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file imported last with what changed since; the very bytes of it when nothing did."""
    async with uow:
        person = await persons.get(uow, cmd.person_id)
        await refuse_related(uow, cmd.person_id)
        current = await facts.current_facts(uow, cmd.person_id)
        sealed = await lrmx_imports.find_last_file(uow, cmd.person_id)
        content = unseal(deps.keys, sealed, context=cmd.person_id) if sealed else None
        number = await find_id_number(uow, cmd.person_id, deps.keys)
        uow.record("person.lrmx_exported", cmd.person_id, person.version, {"person_id": cmd.person_id})
        if cmd.show_number and number is not None:
            uow.record("person.id_number_revealed", cmd.person_id, person.version, {"person_id": cmd.person_id})
    photo = await _photo(current, deps)
    return await deps.run_cpu(write_form, current, content, number, cmd.show_number, photo)


async def _photo(current: Facts, deps: Deps) -> bytes | None:
    fact = current.one("photo")
    return await deps.blobs.read(fact.value["blob_unit_id"], fact.value["digest"]) if fact else None
