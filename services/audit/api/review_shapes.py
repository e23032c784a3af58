"""What goes out about first reviews, and about opened pairs."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from chassis.journal import canonical_json
from contracts.values.ids import from_uuid
from contracts.values.partial_date import PartialDate
from services.audit.api.appraisals import PageOut, SubjectCard
from services.audit.domain.facts import AuditFact
from services.audit.domain.progress import Progress
from services.audit.domain.review import Declaration, FactEntry, Sheet, Verdict, committed
from services.audit.domain.review_agreement import Agreement, Tally, agreement
from services.audit.domain.review_comparison import Compared
from services.audit.store.reviews import Proof
from services.audit.store.tables import CampaignDossier, HeardMaterial, Review
from services.audit.store.tables_campaign import TaintedReviewRow
from services.audit.usecases.view_review import PairShown, ReviewShown

ReviewState = Literal["open", "submitted", "void"]


class ReviewSummary(BaseModel):
    """A dossier that was given to you for its first review."""

    id: str
    campaign_dossier_id: str
    campaign_id: str
    dossier_id: str
    unit_id: str = Field(description="The unit that keeps the dossier")
    account_id: str
    state: ReviewState
    opened: bool = Field(description="Both reviews are in: each may be read beside the other")
    training: bool = Field(description="One of the first dossiers of the campaign, on which reviewers practise")
    assigned_at: datetime
    submitted_at: datetime | None
    version: int

    @classmethod
    def members(cls, review: Review, dossier: CampaignDossier) -> dict[str, Any]:
        """The members that a list and a single review share."""
        own = review.model_dump(include=set(ReviewSummary.model_fields))
        return {**own, **dossier.model_dump(include={"campaign_id", "dossier_id", "training"})}


class ReviewList(BaseModel):
    """One page of your own reviews, in the order in which they were given out."""

    items: list[ReviewSummary]
    next_page_token: str | None


class ProofOut(BaseModel):
    """The journal's commitment to a sheet. Keep it: it proves later that nobody changed what you handed in.

    `commitment` = SHA-256(salt ‖ `committed`), in hexadecimal; salt and text are told once the pair is opened.
    """

    journal_entry_id: str
    committed_at: datetime
    commitment: str
    salt: str | None = Field(description="Hexadecimal; null until the pair is opened, and after an erasure")
    committed: str | None = Field(description="The JSON text that was committed to; null as the salt")

    @classmethod
    def of(cls, proof: Proof, review: Review) -> "ProofOut":
        state = committed(review.id, review.campaign_dossier_id, review.account_id, review.sheet)
        return cls(
            journal_entry_id=from_uuid("jnlu", proof.journal_id),
            committed_at=proof.at,
            commitment=proof.commitment.hex(),
            salt=proof.salt.hex() if proof.salt else None,
            committed=canonical_json(state).decode() if proof.salt else None,
        )


class ReviewOut(ReviewSummary):
    """One review with its sheet."""

    subject: SubjectCard | None
    sheet: Sheet
    declaration: Declaration | None = Field(description="What was declared when it was handed in")
    proof: ProofOut | None = Field(description="Once handed in")

    @classmethod
    def of(cls, shown: ReviewShown) -> "ReviewOut":
        review = shown.review
        return cls(
            **cls.members(review, shown.dossier),
            subject=SubjectCard.of(shown.person) if shown.person else None,
            sheet=Sheet.model_validate({k: v for k, v in review.sheet.items() if k != "declaration"}),
            declaration=review.sheet.get("declaration"),
            proof=ProofOut.of(shown.proof, review) if shown.proof else None,
        )


class ReviewedMaterial(BaseModel):
    """A material of the dossier, with its pages at `reviews/{id}/images/{page_id}`."""

    material_id: str
    category: str
    item_no: int
    title: str
    formed_on: PartialDate | None
    page_count: int
    pages: list[PageOut]

    @classmethod
    def of(cls, row: HeardMaterial) -> "ReviewedMaterial":
        plain = row.model_dump(include=set(cls.model_fields) - {"pages"})
        kept = set(PageOut.model_fields)
        pages = [PageOut.model_validate({k: v for k, v in page.items() if k in kept}) for page in row.pages]
        return cls(**plain, pages=pages)


class ReviewedMaterialList(BaseModel):
    """One page of the dossier's catalogue."""

    items: list[ReviewedMaterial]
    next_page_token: str | None


class ComparedFact(BaseModel):
    """One fact as both answered it; null where one of them has no word on it."""

    fact: AuditFact
    agreed: bool
    differs: list[str] = Field(description="Members that are not the same; `entry`: only one has a word on the fact")
    first: FactEntry | None
    second: FactEntry | None

    @classmethod
    def of(cls, compared: Compared) -> "ComparedFact":
        return cls(
            fact=compared.fact,
            agreed=compared.agreed,
            differs=list(compared.differs),
            first=compared.first,
            second=compared.second,
        )


class ComparisonOut(BaseModel):
    """Both reviews of a dossier, fact by fact: agreements pass, differences go to the second review."""

    campaign_dossier_id: str
    state: str
    first_review_id: str
    first_account_id: str
    second_review_id: str
    second_account_id: str
    facts: list[ComparedFact]
    version: int

    @classmethod
    def of(cls, shown: PairShown) -> "ComparisonOut":
        return cls(
            campaign_dossier_id=shown.dossier.id,
            state=shown.dossier.state,
            first_review_id=shown.first.id,
            first_account_id=shown.first.account_id,
            second_review_id=shown.second.id,
            second_account_id=shown.second.account_id,
            facts=[ComparedFact.of(one) for one in shown.compared],
            version=shown.dossier.version,
        )


class Difference(BaseModel):
    """A fact on which two opened reviews differ."""

    campaign_dossier_id: str
    fact: AuditFact
    unit_id: str
    first_account_id: str
    second_account_id: str
    first_verdict: Verdict | None
    second_verdict: Verdict | None
    differs: list[str]
    opened_at: datetime


class DifferenceList(BaseModel):
    """One page of a campaign's differences, by dossier and fact."""

    items: list[Difference]
    next_page_token: str | None


class AgreementOut(BaseModel):
    """How far reviewers agree. Kappa sets off what would agree by chance; 1 is full agreement, 0 no better than it."""

    compared: int = Field(description="Facts that were compared")
    agreed: int = Field(description="Facts on which nothing differs")
    percent: float | None = Field(description="Null where nothing was compared")
    kappa: float | None = Field(
        description="Cohen's kappa of the verdicts; null where both gave one and the same verdict throughout"
    )

    @classmethod
    def members(cls, told: Agreement) -> dict[str, Any]:
        """The figures as they go out: kappa with four places."""
        kappa = None if told.kappa is None else round(float(told.kappa), 4)
        return {"compared": told.compared, "agreed": told.agreed, "percent": told.percent, "kappa": kappa}


class FactAgreement(AgreementOut):
    """The same for one fact."""

    fact: AuditFact


class AgreementReport(AgreementOut):
    """Agreement of all opened pairs of a campaign together, and by fact."""

    facts: list[FactAgreement]

    @classmethod
    def of(cls, tallies: dict[str, list[Tally]]) -> "AgreementReport":
        return cls(**_report(tallies))


class PairAgreement(AgreementOut):
    """The same for one pair of reviewers."""

    first_account_id: str
    second_account_id: str
    facts: list[FactAgreement]

    @classmethod
    def of(cls, pair: tuple[str, str], tallies: dict[str, list[Tally]]) -> "PairAgreement":
        return cls(first_account_id=pair[0], second_account_id=pair[1], **_report(tallies))


class PairAgreementList(BaseModel):
    """One page of pairs, by the ids of their accounts."""

    items: list[PairAgreement]
    next_page_token: str | None


def _report(tallies: dict[str, list[Tally]]) -> dict[str, Any]:
    whole = agreement(tally for told in tallies.values() for tally in told)
    facts = [
        FactAgreement(fact=fact, **AgreementOut.members(agreement(tallies[fact.value])))
        for fact in AuditFact
        if fact.value in tallies
    ]
    return {**AgreementOut.members(whole), "facts": facts}


class TaintedReview(BaseModel):
    """A sheet of a relative, which stays readable at `reviews/{review_id}`, or a second review by one. `state`: where
    the dossier stood."""

    id: str
    campaign_dossier_id: str
    review_id: str | None
    second_review_id: str | None
    account_id: str
    noticed: Literal["kin", "account", "removal"] = Field(
        description="By relatives told later, by the account that turned out to be a relative's, or by who took the "
        "reviewer off"
    )
    state: Progress
    outcome: Literal["released", "for_superior"] = Field(
        description="`released`: others review it; `for_superior`: in force already, or the campaign has ended"
    )
    noticed_at: datetime

    @classmethod
    def of(cls, row: TaintedReviewRow) -> "TaintedReview":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class TaintedReviewList(BaseModel):
    """One page of such sheets, in the order in which they were noticed."""

    items: list[TaintedReview]
    next_page_token: str | None
