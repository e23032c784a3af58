"""Findings and gaps through the routes: texts, jumps, waivers, lists, and rows of an old catalogue."""

from datetime import timedelta

import pytest

from contracts.values.ids import new_id
from services.catalog.usecases.review_dossier import _review_due  # pyright: ignore[reportPrivateUsage]  # the job's work
from tests.services.catalog.api.conftest import Desk, code_of
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody


@pytest.fixture
async def kept(desk: Desk) -> Kept:
    return await desk.office.keep()


async def test_a_finding_says_what_where_and_why(desk: Desk, kept: Kept):
    """In both languages, with its source and the address where it is put right."""
    material_id = await desk.office.file(kept, "干部履历表")
    answer = await desk.get(f"dossiers/{kept.dossier_id}/findings")
    (found,) = answer.json()["items"]
    assert (found["code"], found["severity"], found["state"]) == ("CAT-008", "hint", "open")
    assert found["text"] == {"zh": "没有形成时间。", "en": "It has no formation date."}
    assert found["jump"] == {"address": f"/v1/materials/{material_id}", "member": "formed_on"}
    assert found["source"].startswith("seed 000")
    assert (await desk.get(found["jump"]["address"].removeprefix("/v1/"))).json()["formed_on"] is None


async def test_waive_and_revoke(desk: Desk, kept: Kept):
    """With If-Match and a key; a second waiver of the same version is stale."""
    await desk.office.file(kept, "干部履历表")
    (found,) = (await desk.get(f"dossiers/{kept.dossier_id}/findings")).json()["items"]
    path = f"findings/{found['id']}"
    assert (await desk.post(f"{path}/waivers", {"reason": "原件如此"})).status_code == 428
    waived = await desk.post(f"{path}/waivers", {"reason": "原件如此"}, version=found["version"])
    assert waived.status_code == 201, waived.text
    assert (waived.json()["state"], waived.json()["waiver"]["reason"]) == ("waived", "原件如此")
    assert waived.headers["ETag"] == f'"{found["version"] + 1}"'
    assert code_of(await desk.post(f"{path}/waivers", {"reason": "x"}, version=found["version"])) == "version-stale"
    listed = await desk.get(f"dossiers/{kept.dossier_id}/findings?state=waived")
    assert [one["id"] for one in listed.json()["items"]] == [found["id"]]
    revoked = await desk.post(f"{path}/waiver-revocations", None, version=waived.json()["version"])
    assert (revoked.status_code, revoked.json()["state"], revoked.json()["waiver"]) == (201, "open", None)


async def test_findings_are_paged_the_gravest_first(desk: Desk, kept: Kept):
    """Errors, then warnings, then hints; the pages together are the whole."""
    await desk.office.file(kept, "干部履历表")
    await desk.office.file(kept, "干部履历表", "1950-01")
    await desk.office.file(kept, "2012年度考核登记表", "2011-12")
    whole = (await desk.get(f"dossiers/{kept.dossier_id}/findings")).json()["items"]
    assert [one["severity"] for one in whole] == ["error", "warning", "hint"]
    paged, address = [], f"dossiers/{kept.dossier_id}/findings?page_size=1"
    token = ""
    while token is not None:
        page = (await desk.get(address + (f"&page_token={token}" if token else ""))).json()
        paged += page["items"]
        token = page["next_page_token"]
    assert paged == whole
    errors = (await desk.get(f"dossiers/{kept.dossier_id}/findings?severity=error")).json()["items"]
    assert [one["code"] for one in errors] == ["CAT-007"]


async def test_an_old_catalogue_without_subclasses_is_a_worklist(desk: Desk, kept: Kept):
    """A new filing must have its subclass; rows of an old catalogue may lack it and are worked off by a batch."""
    rows = [
        {"title": title, "formed_on": {"value": "1990-07"}, "page_count": 1, "category": "4"}
        for title in ("毕业登记表", "学位证书")
    ]
    body = {"materials": rows}
    refused = await desk.post(f"dossiers/{kept.dossier_id}/materials", body)
    assert [one["code"] for one in refused.json()["errors"]] == ["subclass-required"] * 2
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {**body, "old_catalogue": True})
    assert [one["material_code"] for one in made.json()["items"]] == ["4-1", "4-2"]
    catalogue = (await desk.get(f"dossiers/{kept.dossier_id}/catalogue")).json()
    assert {heading["category"]: len(heading["items"]) for heading in catalogue["headings"]}["4"] == 2
    await _review_due(desk.office.deps, timedelta(0))
    worklist = (await desk.get("findings?code=CAT-002")).json()["items"]
    assert {one["dossier_id"] for one in worklist} == {kept.dossier_id}
    counts = (await desk.get(f"finding-counts?unit_id={desk.office.unit_id}")).json()["items"]
    assert {one["code"]: one["open"] for one in counts}["CAT-002"] == 2
    items = [{"material_id": one["id"], "version": one["version"], "category": "4-1"} for one in made.json()["items"]]
    order = await desk.post("materials/batches", {"kind": "refile", "reason": "二级分类", "items": items})
    assert order.status_code == 202, order.text
    while await desk.office.deps.operations.work_once():
        pass
    assert (await desk.get(f"dossiers/{kept.dossier_id}/findings")).json()["items"] == []
    undo = await desk.post(f"operations/{order.json()['operation']['id']}/undos", None)
    while await desk.office.deps.operations.work_once():
        pass
    assert (await desk.get(f"operations/{undo.json()['id']}")).json()["state"] == "succeeded"
    again = (await desk.get(f"dossiers/{kept.dossier_id}/findings")).json()["items"]
    assert [one["code"] for one in again] == ["CAT-002", "CAT-002"]


async def test_gaps_in_words_with_completeness(desk: Desk, kept: Kept):
    """Of the dossier, by unit, and one alone; an explanation closes it."""
    for year in (2023, 2025):
        await desk.office.file(kept, f"{year}年度考核登记表", f"{year}-12")
    note = await desk.office.file(kept, "体检表", "2020-01")
    whole = (await desk.get(f"dossiers/{kept.dossier_id}/gaps")).json()
    gap = next(one for one in whole["items"] if one["rule"] == "annual_assessment")
    assert gap["evidence"] == {"zh": "缺 2024 年度考核表", "en": "missing: yearly assessment form of 2024"}
    counted = whole["completeness"]
    assert counted["share"] == round(counted["present"] / counted["required"], 4)
    assert counted["present"] >= 2
    single = await desk.get(f"gaps/{gap['id']}")
    assert (single.json()["years"], single.headers["ETag"]) == ([2024], f'"{gap["version"]}"')
    listed = (await desk.get(f"gaps?unit_id={desk.office.unit_id}")).json()["items"]
    assert {one["dossier_no"] for one in listed} == {kept.dossier_no}
    closed = await desk.post(f"gaps/{gap['id']}/explanations", {"material_id": note}, version=gap["version"])
    assert (closed.status_code, closed.json()["state"], closed.json()["outcome"]) == (201, "closed", "explained")


async def test_the_profile_of_what_is_required(desk: Desk, kept: Kept):
    """Its default, a change with If-Match, and a word that the rules do not know."""
    path = f"dossiers/{kept.dossier_id}/gap-profile"
    profile = await desk.get(path)
    assert (profile.json()["body_kind"], profile.headers["ETag"]) == ("party_government", '"1"')
    body = {"stage": "retired", "events": [{"kind": "open_selection", "year": 2018}], "service_until": 2020}
    changed = await desk.send("PATCH", path, body, version=1)
    assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
    rules = {one["rule"] for one in (await desk.get(f"dossiers/{kept.dossier_id}/gaps")).json()["items"]}
    assert {"selection_form", "retirement"} <= rules
    bad = await desk.send("PATCH", path, {"body_kind": "circus"}, version=2)
    assert [(one["pointer"], one["code"]) for one in bad.json()["errors"]] == [("/body_kind", "not-allowed-value")]
    assert code_of(await desk.send("PATCH", path, body, version=1)) == "version-stale"


async def test_another_unit_sees_none_of_it(desk: Desk, kept: Kept):
    """404 for single ones, nothing in lists."""
    await desk.office.file(kept, "干部履历表")
    (found,) = (await desk.get(f"dossiers/{kept.dossier_id}/findings")).json()["items"]
    gap = (await desk.get(f"dossiers/{kept.dossier_id}/gaps")).json()["items"][0]
    stranger = somebody("archivist", new_id("unt"))
    for path in (f"dossiers/{kept.dossier_id}/findings", f"dossiers/{kept.dossier_id}/gaps", f"gaps/{gap['id']}"):
        assert (await desk.get(path, caller=stranger)).status_code == 404
    waiver = await desk.post(f"findings/{found['id']}/waivers", {"reason": "x"}, version=1, caller=stranger)
    assert waiver.status_code == 404
    for path in ("findings?code=CAT-008", "gaps", "finding-counts"):
        assert (await desk.get(path, caller=stranger)).json()["items"] == []


async def test_nobody_looks_through_the_own_dossier(desk: Desk, kept: Kept):
    """Recusal holds for findings and gaps as for the catalogue."""
    oneself = somebody("archivist", desk.office.unit_id, person_no=kept.person_no)
    for path in ("findings", "gaps", "gap-profile"):
        assert code_of(await desk.get(f"dossiers/{kept.dossier_id}/{path}", caller=oneself)) == "recusal"
