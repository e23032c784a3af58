"""Pages are counted by printed sides: marked by the archivist, counted by the scheme's rule, written into the row."""

from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import page
from tests.support.rooms import somebody


async def _material(desk: Desk, images: int, page_count: int) -> tuple[str, str, list[str]]:
    kept = await desk.office.keep()
    pages = [page() for _ in range(images)]
    material_id = await desk.office.file(kept, "党员登记表", "1990", pages=pages, page_count=page_count)
    return kept.dossier_id, material_id, [one.page_id for one in pages]


async def _version(desk: Desk, material_id: str) -> int:
    return (await desk.get(f"materials/{material_id}")).json()["version"]


async def test_the_count_follows_from_what_the_sides_are(desk: Desk):
    """Blank sheets and liners count none, the cover does; catalogue, finding, journal and undo agree."""
    dossier_id, material_id, pages = await _material(desk, 4, 4)
    sides = [{"page_id": pages[0], "side": "cover"}, {"page_id": pages[2], "side": "blank"}]
    path = f"materials/{material_id}/page-counts"
    version = await _version(desk, material_id)
    made = await desk.post(path, {"sides": sides}, version=version, key="count-sides-1")
    again = await desk.post(path, {"sides": sides}, version=version, key="count-sides-1")
    assert made.status_code == 201, made.text
    assert made.json()["page_count"] == 3
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", made.json())
    listed = (await desk.get(f"materials/{material_id}/pages")).json()["items"]
    assert [one["side"] for one in listed] == ["cover", "printed", "blank", "printed"]
    assert [one["version"] for one in listed] == [2, 1, 2, 1]
    card = (await desk.get(f"dossiers/{dossier_id}")).json()
    assert (card["page_count"], card["catalogue_stale"]) == (3, True)
    assert await desk.office.journal(pages[2]) == ["page.side_marked"]
    codes = [one["code"] for one in (await desk.get(f"dossiers/{dossier_id}/findings")).json()["items"]]
    assert "CAT-004" not in codes
    (change, *_) = (await desk.get(f"dossiers/{dossier_id}/material-changes")).json()["items"]
    undone = await desk.post(f"dossiers/{dossier_id}/undoings", {"change_id": change["id"]}, version=card["version"])
    assert undone.status_code == 201, undone.text
    found = (await desk.get(f"dossiers/{dossier_id}/findings")).json()["items"]
    (told,) = [one for one in found if one["code"] == "CAT-004"]
    assert told["params"] == {"page_count": 4, "images": 4, "counted": 3}


async def test_a_mark_is_taken_back_and_the_count_with_it(desk: Desk):
    """A side that was taken for blank; a request without sides counts what is marked already."""
    _, material_id, pages = await _material(desk, 2, 2)
    path = f"materials/{material_id}/page-counts"
    for side, count in (("liner", 1), ("printed", 2)):
        body = {"sides": [{"page_id": pages[1], "side": side}]}
        made = await desk.post(path, body, version=await _version(desk, material_id))
        assert made.json()["page_count"] == count
    only = await desk.post(path, {}, version=await _version(desk, material_id))
    assert (only.status_code, only.json()["page_count"]) == (201, 2)


async def test_a_count_that_cannot_be_is_refused(desk: Desk):
    """No page at all, no images, another's page, one twice, an unknown side, an old version, other roles."""
    _, material_id, pages = await _material(desk, 1, 1)
    _, other, others = await _material(desk, 1, 1)
    path = f"materials/{material_id}/page-counts"
    version = await _version(desk, material_id)

    async def post(sides: list[tuple[str, str]], **options):
        body = {"sides": [{"page_id": page_id, "side": side} for page_id, side in sides]}
        return await desk.post(path, body, **{"version": version, **options})

    assert faults_of(await post([(pages[0], "blank")])) == {"/sides": "too-few"}
    assert faults_of(await post([(others[0], "blank")])) == {"/sides/0/page_id": "unknown-reference"}
    assert faults_of(await post([(pages[0], "cover")] * 2)) == {"/sides/1/page_id": "duplicate"}
    assert faults_of(await post([(pages[0], "edge")])) == {"/sides/0/side": "not-allowed-value"}
    assert code_of(await post([], version=99)) == "version-stale"
    digitizer = somebody("digitizer", desk.office.unit_id)
    assert code_of(await post([], caller=digitizer)) == "role-missing"
    kept = await desk.office.keep()
    bare = await desk.office.file(kept, "干部履历表", pages=[])
    refused = await desk.post(f"materials/{bare}/page-counts", {}, version=await _version(desk, bare))
    assert code_of(refused) == "state-conflict"
    assert await desk.office.journal(pages[0]) == []
    assert (await desk.get(f"materials/{other}")).json()["page_count"] == 1
