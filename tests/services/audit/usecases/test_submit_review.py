"""Handing in: what is written, what nobody sees, and that of two at the same instant exactly one opens the pair."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import asyncpg
import pytest

from chassis.identity import Caller
from chassis.journal import canonical_json
from chassis.unit_of_work import IdempotencyKey
from contracts.problems import NotFound, Recusal, Refusal, StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.domain.review import Sheet, committed
from services.audit.store.tables import Review
from services.audit.usecases.save_review_sheet import SaveReviewSheet, save_review_sheet
from services.audit.usecases.submit_review import SubmitReview, submit_review
from tests.services.audit.blind import Pair, a_pair, finished, started
from tests.services.audit.office import Office, auditor


async def draft(office: Office, who: Caller, review_id: str, sheet: Any = None, version: int = 1) -> Review:
    """Save a sheet."""
    command = SaveReviewSheet(review_id, version, Sheet.model_validate(finished() if sheet is None else sheet))
    return await save_review_sheet(command, uow=office.acting(who, "review:write"))


async def submit(
    office: Office,
    who: Caller,
    review_id: str,
    version: int = 2,
    *,
    not_related: bool | None = True,
    key: IdempotencyKey | None = None,
) -> Review:
    """Hand a sheet in."""
    uow = office.acting(who, "review:write", key)
    return await submit_review(SubmitReview(review_id, version, not_related), uow=uow)


async def row_of(office: Office, table: str, resource: str) -> asyncpg.Record:
    """A row as it stands."""
    row = await office.admin.fetchrow(f"select * from audit.{table} where id = $1", to_uuid(resource))
    assert row is not None
    return row


async def both_drafted(office: Office, pair: Pair, wang_starts: str = "1990-08") -> None:
    """Both sheets are filled in; they differ in the work start."""
    await draft(office, pair.li, pair.li_review)
    await draft(office, pair.wang, pair.wang_review, finished(work_start_date=started(wang_starts)))


async def test_the_first_submission_changes_nothing_that_others_read(office: Office):
    """The dossier's row is the same to the last system column, nothing is opened, no event told."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    seen = "select xmin, xmax, ctid, * from audit.campaign_dossier where id = $1"
    before = await office.admin.fetchrow(seen, to_uuid(pair.dossier.id))
    told = await office.admin.fetchval("select count(*) from audit.outbox")
    submitted = await submit(office, pair.li, pair.li_review)
    assert (submitted.state, submitted.opened, submitted.version) == ("submitted", False, 3)
    assert await office.admin.fetchrow(seen, to_uuid(pair.dossier.id)) == before
    assert await office.admin.fetchval("select count(*) from audit.outbox") == told
    assert await office.journal(pair.dossier.id) == []
    wangs = await row_of(office, "review", pair.wang_review)
    assert (wangs["state"], wangs["opened"], wangs["version"]) == ("open", False, 2)


async def test_the_second_submission_opens_both_and_compares_them(office: Office):
    """Case R1: birth agrees, one discrepancy; the dossier goes on to the comparison, in one transaction."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    await submit(office, pair.wang, pair.wang_review)
    opened = await submit(office, pair.li, pair.li_review)
    assert (opened.id, opened.state, opened.opened) == (pair.li_review, "submitted", True)
    dossier = await row_of(office, "campaign_dossier", pair.dossier.id)
    assert (dossier["state"], dossier["version"]) == ("compare", 3)
    assert await office.journal(pair.dossier.id) == [("pair.opened", pair.li.account_id, 3)]
    wangs = await row_of(office, "review", pair.wang_review)
    assert (wangs["state"], wangs["opened"], wangs["version"]) == ("submitted", True, 4)
    rows = await office.admin.fetch(
        "select fact, differs, agreed from audit.comparison where campaign_dossier_id = $1 order by fact",
        to_uuid(pair.dossier.id),
    )
    told = {row["fact"]: (row["differs"], row["agreed"]) for row in rows}
    assert len(told) == 6
    assert told["birth_date"] == ([], True)
    assert {fact: differs for fact, (differs, agreed) in told.items() if not agreed} == {"work_start_date": ["values"]}


async def test_the_commitment_in_the_journal_is_to_this_very_sheet(office: Office):
    """SHA-256 over the salt and the sheet as handed in, made in the transaction of the submission."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    submitted = await submit(office, pair.li, pair.li_review)
    row = await office.admin.fetchrow(
        """select j.*, s.salt from audit.journal j join audit.journal_salt s on s.journal_id = j.id
        where j.id = $1""",
        submitted.journal_id,
    )
    assert row is not None
    assert (row["verb"], row["resource"], row["actor"], row["at"]) == (
        "review.submitted",
        pair.li_review,
        pair.li.account_id,
        submitted.submitted_at,
    )
    kept = json.loads((await row_of(office, "review", pair.li_review))["sheet"])
    state = committed(pair.li_review, pair.dossier.id, pair.li.account_id, kept)
    assert hashlib.sha256(row["salt"] + canonical_json(state)).digest() == row["commitment"]
    assert kept["declaration"] == {"relation": "cannot_tell", "not_related": True}


@pytest.mark.parametrize("round_", range(10))
async def test_of_two_at_the_same_instant_exactly_one_opens_the_pair(office: Office, round_: int):
    """Two connections, two people: both are in, and the opening is in the journal once."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    both = await asyncio.gather(submit(office, pair.li, pair.li_review), submit(office, pair.wang, pair.wang_review))
    assert {one.state for one in both} == {"submitted"}
    assert [one.opened for one in both].count(True) == 1
    assert [verb for verb, _, _ in await office.journal(pair.dossier.id)] == ["pair.opened"]
    for review_id in (pair.li_review, pair.wang_review):
        row = await row_of(office, "review", review_id)
        assert (row["state"], row["opened"], row["version"]) == ("submitted", True, 4)


async def test_one_sheet_handed_in_twice_at_once_is_in_once(office: Office):
    """Two windows of one reviewer: one winner, the other finds the version gone on."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    results = await asyncio.gather(*(submit(office, pair.li, pair.li_review) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Review", "VersionStale"]
    verbs = [verb for verb, _, _ in await office.journal(pair.li_review)]
    assert verbs.count("review.submitted") == 1


async def test_a_draft_and_a_submission_at_once_leave_what_was_committed_to(office: Office):
    """Whichever comes first, the sheet that is kept is the one that the journal commits to."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    other = finished(birth_date={"altered": True})
    results = await asyncio.gather(
        submit(office, pair.li, pair.li_review),
        draft(office, pair.li, pair.li_review, other, version=2),
        return_exceptions=True,
    )
    # The loser finds another version, or the sheet gone.
    (loser,) = [one for one in results if isinstance(one, Refusal)]
    assert isinstance(loser, (VersionStale, StateConflict))
    row = await row_of(office, "review", pair.li_review)
    assert row["version"] == 3
    assert (row["state"] == "submitted") == isinstance(results[0], Review)


async def test_a_repeated_request_is_answered_and_hands_nothing_in_again(office: Office):
    """Under one key: the review as it is now."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    key = IdempotencyKey(f"{pair.li.account_id} POST /v1/reviews/{pair.li_review}/submissions", new_id("req"), b"x")
    first = await submit(office, pair.li, pair.li_review, key=key)
    again = await submit(office, pair.li, pair.li_review, key=key)
    assert (again.id, again.version) == (first.id, first.version)
    assert [verb for verb, _, _ in await office.journal(pair.li_review)] == ["review.drafted", "review.submitted"]


async def test_what_is_handed_in_stays(office: Office):
    """No draft after it, and no second submission."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    await submit(office, pair.li, pair.li_review)
    with pytest.raises(StateConflict):
        await draft(office, pair.li, pair.li_review, version=3)
    with pytest.raises(StateConflict):
        await submit(office, pair.li, pair.li_review, version=3)


async def test_another_reviewers_sheet_is_not_there(office: Office):
    """Neither to write nor to hand in: not found, as an id that never was; also for somebody of another unit."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    for who in (pair.wang, auditor(pair.subject.unit_id), auditor(new_id("unt"))):
        for review_id in (pair.li_review, new_id("rev")):
            with pytest.raises(NotFound):
                await draft(office, who, review_id, version=2)
            with pytest.raises(NotFound):
                await submit(office, who, review_id)


async def test_a_reviewer_found_to_be_a_relative_goes_no_further(office: Office):
    """Kin that become known later: neither draft nor submission, and the sheet stays as it was."""
    pair = await a_pair(office, li=auditor(person_no="9001"))
    await both_drafted(office, pair)
    brother = await office.known_subject()
    await office.hear(brother.person(person_no="9001"), version=2)
    await office.hear(pair.subject.kin(brother.person_id), version=2)
    with pytest.raises(Recusal):
        await draft(office, pair.li, pair.li_review, version=2)
    with pytest.raises(Recusal):
        await submit(office, pair.li, pair.li_review)
    assert (await row_of(office, "review", pair.li_review))["version"] == 2


async def test_an_unfinished_sheet_is_not_handed_in(office: Office):
    """What is missing is named, and nothing is written; where kin are not known, a declaration is asked for."""
    pair = await a_pair(office)
    await draft(office, pair.li, pair.li_review, {"facts": finished()["facts"][:5]})
    with pytest.raises(ValidationFailed) as refused:
        await submit(office, pair.li, pair.li_review)
    assert [(fault.pointer, fault.code, dict(fault.params or {})) for fault in refused.value.errors] == [
        ("/sheet/facts", "facts-missing", {"facts": ["cadre_identity"]})
    ]
    await office.hear(pair.subject.kin(complete=False), version=2)
    with pytest.raises(ValidationFailed) as undeclared:
        await submit(office, pair.li, pair.li_review, not_related=None)
    assert [fault.pointer for fault in undeclared.value.errors] == ["/not_related"]
    assert (await row_of(office, "review", pair.li_review))["state"] == "open"


async def test_a_pair_that_was_released_takes_nothing_in(office: Office):
    """A reviewer was taken off: the other's sheet waits for its new pair, a void one is refused."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    await office.admin.execute(
        "update audit.review set state = 'void', void_reason = 'left' where id = $1", to_uuid(pair.li_review)
    )
    with pytest.raises(StateConflict) as void:
        await submit(office, pair.li, pair.li_review)
    assert void.value.params == {"state": "void"}
    await office.admin.execute(
        "update audit.campaign_dossier set state = 'planned' where id = $1", to_uuid(pair.dossier.id)
    )
    with pytest.raises(StateConflict) as planned:
        await submit(office, pair.wang, pair.wang_review)
    assert planned.value.params == {"state": "planned"}


async def test_a_claim_names_what_is_filed_in_this_dossier(office: Office):
    """A material of another dossier, or a page of another material, is not known."""
    pair, other = await a_pair(office), await a_pair(office)
    mine, page = pair.filed.material_id, pair.filed.pages[0].page_id
    value = {"type": "date", "date": "1968-03"}

    def with_claim(material_id: str, page_id: str | None) -> Any:
        claim = {"fact": "birth_date", "value": value, "material_id": material_id, "page_id": page_id}
        return {**finished(), "claims": [claim]}

    saved = await draft(office, pair.li, pair.li_review, with_claim(mine, page))
    assert saved.sheet["claims"][0]["page_id"] == page
    for sheet, pointer in (
        (with_claim(other.filed.material_id, None), "/claims/0/material_id"),
        (with_claim(mine, other.filed.pages[0].page_id), "/claims/0/page_id"),
        (finished(birth_date={"earliest_material_id": other.filed.material_id}), "/facts/0/earliest_material_id"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await draft(office, pair.li, pair.li_review, sheet, version=2)
        assert [(one.pointer, one.code) for one in refused.value.errors] == [(pointer, "unknown-reference")]


async def test_the_sheet_follows_a_dossier_that_moves(office: Office):
    """Another unit keeps the dossier: sheets and comparison are that unit's."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    await submit(office, pair.li, pair.li_review)
    await submit(office, pair.wang, pair.wang_review)
    unit = await office.unit()
    await office.admin.execute(
        "update audit.campaign_dossier set unit_id = $2 where id = $1", to_uuid(pair.dossier.id), to_uuid(unit)
    )
    for table in ("review", "comparison"):
        units = await office.admin.fetch(
            f"select distinct unit_id from audit.{table} where campaign_dossier_id = $1", to_uuid(pair.dossier.id)
        )
        assert [from_uuid("unt", row["unit_id"]) for row in units] == [unit], table
