"""Write a person's appointment form (LRMX) from the current facts. A view, in the journal before the first byte."""

import base64
from dataclasses import dataclass

from chassis.deps import Deps
from chassis.sealing import unseal
from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.facts import Facts
from services.catalog.domain.lrmx_export import fill
from services.catalog.domain.lrmx_file import ROOT, Element, read_lrmx, write_lrmx
from services.catalog.domain.lrmx_read import tell
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
    base = read_lrmx(content) if content is not None else None
    photo = await _photo(current, base, deps)
    filled = fill(current, base, number=number, show_number=cmd.show_number, photo=photo)
    return content if filled is None and content is not None else write_lrmx(filled or Element(ROOT))


async def _photo(current: Facts, base: Element | None, deps: Deps) -> str | None:
    """The photograph in base64, unless the file has this very one."""
    fact = current.one("photo")
    if fact is None:
        return None
    held = tell(base, "").photo if base is not None else None
    if held is not None and held.digest == fact.value["digest"]:
        return None
    return base64.b64encode(await deps.blobs.read(fact.value["blob_unit_id"], fact.value["digest"])).decode()
