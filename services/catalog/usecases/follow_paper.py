"""The paper follows the catalogue: what comes in lies loose, what goes out is neither loose nor bound."""

from collections.abc import Mapping, Sequence

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.scheme import split_place
from services.catalog.domain.standing import ChangeKind, Standing
from services.catalog.store import loose_sheets
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.material_changes import MaterialChange


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


async def follow_undone(uow: UnitOfWork, change: MaterialChange) -> None:
    """A change was taken back: the paper never moved, so that it lies where it lay, bound or loose.

    Where the joined whole was bound meanwhile, what comes out of it lies there too. A restoration is no undo: a removed
    paper was taken out of its volume, and is to be bound anew.
    """
    returned = [material_id for material_id, told in change.before.items() if told and told["state"] == "filed"]
    if change.kind == "merged":
        for whole_id in returned:  # which of them it was, is not told: no other has been bound since
            parts = [one for one in returned if one != whole_id]
            await loose_sheets.lay_with_whole(uow, whole_id, parts, change.made_at)
    await loose_sheets.lay_as_before(uow, returned, change.made_at)
