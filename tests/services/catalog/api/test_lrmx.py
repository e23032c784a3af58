"""LRMX over HTTP: shown first, taken then, and out again."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.values.id_number import check_character
from contracts.values.ids import new_id
from tests.chassis.pages import jpeg, text_page
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody

FILES = Path(__file__).parents[1] / "domain" / "lrmx"


async def send(
    desk: Desk, person_id: str, content: bytes, *, query: str = "", media_type: str = "application/xml", **options: Any
) -> httpx.Response:
    """POST a file, against the person's first version unless another is named."""
    path = f"persons/{person_id}/lrmx-imports{query}"
    return await desk.send("POST", path, content, **{"version": 1, **options, "Content-Type": media_type})


def full(desk: Desk, **replaced: str) -> bytes:
    """The full sample with a number of this test alone."""
    first = f"99{abs(hash(desk.office.unit_id)) % 10000:04d}19680315011"
    text = (FILES / "full.lrmx").read_text(encoding="utf-8")
    text = text.replace("990000196803150114", first + check_character(first))
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text.encode()


def changed(answer: httpx.Response) -> dict[str, tuple[str, str]]:
    """Element → old and new text of what changes."""
    return {one["element"]: (one["old"], one["new"]) for one in answer.json()["fields"] if one["changes"]}


async def test_a_form_is_shown_taken_and_goes_out_as_the_bytes_that_it_was(desk: Desk):
    """The preview changes nothing; the import records facts with itself as source; the export is exact."""
    person = await desk.office.register("王𠮷明", birth_date=None)
    content = full(desk)
    shown = await send(desk, person.person_id, content, query="?validate_only=true")
    assert shown.status_code == 200, shown.text
    assert (shown.json()["version"], shown.json()["lrmx_import"]) == (1, None)
    assert changed(shown)["ChuShengNianYue"] == ("", "196803")
    assert "196803150" not in shown.text
    assert shown.json()["unknown_elements"] == ["DaoLingNianYue", "ZhengZhiMianMao"]
    made = await send(desk, person.person_id, content)
    assert made.status_code == 201, made.text
    assert changed(made) == changed(shown)
    facts = (await desk.get(f"persons/{person.person_id}/facts?kind=family")).json()["items"]
    assert [one["value"]["name"] for one in facts] == ["李梅", "王·小", "王大山"]
    assert {one["provenance"]["import_id"] for one in facts} == {made.json()["lrmx_import"]["id"]}
    out = await desk.get(f"persons/{person.person_id}/lrmx?fields=id_number")
    assert out.content == content
    masked = await desk.get(f"persons/{person.person_id}/lrmx")
    assert masked.content != content
    assert b"<ShenFenZheng></ShenFenZheng>" in masked.content
    verbs = await desk.office.journal(person.person_id)
    assert (verbs.count("person.lrmx_exported"), verbs.count("person.id_number_revealed")) == (2, 1)
    listed = (await desk.get(f"persons/{person.person_id}/lrmx-imports")).json()
    assert [one["id"] for one in listed["items"]] == [made.json()["lrmx_import"]["id"]]
    kept = await desk.office.admin.fetch("select sealed from catalog.lrmx_import")
    assert all(b"<Person>" not in bytes(row["sealed"]) for row in kept)


async def test_a_photograph_comes_in_and_goes_out(desk: Desk):
    """Kept as a blob; a damaged one is refused before anything is recorded."""
    person = await desk.office.register("王𠮷明", birth_date=None)
    picture = base64.b64encode(jpeg(text_page((200, 300)))).decode()
    content = full(desk).replace(b"<ZhaoPian></ZhaoPian>", f"<ZhaoPian>{picture}</ZhaoPian>".encode())
    broken = content.replace(picture.encode(), base64.b64encode(b"\xff\xd8\xff\xe0 no image").decode().encode())
    refused = await send(desk, person.person_id, broken)
    assert faults_of(refused) == {"/Person/ZhaoPian": "image-unknown"}
    assert (await send(desk, person.person_id, content)).status_code == 201
    line = {"kind": "health", "value": {"text": "一般"}}
    await desk.post(f"persons/{person.person_id}/facts", {"facts": [line]}, version=2)
    out = await desk.get(f"persons/{person.person_id}/lrmx?fields=id_number")
    assert picture.encode() in out.content
    assert "一般".encode() in out.content


async def test_chosen_fields_are_taken_and_a_fault_elsewhere_does_not_hinder(desk: Desk):
    """The whole file is refused for its bad date; without that field it is taken."""
    person = await desk.office.register("王𠮷明")
    content = full(desk, **{">199008<": ">199013<"})
    shown = await send(desk, person.person_id, content, query="?validate_only=true")
    fault = next(one["faults"] for one in shown.json()["fields"] if one["element"] == "CanJiaGongZuoShiJian")
    assert fault == [{"pointer": "/Person/CanJiaGongZuoShiJian", "code": "date-impossible"}]
    refused = await send(desk, person.person_id, content)
    assert (code_of(refused), faults_of(refused)) == (
        "date-impossible",
        {"/Person/CanJiaGongZuoShiJian": "date-impossible"},
    )
    for nothing in ("", "Version"):
        named = await send(desk, person.person_id, content, query=f"?fields={nothing}")
        assert faults_of(named) == {"/fields": "not-allowed-value"}
        assert "Version" not in named.json()["errors"][0]["params"]["allowed"]
    taken = await send(desk, person.person_id, content, query="?fields=MinZu,JianLi")
    assert set(changed(taken)) == {"MinZu", "JianLi"}
    assert code_of(await send(desk, person.person_id, content, version=2, query="?fields=Minzu")) == "validation-failed"


async def test_a_form_of_another_person_is_refused(desk: Desk):
    """By the number, or by the name where there is no number to compare."""
    person = await desk.office.register("李四")
    other = await send(desk, person.person_id, full(desk))
    assert (code_of(other), faults_of(other)) == ("person-mismatch", {"/Person/XingMing": "contradiction"})
    assert (await desk.get(f"persons/{person.person_id}")).json()["version"] == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><Person>&y;</Person>', "xml-entities"),
        (b"<Person>", "xml-malformed"),
        ("<Person><XingMing>王</XingMing></Person>".encode("gbk"), "encoding-invalid"),
    ],
)
async def test_a_bad_file_is_refused_with_its_cure(desk: Desk, content: bytes, code: str):
    """In both languages, and without a word of the file."""
    person = await desk.office.register("王小明")
    answer = await send(desk, person.person_id, content)
    assert (answer.status_code, faults_of(answer)) == (422, {"": code})
    assert "root:" not in answer.text


async def test_the_rules_of_every_write_hold_here_too(desk: Desk):
    """Version, key, media type, size, units and role."""
    person = await desk.office.register("王𠮷明", birth_date=None)
    content, key = full(desk), new_id("req")
    assert code_of(await send(desk, person.person_id, content, version=7)) == "version-stale"
    assert code_of(await send(desk, person.person_id, b" " * (1024 * 1024 + 1))) == "too-large"
    assert code_of(await send(desk, person.person_id, content, media_type="text/plain")) == "media-type-refused"
    stranger, leader = somebody("archivist", new_id("unt")), somebody("leader", desk.office.unit_id)
    assert code_of(await send(desk, person.person_id, content, caller=stranger)) == "not-found"
    assert code_of(await send(desk, person.person_id, content, caller=leader)) == "role-missing"
    assert code_of(await desk.get(f"persons/{person.person_id}/lrmx", leader)) == "role-missing"
    first = await send(desk, person.person_id, content, key=key)
    again = await send(desk, person.person_id, content, key=key)
    assert again.json()["lrmx_import"] == first.json()["lrmx_import"]
    assert again.headers["idempotent-replayed"] == "true"


async def test_a_number_of_somebody_else_is_refused_already_when_the_form_is_only_shown(desk: Desk):
    """And so is a date that contradicts the birth date; each points at its element."""
    other, person = await desk.office.register(), await desk.office.register("王𠮷明", birth_date=None)
    content = full(desk)
    number = content.split(b"<ShenFenZheng>")[1][:18].decode()
    line = {"kind": "id_number", "value": {"id_number": number}}
    assert (await desk.post(f"persons/{other.person_id}/facts", {"facts": [line]}, version=1)).status_code == 201
    shown = await send(desk, person.person_id, content, query="?validate_only=true")
    assert faults_of(shown) == {"/Person/ShenFenZheng": "duplicate"}
    early = content.replace(b">199008<", b">197001<")
    refused = await send(desk, person.person_id, early, query="?validate_only=true")
    assert faults_of(refused) == {"/Person/CanJiaGongZuoShiJian": "age-too-low"}
