"""Routes of prints: each form by its address, bad input named, a proposal kept out of the address."""

import asyncio

import pytest
from fastapi import FastAPI

from chassis.tasks import end
from contracts.values.ids import new_id
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody


@pytest.mark.parametrize("kind", ["spine-label", "cover", "removed-materials"])
async def test_what_goes_round_the_dossier_prints(desk: Desk, kind: str):
    """A PDF for the browser, private, under a name without personal data."""
    kept = await desk.office.keep("王小明")
    answer = await desk.get(f"dossiers/{kept.dossier_id}/prints/{kind}")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == f'inline; filename="{kind}-{kept.dossier_id}.pdf"'
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("kind", ["post-changes", "resume-form", "basic-information", "audit-appointment-form"])
async def test_forms_print_or_come_to_edit_on(desk: Desk, kind: str):
    """Both media, for any day."""
    kept = await desk.office.keep("王小明")
    path = f"dossiers/{kept.dossier_id}/forms/{kind}"
    assert (await desk.get(f"{path}?on=2020-05-01")).content.startswith(b"%PDF-")
    word = await desk.get(f"{path}?medium=docx")
    assert word.content.startswith(b"PK")
    assert word.headers["content-disposition"] == f'attachment; filename="{kind}-{kept.dossier_id}.docx"'


async def test_an_appointment_form_takes_its_proposal_in_the_body(desk: Desk):
    """It creates nothing, so that it needs no key; what is wrong in it is named by its pointer."""
    kept = await desk.office.keep("王小明")
    path = f"dossiers/{kept.dossier_id}/appointment-forms"
    body = {"post_proposed": "副县长", "reason": "工作需要", "on": "2026-11-24", "filled_on": "2026-11-24"}
    assert (await desk.post(path, body, key=None)).content.startswith(b"%PDF-")
    assert (await desk.post(path, {**body, "medium": "docx"}, key=None)).content.startswith(b"PK")
    wrong = await desk.post(path, {"on": "2026-02-30", "reason": "因" * 501, "post": "县长", "medium": "odt"}, key=None)
    assert code_of(wrong) == "validation-failed"
    assert set(faults_of(wrong)) == {"/on", "/reason", "/post", "/medium"}


async def test_an_unknown_form_or_dossier_is_refused(desk: Desk):
    """A form that there is not, a medium that it has not, a dossier of another unit."""
    kept = await desk.office.keep()
    path = f"dossiers/{kept.dossier_id}"
    assert code_of(await desk.get(f"{path}/forms/cover")) == "validation-failed"
    assert code_of(await desk.get(f"{path}/prints/cover?medium=docx")) == "validation-failed"
    stranger = somebody("archivist", "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ")
    assert code_of(await desk.get(f"{path}/prints/cover", stranger)) == "not-found"


async def test_a_rare_character_is_answered_with_person_and_character(desk: Desk):
    """422, in the words of the caller's language."""
    kept = await desk.office.keep("王小明", native_place="𠮷县")
    answer = await desk.get(f"dossiers/{kept.dossier_id}/prints/spine-label")
    assert (answer.status_code, code_of(answer)) == (422, "glyph-missing")
    assert (answer.json()["where"], answer.json()["char"]) == ("王小明：𠮷县", "𠮷")


async def test_an_order_of_prints_is_accepted_done_and_fetched(desk: Desk, catalog_app: FastAPI):
    """202 with the operation and its address; then a ZIP or one PDF; a key that is used again answers the same."""
    kept = await desk.office.keep("王小明")
    body = {"dossier_ids": [kept.dossier_id]}
    accepted = await desk.post("dossiers/prints", body, key="prints-of-one")
    assert (accepted.status_code, accepted.json()["kind"]) == (202, "catalogues.print")
    operation_id = accepted.json()["id"]
    assert accepted.headers["location"] == f"/v1/operations/{operation_id}"
    again = await desk.post("dossiers/prints", body, key="prints-of-one")
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (operation_id, "true")
    path = f"operations/{operation_id}/prints"
    assert code_of(await desk.get(path)) == "state-conflict"
    while (await desk.get(path)).status_code == 409:
        assert await catalog_app.state.deps.operations.work_once()
    for medium, begins in (("zip", b"PK"), ("pdf", b"%PDF-")):
        file = await desk.get(f"{path}?medium={medium}")
        assert (file.headers["content-type"], file.content[: len(begins)]) == (f"application/{medium}", begins)
        assert file.headers["content-disposition"] == f'attachment; filename="prints-{operation_id}.{medium}"'
    assert (await desk.get(path, somebody("archivist", desk.office.unit_id))).status_code == 200
    assert code_of(await desk.get(path, somebody("archivist", new_id("unt")))) == "not-found"


async def test_an_order_says_one_thing(desk: Desk):
    """Dossiers or a unit, not both; and a unit of others is empty."""
    kept = await desk.office.keep()
    both = {"dossier_ids": [kept.dossier_id], "stale": True}
    assert code_of(await desk.post("dossiers/prints", both)) == "validation-failed"
    other = await desk.post("dossiers/prints", {"unit_id": "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ"})
    assert faults_of(other) == {"/unit_id": "nothing-to-print"}


async def test_an_order_of_appointment_forms_is_seen_before_it_is_given(desk: Desk):
    """Who lacks a proposal is named in the caller's language; then 200 with each print, and 202 with the operation."""
    kept = await desk.office.keep("王小明")
    body = {
        "kind": "appointment-form",
        "unit_id": desk.office.unit_id,
        "proposal": {"reason": "工作需要", "submitted_by": "县委组织部"},
    }
    for try_first in (True, False):
        refused = await desk.post("dossiers/prints", {**body, "validate_only": try_first})
        (fault,) = refused.json()["errors"]
        assert (refused.status_code, fault["pointer"], fault["code"]) == (422, "/proposals", "proposal-missing")
        assert fault["detail"] == "王小明缺呈报内容：post_proposed。"
    own = {"dossier_id": kept.dossier_id, "post_proposed": "副县长", "filled_on": "2026-11-24"}
    whole = {**body, "proposals": [own]}
    preview = await desk.post("dossiers/prints", {**whole, "validate_only": True}, key="forms-of-the-unit")
    assert (preview.status_code, preview.headers["cache-control"]) == (200, "private, no-store")
    (item,) = preview.json()["items"]
    assert (preview.json()["total"], item["person_name"], item["dossier_no"]) == (1, "王小明", kept.dossier_no)
    assert {name: item["proposal"][name] for name in ("post_proposed", "reason", "filled_on")} == {
        "post_proposed": "副县长", "reason": "工作需要", "filled_on": "2026-11-24",
    }  # fmt: skip
    ordered = await desk.post("dossiers/prints", whole, key="forms-of-the-unit")
    assert (ordered.status_code, ordered.json()["kind"]) == (202, "forms.print")


async def test_a_proposal_belongs_to_an_appointment_form(desk: Desk):
    """With any other form it would be left out in silence, so it is refused."""
    refused = await desk.post("dossiers/prints", {"kind": "resume-form", "proposal": {"reason": "工作需要"}})
    assert list(faults_of(refused).values()) == ["contradiction"]


async def test_who_prefers_to_wait_is_answered_at_the_end(desk: Desk, catalog_app: FastAPI):
    """`Prefer: wait=N` holds the answer until the prints are there; without it the answer comes at once."""
    kept = await desk.office.keep("王小明")
    body = {"dossier_ids": [kept.dossier_id]}
    working = asyncio.create_task(catalog_app.state.deps.operations.run())
    try:
        waited = await desk.post("dossiers/prints", body, prefer="respond-async, wait=20")
    finally:
        await end([working])
    assert (waited.status_code, waited.json()["state"]) == (202, "succeeded")
    assert waited.headers["preference-applied"] == "wait=20"
    at_once = await desk.post("dossiers/prints", body, prefer="respond-async")
    assert at_once.json()["state"] == "queued"
    assert "preference-applied" not in at_once.headers
