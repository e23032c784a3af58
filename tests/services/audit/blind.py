"""A pair of first reviewers and their sheets, for tests of blind reviews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.identity import Caller
from contracts.events import MaterialFiled
from contracts.values.ids import new_id
from services.audit.domain.progress import Progress
from services.audit.store.tables import Campaign, CampaignDossier, Review
from tests.services.audit.office import Office, Subject, auditor
from tests.support.rooms import somebody

Json = dict[str, Any]


def finished(**changes: Json) -> Json:
    """A sheet with a word on each fact that must have one; `changes` replace members of a fact's entry."""
    date = {"birth_date": "1968-03", "work_start_date": "1990-07"}
    entries: dict[str, Json] = {
        **{fact: {"verdict": "consistent", "values": [{"type": "date", "date": day}]} for fact, day in date.items()},
        "party_join_date": {"verdict": "not_applicable"},
        "education": {"verdict": "cannot_tell"},
        "work_experience": {"verdict": "cannot_tell"},
        "cadre_identity": {"verdict": "cannot_tell"},
    }
    facts = [{"fact": fact, **entry, **changes.get(fact, {})} for fact, entry in entries.items()]
    return {"facts": facts, "claims": []}


def started(day: str) -> Json:
    """The entry of a work start."""
    return {"values": [{"type": "date", "date": day}]}


@dataclass
class Pair:
    """A dossier in first review, given to two people."""

    subject: Subject
    dossier: CampaignDossier
    li: Caller
    wang: Caller
    li_review: str
    wang_review: str
    filed: MaterialFiled

    @property
    def adjudicator(self) -> Caller:
        """Somebody who compares."""
        return somebody("adjudicator", self.subject.unit_id)


async def a_pair(
    office: Office,
    *,
    campaign_id: str | None = None,
    li: Caller | None = None,
    wang: Caller | None = None,
    subject: Subject | None = None,
    training: bool = False,
) -> Pair:
    """A running campaign, one dossier with one filed material, and two sheets that are open."""
    subject = subject or await office.known_subject()
    filed = office.filed(await office.received(subject))
    assert await office.hear(filed) is None
    li, wang = li or auditor(subject.unit_id), wang or auditor(subject.unit_id)
    async with office.deps.as_service() as uow:
        if campaign_id is None:
            campaign_id = new_id("cmp")
            uow.session.add(_campaign(campaign_id, subject.unit_id, uow.now))
            await uow.session.flush()
        dossier = CampaignDossier(
            id=new_id("cdo"),
            unit_id=subject.unit_id,
            version=2,
            campaign_id=campaign_id,
            dossier_id=subject.dossier_id,
            person_id=subject.person_id,
            rank="正科级",
            state=Progress.FIRST_REVIEW.value,
            result=None,
            difficulty=0,
            training=training,
            entered_at=uow.now,
        )
        uow.session.add(dossier)
        await uow.session.flush()
        ids = []
        for who in (li, wang):
            row = Review(
                id=new_id("rev"),
                unit_id=subject.unit_id,
                version=1,
                campaign_dossier_id=dossier.id,
                account_id=who.account_id,
                state="open",
                sheet={},
                assigned_at=uow.now,
            )
            uow.session.add(row)
            ids.append(row.id)
        await uow.session.flush()
        dossier = dossier.model_copy()
    return Pair(subject, dossier, li, wang, ids[0], ids[1], filed)


def _campaign(campaign_id: str, unit_id: str, now: Any) -> Campaign:
    return Campaign(
        id=campaign_id,
        unit_id=unit_id,
        version=2,
        name="全县科级干部专项审核",
        state="running",
        settings={},
        seed=7,
        rules_digest="0" * 64,
        created_by=new_id("acc"),
        created_at=now,
        started_at=now,
    )
