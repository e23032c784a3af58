"""What becomes of each material of a dossier that goes over to another scheme (classification rules, section 1).

Only what the two schemes place differently moves: a material whose title both put in one place stays where it stands,
also where an archivist chose another place for it. Where the new scheme asks, knows no rule, or differs from what an
archivist chose, nothing is guessed: the archivist decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from services.catalog.domain.classification import Suggestion, asserted_facts, suggest_category
from services.catalog.domain.explanation import Candidate, offers_for
from services.catalog.domain.filing import BY_ARCHIVIST
from services.catalog.domain.ordering import arrangement_of, is_leading_resume
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing

Cause = Literal["ask", "retitle", "unclassified", "by_archivist"]


@dataclass(frozen=True)
class Move:
    """A material that goes from `before.code` to `after.code`, by `after.basis`; `source` is the rule's."""

    before: Standing
    after: Standing
    source: str | None


@dataclass(frozen=True)
class Undecided:
    """A material whose place only the archivist can name, why, and what the new scheme offers."""

    standing: Standing
    cause: Cause
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class SchemePlan:
    """All of a dossier: what moves, what waits for a decision, and what stays but is ordered another way."""

    moves: tuple[Move, ...]
    undecided: tuple[Undecided, ...]
    reordered: tuple[Standing, ...]
    kept: int

    def standings(self) -> list[Standing]:
        """How the touched materials are to stand; each once."""
        return [*(move.after for move in self.moves), *self.reordered]


def plan_move(filed: Iterable[Standing], old: Scheme, new: Scheme, decisions: Mapping[str, str]) -> SchemePlan:
    """The move of every filed material. `decisions` are places by material, which go before the rules."""
    present = list(filed)
    moves: dict[str, Move] = {}
    undecided: dict[str, Undecided] = {}
    for standing in present:
        planned = _planned(standing, old, new, decisions.get(standing.material_id))
        if isinstance(planned, Move):
            moves[standing.material_id] = planned
        elif planned is not None:
            undecided[standing.material_id] = planned
    _let_annexes_follow(present, moves, undecided, decisions)
    touched = {*moves, *undecided}
    staying = [one for one in present if one.material_id not in touched]
    waiting = tuple(undecided.values())
    return SchemePlan(tuple(moves.values()), waiting, tuple(reordered(staying, old, new)), len(staying))


def reordered(staying: Iterable[Standing], old: Scheme, new: Scheme) -> list[Standing]:
    """What keeps its category but is ordered there by another rule: rank, cases, or the newest résumé first."""
    return [one for one in staying if one.code is not None and _order(one, one.code, old) != _order(one, one.code, new)]


def _order(standing: Standing, code: str, scheme: Scheme) -> object:
    leads = is_leading_resume(standing.title, code, scheme)
    return standing.rank(scheme), arrangement_of(code, scheme), leads


def _planned(standing: Standing, old: Scheme, new: Scheme, decided: str | None) -> Move | Undecided | None:
    """None when it stays where it stands."""
    if decided is not None:
        return _move(standing, decided, BY_ARCHIVIST, None)
    facts = asserted_facts(standing.basis, old)
    before, now = suggest_category(standing.title, old, facts), suggest_category(standing.title, new, facts)
    # A row of an old catalogue may stand in a whole divided category: it waits for its subclass, not for a scheme.
    known = standing.code in new.places() or (standing.code is not None and new.needs_subclass(standing.code))
    if known and _category(before) == _category(now):
        return None
    if known and now is not None and now.category == standing.code:
        return None
    if standing.basis == BY_ARCHIVIST and now is not None and now.places:
        return Undecided(standing, "by_archivist", offers_for(standing.title, new, facts))
    if now is not None and now.places:
        return _move(standing, now.category, now.basis, now.source)
    cause: Cause = "unclassified" if now is None else "ask" if now.asks else "retitle"
    return Undecided(standing, cause, offers_for(standing.title, new, facts))


def _move(standing: Standing, code: str, basis: str, source: str | None) -> Move | None:
    return None if code == standing.code else Move(standing, standing.moved(code, basis), source)


def _let_annexes_follow(
    present: Sequence[Standing],
    moves: dict[str, Move],
    undecided: dict[str, Undecided],
    decisions: Mapping[str, str],
) -> None:
    """A report that stands annexed to a form shares the form's fate and stays behind it (section 3).

    It moves when the form moves, stays when the form stays, and waits, without being asked about, while the form is
    undecided. A decision on the annex itself goes before all that; it parts the two unless it names the form's place.
    """
    forms = {standing.material_id: standing for standing in present}
    for annex in present:
        form = forms.get(annex.annex_of or "")
        if form is None or form.code != annex.code:
            continue
        led = moves.get(form.material_id)
        if annex.material_id in decisions:
            own = moves.get(annex.material_id)
            if own and led and own.after.code == led.after.code:
                moves[annex.material_id] = replace(own, after=replace(own.after, annex_of=annex.annex_of))
            continue
        moves.pop(annex.material_id, None)
        undecided.pop(annex.material_id, None)
        if led is not None and led.after.code is not None:
            moves[annex.material_id] = Move(annex, follow(annex, led.after), led.source)


def follow(annex: Standing, form: Standing) -> Standing:
    """The annex behind its form, in the place that the form has now."""
    if form.code is None:
        raise ValueError("only a filed form has annexes behind it")
    return replace(annex.moved(form.code, form.basis or BY_ARCHIVIST), annex_of=form.material_id)


def _category(suggestion: Suggestion | None) -> str | None:
    return suggestion.category if suggestion else None
