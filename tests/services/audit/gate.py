"""The gate in use-case tests: dossiers that were audited, and what HR asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import asyncpg

from chassis.identity import Caller
from chassis.unit_of_work import SHANGHAI
from contracts.events import GapClosed, GapOpened
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.clearance import Kind
from services.audit.domain.examination import MAIN_FACTS, FactExamined, IssueKind
from services.audit.domain.inbound_preview import Loan
from services.audit.domain.scoring import Fault
from services.audit.store.tables_gate import ClearanceRow, InboundPreview
from services.audit.usecases.find_named import Named
from services.audit.usecases.hold_clearance import HoldClearance, hold_clearance
from services.audit.usecases.preview_inbound import PreviewInbound, preview_inbound
from services.audit.usecases.publish_scores import propose_bulletin
from services.audit.usecases.request_clearances import Asked, RequestClearances, request_clearances
from services.audit.usecases.score_dossier import ScoreDossier, score_dossier
from services.audit.usecases.settle_clearances import gate_of
from services.audit.usecases.sign_examination import Examined, SignExamination, sign_examination
from tests.services.audit.office import Office, Subject, auditor
from tests.support.rooms import somebody


def hr(unit_id: str = "*") -> Caller:
    """The HR system of a unit, under a fresh account."""
    return somebody("hr_system", unit_id)


async def ask(
    office: Office, *subjects: Subject, kind: Kind = Kind.PROMOTE, caller: Caller | None = None, **options: Any
) -> Sequence[ClearanceRow]:
    """Ask for clearances of these persons."""
    key, options = options.pop("key", None), options
    uow = office.acting(caller or hr(), "clearance:request", key)
    persons = tuple(Asked(Named(person_id=one.person_id)) for one in subjects)
    return await request_clearances(RequestClearances(kind, persons), uow=uow, gate=gate_of(office.deps), **options)


async def campaign_ended(
    office: Office, subject: Subject, state: str = "filed", result: str | None = "no_problem"
) -> None:
    """A special audit of the dossier that stands there, as its own use cases would leave it."""
    campaign_id = to_uuid(new_id("cmp"))
    await office.admin.execute(
        """insert into audit.campaign (id, unit_id, version, name, state, settings, seed, rules_digest, created_by,
          created_at, started_at) values ($1, $2, 1, '专项审核', 'running', '{}', 7, 'x', $3, now(), now())""",
        campaign_id,
        to_uuid(subject.unit_id),
        to_uuid(new_id("acc")),
    )
    await office.admin.execute(
        """insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state, result,
          difficulty, entered_at) values ($1, $2, 1, $3, $4, $5, $6, $7, 0, now())""",
        to_uuid(new_id("cdo")),
        to_uuid(subject.unit_id),
        campaign_id,
        to_uuid(subject.dossier_id),
        to_uuid(subject.person_id),
        state,
        result,
    )


async def audited_subject(office: Office, **members: Any) -> Subject:
    """A person whose dossier went through a special audit without a problem."""
    subject = await office.known_subject(**members)
    await campaign_ended(office, subject)
    return subject


def gap_opened(subject: Subject, rule: str = "party_admission", **members: Any) -> GapOpened:
    """The catalog tells that a required material is missing."""
    told: dict[str, Any] = {
        "gap_id": new_id("gap"),
        "dossier_id": subject.dossier_id,
        "person_id": subject.person_id,
        "unit_id": subject.unit_id,
        "rule": rule,
        "category": "6",
    }
    return GapOpened(**{**told, **members})


def gap_closed(opened: GapOpened) -> GapClosed:
    """The catalog tells that it was filed."""
    told = opened.model_dump(include={"gap_id", "dossier_id", "person_id", "unit_id", "rule"})
    return GapClosed(**told, outcome="filed")


async def clearance(office: Office, clearance_id: str) -> asyncpg.Record:
    """A clearance as it stands in the database."""
    row = await office.admin.fetchrow("select * from audit.clearance where id = $1", to_uuid(clearance_id))
    assert row is not None
    return row


async def told_of(office: Office, clearance_id: str) -> list[str]:
    """States that were told of a clearance, in order."""
    rows = await office.admin.fetch(
        """select convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'state' as state from audit.outbox
        where convert_from(body, 'UTF8')::jsonb ->> 'subject' = $1 order by event_id""",
        f"clearances/{clearance_id}",
    )
    return [row["state"] for row in rows]


def examined(**issues: str) -> tuple[FactExamined, ...]:
    """Each of the main facts, consistent but for these; `cannot_tell` is no issue."""
    return tuple(
        FactExamined(fact, "yes")
        if fact.value not in issues
        else FactExamined(fact, "cannot_tell")
        if issues[fact.value] == "cannot_tell"
        else FactExamined(fact, "no", cast("IssueKind", issues[fact.value]))
        for fact in MAIN_FACTS
    )


async def audit_task_of(office: Office, subject: Subject) -> asyncpg.Record:
    """The audit of the subject's dossier that is open."""
    row = await office.admin.fetchrow(
        "select * from audit.dossier_audit where dossier_id = $1 and state = 'pending'", to_uuid(subject.dossier_id)
    )
    assert row is not None
    return row


async def sign(
    office: Office, subject: Subject, caller: Caller | None = None, facts: Any = None, **changes: Any
) -> Examined:
    """Sign the open audit of the subject's dossier as an auditor."""
    if "task_id" not in changes:
        row = await audit_task_of(office, subject)
        changes |= {"task_id": from_uuid("tsku", row["task_id"]), "seen_version": row["version"]}
    said: dict[str, Any] = {
        "facts": examined() if facts is None else facts,
        "opinion": "与最早材料一致",
        "not_related": True,
    }
    uow = office.acting(caller or auditor(), "dossier-audit:sign", changes.pop("key", None))
    return await sign_examination(SignExamination(**{**said, **changes}), uow=uow, gate=gate_of(office.deps))


async def gated(office: Office, subject: Subject) -> None:
    """A row of each of the gate's tables, of the subject's unit."""
    await office.hear(gap_opened(subject, "annual_assessment"))
    await sign(office, subject)
    (row,) = await ask(office, subject)
    command = HoldClearance(row.id, row.version, "来信")
    await hold_clearance(command, uow=office.acting(somebody("leader"), "clearance:hold"), gate=gate_of(office.deps))
    enters = Subject(unit_id=subject.unit_id)
    await office.hear(enters.person())
    await lent(office, enters)


async def newcomer(office: Office) -> Subject:
    """Somebody whose dossier another office keeps."""
    subject = Subject(unit_id=await office.unit())
    await office.hear(subject.person())
    return subject


async def lent(office: Office, subject: Subject, caller: Caller | None = None, **changes: Any) -> InboundPreview:
    """The subject's dossier, lent for reading since yesterday."""
    yesterday = datetime.now(SHANGHAI).date() - timedelta(days=1)
    told: dict[str, Any] = {
        "person": Named(person_id=subject.person_id),
        "lent_by": "某市水利局人事处",
        "letter_no": None,
        "loan": Loan(yesterday, yesterday + timedelta(days=14)),
        "not_related": True,
    }
    uow = office.acting(caller or somebody("archivist"), "inbound-preview:write")
    return await preview_inbound(PreviewInbound(**{**told, **changes}), uow=uow, gate=gate_of(office.deps))


async def scored(office: Office, subject: Subject) -> None:
    """A score of the subject's dossier, and a bulletin that waits."""
    command = ScoreDossier(subject.dossier_id, None, (Fault("late", 1, "逾期一天"),), (), True)
    adjudicator, rubric = somebody("adjudicator"), office.deps.rules.scoring
    row = await score_dossier(command, uow=office.acting(adjudicator, "score:write"), rubric=rubric)
    await propose_bulletin(subject.unit_id, row.year, uow=office.acting(adjudicator, "score:write"))
