"""A rule that asks for two persons, or lets one of two win: how it is prepared, raced and looked at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from tests.races.copies import Ids
from tests.races.judge import Terms
from tests.services.audit.office import Office

STALE = frozenset({"version-stale"})
"""Who comes second has seen a version that is no longer the last."""


@dataclass(frozen=True)
class Act:
    """What somebody is about to do."""

    who: str
    does: Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Told:
    """Events of a type that a pair tells, and which member of theirs names what it is about. One of them, or as many
    as the situation says under the name `many`."""

    type: str
    member: str
    many: str | None = None

    def wanted(self, ids: Ids) -> int:
        """How many of them this pair must tell."""
        return int(ids[self.many]) if self.many else 1


@dataclass(frozen=True)
class Rule:
    """`about` names among the ids what a pair is about. `effects` is SQL over the keys $1 of all that pairs are about:
    a row (about, who) for each thing that stands. `told` are the events of a pair."""

    id: str
    what: str
    about: str
    prepare: Callable[[Office], Awaitable[Ids]]
    pair: Callable[[Deps, Ids], tuple[Act, Act]]
    effects: str
    terms: Terms
    told: Told | None = None


def acting(deps: Deps, caller: Caller, permission: str) -> UnitOfWork:
    """A transaction of somebody, within the scope that the route would give."""
    return deps.unit_of_work(caller, caller.roots(permission))


def known(account_id: str, role: str, unit_id: str) -> Caller:
    """Somebody who took part before."""
    return Caller(account_id=account_id, name="王小明", posts=((role, unit_id),))
