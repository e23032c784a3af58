"""What becomes of an accepted material: filed, queued for an archivist, or refused (归档).

A material that no rule can place is never guessed and never forgotten: it waits with a reason, an owner and
a due date (seed 001). One whose dossier is not kept here, or is closed, is refused, so that the
department gets it back instead of it waiting for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from contracts.problems import FieldFault
from services.catalog.domain.classification import Suggestion, suggest_category
from services.catalog.domain.scheme import Scheme

DossierState = Literal["open", "closed"]
QueueCause = Literal["unclassified", "ask", "retitle"]
BY_ARCHIVIST: Final = "archivist"


@dataclass(frozen=True)
class File:
    """Into this place, by this rule or person."""

    place: str
    basis: str


@dataclass(frozen=True)
class Queue:
    """An archivist decides: why, and which rule asked for it, if one did."""

    cause: QueueCause
    basis: str | None


@dataclass(frozen=True)
class Refuse:
    """Not filed, for these coded reasons."""

    reasons: tuple[str, ...]


Verdict = File | Queue | Refuse

DOSSIER_UNKNOWN: Final = Refuse(("dossier_unknown",))
"""The dossier that it was meant for is not kept here. The catalog opens them all, so nothing is waited for."""


def decide_filing(title: str, state: DossierState, scheme: Scheme) -> Verdict:
    """What becomes of an accepted material with this title, in a dossier in this state."""
    if state == "closed":
        return Refuse(("dossier_closed",))
    return file_or_queue(suggest_category(title, scheme))


def file_or_queue(suggestion: Suggestion | None) -> File | Queue:
    """A rule that names a category files; everything else waits for an archivist."""
    if suggestion is None:
        return Queue("unclassified", None)
    if suggestion.asks:
        return Queue("ask", suggestion.basis)
    if suggestion.retitles:
        return Queue("retitle", suggestion.basis)
    return File(suggestion.category, suggestion.basis)


def due_at(now: datetime, scheme: Scheme) -> datetime:
    """When a queued material is overdue."""
    return now + timedelta(days=scheme.queue.due_days)


def place_fault(place: str, scheme: Scheme, pointer: str, *, undivided: bool = False) -> FieldFault | None:
    """What is wrong with a category code: unknown, or a divided category without its subclass (seed 000).

    `undivided`: rows of an old paper catalogue may lack it; the rule binds new deliveries only.
    """
    if scheme.needs_subclass(place):
        if undivided:
            return None
        return FieldFault(pointer, "subclass-required")
    if place not in scheme.places():
        return FieldFault(pointer, "not-allowed-value", {"allowed": ", ".join(scheme.places())})
    return None


def title_fault(title: str, scheme: Scheme, pointer: str) -> FieldFault | None:
    """A title that an archivist supplies and that says nothing (登记表, 材料): another is to be found (seed 000)."""
    suggestion = suggest_category(title, scheme)
    return FieldFault(pointer, "title-says-nothing") if suggestion and suggestion.retitles else None


def reason_faults(reasons: Sequence[str], scheme: Scheme) -> list[FieldFault]:
    """The reasons for a refusal that the scheme does not list, and a refusal without any."""
    if not reasons:
        return [FieldFault("/reasons", "too-few", {"min": 1})]
    allowed = {"allowed": ", ".join(scheme.refusal_reasons)}
    return [
        FieldFault(f"/reasons/{position}", "not-allowed-value", allowed)
        for position, reason in enumerate(reasons)
        if reason not in scheme.refusal_reasons
    ]
