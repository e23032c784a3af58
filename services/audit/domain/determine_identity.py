"""Cadre identity (干部身份): by which route, proved by which original paper, and whether the route was open."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Determination, Disagreement, Finding, Status
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.determine_rules import Route
from services.audit.domain.determine_words import ROUTE_ZH
from services.audit.domain.facts import IdentityClaim


@dataclass(frozen=True)
class _Proved:
    claim: Claim
    value: IdentityClaim
    route: Route


def determine_identity(case: Case) -> Determination:
    """The route that the earliest of the decisive papers proves; later papers are compared with it."""
    stated = [(claim, claim.value) for claim in case.claims if isinstance(claim.value, IdentityClaim)]
    proved = _proved(case, stated)
    verdict = _verdict(case, proved)
    value = verdict.settled.value
    disagreeing = tuple(
        Disagreement(claim, cause=None if claim.altered == "none" else "alteration")
        for claim, other in stated
        if (isinstance(value, IdentityClaim) and other.route != value.route) or claim.altered != "none"
    )
    if disagreeing and verdict.status is Status.CONSISTENT:
        verdict = Verdict(
            Status.PROPOSED,
            verdict.value,
            verdict.basis,
            verdict.rule,
            findings=verdict.findings,
            written=verdict.written,
        )
    return conclude(case, verdict, disagreeing)


def _proved(case: Case, stated: list[tuple[Claim, IdentityClaim]]) -> list[_Proved]:
    """Claims that stand on one of the papers of their own route, untouched and dated."""
    routes = {route.id: route for route in case.rules.routes}
    found: list[_Proved] = []
    for claim, value in stated:
        route = routes.get(value.route)
        if route is not None and claim.counts and claim.evidence.formed_on and claim.evidence.kind in route.kinds:
            found.append(_Proved(claim, value, route))
    return found


def _verdict(case: Case, proved: list[_Proved]) -> Verdict:
    if not proved:
        missing = Finding("decisive_missing", "缺少转正定级审批表、录用干部审批表或公务员登记表等原始材料")
        return Verdict(Status.UNDETERMINED, findings=(missing,))
    first = proved[0]
    ids = (first.claim.id,)
    if _closed(first):
        return Verdict(Status.UNDETERMINED, findings=(Finding("route_closed", "录用时该渠道已经停止", ids),))
    if first.route.term_only and (
        first.value.until is None or first.value.until.before(case.context.on) is Ternary.YES
    ):
        return Verdict(Status.UNDETERMINED, findings=(Finding("term_over", "聘用制干部身份只在聘期内有效", ids),))
    return Verdict(Status.CONSISTENT, first.value, first.claim, case.rule("route"), written=ROUTE_ZH[first.value.route])


def _closed(proved: _Proved) -> bool:
    """Whether the route was certainly closed by then; where no date is stated, the paper's own counts."""
    date = proved.value.date or proved.claim.evidence.formed_on
    return proved.route.closed_on is not None and date is not None and date.after(proved.route.closed_on) is Ternary.YES
