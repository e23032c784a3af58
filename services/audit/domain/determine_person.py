"""What the rules make of all claims on a person: fact after fact, the birth date first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import determine
from services.audit.domain.determine_rules import DeterminationRules
from services.audit.domain.facts import AuditFact, DateClaim


def determine_person(
    told: Collection[Claim], contexts: Mapping[AuditFact, Context], rules: DeterminationRules
) -> dict[AuditFact, Determination]:
    """Each fact that has a context, in the order of the forms.

    `birth` of a context is the birth date on file; what is made of the claims about it is what the other facts
    are held against.
    """
    found: dict[AuditFact, Determination] = {}
    for fact in AuditFact:
        if fact not in contexts:
            continue
        context = contexts[fact]
        if fact is AuditFact.BIRTH_DATE:
            context = replace(context, current=DateClaim(date=context.birth) if context.birth else None)
        else:
            context = replace(context, birth=_born(found) or context.birth)
        found[fact] = determine(fact, told, context, rules)
    return found


def _born(found: Mapping[AuditFact, Determination]) -> PartialDate | None:
    birth = found.get(AuditFact.BIRTH_DATE)
    return birth.value.date if birth and isinstance(birth.value, DateClaim) else None
