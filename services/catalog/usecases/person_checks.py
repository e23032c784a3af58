"""What must hold of a person's card beyond its shape."""

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed


def check_unit(uow: UnitOfWork, unit_id: str) -> None:
    """The unit must be one of the caller's."""
    if unit_id not in uow.units:
        raise ValidationFailed(errors=[FieldFault("/unit_id", "unknown-reference")])
