"""/v1/grants: what may be seen, the watermarked page, revocation, and the register of use."""

from __future__ import annotations

import io

from PIL import Image, ImageChops

from contracts.values.ids import new_id, to_uuid
from tests.services.access.api.conftest import Desk, faults
from tests.support.rooms import somebody


async def test_a_grant_is_read_by_viewers_and_signers(desk: Desk):
    grant = await desk.office.granted(desk.case)
    for reader in (desk.case.first, desk.case.second, desk.case.head, desk.case.leader):
        one = await desk.get(reader, f"grants/{grant.id}")
        assert (one.status_code, one.headers["ETag"]) == (200, '"1"')
        known = await desk.get(reader, f"grants/{grant.id}", **{"If-None-Match": '"1"'})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", '"1"')
        assert (one.json()["state"], one.json()["view_request_id"]) == ("running", grant.request_id)
        assert one.json()["scope"] == {"kind": "categories", "categories": ["4"], "material_ids": []}
        assert [row["id"] for row in (await desk.get(reader, "grants")).json()["items"]] == [grant.id]
    stranger = somebody("viewer", desk.case.unit_id)
    assert (await desk.get(stranger, f"grants/{grant.id}")).json()["code"] == "not-found"
    assert (await desk.get(stranger, "grants")).json()["items"] == []
    assert (await desk.get(somebody("archivist"), "grants")).json()["code"] == "role-missing"


async def test_a_page_is_shown_with_its_watermark(desk: Desk):
    """A JPEG of the same page with the marks burnt in, for nobody's cache; the register knows of it."""
    filed = await desk.office.filed(desk.case.subject)
    grant = await desk.office.granted(desk.case)
    page = filed.pages[0]
    shown = await desk.get(desk.case.first, f"grants/{grant.id}/images/{page.page_id}")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "private, no-store"
    original = Image.open(io.BytesIO(await desk.office.deps.blobs.read(filed.blob_unit_id, page.digest))).convert("RGB")
    marked = Image.open(io.BytesIO(shown.content)).convert("RGB")
    # Red ink on a black-and-white page: where red and blue part, there is a mark.
    red, _, blue = marked.split()
    inked = sum(ImageChops.difference(red, blue).histogram()[15:])
    assert inked > marked.width * marked.height // 500
    plain_red, _, plain_blue = original.resize(marked.size).split()
    assert sum(ImageChops.difference(plain_red, plain_blue).histogram()[15:]) == 0
    assert await desk.office.register(grant.id) == [(to_uuid(page.page_id), 1)]


async def test_a_page_is_not_shown_where_a_rule_says_no(desk: Desk):
    outside = await desk.office.filed(desk.case.subject, "9-2")
    inside = await desk.office.filed(desk.case.subject, "4-1")
    grant = await desk.office.granted(desk.case)
    no = await desk.get(desk.case.first, f"grants/{grant.id}/images/{outside.pages[0].page_id}")
    assert (no.status_code, no.json()["code"], no.json()["predicate"]) == (403, "view-refused", "outside_scope")
    address = f"grants/{grant.id}/images/{inside.pages[0].page_id}"
    assert (await desk.get(desk.case.leader, address)).json()["code"] == "role-missing"
    assert (await desk.get(somebody("viewer", desk.case.unit_id), address)).json()["code"] == "not-found"
    assert (await desk.get(None, address)).json()["code"] == "not-signed-in"
    await desk.office.end_time(grant)
    over = await desk.get(desk.case.first, address)
    assert (over.status_code, over.json()["predicate"]) == (403, "grant_expired")
    assert await desk.office.register(grant.id) == []


async def test_a_page_file_that_is_away_is_no_view(desk: Desk):
    filed = await desk.office.filed(desk.case.subject, blob_unit_id=new_id("unt"))
    grant = await desk.office.granted(desk.case)
    answer = await desk.get(desk.case.first, f"grants/{grant.id}/images/{filed.pages[0].page_id}")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "dependency-down", "5")
    assert await desk.office.register(grant.id) == []


async def test_the_granted_materials_show_what_to_open(desk: Desk):
    await desk.office.filed(desk.case.subject, "9-2")
    filed = await desk.office.filed(desk.case.subject, "4-1", pages=2)
    grant = await desk.office.granted(desk.case)
    listed = await desk.get(desk.case.first, f"grants/{grant.id}/materials")
    assert listed.headers["Cache-Control"] == "private, no-store"
    [material] = listed.json()["items"]
    assert (material["material_id"], material["category"], material["title"]) == (filed.material_id, "4-1", filed.title)
    assert material["page_ids"] == [page.page_id for page in filed.pages]
    assert (material["formed_on"]["value"], material["as_of"]) == ("1998-07", 1)
    assert (await desk.get(desk.case.head, f"grants/{grant.id}/materials")).json()["code"] == "role-missing"


async def test_a_revocation_ends_a_grant_at_once(desk: Desk):
    filed = await desk.office.filed(desk.case.subject)
    grant = await desk.office.granted(desk.case)
    path = f"grants/{grant.id}/revocations"
    assert faults(await desk.post(desk.case.leader, path, {})) == [("/reasons", "required")]
    assert faults(await desk.post(desk.case.leader, path, {"reasons": []})) == [("/reasons", "too-few")]
    assert faults(await desk.post(desk.case.leader, path, {"reasons": ["mood"]})) == [
        ("/reasons/0", "not-allowed-value")
    ]
    body, key = {"reasons": ["no_longer_needed"]}, new_id("req")
    assert (await desk.post(desk.case.head, path, body)).json()["code"] == "role-missing"
    ended = await desk.post(desk.case.leader, path, body, key=key)
    assert (ended.status_code, ended.headers["ETag"], ended.json()["state"]) == (201, '"2"', "revoked")
    assert (ended.json()["ended_by"], ended.json()["reasons"]) == (desk.case.leader.account_id, ["no_longer_needed"])
    again = await desk.post(desk.case.leader, path, body, key=key)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (ended.json(), "true")
    twice = await desk.post(desk.case.leader, path, body)
    assert (twice.status_code, twice.json()["code"], twice.json()["state"]) == (409, "state-conflict", "revoked")
    no = await desk.get(desk.case.first, f"grants/{grant.id}/images/{filed.pages[0].page_id}")
    assert (no.status_code, no.json()["predicate"]) == (403, "grant_revoked")


async def test_the_register_is_read_by_both_units_and_nobody_else(desk: Desk):
    filed = await desk.office.filed(desk.case.subject, pages=3)
    grant = await desk.office.granted(desk.case)
    for page in filed.pages:
        await desk.get(desk.case.first, f"grants/{grant.id}/images/{page.page_id}")
    for unit_id in (desk.case.unit_id, desk.case.archive_unit_id):
        archivist = somebody("archivist", unit_id)
        first = (await desk.get(archivist, "usage-entries?page_size=2")).json()
        rest = (await desk.get(archivist, f"usage-entries?page_size=2&page_token={first['next_page_token']}")).json()
        lines = [*first["items"], *rest["items"]]
        assert [line["page_no"] for line in lines] == [3, 2, 1]
        assert {line["viewer_name"] for line in lines} == {"王芳"}
        assert {(line["request_no"], line["method"]) for line in lines} == {(grant.request_no, "read")}
        # The asking unit does not learn a name that the catalog keeps elsewhere.
        wanted = "李建国" if unit_id == desk.case.archive_unit_id else None
        assert {line["subject_name"] for line in lines} == {wanted}
    outsider = somebody("archivist", await desk.office.unit())
    assert (await desk.get(outsider, "usage-entries")).json()["items"] == []
    assert (await desk.get(desk.case.first, "usage-entries")).json()["code"] == "role-missing"
