"""Labels over HTTP: what is printed is read back from the page's own pixels."""

from typing import Any

import numpy as np
import pypdfium2

from contracts.values.ids import new_id
from contracts.values.paper_number import paper_number
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.api.test_volumes import divide, divided, shelving
from tests.support.paper_codes import read_code128, read_qr, widths_in
from tests.support.rooms import somebody

MM = 300 / 25.4
"""Pixels of a millimetre at 300 dpi."""


def _page(pdf: bytes) -> np.ndarray:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return np.array(document[0].render(scale=300 / 72).to_pil().convert("L"))
    finally:
        document.close()


def _read(page: np.ndarray, at: int) -> tuple[str, str]:
    """Bar code and QR code of the label at this place of the sheet, two a row."""
    left, top = 4.65 + at % 2 * 101.6, 15.15 + at // 2 * 38.1
    label = page[int(top * MM) : int((top + 38.1) * MM), int(left * MM) : int((left + 99.1) * MM)]
    row = label[int(26 * MM), : int(62 * MM)]
    return read_code128(widths_in(row)), read_qr(np.ascontiguousarray(label[:, int(62 * MM) :]))


async def _opened(desk: Desk, qr: str) -> dict[str, Any]:
    answer = await desk.get(qr.partition("/v1/")[2])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_volume_is_found_by_its_label(desk: Desk):
    """By the bars and by the address; after the dossier gets another number the label is out of date."""
    kept, volumes = await divided(desk)
    printed = await desk.get(f"labels?dossier_id={kept.dossier_id}&skip=1")
    assert (printed.status_code, printed.headers["content-type"]) == (200, "application/pdf"), printed.text
    page = _page(printed.content)
    for place, volume in enumerate(volumes, start=1):
        code, qr = _read(page, place)
        assert code == volume["code"]
        opened = await _opened(desk, qr)
        assert (opened["kind"], opened["volume"]["id"], opened["current"]) == ("volume", volume["id"], True)
        assert (await desk.get(f"labels/{code}")).json()["current"] is None
    version = (await desk.get(f"dossiers/{kept.dossier_id}")).json()["version"]
    await desk.send("PATCH", f"dossiers/{kept.dossier_id}", {"dossier_no": new_id("req")}, version=version)
    assert (await _opened(desk, _read(page, 1)[1]))["current"] is False
    assert "label.printed" in await desk.office.journal(volumes[0]["id"])


async def test_a_slot_is_found_by_its_label(desk: Desk):
    """In the order of the shelf; the next lot is linked."""
    cabinet = await shelving(desk)
    printed = await desk.get(f"labels?of=slots&cabinet_id={cabinet['id']}&page_size=4")
    page = _page(printed.content)
    places = [(await _opened(desk, _read(page, at)[1]))["place"] for at in range(4)]
    assert [(place["layer"], place["slot"]) for place in places] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert places[0]["cabinet_id"] == cabinet["id"]
    following = printed.headers["link"].partition("/v1/")[2].partition(">")[0]
    rest = await desk.get(following)
    code, qr = _read(_page(rest.content), 0)
    assert ((await _opened(desk, qr))["place"]["slot"], "link" in rest.headers) == (2, False)
    await desk.send("PATCH", f"cabinets/{cabinet['id']}", {"layers": 1}, version=1)
    assert code_of(await desk.get(f"labels/{code}")) == "not-found"


async def test_labels_of_a_dossier_in_lots(desk: Desk):
    """Each volume once; after a volume was dissolved the lots begin again."""
    kept, volumes = await divided(desk)
    following: str | None = f"labels?dossier_id={kept.dossier_id}&page_size=1"
    codes: list[str] = []
    while following:
        printed = await desk.get(following)
        codes.append(_read(_page(printed.content), 0)[0])
        last, following = following, printed.headers.get("link", "").partition("/v1/")[2].partition(">")[0]
    assert codes == [volume["code"] for volume in volumes]
    await divide(desk, kept, starts=[1])
    assert code_of(await desk.get(last)) == "page-token-invalid"


async def test_what_cannot_be_a_label_of_ours(desk: Desk):
    """A misread number is told from an unknown one; others' labels open nothing."""
    _, (volume, *_) = await divided(desk)
    code = volume["code"]
    misread = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert faults_of(await desk.get(f"labels/{misread}")) == {"/number": "code-misread"}
    assert code_of(await desk.get(f"labels/{paper_number('volume', 10**15)}")) == "not-found"
    assert code_of(await desk.get(f"labels/{code}", somebody("archivist", new_id("unt")))) == "not-found"
    assert code_of(await desk.get(f"labels?dossier_id={new_id('dos')}")) == "not-found"
    assert faults_of(await desk.get("labels?of=slots")) == {"/cabinet_id": "contradiction"}


async def test_labels_of_a_unit_and_of_a_cabinet(desk: Desk):
    """All in one file; a name that no font has is told, and nothing is printed."""
    _, volumes = await divided(desk)
    cabinet = await shelving(desk)
    place = {"cabinet_id": cabinet["id"], "layer": 1, "slot": 2}
    await desk.post(f"volumes/{volumes[2]['id']}/placements", place, version=1)
    unit = _page((await desk.get(f"labels?unit_id={desk.office.unit_id}")).content)
    assert [_read(unit, at)[0] for at in range(3)] == [volume["code"] for volume in volumes]
    shelf = _page((await desk.get(f"labels?cabinet_id={cabinet['id']}")).content)
    assert _read(shelf, 0)[0] == volumes[2]["code"]
    rare = await desk.office.keep(name="𠮷田")
    made = await desk.post(f"dossiers/{rare.dossier_id}/volumes", {}, version=1)
    missing = await desk.get(f"labels?dossier_id={rare.dossier_id}")
    assert (code_of(missing), "𠮷" in missing.json()["detail"]) == ("glyph-missing", True)
    assert await desk.office.journal(made.json()["items"][0]["id"]) == ["volume.made"]
