"""A person's photograph: bound by a ticket, checked, seen, replaced without losing the former, on form and LRMX."""

import base64
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody


def picture(shade: int, kind: str = "JPEG") -> bytes:
    """A portrait of 480 × 640 dots."""
    out = io.BytesIO()
    Image.new("RGB", (480, 640), (shade, 120, 90)).save(out, kind)
    return out.getvalue()


async def uploaded(desk: Desk, content: bytes, **changes: Any) -> str:
    """The ticket of a picture that is in the blob store, as an upload answers it."""
    office = desk.office
    async with office.deps.blobs.receive(1 << 20) as incoming:
        await incoming.write(content)
        await incoming.finish()
        await incoming.keep(office.unit_id)
    told: dict[str, Any] = {"digest": digest_of(content), "bytes": len(content), "width": 480, "height": 640}
    return office.ticket(**{**told, **changes})


async def put(desk: Desk, kept: Kept, version: int, ticket: str, query: str = "", **options: Any) -> Any:
    """POST the ticket against this version."""
    where = {"provenance": options.pop("provenance", {"reason": "2026 年采集"})}
    body = {"blob_ticket": ticket, **where}
    return await desk.post(f"persons/{kept.person_id}/photographs{query}", body, version=version, **options)


async def test_a_photograph_is_a_fact_with_its_source_and_a_new_one_keeps_the_former(desk: Desk):
    """Each can be looked at, the present one without a name; every look is in the journal."""
    kept = await desk.office.keep()
    pictures = [picture(200), picture(40, "PNG")]
    first = await put(desk, kept, 1, await uploaded(desk, pictures[0]))
    assert first.status_code == 201, first.text
    second = await put(desk, kept, first.json()["version"], await uploaded(desk, pictures[1], media_type="image/png"))
    facts = [answer.json()["facts"][0] for answer in (first, second)]
    assert [fact["value"]["digest"] for fact in facts] == [digest_of(one) for one in pictures]
    assert (facts[0]["provenance"]["kind"], facts[0]["provenance"]["reason"]) == ("entry", "2026 年采集")
    history = (await desk.get(f"persons/{kept.person_id}/facts?kind=photo&history=true")).json()["items"]
    assert {one["id"]: one["superseded_by"] for one in history} == {
        facts[0]["id"]: facts[1]["id"],
        facts[1]["id"]: None,
    }
    path = f"persons/{kept.person_id}/photograph"
    now = await desk.get(path)
    assert (now.content, now.headers["content-type"]) == (pictures[1], "image/png")
    assert now.headers["cache-control"] == "private, no-store"
    assert (await desk.get(f"{path}?fact_id={facts[0]['id']}")).content == pictures[0]
    journal = await desk.office.journal(kept.person_id)
    assert journal[-4:] == 2 * ["person.facts_recorded"] + 2 * ["photograph.viewed"]
    uses = "select count(*) from catalog.blob_ref where resource_id = any($1) and until is null"
    assert await desk.office.admin.fetchval(uses, [fact["id"] for fact in facts]) == 2


async def test_it_stands_on_the_appointment_form_and_in_the_lrmx_file(desk: Desk):
    """A picture on the form, the very bytes in the file; and the file is taken back without a change."""
    kept = await desk.office.keep("王建国")
    content = picture(200)
    version = (await put(desk, kept, 1, await uploaded(desk, content))).json()["version"]
    proposal = {"post_proposed": "副县长"}
    form = await desk.post(f"dossiers/{kept.dossier_id}/appointment-forms", proposal, key=None)
    (drawn,) = PdfReader(io.BytesIO(form.content)).pages[0].images
    assert drawn.image.convert("RGB").getpixel((20, 20))[0] > 180
    file = (await desk.get(f"persons/{kept.person_id}/lrmx")).content
    assert base64.b64encode(content) in file
    back = await desk.post(
        f"persons/{kept.person_id}/lrmx-imports?validate_only=true",
        file,
        version=version,
        **{"Content-Type": "application/xml"},
    )
    assert back.status_code == 200, back.text
    assert [field["element"] for field in back.json()["fields"] if field["changes"]] == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"media_type": "application/pdf"}, "image-unknown"),
        ({"source_digest": "0" * 64, "source_page_no": 1}, "image-unknown"),
        ({"bytes": 601 * 1024}, "image-too-large"),
        ({"width": 239}, "image-too-small"),
        ({"height": 319}, "image-too-small"),
        ({"uploader": somebody("archivist", "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ")}, "ticket-invalid"),
        ({"unit_id": "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ"}, "ticket-invalid"),
        ({"until": 1}, "ticket-invalid"),
    ],
)
async def test_a_picture_that_is_none_for_a_form_is_refused_and_nothing_changes(
    desk: Desk, changes: dict[str, Any], fault: str
):
    """With the ticket's pointer, and a text that says what it has to be."""
    kept = await desk.office.keep()
    refused = await put(desk, kept, 1, await uploaded(desk, picture(9), **changes))
    assert (refused.status_code, faults_of(refused)) == (422, {"/blob_ticket": fault})
    assert code_of(await desk.get(f"persons/{kept.person_id}/photograph")) == "not-found"
    assert (await desk.get(f"persons/{kept.person_id}")).json()["version"] == 1


async def test_it_is_tried_first_repeated_and_never_written_over_another_change(desk: Desk):
    """`validate_only` leaves nothing; one key is one photograph; a stale version is refused."""
    kept = await desk.office.keep()
    ticket = await uploaded(desk, picture(7))
    tried = await put(desk, kept, 1, ticket, "?validate_only=true", key="photograph-1")
    assert (tried.status_code, tried.json()["version"]) == (200, 1)
    assert code_of(await desk.get(f"persons/{kept.person_id}/photograph")) == "not-found"
    made = await put(desk, kept, 1, ticket, key="photograph-1")
    again = await put(desk, kept, 1, ticket, key="photograph-1")
    assert (again.json(), again.headers["idempotent-replayed"]) == (made.json(), "true")
    stale = await put(desk, kept, 1, await uploaded(desk, picture(8)))
    assert (stale.status_code, stale.json()["changed"]) == (412, "photo")
    missing = await desk.post(f"persons/{kept.person_id}/photographs", {"blob_ticket": ticket})
    assert missing.status_code == 428


async def test_nobody_outside_the_unit_and_no_relative_sees_or_puts_one(desk: Desk):
    """As with every fact of a person."""
    kept = await desk.office.keep()
    ticket = await uploaded(desk, picture(6))
    assert (await put(desk, kept, 1, ticket)).status_code == 201
    path = f"persons/{kept.person_id}/photograph"
    assert code_of(await desk.get(path, somebody("archivist", new_id("unt")))) == "not-found"
    assert code_of(await desk.get(path, somebody("leader", desk.office.unit_id))) == "role-missing"
    own = somebody("archivist", desk.office.unit_id, person_no=kept.person_no)
    assert code_of(await desk.get(path, own)) == "recusal"
    other = await desk.office.keep()
    stray = (await put(desk, other, 1, await uploaded(desk, picture(5)))).json()["facts"][0]["id"]
    assert code_of(await desk.get(f"{path}?fact_id={stray}")) == "not-found"


async def test_its_source_is_a_material_of_the_person(desk: Desk):
    """Another's material is none."""
    kept, other = await desk.office.keep(), await desk.office.keep()
    strange = await desk.office.file(other, "干部履历表", "1999")
    where = {"kind": "material", "material_id": strange}
    refused = await put(desk, kept, 1, await uploaded(desk, picture(4)), provenance=where)
    assert faults_of(refused) == {"/provenance/material_id": "unknown-reference"}
    own = {"kind": "material", "material_id": await desk.office.file(kept, "干部履历表", "1999")}
    assert (await put(desk, kept, 1, await uploaded(desk, picture(4)), provenance=own)).status_code == 201
