"""A dossier whose pair is opened, and who settles its facts, for tests of what follows both first reviews."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from chassis.identity import Caller
from chassis.unit_of_work import IdempotencyKey
from contracts.events import AccountChanged
from contracts.events.catalog import AuthorityPeriod
from contracts.values.ids import new_id, to_uuid
from services.audit.domain.adjudication import Inquiry, Outcome, Settled
from services.audit.domain.facts import AuditFact
from services.audit.domain.feedback_round import RoundResult
from services.audit.store import adjudications, campaign_dossiers
from services.audit.store.tables import CampaignDossier
from services.audit.store.tables_adjudication import (
    ApprovalRow,
    DeterminationRow,
    FeedbackRow,
    InvestigationRow,
    MeetingRow,
    MeetingVote,
)
from services.audit.store.tables_oversight import FeedbackRoundRow, TalkRecordRow
from services.audit.usecases.approve_determinations import ApproveDeterminations, approve_determinations
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.investigate_dossier import (
    EndInvestigation,
    OpenInvestigation,
    end_investigation,
    open_investigation,
)
from services.audit.usecases.record_feedback import RecordFeedback, record_feedback
from services.audit.usecases.record_meeting import (
    DetermineCollectively,
    RecordMeeting,
    determine_collectively,
    record_meeting,
)
from services.audit.usecases.record_talk import RecordTalk, record_talk
from services.audit.usecases.send_feedback_round import (
    AnswerFeedbackRound,
    SendFeedbackRound,
    answer_feedback_round,
    send_feedback_round,
)
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.settle_fact import SettleFact, settle_fact
from services.audit.usecases.submit_review import SubmitReview, submit_review
from services.audit.usecases.table_dossier import table_dossier
from services.audit.usecases.take_up_second_review import TakeUpSecondReview, take_up_second_review
from tests.services.audit.blind import Pair, a_pair, finished, started
from tests.services.audit.claiming import a_claim_on, entry
from tests.services.audit.office import Office, Subject
from tests.services.audit.tickets import ticket_for
from tests.support.rooms import somebody

OFFICE = "县委组织部"


@dataclass
class Case:
    """A dossier of a campaign, and the acts of those who settle its facts."""

    office: Office
    pair: Pair
    adjudicator: Caller
    leader: Caller
    present: list[str] = field(default_factory=list)

    @property
    def subject(self) -> Subject:
        """Whose dossier it is."""
        return self.pair.subject

    @property
    def id(self) -> str:
        """The dossier in the campaign."""
        return self.pair.dossier.id

    async def dossier(self) -> CampaignDossier:
        """As it stands now."""
        async with self.office.deps.as_service() as uow:
            return await campaign_dossiers.get(uow, self.id)

    async def on(self, not_related: bool | None = True) -> OnDossier:
        """The dossier in its present version."""
        return OnDossier(self.id, (await self.dossier()).version, not_related)

    async def facts(self) -> dict[AuditFact, DeterminationRow]:
        """What stands of each fact."""
        async with self.office.deps.as_service() as uow:
            rows = await adjudications.determinations_of(uow, self.id)
        return {AuditFact(row.fact): row for row in rows}

    async def told(self) -> list[dict[str, Any]]:
        """The determinations that were told, in order."""
        rows = await self.office.admin.fetch(
            "select convert_from(body, 'UTF8') as body from audit.outbox order by event_id"
        )
        events = [json.loads(row["body"]) for row in rows]
        return [one["data"] for one in events if one["data"].get("campaign_dossier_id") == self.id]

    async def take_up(self, caller: Caller | None = None, on: OnDossier | None = None, **members: Any) -> Any:
        """Take the second review up."""
        command = TakeUpSecondReview(on or await self.on(), **members)
        uow = self.office.acting(caller or self.adjudicator, "determination:settle")
        return await take_up_second_review(command, uow=uow, deps=self.office.deps)

    async def settle(
        self, fact: AuditFact, settled: Settled | None, caller: Caller | None = None, seen: int | None = None
    ) -> DeterminationRow:
        """Settle a fact as the second reviewer; None: as the rules have it."""
        row = (await self.facts())[fact]
        command = SettleFact(row.id, seen or row.version, settled, True)
        uow = self.office.acting(caller or self.adjudicator, "determination:settle")
        return await settle_fact(command, uow=uow, deps=self.office.deps)

    async def table(self, caller: Caller | None = None) -> CampaignDossier:
        """Put it before the meeting."""
        uow = self.office.acting(caller or self.adjudicator, "determination:settle")
        return await table_dossier(await self.on(), uow=uow, gate=gate_of(self.office.deps))

    async def meeting(self, present: Sequence[str] | None = None, **members: Any) -> MeetingRow:
        """A meeting of three."""
        if not self.present:
            self.present = [await known_account(self.office) for _ in range(3)]
        told: dict[str, Any] = {"held_on": date(2026, 11, 20), "minutes_no": f"纪要{new_id('mtg')[-6:]}", **members}
        command = RecordMeeting(self.pair.dossier.campaign_id, present_ids=present or self.present, **told)
        uow = self.office.acting(self.adjudicator, "meeting:record")
        return await record_meeting(command, uow=uow, rules=self.office.deps.rules.adjudication)

    async def decide(
        self, meeting: MeetingRow | None = None, on: OnDossier | None = None, **members: Any
    ) -> MeetingVote:
        """The meeting decides as proposed, unless told otherwise."""
        meeting = meeting or await self.meeting()
        told: dict[str, Any] = {"recused_ids": (), "in_favour": 3, "against": 0, "abstained": 0, "otherwise": ()}
        command = DetermineCollectively(on or await self.on(), meeting.id, **{**told, **members})
        uow = self.office.acting(self.adjudicator, "meeting:record")
        deps = self.office.deps
        return await determine_collectively(command, uow=uow, rules=deps.rules.adjudication, gate=gate_of(deps))

    async def feed_back(self, outcome: Outcome = "signed", **members: Any) -> FeedbackRow:
        """The person is told, and answers."""
        tickets = [await ticket_for(self.office, self.adjudicator, self.subject.unit_id)]
        told: dict[str, Any] = {
            "organisation": "县财政局党组",
            "met_on": date(2026, 11, 22),
            "witnesses": ("张三", "李四") if outcome == "refused" else (),
            "statement": "本人认为应为1970年3月" if outcome == "disputed" else None,
            "tickets": tickets,
        }
        command = RecordFeedback(await self.on(), outcome=outcome, **{**told, **members})
        uow = self.office.acting(self.adjudicator, "feedback:record")
        return await record_feedback(command, uow=uow, deps=self.office.deps)

    async def approve(
        self, caller: Caller | None = None, on: OnDossier | None = None, key: IdempotencyKey | None = None
    ) -> ApprovalRow:
        """The managing office approves."""
        caller = caller or self.leader
        command = ApproveDeterminations(on or await self.on(), caller.roots("determination:approve"), "组任〔2026〕9号")
        uow = self.office.acting(caller, "determination:approve", key)
        return await approve_determinations(command, uow=uow, gate=gate_of(self.office.deps))

    async def investigate(self, on: OnDossier | None = None, **members: Any) -> InvestigationRow:
        """Two go and ask."""
        told: dict[str, Any] = {
            "question": "出生日期以何为准",
            "unit_visited": "县第一中学",
            "due_on": date(2199, 1, 1),
        }
        if "investigator_ids" not in members:
            members["investigator_ids"] = [await known_account(self.office) for _ in range(2)]
        command = OpenInvestigation(on or await self.on(), **{**told, **members})
        uow = self.office.acting(self.adjudicator, "determination:settle")
        deps = self.office.deps
        return await open_investigation(command, uow=uow, rules=deps.rules.adjudication, gate=gate_of(deps))

    async def answer(self, row: InvestigationRow, result: Inquiry = "verified", **members: Any) -> InvestigationRow:
        """What came of it."""
        told: dict[str, Any] = {"people": ("原班主任",), "evidence": ("学籍卡复印件",), "not_related": True, **members}
        command = EndInvestigation(row.id, row.version, result, **told)
        return await end_investigation(command, uow=self.office.acting(self.adjudicator, "determination:settle"))

    async def ask(self, on: OnDossier | None = None, **members: Any) -> FeedbackRoundRow:
        """Ask the person's unit for a paper, today and until tomorrow."""
        today = await self.today()
        told: dict[str, Any] = {
            "sent_to": "县财政局党组",
            "materials_asked": ("1992年年度考核登记表",),
            "sent_on": today,
            "due_on": today + timedelta(days=1),
            **members,
        }
        uow = self.office.acting(self.adjudicator, "determination:settle")
        command = SendFeedbackRound(on or await self.on(), **told)
        return await send_feedback_round(command, uow=uow, rules=self.office.deps.rules.adjudication)

    async def came(self, row: FeedbackRoundRow, result: RoundResult = "provided", **members: Any) -> FeedbackRoundRow:
        """What came of a round, today."""
        evidence = () if result == "not_provided" else ("1992年年度考核登记表原件",)
        told = {"answered_on": await self.today(), "evidence": evidence, "not_related": True, **members}
        uow = self.office.acting(self.adjudicator, "determination:settle")
        return await answer_feedback_round(AnswerFeedbackRound(row.id, row.version, result=result, **told), uow=uow)

    async def talk(self, **members: Any) -> TalkRecordRow:
        """Talk with the person, without a scan of the record unless told otherwise."""
        told: dict[str, Any] = {
            "talked_on": await self.today(),
            "talked_by": ("张三", "李四"),
            "said": "1992年考核表在调动中遗失",
            "signed": True,
            "tickets": (),
            **members,
        }
        uow = self.office.acting(self.adjudicator, "determination:settle")
        return await record_talk(RecordTalk(await self.on(), **told), uow=uow, deps=self.office.deps)

    async def today(self) -> date:
        """The day as the database has it."""
        async with self.office.deps.as_service() as uow:
            return uow.today

    async def until_tabled(self) -> None:
        """Taken up, every difference settled as the rules have it, and before the meeting."""
        await self.take_up()
        for fact, row in (await self.facts()).items():
            if row.disputed:
                await self.settle(fact, None)
        await self.table()

    async def until_fed_back(self, outcome: Outcome = "signed") -> None:
        """The meeting has decided and the person knows."""
        await self.until_tabled()
        await self.decide()
        await self.feed_back(outcome)


async def known_account(office: Office, person_no: str | None = None) -> str:
    """An account that audit has heard of."""
    account_id = new_id("acc")
    told = AccountChanged(account_id=account_id, person_no=person_no, active=True)
    assert await office.hear(told) is None
    return account_id


async def a_case(
    office: Office, *, disputed: bool = True, managed_by: str | None = None, subject: Subject | None = None
) -> Case:
    """A pair that has opened: they differ in the beginning of work (unless `disputed` is False). The person is managed
    by an office of the dossier's unit, or by `managed_by`."""
    pair = await a_pair(office, subject=subject)
    settings = office.deps.rules.campaign.defaults.model_dump_json()
    await office.admin.execute(
        "update audit.campaign set settings = $2::jsonb where id = $1", to_uuid(pair.dossier.campaign_id), settings
    )
    office_unit = managed_by or pair.subject.unit_id
    period = AuthorityPeriod(
        unit_id=office_unit, office=OFFICE, office_unit_id=office_unit, valid_from=date(2000, 1, 1)
    )
    assert await office.hear(pair.subject.person(managing_authority=[period], rank="正科级"), version=2) is None
    await a_claim_on(office, pair.subject, entry(pair.subject, "1968-03", title="户口登记卡片"))
    for caller, review_id, sheet in (
        (pair.li, pair.li_review, finished()),
        (pair.wang, pair.wang_review, finished(work_start_date=started("1990-08")) if disputed else finished()),
    ):
        await office.admin.execute(
            "update audit.review set sheet = $2::jsonb where id = $1", to_uuid(review_id), json.dumps(sheet)
        )
        command = SubmitReview(review_id, 1, True)
        await submit_review(command, uow=office.acting(caller, "review:write"))
    unit_id = pair.subject.unit_id
    leader = somebody("leader", managed_by or unit_id)
    return Case(office, pair, somebody("adjudicator", unit_id), leader)


async def adjudicated(office: Office, subject: Subject) -> Case:
    """A dossier of this person whose determinations are in force."""
    case = await a_case(office, subject=subject)
    await case.take_up()
    await case.settle(AuditFact.WORK_START_DATE, None)
    await case.answer(await case.investigate())
    await case.table()
    await case.decide()
    await case.feed_back()
    await case.approve()
    return case
