"""The dossiers behind a figure of a campaign's report: a condition on each, and a page of those that meet it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import or_, text
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import to_uuid
from services.audit.domain.adjudication import FORM_TITLE
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_case import EDUCATION_ERRORS, REPORTED_ISSUES
from services.audit.domain.report_figures import BANDS, DIRECTIONS, PURPOSES
from services.audit.domain.report_rules import ReportRules
from services.audit.store.reports import DECIDED, DIFFERS, EDUCATION, FALSE_AGE, FLAGGED, GRAVEST, ISSUES
from services.audit.store.scope import in_scope
from services.audit.store.tables import CampaignDossier

_OF_FACTS = "select from determination where campaign_id = :campaign and campaign_dossier_id = campaign_dossier.id and"
_ALTERED = """
exists (select from alteration_finding a join campaign c on c.id = :campaign
  where a.dossier_id = campaign_dossier.dossier_id and a.recorded_at < coalesce(c.closed_at, 'infinity'){more})
"""
_COLLECTED = """
exists (select from appraisal a join campaign c on c.id = :campaign
  where a.dossier_id = campaign_dossier.dossier_id and a.received_at >= c.started_at
    and a.received_at < coalesce(c.closed_at, 'infinity'){more})
"""
_FORM = f"""
exists (select from determination_approval a where a.campaign_dossier_id = campaign_dossier.id
  and a.title = '{FORM_TITLE}')
"""
_FALSE_AGE = f"exists ({_OF_FACTS} {FALSE_AGE})"
_FALSE_EDUCATION = f"exists ({_OF_FACTS} {EDUCATION})"


def _outcomes() -> Iterator[tuple[str, str]]:
    yield "audited", "true"
    for result in ("no_problem", "to_investigate", "verified"):
        yield result, f"result = '{result}'"
    differs = f"exists ({_OF_FACTS} {DIFFERS})"
    yield "consistent", f"not {differs}"
    yield "with_problems", differs
    for fact in AuditFact:
        yield f"problem.{fact.value}", f"exists ({_OF_FACTS} {DIFFERS} and fact = '{fact.value}')"
    for kind in REPORTED_ISSUES:
        flagged = f"from review where campaign_dossier_id = campaign_dossier.id and {FLAGGED}"
        yield f"issue.{kind}", f"exists (select {flagged} and '{kind}' in ({ISSUES}))"


def _altered() -> Iterator[tuple[str, str]]:
    yield "altered", _ALTERED.format(more="")
    yield "altered.birth_date", _ALTERED.format(more=" and a.fact = 'birth_date'")
    yield "altered.slip", _ALTERED.format(more=" and a.verdict = 'slip'")
    yield "altered.falsified", _ALTERED.format(more=" and a.verdict = 'falsified'")


def _false() -> Iterator[tuple[str, str]]:
    yield "false", f"({_FALSE_AGE} or {_FALSE_EDUCATION})"
    yield "false.age", _FALSE_AGE
    yield "false.education", _FALSE_EDUCATION
    yield "no_direction", f"{_FALSE_AGE} and not {_gravest('true')}"
    for direction in DIRECTIONS:
        head = f"g.direction = '{direction}'"
        yield direction, _gravest(head)
        for purpose in PURPOSES:
            yield f"{direction}.{purpose}", _gravest(f"{head} and coalesce(g.purpose, 'other') = '{purpose}'")
        for band in BANDS:
            yield f"{direction}.{band}", _gravest(f"{head} and coalesce(g.band, 'uncounted') = '{band}'")
    for kind in EDUCATION_ERRORS:
        one = f"""result @? '$.findings[*].code ? (@ == "{kind}")'"""
        yield f"education.{kind}", f"exists ({_OF_FACTS} {EDUCATION} and {one})"


def _gravest(condition: str) -> str:
    joined = _OF_FACTS.replace("where", f"cross join lateral ({GRAVEST}) as g where")
    return f"exists ({joined} {FALSE_AGE} and {condition})"


def _work() -> Iterator[tuple[str, str]]:
    yield "materials", _COLLECTED.format(more="")
    yield "materials.filed", _COLLECTED.format(more=" and a.state = 'accepted'")
    yield "materials.returned", _COLLECTED.format(more=" and a.state = 'rejected'")
    yield "materials.pending", _COLLECTED.format(more=" and a.state not in ('accepted', 'rejected')")
    yield "meeting.due", "true"
    yield "meeting.done", f"state in {DECIDED}"
    yield "meeting.open", f"state not in {DECIDED}"
    yield "forms", _FORM


BEHIND: Final[Mapping[str, str]] = {
    "dossiers": "true",
    "in_audit": "result is null",
    **{
        code: f"result is not null and {condition}"
        for part in (_outcomes(), _altered(), _false(), _work())
        for code, condition in part
    },
}
"""For each figure what a dossier of the campaign must meet to stand behind it."""


async def page_of(
    uow: UnitOfWork,
    campaign_id: str,
    figure: str,
    rules: ReportRules,
    *,
    after: str | None,
    limit: int,
    unit_id: str | None = None,
    rank: str | None = None,
    hidden_persons: Collection[str] = (),
) -> Sequence[CampaignDossier]:
    """Dossiers behind a figure by id, of one unit and one group of ranks where asked, without `hidden_persons`."""
    statement = select(CampaignDossier).where(CampaignDossier.campaign_id == campaign_id)
    statement = statement.where(in_scope(uow, CampaignDossier.unit_id)).order_by(col(CampaignDossier.id)).limit(limit)
    condition = text(BEHIND[figure])
    if ":campaign" in BEHIND[figure]:
        condition = condition.bindparams(campaign=to_uuid(campaign_id))
    statement = statement.where(condition)
    if after is not None:
        statement = statement.where(col(CampaignDossier.id) > after)
    if unit_id is not None:
        statement = statement.where(CampaignDossier.unit_id == unit_id)
    if rank == rules.rest:
        known = col(CampaignDossier.rank).in_(list(rules.of_rank))
        statement = statement.where(or_(col(CampaignDossier.rank).is_(None), ~known))
    elif rank is not None:
        statement = statement.where(col(CampaignDossier.rank).in_(rules.ranks_of(rank)))
    if hidden_persons:
        statement = statement.where(col(CampaignDossier.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()
