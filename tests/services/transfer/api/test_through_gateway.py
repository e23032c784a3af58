"""Every route of transfer through the gateway with real tokens: one accepted and one refused call each."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cli import acts
from cli.client import Caller, until
from contracts.values.ids import new_id
from tests.support.county import County, pages, paper

SAMPLE = "样例材料：年度考核登记表"
"""A kind that the machine alone confirms, so that its submission closes by itself."""
REJECTED = "干部履历表"


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def post(caller: Caller, path: str, **options: Any) -> httpx.Response:
    headers = {"Idempotency-Key": new_id("req"), **options.pop("headers", {})}
    return await caller.send("POST", path, headers=headers, **(options or {"json": {}}))


@pytest.fixture
def clerk(county: County) -> Caller:
    return county.signed_in("submitter")


@pytest.fixture
def auditor(county: County) -> Caller:
    """Somebody whose role does not touch submissions."""
    return county.signed_in("auditor")


async def test_units(county: County, clerk: Caller):
    admin = county.signed_in("system-admin")
    body = {"parent_id": county.loaded.units["QL06"], "code": new_id("unt")[-12:], "name": "教研室"}
    made = await post(admin, "/v1/units", json=body)
    assert made.status_code == 201
    path = f"/v1/units/{made.json()['id']}"
    assert (await clerk.get(path))["name"] == "教研室"
    assert made.json()["id"] in {row["id"] async for row in clerk.every("/v1/units")}
    assert (await admin.patch(path, {"active": False}, version=1))["active"] is False
    assert code_of(await post(clerk, "/v1/units", json=body)) == (403, "role-missing")
    patch = await clerk.send("PATCH", path, json={"name": "x"}, headers={"If-Match": '"2"'})
    assert code_of(patch) == (403, "role-missing")
    other = f"/v1/units/{county.loaded.units['QL07']}"
    assert code_of(await clerk.send("GET", other)) == (404, "not-found")
    assert code_of(await clerk.send("GET", "/v1/units", params={"page_size": 0})) == (422, "validation-failed")


async def test_a_draft_and_its_items(county: County, clerk: Caller, auditor: Caller):
    draft = await acts.draft(clerk, county.subject())
    path = f"/v1/submissions/{draft['id']}"
    item = await acts.add_paper(clerk, draft, paper(SAMPLE))
    item_path = f"/v1/submission-items/{item['id']}"
    shown = await clerk.get(item_path)
    assert (shown["page_count"], len(shown["pages"])) == (1, 1)
    changed = await clerk.patch(item_path, {"declared_page_count": 3}, version=shown["version"])
    assert changed["declared_page_count"] == 3
    await clerk.delete(item_path, version=changed["version"])
    seen = await clerk.get(path)
    assert seen["items"] == []
    subject = {"subject": {"dossier_id": county.dossier_id()}}
    assert (await clerk.patch(path, subject, version=seen["version"]))["subject"]["person_no"] is None
    assert draft["id"] in {row["id"] async for row in clerk.every("/v1/submissions", state="draft")}
    assert (await post(clerk, f"{path}/withdrawals")).status_code == 201
    for answer in (
        await post(auditor, "/v1/submissions", json=subject),
        await auditor.send("GET", "/v1/submissions"),
        await auditor.send("GET", path),
        await auditor.send("PATCH", path, json={}, headers={"If-Match": '"1"'}),
        await post(auditor, f"{path}/items", json={"title": "x", "declared_page_count": 1}),
        await auditor.send("GET", item_path),
        await auditor.send("PATCH", item_path, json={}, headers={"If-Match": '"1"'}),
        await auditor.send("DELETE", item_path, headers={"If-Match": '"1"'}),
        await post(auditor, f"{item_path}/pages", json={"blob_tickets": ["x"]}),
        await post(auditor, f"{path}/withdrawals"),
        await post(auditor, f"{path}/deliveries"),
    ):
        assert code_of(answer) == (403, "role-missing")


async def test_an_upload_streams_through_and_keeps_its_digest(county: County, clerk: Caller):
    (page,) = pages()
    answer = await post(clerk, "/v1/uploads", content=page, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 201
    assert answer.json()["bytes"] == len(page)
    other = await post(clerk, "/v1/uploads", content=page, params={"unit_id": county.loaded.units["QL07"]})
    assert code_of(other) == (422, "validation-failed")
    assert code_of(await post(county.signed_in("viewer"), "/v1/uploads", content=page)) == (403, "role-missing")


async def test_the_papers_of_a_closed_submission(county: County, clerk: Caller, auditor: Caller):
    submission = await acts.hand_in(clerk, county.subject(), [paper(SAMPLE), paper(REJECTED)])
    rejected = next(item["id"] for item in submission["items"] if item["title"] == REJECTED)
    for who in ("auditor", "auditor-2"):
        person = county.signed_in(who)
        found = await until(
            "the appraisal",
            lambda person=person: acts.appraisals_of(person, submission["id"]),
            lambda found: rejected in found,
        )
        await acts.appraise(person, found[rejected], "reject", ["date_missing"])
    await acts.until_closed(clerk, submission["id"])
    path = f"/v1/submissions/{submission['id']}"
    for kind in ("receipts", "return-notes"):
        (row,) = (await clerk.get(f"{path}/{kind}"))["items"]
        assert (await clerk.get(f"/v1/{kind}/{row['id']}"))["number"] == row["number"]
        assert (await clerk.content(f"/v1/{kind}/{row['id']}/pdf"))[:5] == b"%PDF-"
        assert (await clerk.content(f"/v1/{kind}/{row['id']}/jws")).count(b".") == 2
        assert code_of(await auditor.send("GET", f"{path}/{kind}")) == (403, "role-missing")
        other = county.signed_in("submitter-finance")
        for ending in ("", "/pdf", "/jws"):
            assert code_of(await auditor.send("GET", f"/v1/{kind}/{row['id']}{ending}")) == (403, "role-missing")
            assert code_of(await other.send("GET", f"/v1/{kind}/{row['id']}{ending}")) == (404, "not-found")
