"""What a service says of its long work: the kinds it can do, and an order to do one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from chassis.unit_of_work import UnitOfWork
from contracts.events import EventData
from contracts.operations import Operation
from contracts.problems import Refusal

Mode = Literal["each", "all_or_nothing"]


@dataclass(frozen=True)
class Applied:
    """What one item did: the path of the resource, what to show of it, and all that takes it back.

    `result` and `undo` are plain values; ids and codes are enough for most kinds.
    """

    resource: str
    result: Mapping[str, Any]
    undo: Mapping[str, Any]


class Kind(Protocol):
    """One kind of item. Both acts run inside an open unit of work of whoever gave the order, and say no by a Refusal.

    `undo` takes what `apply` (or `undo` itself) left in `Applied.undo`; what it leaves in turn takes it back again.
    """

    name: str
    counted_as: str
    """What is counted, a plural: `materials`."""
    permission: str

    async def apply(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied: ...
    async def undo(self, item: Mapping[str, Any], uow: UnitOfWork) -> Applied: ...


Ended = Applied | Refusal
"""What became of one item of several. A refused one left nothing behind."""


@runtime_checkable
class KindOfMany(Kind, Protocol):
    """A kind whose items cost less together than one by one. Both acts answer for each item, in the order given.

    `apply_all` takes the items of one order, `undo_all` items that have the members of `undone_with` in common.
    """

    async def apply_all(self, items: Sequence[Mapping[str, Any]], uow: UnitOfWork) -> Sequence[Ended]: ...
    async def undo_all(self, items: Sequence[Mapping[str, Any]], uow: UnitOfWork) -> Sequence[Ended]: ...

    def undone_with(self, item: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """By which members others are taken back together with this item; None when it stands alone."""
        ...


@dataclass(frozen=True)
class OrderItem:
    """One thing to do. `ref` is the client's own name for it; `undoes` the item of the operation that is undone."""

    input: Mapping[str, Any]
    ref: str | None = None
    undoes: int | None = None


@dataclass(frozen=True)
class Order:
    """What is asked for. `units` are those of all things that it touches: who has them in scope sees it."""

    kind: Kind
    mode: Mode
    items: Sequence[OrderItem]
    units: frozenset[str]
    undoes: str | None = None


@dataclass(frozen=True)
class OperationKinds:
    """All kinds of a service, the prefix of its operations' ids, and the event that tells of an end."""

    prefix: str
    kinds: Sequence[Kind]
    finished: Callable[[Operation, Sequence[str]], EventData] = field(repr=False)
    """Makes `operation.finished` of the operation and its units."""

    def of(self, name: str) -> Kind:
        """The kind of this name; KeyError for one that the service no longer knows."""
        for kind in self.kinds:
            if kind.name == name:
                return kind
        raise KeyError(name)
