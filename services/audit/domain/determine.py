"""The rules of determination (认定): claims of one fact in, one explained result out. No order of claims matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine_earliest import determine_date
from services.audit.domain.determine_education import determine_education
from services.audit.domain.determine_identity import determine_identity
from services.audit.domain.determine_outcome import Case
from services.audit.domain.determine_party import determine_party
from services.audit.domain.determine_resume import determine_resume
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.determine_text import determine_lines, determine_word
from services.audit.domain.facts import VALUE_OF, AuditFact

_WAYS: Mapping[AuditFact, Callable[[Case], Determination]] = {
    AuditFact.BIRTH_DATE: determine_date,
    AuditFact.WORK_START_DATE: determine_date,
    AuditFact.PARTY_JOIN_DATE: determine_party,
    AuditFact.EDUCATION: determine_education,
    AuditFact.WORK_EXPERIENCE: determine_resume,
    AuditFact.CADRE_IDENTITY: determine_identity,
    AuditFact.NAME: determine_word,
    AuditFact.ETHNICITY: determine_word,
    AuditFact.NATIVE_PLACE: determine_word,
    AuditFact.FAMILY: determine_lines,
    AuditFact.PROFESSIONAL_TITLE: determine_lines,
    AuditFact.REWARDS: determine_lines,
}


def determine(fact: AuditFact, claims: Iterable[Claim], context: Context, rules: DeterminationRules) -> Determination:
    """What the rules make of the claims about a fact.

    Claims about other facts are passed over. Claims that are excluded (forged, not recognised, discounted) take
    no part and are told. ValueError: a value that is not of the fact's kind.
    """
    mine = sorted((claim for claim in claims if claim.fact is fact), key=_order)
    for claim in mine:
        if type(claim.value) is not VALUE_OF[fact]:
            raise ValueError(f"{fact.value} takes no {type(claim.value).__name__}")
    taken = tuple(claim for claim in mine if claim.excluded is None)
    aside = tuple(claim for claim in mine if claim.excluded is not None)
    return _WAYS[fact](Case(fact, taken, aside, context, rules))


def beside(context: Context, materials: Iterable[tuple[str, PartialDate | None]], rules: DeterminationRules) -> Context:
    """What a dossier's materials (title, formed on) tell as well: which kinds it has, when the person was at work."""
    kinds = [(rules.kind_of(title), formed_on) for title, formed_on in materials]
    employed = [formed_on for kind, formed_on in kinds if formed_on and kind in rules.education.employed]
    return replace(
        context,
        held=frozenset(kind for kind, _ in kinds if kind),
        employed=tuple(sorted(employed, key=lambda day: day.value)),
    )


def _order(claim: Claim) -> tuple[str, str, str]:
    formed, ident = claim.order
    return formed, claim.evidence.title, ident
