"""Which two reviewers get a dossier: neither the subject nor a relative, as even as can be, by a recorded seed.

The same dossiers, reviewers and seed give the same pairs, so that anybody can see afterwards that none was chosen
by hand. Source: seed 000 (背靠背); the rules of recusal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.audit.domain.recusal import KinKnown, Relation, relation_of

PAIR = 2


@dataclass(frozen=True)
class Reviewer:
    """Somebody who may review. `load` counts the dossiers that they have in this campaign."""

    account_id: str
    person_id: str | None = None
    kin: KinKnown = field(default_factory=KinKnown)
    load: int = 0


@dataclass(frozen=True)
class Waiting:
    """A dossier that waits for reviewers.

    `kept`: who of an earlier pair has it still. `barred`: who was taken off it, and never gets it again.
    """

    id: str
    person_id: str
    kin: KinKnown = field(default_factory=KinKnown)
    kept: tuple[str, ...] = ()
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pair:
    """A dossier with the reviewers that it gets now, beside those whom it kept."""

    id: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class Assigned:
    """The pairs in order of the queue, and the dossiers for which there are not two who may."""

    pairs: tuple[Pair, ...]
    unassigned: tuple[str, ...]


def assign(waiting: Sequence[Waiting], reviewers: Sequence[Reviewer], seed: int) -> Assigned:
    """Give each dossier to the two who have least, among those who may; of equals, the seed decides.

    Where nobody can tell whether somebody is a relative they may get it: they declare it before their first word.
    """
    loads = {reviewer.account_id: reviewer.load for reviewer in reviewers}
    pairs: list[Pair] = []
    unassigned: list[str] = []
    for dossier in waiting:
        may = [one.account_id for one in reviewers if _may_review(one, dossier)]
        wanted = PAIR - len(dossier.kept)
        if len(may) < wanted:
            unassigned.append(dossier.id)
            continue
        may.sort(key=lambda account: (loads[account], _lot(seed, dossier.id, account)))
        chosen = tuple(may[:wanted])
        for account_id in chosen:
            loads[account_id] += 1
        pairs.append(Pair(dossier.id, chosen))
    return Assigned(tuple(pairs), tuple(unassigned))


def _may_review(reviewer: Reviewer, dossier: Waiting) -> bool:
    if reviewer.account_id in dossier.kept or reviewer.account_id in dossier.barred:
        return False
    return relation_of(reviewer.person_id, dossier.person_id, reviewer.kin, dossier.kin) is not Relation.RELATED


def _lot(seed: int, dossier_id: str, account_id: str) -> bytes:
    """A lot drawn from the seed: the order of the reviewers in the list counts for nothing."""
    return hashlib.blake2b(f"{seed} {dossier_id} {account_id}".encode(), digest_size=8).digest()
