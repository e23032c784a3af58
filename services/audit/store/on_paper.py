"""All that the forms of a special audit say of a dossier, read for one or for many in as many queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import AuditFact
from services.audit.domain.review import Sheet
from services.audit.store import claims, print_facts
from services.audit.store.claims import KnownClaim
from services.audit.store.tables import Campaign, CampaignDossier, HeardDossier, HeardMaterial, HeardPerson, Review
from services.audit.store.tables_adjudication import (
    ApprovalRow,
    DecisionOnFact,
    DeterminationRow,
    FeedbackRow,
    MeetingRow,
    MeetingVote,
    SecondReview,
)
from services.audit.store.tables_alteration import AlterationRow


class _OfDossier(Protocol):
    campaign_dossier_id: str


Row = TypeVar("Row", bound=_OfDossier)


@dataclass(frozen=True)
class Reviewed:
    """An opened first review: whose, when it was handed in, and its sheet."""

    account_id: str
    submitted_on: Any
    sheet: Sheet


@dataclass
class OnPaper:
    """One dossier. Votes, feedback and approval are the last ones, of whatever round; `state` says which count.

    `steps` are by determination, `claims` by id, `codes` (`6-1`) by material, `names` by account.
    """

    dossier: CampaignDossier
    campaign: Campaign
    person_name: str = ""
    dossier_no: str = ""
    facts: dict[AuditFact, DeterminationRow] = field(default_factory=dict)
    steps: dict[str, list[DecisionOnFact]] = field(default_factory=lambda: defaultdict(list))
    claims: dict[str, KnownClaim] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    pair: list[Reviewed] = field(default_factory=list)
    second_review: SecondReview | None = None
    vote: MeetingVote | None = None
    meeting: MeetingRow | None = None
    feedback: FeedbackRow | None = None
    approval: ApprovalRow | None = None
    alterations: list[AlterationRow] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)


async def read(uow: UnitOfWork, campaign: Campaign, dossiers: Sequence[CampaignDossier]) -> list[OnPaper]:
    """What is known of these dossiers of a campaign, in their order; the caller has them in scope.

    First reviews come as the caller may see them: opened ones alone. Persons, meetings and accounts may be of other
    units than the one that keeps the dossier.
    """
    found = {dossier.id: OnPaper(dossier, campaign) for dossier in dossiers}
    await _whose(uow, found)
    await _determined(uow, found)
    await _said(uow, found)
    await _followed(uow, found)
    await _signed(uow, found)
    return list(found.values())


async def _whose(uow: UnitOfWork, found: Mapping[str, OnPaper]) -> None:
    persons = {one.dossier.person_id for one in found.values()}
    async with uow.as_service():
        names = await uow.session.exec(
            select(HeardPerson.person_id, HeardPerson.name).where(col(HeardPerson.person_id).in_(persons))
        )
        named = dict(names.all())
    numbers = await uow.session.exec(
        select(HeardDossier.dossier_id, HeardDossier.dossier_no).where(
            col(HeardDossier.dossier_id).in_({one.dossier.dossier_id for one in found.values()})
        )
    )
    numbered = dict(numbers.all())
    for one in found.values():
        one.person_name = named.get(one.dossier.person_id, "")
        one.dossier_no = numbered.get(one.dossier.dossier_id, "")


async def _determined(uow: UnitOfWork, found: Mapping[str, OnPaper]) -> None:
    rows = (
        await uow.session.exec(
            select(DeterminationRow)
            .where(col(DeterminationRow.campaign_dossier_id).in_(found))
            .execution_options(populate_existing=True)
        )
    ).all()
    order = list(AuditFact)
    of = {row.id: found[row.campaign_dossier_id] for row in rows}
    for row in sorted(rows, key=lambda row: order.index(AuditFact(row.fact))):
        of[row.id].facts[AuditFact(row.fact)] = row
    steps = await uow.session.exec(
        select(DecisionOnFact)
        .where(col(DecisionOnFact.determination_id).in_(of))
        .order_by(col(DecisionOnFact.determination_id), col(DecisionOnFact.version))
    )
    for step in steps.all():
        of[step.determination_id].steps[step.determination_id].append(step)


async def _said(uow: UnitOfWork, found: Mapping[str, OnPaper]) -> None:
    """Standing claims on the persons, and those that a determination names although somebody withdrew them since."""
    by_person = {one.dossier.person_id: one for one in found.values()}
    known = await claims.list_standing(uow, by_person)
    seen = {claim.row.id for claim in known}
    known += await claims.list_by_ids(uow, _named_claims(found.values()) - seen)
    for claim in known:
        if claim.row.person_id in by_person:
            by_person[claim.row.person_id].claims[claim.row.id] = claim
    codes = await _codes(uow, {claim.row.material_id for claim in known if claim.row.material_id})
    for one in found.values():
        one.codes = codes


def _named_claims(found: Iterable[OnPaper]) -> set[str]:
    results = (ResultKept.model_validate(row.result) for one in found for row in one.facts.values())
    return {result.basis_claim_id for result in results if result.basis_claim_id}


async def _codes(uow: UnitOfWork, material_ids: Collection[str]) -> dict[str, str]:
    rows = await uow.session.exec(
        select(HeardMaterial.material_id, HeardMaterial.category, HeardMaterial.item_no).where(
            col(HeardMaterial.material_id).in_(material_ids)
        )
    )
    return {material_id: f"{category}-{item_no}" for material_id, category, item_no in rows.all()}


async def _followed(uow: UnitOfWork, found: Mapping[str, OnPaper]) -> None:
    for review in await _last(uow, SecondReview, found):
        found[review.campaign_dossier_id].second_review = review
    for feedback in await _last(uow, FeedbackRow, found):
        found[feedback.campaign_dossier_id].feedback = feedback
    for approval in await _last(uow, ApprovalRow, found):
        found[approval.campaign_dossier_id].approval = approval
    votes = await _last(uow, MeetingVote, found)
    async with uow.as_service():  # a meeting is kept with the unit that runs the campaign, which may be further up
        meetings = await uow.session.exec(
            select(MeetingRow).where(col(MeetingRow.id).in_({vote.meeting_id for vote in votes}))
        )
        held = {meeting.id: meeting for meeting in meetings.all()}
    for vote in votes:
        found[vote.campaign_dossier_id].vote = vote
        found[vote.campaign_dossier_id].meeting = held.get(vote.meeting_id)
    by_dossier = {one.dossier.dossier_id: one for one in found.values()}
    altered = await uow.session.exec(
        select(AlterationRow)
        .where(col(AlterationRow.dossier_id).in_(by_dossier))
        .order_by(col(AlterationRow.dossier_id), col(AlterationRow.no))
    )
    for row in altered.all():
        by_dossier[row.dossier_id].alterations.append(row)


async def _last(uow: UnitOfWork, table: type[Row], found: Mapping[str, OnPaper]) -> list[Row]:
    """The last row of each dossier."""
    of, key = col(table.campaign_dossier_id), col(table.id)  # pyright: ignore
    rows = (await uow.session.exec(select(table).where(of.in_(found)).order_by(key))).all()
    return list({row.campaign_dossier_id: row for row in rows}.values())


async def _signed(uow: UnitOfWork, found: Mapping[str, OnPaper]) -> None:
    reviews = await uow.session.exec(
        select(Review)
        .where(col(Review.campaign_dossier_id).in_(found), Review.state != "void", col(Review.opened))
        .order_by(col(Review.submitted_at), col(Review.id))
    )
    for row in reviews.all():
        sheet = Sheet.model_validate({name: row.sheet[name] for name in Sheet.model_fields if name in row.sheet})
        found[row.campaign_dossier_id].pair.append(Reviewed(row.account_id, row.submitted_at, sheet))
    accounts = {review.account_id for one in found.values() for review in one.pair}
    accounts |= {one.second_review.account_id for one in found.values() if one.second_review}
    async with uow.as_service():  # who signs may be of another unit
        names = await print_facts.names_of_accounts(uow, accounts)
    for one in found.values():
        one.names = names
