"""Words and lines: a name, an ethnicity agree or not; titles, rewards and relatives are borne out or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from services.audit.domain.claim import Claim
from services.audit.domain.determination import Determination, Disagreement, Finding, Status
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.facts import Lines, TextClaim


def determine_word(case: Case) -> Determination:
    """One word: a value only where every material has the same. Which of two is right, the meeting decides."""
    stated = _texts(case.claims)
    counted = [(claim, text) for claim, text in stated if claim.counts]
    if not counted:
        return conclude(case, Verdict(Status.UNDETERMINED), _altered(case.claims))
    basis, first = counted[0]
    disagreeing = tuple(_other(claim) for claim, text in stated if text != first)
    if disagreeing:
        return conclude(case, Verdict(Status.UNDETERMINED), disagreeing)
    value = TextClaim(text=first)
    return conclude(case, Verdict(Status.CONSISTENT, value, basis, case.rule("agreement"), written=first))


def determine_lines(case: Case) -> Determination:
    """Several lines: each wants a material that the person did not fill in, or a second one that says the same."""
    stated = [(claim, text) for claim, text in _texts(case.claims) if claim.counts]
    sources: dict[str, list[Claim]] = {}
    for claim, text in stated:
        sources.setdefault(text, []).append(claim)
    borne = [text for text, claims in sources.items() if _borne_out(case, claims)]
    open_claims = [claim for text, claims in sources.items() if text not in borne for claim in claims]
    disagreeing = (*(Disagreement(claim) for claim in open_claims), *_altered(case.claims))
    found: tuple[Finding, ...] = ()
    if open_claims:
        ids = tuple(claim.id for claim in open_claims)
        found = (Finding("without_evidence", f"有{len(ids)}项只见于自填材料，缺少印证", ids),)
    if not borne:
        return conclude(case, Verdict(Status.UNDETERMINED, findings=found), disagreeing)
    status = Status.PROPOSED if disagreeing else Status.CONSISTENT
    value, basis = Lines(lines=tuple(borne)), sources[borne[0]][0]
    verdict = Verdict(status, value, basis, case.rule("comparison"), findings=found, written="、".join(borne))
    return conclude(case, verdict, disagreeing)


def _texts(claims: Sequence[Claim]) -> list[tuple[Claim, str]]:
    """Each claim with its text, full and half width and inner blanks made the same."""
    found = ((claim, claim.value) for claim in claims)
    return [(claim, _plain(value.text)) for claim, value in found if isinstance(value, TextClaim)]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _borne_out(case: Case, claims: Sequence[Claim]) -> bool:
    kinds = [case.rules.kind(claim.evidence.kind) for claim in claims]
    if any(kind is None or not kind.self_filled for kind in kinds):
        return True
    return len({claim.evidence.material_id or claim.evidence.title for claim in claims}) > 1


def _other(claim: Claim) -> Disagreement:
    return Disagreement(claim, cause=None if claim.altered == "none" else "alteration")


def _altered(claims: Sequence[Claim]) -> tuple[Disagreement, ...]:
    return tuple(_other(claim) for claim in claims if claim.altered != "none")
