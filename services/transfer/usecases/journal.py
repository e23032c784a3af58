"""What the journal is told: the verb, the id, the version, and a commitment to the whole new state."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from chassis.unit_of_work import UnitOfWork
from services.transfer.domain.item import Item
from services.transfer.domain.submission import Submission
from services.transfer.domain.unit import Unit


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def record_submission(uow: UnitOfWork, verb: str, submission: Submission, changed: Sequence[str]) -> None:
    """A row about a submission; `changed` are members as the API names them."""
    state = _adapter(Submission).dump_python(submission, mode="json")
    uow.record(f"submission.{verb}", submission.submission_id, submission.version, state, changed)


def record_item(uow: UnitOfWork, verb: str, item: Item, changed: Sequence[str]) -> None:
    """A row about an item."""
    state = _adapter(Item).dump_python(item, mode="json")
    uow.record(f"submission_item.{verb}", item.item_id, item.version, state, changed)


def record_unit(uow: UnitOfWork, verb: str, unit: Unit, changed: Sequence[str]) -> None:
    """A row about a unit."""
    uow.record(f"unit.{verb}", unit.unit_id, unit.version, _adapter(Unit).dump_python(unit, mode="json"), changed)
