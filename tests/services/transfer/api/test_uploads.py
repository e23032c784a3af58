"""Uploads over HTTP: what is taken, what is refused, and that nothing half-written stays."""

import asyncio
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chassis.deps import Deps
from chassis.identity import mint_internal
from chassis.tables import NDJSON, XLSX
from chassis.web import INTERNAL_TOKEN
from contracts.values.digest import digest_of, to_repr_digest
from services.transfer.usecases.expire_uploads import expire_uploads
from tests.chassis.pages import (
    jpeg,
    pdf,
    pdf_of_lines,
    pdf_with_password,
    png,
    png_claiming,
    text_page,
    tiff,
    tiff_claiming,
)
from tests.chassis.test_tables import by_openpyxl
from tests.services.transfer.desk import Desk, statements
from tests.services.transfer.door import Door, problem
from tests.support.rooms import somebody

SHEET = text_page()
PAGE = jpeg(text_page(), dpi=(150, 150))
SMALL_PNG = png(text_page((300, 400)))


def blob_files(desk: Desk) -> set[str]:
    """Every file of the blob store that this department could have written, temporary ones too."""
    root = Path(urlsplit(desk.deps.settings.blobs_url).path)
    return {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.parts[len(root.parts)] in ("incoming", desk.department.unit_id)
    }


async def rows(desk: Desk) -> int:
    return await desk.count("upload", "unit_id", desk.department.unit_id)


async def test_a_page_file_is_taken_in_and_its_ticket_binds(desk: Desk, door: Door):
    answer = await door.upload(desk.clerk, PAGE, Repr_Digest=to_repr_digest(digest_of(PAGE)))
    told = answer.json()
    assert answer.status_code == 201
    assert (told["digest"], told["bytes"], told["media_type"]) == (digest_of(PAGE), len(PAGE), "image/jpeg")
    assert (told["width"], told["height"], told["unit_id"]) == (1240, 1754, desk.department.unit_id)
    assert blob_files(desk) == {f"{desk.department.unit_id}/{told['digest'][:2]}/{told['digest']}"}
    item = await desk.item(await desk.drafted(), pages=0)
    bound = await door.post(
        desk.clerk, f"/submission-items/{item.item_id}/pages", {"blob_tickets": [told["blob_ticket"]]}
    )
    assert bound.json()["page_count"] == 1


async def test_the_type_is_that_of_the_content(desk: Desk, door: Door):
    answer = await door.upload(desk.clerk, SMALL_PNG, Content_Type="image/jpeg")
    assert answer.json()["media_type"] == "image/png"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file-damaged"),
        (PAGE[: len(PAGE) // 2], 422, "file-damaged"),
        (PAGE[:40], 422, "file-damaged"),
        (SMALL_PNG[:-20], 422, "file-damaged"),
        (png_claiming(30_000, 30_000), 413, "too-large"),
        (b"MZ" + bytes(500), 415, "file-type-refused"),
        (b"II*\x00" + bytes(500), 422, "file-damaged"),
        (b"%PDF-1.7\n" + bytes(500), 422, "file-damaged"),
        (tiff(SHEET, SHEET)[:-20], 422, "file-damaged"),
        (tiff_claiming(30_000, 30_000), 413, "too-large"),
        (tiff_claiming(400, 400), 422, "file-damaged"),
        (pdf_with_password(SHEET, "geheim"), 422, "file-encrypted"),
        (pdf(SHEET)[:300], 422, "file-damaged"),
        (pdf_of_lines(3000, 3000), 413, "too-large"),
        (tiff(*101 * [SHEET.resize((20, 30))]), 413, "too-large"),
        (b"PK\x03\x04" + bytes(100), 422, "file-damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "file-type-refused"),
    ],
    ids=[
        *("empty", "half-jpeg", "jpeg-head", "cut-png", "bomb", "program", "tiff-head", "pdf-head", "cut-tiff"),
        *("tiff-bomb", "tiff-without-dots", "locked-pdf", "cut-pdf", "pdf-bomb", "101-pages", "cut-zip", "svg"),
    ],
)
async def test_a_file_that_is_no_page_image_is_refused_and_leaves_nothing(
    desk: Desk, door: Door, content, status, code
):
    before = blob_files(desk)
    answer = await door.upload(desk.clerk, content, Content_Type="image/jpeg")
    problem(answer, status, code)
    assert (blob_files(desk), await rows(desk)) == (before, 0)


@pytest.mark.parametrize(
    ("content", "media_type"), [(b'{"title": "a"}\n', NDJSON), (by_openpyxl(["title"], ["a"]), XLSX)]
)
async def test_a_list_is_taken_in_with_a_ticket_that_binds_no_page(
    desk: Desk, door: Door, content: bytes, media_type: str
):
    """By its content; repeated, it answers the same."""
    key = str(uuid.uuid4())
    answers = [await door.upload(desk.clerk, content, Idempotency_Key=key) for _ in range(2)]
    told = answers[0].json()
    assert (answers[0].status_code, answers[1].json()) == (201, told)
    assert (told["media_type"], told["digest"], told["pages"]) == (media_type, digest_of(content), [])
    assert (told["width"], told["height"]) == (None, None)
    ticket = desk.deps.tickets.check_table(told["blob_ticket"], uploader=desk.clerk.account_id, now=datetime.now(UTC))
    assert (ticket.upload_id, ticket.digest, ticket.unit_id) == (told["id"], told["digest"], desk.department.unit_id)
    assert blob_files(desk) == {f"{ticket.unit_id}/{ticket.digest[:2]}/{ticket.digest}"}
    item = await desk.item(await desk.drafted(), pages=0)
    path, body = f"/submission-items/{item.item_id}/pages", {"blob_tickets": [told["blob_ticket"]]}
    assert problem(await door.post(desk.clerk, path, body), 422, "validation-failed") == [
        ("/blob_tickets/0", "ticket-invalid")
    ]


async def test_what_is_taken_is_named_in_the_refusal(desk: Desk, door: Door):
    answer = await door.upload(desk.clerk, b"MZ" + bytes(500))
    assert "TIFF" in answer.json()["detail"]
    answer = await door.upload(desk.clerk, pdf_with_password(SHEET, "geheim"))
    assert "密码" in answer.json()["fix"]


@pytest.mark.parametrize(
    ("content", "media_type"), [(tiff(SHEET, SHEET), "image/tiff"), (pdf(SHEET, SHEET), "application/pdf")]
)
async def test_each_page_of_a_file_is_an_image_that_names_it(desk: Desk, door: Door, content: bytes, media_type: str):
    """The file stays as it came; the pages bind one by one, and keep the file in use."""
    told = (await door.upload(desk.clerk, content, Content_Type=media_type)).json()
    assert (told["media_type"], told["digest"], told["blob_ticket"]) == (media_type, digest_of(content), None)
    assert [(page["page_no"], page["media_type"]) for page in told["pages"]] == [(1, "image/jpeg"), (2, "image/jpeg")]
    unit = desk.department.unit_id
    digests = {told["digest"], *(page["digest"] for page in told["pages"])}
    assert blob_files(desk) == {f"{unit}/{digest[:2]}/{digest}" for digest in digests}
    assert await desk.deps.blobs.read(unit, told["digest"]) == content
    item = await desk.item(await desk.drafted(), pages=0)
    await desk.bind(item.item_id, [page["blob_ticket"] for page in told["pages"]])
    shown = (await door.get(desk.clerk, f"/submission-items/{item.item_id}")).json()["pages"]
    assert [(page["source_digest"], page["source_page_no"]) for page in shown] == [
        (told["digest"], 1),
        (told["digest"], 2),
    ]
    used = await desk.admin.fetch("select digest from transfer.blob_ref where resource_id = $1", item.item_id)
    assert {use["digest"] for use in used} == digests
    await desk.deliver(item.submission_id)
    [received] = await desk.told(item.submission_id)
    assert [page["source_page_no"] for page in received["pages"]] == [1, 2]


async def test_the_pages_of_a_long_file_are_drawn_side_by_side_and_stay_in_order(
    desk: Desk, door: Door, monkeypatch: pytest.MonkeyPatch
):
    """A hundred, each of its own height; as many drawn at once as there are processes, and one that waits its turn."""
    drawing = most = 0
    run_cpu = Deps.run_cpu

    async def counted(deps: Deps, work: Any, *args: Any) -> Any:
        nonlocal drawing, most
        drawing, most = drawing + 1, max(most, drawing + 1)
        try:
            return await run_cpu(deps, work, *args)
        finally:
            drawing -= 1

    monkeypatch.setattr(Deps, "run_cpu", counted)
    sheets = [SHEET.resize((60, 80 + number)) for number in range(100)]
    told = (await door.upload(desk.clerk, pdf(*sheets, resolution=72))).json()
    heights = [page["height"] for page in told["pages"]]
    assert [page["page_no"] for page in told["pages"]] == list(range(1, 101))
    assert heights == [heights[0] + number for number in range(100)]
    assert most == desk.deps.settings.workers + 1


async def test_a_file_with_one_page_that_cannot_be_drawn_leaves_nothing(desk: Desk, door: Door):
    """Not the pages that were drawn beside it either."""
    pages = [SHEET.resize((60, 80 + number)) for number in range(12)]
    content = tiff(*pages, compression="tiff_adobe_deflate")
    where = len(content) // 2
    broken = content[:where] + bytes(64) + content[where + 64 :]
    before = blob_files(desk)
    problem(await door.upload(desk.clerk, broken), 422, "file-damaged")
    assert (blob_files(desk), await rows(desk)) == (before, 0)


async def test_a_repeated_upload_of_a_file_answers_the_same_pages(desk: Desk, door: Door):
    key, content = str(uuid.uuid4()), pdf(SHEET, SHEET)
    first = await door.upload(desk.clerk, content, Idempotency_Key=key)
    again = await door.upload(desk.clerk, content, Idempotency_Key=key)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_file_that_nobody_bound_ends_with_its_pages(desk: Desk, door: Door):
    told = (await door.upload(desk.clerk, tiff(SHEET, SHEET.rotate(180)))).json()
    await desk.admin.execute("update transfer.upload set uploaded_at = uploaded_at - interval '25 hours'")
    await expire_uploads(desk.deps)
    uses = await desk.admin.fetch("select until from transfer.blob_ref where resource_id = $1", told["id"])
    assert len(uses) == 3
    assert all(use["until"] for use in uses)
    assert (await rows(desk), await desk.count("upload_page", "upload_id", told["id"])) == (0, 0)


async def test_a_file_above_the_limit_is_refused_while_it_comes(desk: Desk, door: Door):
    """The rest of the body is not waited for."""
    limit = desk.deps.rules.limits.upload.max_bytes
    sent = 0

    async def body():
        nonlocal sent
        while sent < 4 * limit:
            sent += 1 << 20
            yield PAGE[: 1 << 20].ljust(1 << 20, b"\0")

    before = blob_files(desk)
    problem(await door.upload(desk.clerk, body()), 413, "too-large")
    assert (blob_files(desk), await rows(desk)) == (before, 0)


async def test_a_wrong_digest_is_refused(desk: Desk, door: Door):
    before = blob_files(desk)
    answer = await door.upload(desk.clerk, PAGE, Repr_Digest=to_repr_digest(digest_of(b"another")))
    problem(answer, 422, "digest-mismatch")
    answer = await door.upload(desk.clerk, PAGE, Repr_Digest="sha-256=nothing")
    assert problem(answer, 422, "validation-failed") == [("/Repr-Digest", "pattern")]
    assert (blob_files(desk), await rows(desk)) == (before, 0)


async def test_a_form_is_no_page_file(desk: Desk, door: Door):
    answer = await door.upload(desk.clerk, b"--x--", Content_Type="multipart/form-data; boundary=x")
    problem(answer, 415, "media-type-refused")


async def test_a_repeated_upload_answers_the_same_upload(desk: Desk, door: Door):
    """With the same ticket, so that the request that binds it can be repeated too."""
    key = str(uuid.uuid4())
    first = await door.upload(desk.clerk, PAGE, Idempotency_Key=key)
    again = await door.upload(desk.clerk, PAGE, Idempotency_Key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    before = blob_files(desk)
    problem(await door.upload(desk.clerk, SMALL_PNG, Idempotency_Key=key), 422, "idempotency-key-reused")
    assert (blob_files(desk), await rows(desk)) == (before, 1)
    problem(await door.send(desk.clerk, "POST", "/uploads", content=PAGE), 400, "idempotency-key-missing")


async def test_the_same_upload_twice_at_once_is_stored_once(desk: Desk, door: Door):
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(door.upload(desk.clerk, PAGE, Idempotency_Key=key) for _ in range(3)))
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "idempotency-in-progress")
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert await rows(desk) == 1


async def test_a_body_that_breaks_off_leaves_nothing(desk: Desk, door: Door):
    before = blob_files(desk)
    await gone_away(desk, door)
    assert (blob_files(desk), await rows(desk)) == (before, 0)


async def gone_away(desk: Desk, door: Door) -> None:
    """A request whose client disconnects in the middle of the body, as the server tells the app."""
    key = door.app.state.deps.keys.private_jwk("internal-token")
    token = mint_internal(key, "transfer", desk.clerk, now=time.time())
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/uploads",
        "raw_path": b"/v1/uploads",
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("transfer", 80),
        "client": ("127.0.0.1", 1),
        "headers": [
            (INTERNAL_TOKEN.encode(), token.encode()),
            (b"idempotency-key", uuid.uuid4().hex.encode()),
            (b"content-length", str(len(PAGE)).encode()),
        ],
    }
    messages = [{"type": "http.request", "body": PAGE[:1000], "more_body": True}, {"type": "http.disconnect"}]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(_):
        return None

    await door.app(scope, receive, send)


async def test_who_may_not_upload_is_refused_before_the_body_is_read(desk: Desk, door: Door):
    problem(await door.upload(somebody("viewer", desk.department.unit_id), PAGE), 403, "role-missing")
    answer = await door.send(
        desk.clerk,
        "POST",
        "/uploads",
        content=PAGE,
        params={"unit_id": desk.archive.unit_id},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert problem(answer, 422, "validation-failed") == [("/unit_id", "unknown-reference")]


async def test_two_units_with_one_file_have_two_blobs(desk: Desk, door: Door):
    """No answer, and no entry in the file system, tells one unit what another has."""
    archivist = somebody("archivist", desk.archive.unit_id)
    mine, theirs = await door.upload(desk.clerk, PAGE), await door.upload(archivist, PAGE)
    assert mine.json()["digest"] == theirs.json()["digest"]
    uses = await desk.admin.fetch(
        "select unit_id from transfer.blob_ref where resource_id = any($1)", [mine.json()["id"], theirs.json()["id"]]
    )
    assert len({use["unit_id"] for use in uses}) == 2


async def test_an_upload_that_nobody_bound_ends_with_its_ticket(desk: Desk, door: Door):
    """The page that was bound in time keeps a use of its own."""
    told = (await door.upload(desk.clerk, PAGE)).json()
    item = await desk.item(await desk.drafted(), pages=0)
    await desk.bind(item.item_id, [told["blob_ticket"]])
    await desk.admin.execute(
        "update transfer.upload set uploaded_at = uploaded_at - interval '25 hours' where digest = $1",
        told["digest"],
    )
    await expire_uploads(desk.deps)
    uses = await desk.admin.fetch(
        "select resource_id, until from transfer.blob_ref where resource_id = any($1)", [told["id"], item.item_id]
    )
    assert {use["resource_id"]: use["until"] is None for use in uses} == {told["id"]: False, item.item_id: True}
    assert await rows(desk) == 0


async def test_uploads_expire_in_as_many_statements_for_many_as_for_one(desk: Desk, door: Door):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            assert (await door.upload(desk.clerk, PAGE)).status_code == 201
        await desk.admin.execute("update transfer.upload set uploaded_at = uploaded_at - interval '25 hours'")
        with statements(desk.deps) as seen:
            await expire_uploads(desk.deps)
        counts.append(len(seen))
        assert await rows(desk) == 0
    assert counts[0] == counts[1]
