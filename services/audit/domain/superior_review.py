"""The superior office looks at determinations of an office below it (上级复核): confirm, return, correct.

Source: seed 004 (7 returned for a new determination, 3 corrected in a year). Of a correction both values and both
authors are kept; what is returned is not in force until it has gone through the meeting once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contracts.problems import FieldFault, SamePersonTwice, SuperiorOnly
from services.audit.domain.adjudication import Settled, settled_faults
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact

SuperiorOutcome = Literal["confirm", "return_for_redetermination", "correct"]
"""确认, 返回重新认定, 改正认定意见."""

Correction = tuple[AuditFact, Settled]


@dataclass(frozen=True)
class SuperiorWord:
    """What the superior says. A return has a reason; each correction has its own."""

    outcome: SuperiorOutcome
    reason: str | None = None
    document_no: str | None = None
    corrections: Sequence[Correction] = ()


def admit_superior(
    office: str, above: Collection[str], roots: frozenset[str] | str, account_id: str, took_part: Collection[str]
) -> None:
    """Only an office above the one that approved, and nobody who took part in what is looked at.

    `above` are the units over the approving `office`; `roots` those in which the caller holds the right, the whole
    deployment (`*`) among them.
    """
    if roots != "*" and not set(above).intersection(roots):
        raise SuperiorOnly(authority=office)
    if account_id in took_part:
        raise SamePersonTwice()


def word_faults(word: SuperiorWord, standing: Mapping[AuditFact, Settled]) -> list[FieldFault]:
    """What is wrong with it; `standing` is what is in force of each fact."""
    faults: list[FieldFault] = []
    if word.outcome == "return_for_redetermination" and word.reason is None:
        faults.append(FieldFault("/reason", "required"))
    if word.outcome == "correct" and not word.corrections:
        faults.append(FieldFault("/corrections", "too-few", {"min": 1}))
    elif word.outcome != "correct" and word.corrections:
        faults.append(FieldFault("/corrections", "contradiction", {"other": "outcome"}))
    facts = [fact for fact, _ in word.corrections]
    for position, (fact, corrected) in enumerate(word.corrections):
        where = f"/corrections/{position}"
        if fact not in standing:
            faults.append(FieldFault(f"{where}/fact", "unknown-reference"))
        elif fact in facts[:position]:
            faults.append(FieldFault(f"{where}/fact", "duplicate"))
        else:
            faults += _correction_faults(fact, corrected, standing[fact], where)
    return faults


def _correction_faults(fact: AuditFact, corrected: Settled, standing: Settled, where: str) -> list[FieldFault]:
    """A correction says something else than what stands; what is in force had been proposed before."""
    before = replace(standing, status=recalled(standing.status))
    if corrected.says(before):
        return [FieldFault(f"{where}/value", "as-before")]
    return settled_faults(fact, corrected, before, where)


def recalled(status: Status) -> Status:
    """What a determination is once it is no longer in force: what was determined is a proposal again."""
    return Status.PROPOSED if status is Status.DETERMINED else status
