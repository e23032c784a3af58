"""Every way in which transfer says no, beyond the general ones of `contracts.problems`."""

from collections.abc import Iterable

from contracts.problems import FieldFault, PersonMismatch, StateConflict, ValidationFailed

__all__ = [
    "CodeTaken",
    "DossierNotOpen",
    "DossierUnknown",
    "NothingToDeliver",
    "OutcomeContradicts",
    "PersonMismatch",
    "SubjectForm",
    "TicketRefused",
    "TooMany",
    "UnitMisplaced",
    "UnitUnknown",
]


class DossierUnknown(ValidationFailed):
    """No dossier that transfer has heard of; `pointer` is the member that should have named one."""

    def __init__(self, pointer: str) -> None:
        super().__init__(errors=[FieldFault(pointer, "unknown-reference")])


class DossierNotOpen(StateConflict):
    """The dossier takes no more material."""

    def __init__(self, state: str) -> None:
        super().__init__(pointer="/subject", state=state)


class SubjectForm(ValidationFailed):
    """A subject is named by `dossier_id` alone, or by `person_no` and `name` together."""


class NothingToDeliver(ValidationFailed):
    """A submission without items, or with items that have no page."""


class TicketRefused(ValidationFailed):
    """Upload tickets that are forged, expired, another uploader's or another unit's; one fault each.

    Which of these it was is not told: the answer would help only somebody who tries tickets out.
    """

    def __init__(self, positions: Iterable[int]) -> None:
        super().__init__(errors=[FieldFault(f"/blob_tickets/{n}", "ticket-invalid") for n in positions])


class TooMany(ValidationFailed):
    """More entries than the limits allow."""

    def __init__(self, pointer: str, maximum: int) -> None:
        super().__init__(errors=[FieldFault(pointer, "too-many", {"max": maximum})])


class UnitUnknown(ValidationFailed):
    """No such unit, or none in the caller's scope."""

    def __init__(self, pointer: str) -> None:
        super().__init__(errors=[FieldFault(pointer, "unknown-reference")])


class CodeTaken(ValidationFailed):
    """Another unit under the same parent has this code."""

    def __init__(self) -> None:
        super().__init__(errors=[FieldFault("/code", "duplicate")])


class UnitMisplaced(ValidationFailed):
    """The unit cannot stand there: below itself, or too deep."""

    def __init__(self, fault: FieldFault) -> None:
        super().__init__(errors=[fault])


class OutcomeContradicts(StateConflict):
    """A second, different outcome for an item that has ended.

    One material has one appraisal and one filing, so this is another service's defect. It is refused, and so
    reaches the dead letters, where an operator sees it; the first outcome stands.
    """
