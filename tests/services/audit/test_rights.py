"""What the service's own login may do: row-level security and grants, by SQL."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import asyncpg
import pytest

from chassis.settings import Settings
from contracts.events import MaterialRemoved
from contracts.values.ids import new_id, to_uuid
from services.audit.store.tables import SQLModel
from tests.services.audit.altered import alteration_on
from tests.services.audit.apart import held
from tests.services.audit.binding import a_set_with
from tests.services.audit.campaigns import a_campaign_with
from tests.services.audit.claiming import a_claim_on, an_import_of
from tests.services.audit.gate import gated, scored
from tests.services.audit.identifying import a_decision_on
from tests.services.audit.office import Office
from tests.services.audit.organising import organised
from tests.services.audit.overseeing import overseen
from tests.services.audit.publishing import approve, shown
from tests.services.audit.reports import report
from tests.services.audit.tainting import left_to_superior

OF_NO_UNIT = "heard_account"
OF_ONE_ACCOUNT = ("review", "claim_batch")
TABLES = sorted(
    table.name
    for table in SQLModel.metadata.tables.values()
    if table.schema == "audit" and table.name not in (OF_NO_UNIT, *OF_ONE_ACCOUNT)
)


async def test_without_a_unit_no_row_is_seen_and_with_one_only_its_own(
    office: Office, settings_for: Callable[..., Settings]
):
    """Each table with rows of a unit shows none without the setting, and none under another unit."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    await office.decide(await office.waiting(received.material_id))
    filed = office.filed(received)
    await office.hear(filed)
    await report(office, received.material_id, unit_id=subject.unit_id)
    await alteration_on(office, received.material_id, subject.unit_id)
    await held(office, (await office.appraising(subject)).material_id)
    told = filed.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id"})
    removed = {"from_category": filed.category, "from_item_no": filed.item_no, "reason": "duplicate"}
    await office.hear(MaterialRemoved.model_validate({**told, **removed}), version=2)
    await a_campaign_with(office, subject)
    await a_set_with(office, subject)
    await organised(office, subject)
    await a_claim_on(office, subject)
    await gated(office, subject)
    await scored(office, subject)
    await a_decision_on(office, subject)
    case = (await overseen(office, subject)).case
    await approve(office, case, (await shown(office, case)).digest)
    await left_to_superior(office, case)
    connection = await asyncpg.connect(settings_for("audit").database_url)
    try:
        seen: dict[str, list[int]] = {table: [] for table in TABLES}
        for unit in (None, new_id("unt"), subject.unit_id):
            async with connection.transaction():
                if unit:
                    await connection.execute("select set_config('app.units', $1, true)", f"{{{to_uuid(unit)}}}")
                for table in TABLES:
                    seen[table].append(await connection.fetchval(f"select count(*) from {table}"))
        assert {t: c for t, c in seen.items() if c[:2] != [0, 0] or c[2] == 0} == {}
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("account", "unit", "opened", "seen"),
    [
        ("own", "own", False, 1),
        ("other", "own", False, 0),
        ("none", "own", False, 0),
        ("own", "other", False, 0),
        ("own", "none", False, 0),
        ("other", "own", True, 1),
        ("none", "own", True, 1),
        ("other", "other", True, 0),
    ],
)
async def test_a_review_is_its_reviewers_alone_until_it_is_opened(
    office: Office, settings_for: Callable[..., Settings], account: str, unit: str, opened: bool, seen: int
):
    """By SQL, under the setting of the reviewer, of another one and of nobody; and in no other unit at all."""
    subject = await office.known_subject()
    sheet = await a_campaign_with(office, subject)
    if opened:
        await office.admin.execute(
            """update audit.review set state = 'submitted', submitted_at = now(), journal_id = $2, opened = true
            where id = $1""",
            to_uuid(sheet.id),
            uuid4(),
        )
    accounts = {"own": str(to_uuid(sheet.account_id)), "other": str(uuid4()), "none": ""}
    units = {"own": f"{{{to_uuid(subject.unit_id)}}}", "other": f"{{{uuid4()}}}", "none": ""}
    connection = await asyncpg.connect(settings_for("audit").database_url)
    try:
        async with connection.transaction():
            await connection.execute(
                "select set_config('app.account', $1, true), set_config('app.units', $2, true)",
                accounts[account],
                units[unit],
            )
            assert await connection.fetchval("select count(*) from review") == seen
            # What is not seen cannot be written either.
            changed = await connection.execute("update review set sheet = '{}'")
            assert changed == f"UPDATE {seen}"
    finally:
        await connection.close()


async def test_what_became_of_an_import_is_its_senders_alone(office: Office, settings_for: Callable[..., Settings]):
    """One list may name persons of many units: no scope shows it, only the account that sent it."""
    subject = await office.known_subject()
    sender = await an_import_of(office, subject)
    connection = await asyncpg.connect(settings_for("audit").database_url)
    try:
        for account, seen in ((str(to_uuid(sender.account_id)), 1), (str(uuid4()), 0), ("", 0)):
            async with connection.transaction():
                await connection.execute(
                    "select set_config('app.account', $1, true), set_config('app.units', $2, true)",
                    account,
                    f"{{{to_uuid(subject.unit_id)}}}",
                )
                assert await connection.fetchval("select count(*) from claim_batch") == seen
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update audit.verification_report set result = 'confirmed'",
        "delete from audit.verification_report",
        "update audit.quarantine set reason = 'forgery'",
        "delete from audit.quarantine",
        "delete from audit.alteration_finding",
        "update audit.falsification_consequence set kind = 'correction'",
        "update audit.review set account_id = campaign_dossier_id",
        "delete from audit.review",
        "update audit.campaign set seed = 1",
        "update audit.pledge set signed_on = '2020-01-01'",
        "update audit.attendance set present = true",
        "update audit.assignment set assigned = 0",
        "update audit.reviewer_removal set reason = 'left'",
        "delete from audit.campaign_dossier",
        "update audit.determination_decision set status = 'proposed'",
        "delete from audit.determination_decision",
        "update audit.determination_approval set approved_by = id",
        "delete from audit.determination",
        "update audit.superior_review set outcome = 'confirm'",
        "delete from audit.superior_review",
        "update audit.report_approval set digest = 'x'",
        "delete from audit.report_approval",
        "update audit.feedback_round set n = 9",
        "delete from audit.feedback_round",
        "update audit.talk_record set said = 'x'",
        "delete from audit.talk_record",
        "update audit.spot_check set seed = 1",
        "delete from audit.spot_check_dossier",
        "update audit.meeting_vote set in_favour = 9",
        "update audit.determination_feedback set outcome = 'signed'",
        "update audit.clearance set kind = 'enter'",
        "update audit.clearance set asked_by = list_id",
        "delete from audit.clearance",
        "update audit.clearance_hold set reason = 'x'",
        "update audit.inbound_preview set due_back_on = '2030-01-01'",
        "delete from audit.inbound_preview",
        "update audit.examination set facts = '[]'",
        "delete from audit.dossier_audit",
        "update audit.score set total = 100",
        "delete from audit.score",
        "update audit.score_bulletin set year = 2020",
        "update audit.claim set fact = 'name'",
        "update audit.claim set person_id = dossier_id",
        "delete from audit.claim",
        "update audit.claim_batch set items = '[]'",
        "delete from audit.claim_batch",
        "update audit.identity_decision set outcome = 'same_person'",
        "delete from audit.identity_decision",
        "update audit.heard_name set sound = 'x'",
        "update audit.decision set outcome = 'approve'",
        "delete from audit.decision",
        "update audit.appraisal set checks = '[]'",
        "update audit.appraisal set title = 'x'",
        "delete from audit.appraisal",
        "delete from audit.task",
        "update audit.journal set verb = 'x'",
        "delete from audit.filed_page",
        "select * from catalog.person",
        "select * from transfer.outbox",
    ],
)
async def test_what_was_decided_is_not_rewritten(settings_for: Callable[..., Settings], statement: str):
    """The service's role has no right to change a decision, a check or the journal, nor to read elsewhere."""
    connection = await asyncpg.connect(settings_for("audit").database_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()
