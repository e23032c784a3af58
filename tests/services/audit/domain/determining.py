"""Claims in few words, for the example tables of determinations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from contracts.values.partial_date import PartialDate
from services.audit.determination_file import load_determination_rules
from services.audit.domain.claim import Claim, Evidence
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import determine
from services.audit.domain.facts import AuditFact, ClaimValue, DateClaim

RULES = load_determination_rules()
TODAY = dt.date(2026, 11, 24)
BIRTH, WORK, PARTY = AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE, AuditFact.PARTY_JOIN_DATE


def lunar(value: str, as_written: str) -> PartialDate:
    """A lunar date: `value` is its conversion, in doubt until it is determined."""
    return PartialDate(value=value, as_written=as_written, calendar="lunar", qualifier="uncertain")


def claim(fact: AuditFact, title: str, formed: str | None, value: str | PartialDate | ClaimValue, **more: Any) -> Claim:
    """A claim of the dossier's material `title`, formed on `formed`; a bare text is a date."""
    if isinstance(value, str):
        value = PartialDate(value=value)
    if isinstance(value, PartialDate):
        value = DateClaim(date=value)
    about = {name: more.pop(name) for name in ("signed", "material_id") if name in more}
    evidence = Evidence(
        title,
        RULES.kind_of(title),
        PartialDate(value=formed) if formed else None,
        signed=about.get("signed", True),
        material_id=about.get("material_id", f"mat_{title}_{formed}"),
    )
    return Claim(more.pop("id", f"{title} {formed} {value}"), fact, value, evidence, **more)


def determined(fact: AuditFact, *claims: Claim, rules: Any = RULES, **context: Any) -> Determination:
    """The determination of these claims on the day of the tests."""
    return determine(fact, claims, Context(on=TODAY, **context), rules)


def codes(found: Determination) -> set[str]:
    """The codes of its findings."""
    return {finding.code for finding in found.findings}
