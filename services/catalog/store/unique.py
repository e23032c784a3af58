"""A unique key that is taken is a fault of the form, not of the house."""

from collections.abc import Mapping
from typing import NoReturn

from sqlalchemy.exc import IntegrityError

from contracts.problems import FieldFault, ValidationFailed


def raise_duplicate(error: IntegrityError, pointers: Mapping[str, str]) -> NoReturn:
    """Raise the `duplicate` fault of the member that the violated constraint guards, else the error itself."""
    constraint = getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None
    if isinstance(constraint, str) and constraint in pointers:
        raise ValidationFailed(errors=[FieldFault(pointers[constraint], "duplicate")]) from None
    raise error
