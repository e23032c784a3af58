"""The paper follows the catalogue: what comes in lies loose, what goes out is neither loose nor bound."""

from collections.abc import Mapping, Sequence

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.scheme import split_place
from services.catalog.domain.standing import ChangeKind, Standing
from services.catalog.store import loose_sheets
from services.catalog.store.dossiers import LockedDossier


async def follow_paper(
    uow: UnitOfWork,
    dossier: LockedDossier,
    kind: ChangeKind,
    before: Mapping[str, Standing],
    after: Sequence[Standing],
) -> None:
    """A change of the desk was written; a material that goes into a category of another volume is loose again.

    Parts of a cut lie where the whole lay, and what is joined with a loose sheet is to be bound anew.
    """
    came = [s.material_id for s in after if s.state == "filed" and before[s.material_id].state != "filed"]
    gone = [s.material_id for s in after if s.state != "filed"]
    stayed = [s.material_id for s in after if s.state == "filed" and before[s.material_id].state == "filed"]
    if kind == "split":
        await loose_sheets.part(uow, stayed[0], came)
        whole = dict.fromkeys(came, before[stayed[0]].code)
    else:
        whole = dict[str, str | None]()
        await loose_sheets.add(uow, dossier.unit_id, came)
    if kind == "merged":
        await loose_sheets.join(uow, dossier.unit_id, stayed[0], gone)
    moves = [
        (s.material_id, split_place(old)[0], split_place(s.code)[0])
        for s in after
        if s.code and (old := whole.get(s.material_id) or before[s.material_id].code) and old != s.code
    ]
    if gone:
        await loose_sheets.drop(uow, gone)
    if moves:
        await loose_sheets.move(uow, dossier.dossier_id, dossier.unit_id, moves)
