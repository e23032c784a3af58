"""What an order of prints asks for, and whether each person has what the form needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from chassis.unit_of_work import UnitOfWork
from contracts.documents import CatalogueForm
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.papers.person_forms import Proposal
from services.catalog.store import print_files
from services.catalog.store.print_files import Named, Wanted
from services.catalog.usecases.print_form import FormKind

MOST = 5000
"""Dossiers of one order; a county's largest unit has fewer."""
MOST_PROPOSED = 500
"""Appointment forms of one order, each with a proposal that somebody has written."""
MOST_SHOWN = 500
"""Prints that a preview shows."""

PrintKind = Literal["catalogue"] | FormKind


@dataclass(frozen=True)
class OwnProposal:
    """What is said of one person alone: these members count before those of the order."""

    dossier_id: str
    members: Mapping[str, Any]


@dataclass(frozen=True)
class OrderPrints:
    """What, and of whom: these dossiers, the open ones of a unit (of all units in scope), or the stale ones.

    `form` are the columns of a catalogue. Ages count `on` a day, that of the print unless one is given. An
    appointment form says what `proposal` says, and `proposals` of single persons.
    """

    kind: PrintKind = "catalogue"
    form: CatalogueForm = "current"
    dossier_ids: Sequence[str] = ()
    unit_id: str | None = None
    stale: bool = False
    on: date | None = None
    proposal: Proposal = field(default_factory=Proposal)
    proposals: Sequence[OwnProposal] = ()


@dataclass(frozen=True)
class Previewed:
    """A print that the order would make, and of whom."""

    dossier_id: str
    dossier_no: str
    name: str
    proposal: Proposal | None


@dataclass(frozen=True)
class Preview:
    """How many prints an order would make, and the first of them."""

    kind: PrintKind
    total: int
    items: Sequence[Previewed]


async def find_wanted(cmd: OrderPrints, uow: UnitOfWork) -> list[Wanted]:
    """The dossiers to print, each once; ValidationFailed when one is not in the caller's units, when none is left,
    and when there are too many."""
    if cmd.dossier_ids:
        found = await print_files.list_named(uow, list(dict.fromkeys(cmd.dossier_ids)))
        known = {one.dossier_id for one in found}
        missing = [at for at, dossier_id in enumerate(cmd.dossier_ids) if dossier_id not in known]
        if missing:
            raise ValidationFailed(errors=[FieldFault(f"/dossier_ids/{at}", "unknown-reference") for at in missing])
        return found
    most = MOST_PROPOSED if cmd.kind == "appointment-form" else MOST
    found = await print_files.list_of_units(uow, cmd.unit_id, stale=cmd.stale, limit=most + 1)
    if len(found) > most:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "too-many", {"max": most})])
    if not found:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "nothing-to-print")])
    return found


async def proposals_of(cmd: OrderPrints, wanted: Sequence[Wanted], uow: UnitOfWork) -> Mapping[str, Proposal]:
    """The proposal of each person by dossier id; empty for other forms.

    ValidationFailed names every person who lacks one, by name, and every entry that is of nobody in the order.
    """
    if cmd.kind != "appointment-form":
        return {}
    ids = {one.dossier_id for one in wanted}
    faults: list[FieldFault] = []
    place: dict[str, int] = {}
    for at, own in enumerate(cmd.proposals):
        if own.dossier_id in place:
            faults.append(FieldFault(f"/proposals/{at}/dossier_id", "duplicate"))
        elif own.dossier_id not in ids:
            faults.append(FieldFault(f"/proposals/{at}/dossier_id", "unknown-reference"))
        place.setdefault(own.dossier_id, at)
    found = {
        one: replace(cmd.proposal, **(cmd.proposals[place[one]].members if one in place else {})) for one in sorted(ids)
    }
    lacking = {one: lacks for one, proposal in found.items() if (lacks := _lacks(proposal))}
    names = await print_files.names_of(uow, sorted(lacking))
    for one, lacks in lacking.items():
        pointer = f"/proposals/{place[one]}" if one in place else "/proposals"
        faults.append(FieldFault(pointer, "proposal-missing", {"name": names[one].name, "members": ", ".join(lacks)}))
    if faults:
        raise ValidationFailed(errors=faults)
    return found


def previewed(one: Wanted, named: Mapping[str, Named], proposals: Mapping[str, Proposal]) -> Previewed:
    """A print as a preview shows it."""
    owner = named[one.dossier_id]
    return Previewed(one.dossier_id, owner.dossier_no, owner.name, proposals.get(one.dossier_id))


def _lacks(proposal: Proposal) -> list[str]:
    """Members without which nobody could decide on it: a post to give or to take, why, and who submits it."""
    posts = [] if proposal.post_proposed or proposal.post_removed else ["post_proposed"]
    return [*posts, *(name for name in ("reason", "submitted_by") if not getattr(proposal, name))]
