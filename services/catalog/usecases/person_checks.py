"""What must hold of a person's card beyond its shape."""

from chassis.unit_of_work import UnitOfWork
from contracts.problems import DateImpossible, FieldFault, ValidationFailed
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary


def check_unit(uow: UnitOfWork, unit_id: str) -> None:
    """The unit must be one of the caller's."""
    if unit_id not in uow.units:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])


def check_birth_date(uow: UnitOfWork, birth_date: PartialDate | None) -> None:
    """Nobody is born tomorrow."""
    if birth_date is not None and birth_date.after(uow.today) is Ternary.YES:
        raise DateImpossible(errors=[FieldFault("/birth_date", "date-impossible")])
