"""What a person's decision must hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from contracts.problems import FieldFault, ValidationFailed
from services.audit.domain.appraisal import Outcome
from services.audit.domain.formalities import Formality, Found, faults_of, reasons_of

Asked = Literal["approve", "reject", "return"]


def with_missing(
    asked: Asked, reasons: Sequence[str], found: Mapping[str, Found], wanted: Sequence[Formality]
) -> tuple[str, ...]:
    """The reasons of a decision, for a no with those of the formalities that were found missing.

    ValidationFailed where the answers are not whole, or contradict a yes.
    """
    if faults := faults_of(found, wanted, approves=asked == "approve"):
        raise ValidationFailed(errors=faults)
    missing = reasons_of(found, wanted) if asked == "reject" else ()
    return (*reasons, *(code for code in missing if code not in reasons))


def checked_outcome(asked: Asked, reasons: Sequence[str], known_codes: Collection[str]) -> Outcome:
    """The outcome, if the decision is whole; all faults together otherwise.

    A no gives one coded reason at least, a yes none. An appraisal knows no `return`: a material that has
    to be completed is rejected with its reasons, and the department hands it in again.
    """
    faults: list[FieldFault] = []
    if asked == "return":
        faults.append(FieldFault("/outcome", "not-allowed-value", {"allowed": "approve, reject"}))
    if asked == "reject" and not reasons:
        faults.append(FieldFault("/reasons", "too-few", {"min": 1}))
    if asked == "approve" and reasons:
        faults.append(FieldFault("/reasons", "contradiction", {"other": "/outcome"}))
    for position, reason in enumerate(reasons):
        if reason not in known_codes:
            allowed = ", ".join(sorted(known_codes))
            faults.append(FieldFault(f"/reasons/{position}", "not-allowed-value", {"allowed": allowed}))
        elif reason in reasons[:position]:
            faults.append(FieldFault(f"/reasons/{position}", "duplicate"))
    if faults:
        raise ValidationFailed(errors=faults)
    return "reject" if asked == "reject" else "approve"
