"""Receipts and return notes over HTTP: as JSON, as JWS, as PDF."""

import pytest

from chassis.documents import check_pdf, read_document, sign_document
from contracts.values.ids import new_id, to_uuid
from services.transfer.domain.subject import ByDossier
from services.transfer.domain.submission import Submission
from tests.services.transfer.desk import NAME, Desk
from tests.services.transfer.door import Door, problem
from tests.support.rooms import somebody


async def closed(desk: Desk) -> Submission:
    """A submission of one filed and one rejected item."""
    submission, items = await desk.delivered(2)
    for item, kind in zip(items, ("filed", "rejected"), strict=True):
        for event in desk.story_of(item, kind):
            assert await desk.hear(event) is None
    return submission


@pytest.mark.parametrize("kind", ["receipts", "return-notes"])
async def test_a_paper_is_listed_read_and_drawn_the_same_each_time(desk: Desk, door: Door, kind):
    submission = await closed(desk)
    listed = await door.get(desk.clerk, f"/submissions/{submission.submission_id}/{kind}")
    (row,) = listed.json()["items"]
    paper = (await door.get(desk.clerk, f"/{kind}/{row['id']}")).json()
    assert {name: paper[name] for name in row} == row
    assert paper["document"]["number"] == row["number"]
    assert paper["document"]["person"]["name"] == NAME
    assert (paper["issuer_unit_id"], paper["sequence_no"]) == (desk.archive.unit_id, 1)
    token = await door.get(desk.clerk, f"/{kind}/{row['id']}/jws")
    assert token.headers["content-type"] == "application/jose"
    keys = [desk.deps.keys.public_jwk("receipt")]
    document = read_document(token.content, keys).document
    assert document.members() == paper["document"]
    first = await door.get(desk.clerk, f"/{kind}/{row['id']}/pdf")
    second = await door.get(desk.clerk, f"/{kind}/{row['id']}/pdf")
    assert first.headers["content-type"] == "application/pdf"
    assert first.headers["content-disposition"] == f'inline; filename="{row["id"]}.pdf"'
    assert first.content == second.content
    check_pdf(first.content, keys, desk.deps.settings.fonts_dir)


async def test_the_item_names_its_paper(desk: Desk, door: Door):
    submission = await closed(desk)
    path = f"/submissions/{submission.submission_id}"
    told = (await door.get(desk.clerk, path)).json()
    assert (told["state"], [item["state"] for item in told["items"]]) == ("closed", ["filed", "returned"])
    assert told["items"][0]["filed"]["category"] == "9-2"
    assert told["items"][1]["returned"] == {"by": "audit", "reasons": ["A5"]}
    (receipt,) = (await door.get(desk.clerk, f"{path}/receipts")).json()["items"]
    (note,) = (await door.get(desk.clerk, f"{path}/return-notes")).json()["items"]
    shown = [(await door.get(desk.clerk, f"/submission-items/{item['id']}")).json() for item in told["items"]]
    assert [(item["receipt_id"], item["return_note_id"]) for item in shown] == [
        (receipt["id"], None),
        (None, note["id"]),
    ]


async def test_there_is_no_paper_before_the_last_item_has_ended(desk: Desk, door: Door):
    submission, (first, _) = await desk.delivered(2)
    await desk.hear(desk.filed(first))
    for kind in ("receipts", "return-notes"):
        answer = await door.get(desk.clerk, f"/submissions/{submission.submission_id}/{kind}")
        assert answer.json() == {"items": [], "next_page_token": None}


@pytest.mark.parametrize("kind", ["receipts", "return-notes"])
async def test_a_paper_is_shown_to_its_units_only(desk: Desk, door: Door, kind):
    submission = await closed(desk)
    path = f"/submissions/{submission.submission_id}/{kind}"
    (row,) = (await door.get(somebody("archivist", desk.archive.unit_id), path)).json()["items"]
    stranger, auditor = somebody("submitter", new_id("unt")), somebody("auditor", desk.root.unit_id)
    problem(await door.get(stranger, path), 404, "not-found")
    problem(await door.get(auditor, path), 403, "role-missing")
    for ending in ("", "/jws", "/pdf"):
        problem(await door.get(stranger, f"/{kind}/{row['id']}{ending}"), 404, "not-found")
        problem(await door.get(auditor, f"/{kind}/{row['id']}{ending}"), 403, "role-missing")


async def test_a_name_without_a_glyph_stops_the_print_and_nothing_else(desk: Desk, door: Door):
    """The receipt stands all the same, and is drawn once a font has the character."""
    await desk.hear(desk.cadre.person(name="王\U0002ebf0"), version=2)
    draft = await desk.drafted(ByDossier(desk.cadre.dossier_id))
    await desk.item(draft)
    await desk.deliver(draft.submission_id)
    (item,) = await desk.items_of(draft.submission_id)
    for event in desk.story_of(item, "filed"):
        assert await desk.hear(event) is None
    (row,) = (await door.get(desk.clerk, f"/submissions/{draft.submission_id}/receipts")).json()["items"]
    answer = await door.get(desk.clerk, f"/receipts/{row['id']}/pdf")
    problem(answer, 422, "glyph-missing")
    assert (await door.get(desk.clerk, f"/receipts/{row['id']}/jws")).status_code == 200


@pytest.mark.parametrize("kind", ["receipts", "return-notes"])
async def test_a_paper_that_one_has_is_neither_sent_nor_drawn_again(desk: Desk, door: Door, kind):
    submission = await closed(desk)
    (row,) = (await door.get(desk.clerk, f"/submissions/{submission.submission_id}/{kind}")).json()["items"]
    stranger = somebody("submitter", new_id("unt"))
    for ending in ("", "/jws", "/pdf"):
        path = f"/{kind}/{row['id']}{ending}"
        known = {"If-None-Match": (await door.get(desk.clerk, path)).headers["etag"]}
        answer = await door.send(desk.clerk, "GET", path, headers=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
        assert answer.headers["cache-control"] == "private, no-store"
        problem(await door.send(stranger, "GET", path, headers=known), 404, "not-found")


@pytest.mark.parametrize(("kind", "table"), [("receipts", "receipt"), ("return-notes", "return_note")])
async def test_a_paper_of_another_engine_is_not_drawn_but_can_be_had(desk: Desk, door: Door, kind, table):
    """After an upgrade of the typesetter its bytes would differ, so that no drawing is passed off as the old one."""
    submission = await closed(desk)
    (row,) = (await door.get(desk.clerk, f"/submissions/{submission.submission_id}/{kind}")).json()["items"]
    path = f"/{kind}/{row['id']}"
    keys = [desk.deps.keys.public_jwk("receipt")]
    document = read_document((await door.get(desk.clerk, f"{path}/jws")).content, keys).document
    older = sign_document(
        document.model_copy(update={"engine": "typst-py 0.1.0"}), desk.deps.keys.private_jwk("receipt")
    )
    await desk.admin.execute(f"update transfer.{table} set jws = $2 where {table}_id = $1", to_uuid(row["id"]), older)
    answer = await door.get(desk.clerk, f"{path}/pdf")
    problem(answer, 410, "drawing-unavailable")
    assert answer.json()["jws"] == f"/v1{path}/jws"
    assert f"/v1{path}/jws" in answer.json()["fix"]
    kept = await door.get(desk.clerk, f"{path}/jws")
    assert read_document(kept.content, keys).document.engine == "typst-py 0.1.0"
