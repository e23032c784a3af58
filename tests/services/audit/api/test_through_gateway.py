"""The audit service behind the gateway, with real tokens and events: a department's items, appraised."""

from __future__ import annotations

from typing import Any

import pytest

from cli import acts
from cli.acts import Paper
from cli.client import Problem, until
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.chassis.pages import jpeg, text_page
from tests.support.county import County
from tests.support.system import System

Json = dict[str, Any]


@pytest.fixture
async def subject(system: System, county: County) -> Json:
    """A person with an open dossier, in the county whose sample accounts have posts."""
    archivist, department = system.signed_in("archivist"), county.loaded.units["QL06"]
    for name in ("archivist", "auditor", "auditor-2", "submitter"):
        caller = system.signed_in(name)
        await until(
            f"{name} has a unit",
            lambda caller=caller: caller.get("/v1/me"),
            lambda me: all(post["unit_id"] for post in me["posts"]),
        )
    person: Json = {"unit_id": department, "person_no": new_id("per")[-10:], "name": "周敏", "birth_date": "1980-02-03"}

    async def entered() -> Json | None:
        try:
            return await archivist.post("/v1/persons", person)
        except Problem as problem:
            # The catalog may not have heard of the unit yet.
            if problem.code not in ("validation-failed", "not-found"):
                raise
            return None

    made = await until("the person is entered", entered, lambda seen: seen is not None)
    assert made is not None
    dossier = {"person_id": made["id"], "dossier_no": f"D{person['person_no']}", "unit_id": department}
    await archivist.post("/v1/dossiers", dossier)
    return {"person_no": person["person_no"], "name": person["name"]}


def sheet() -> bytes:
    """A page like no other one."""
    return jpeg(text_page(text=f"材料 {new_id('pag')}"), dpi=(150, 150))


async def handed_in(system: System, subject: Json, *papers: Paper) -> Json:
    """A delivered submission, once transfer knows the person."""
    submitter = system.signed_in("submitter")

    async def attempt() -> Json | None:
        try:
            return await acts.draft(submitter, subject)
        except Problem as problem:
            if problem.code != "person-mismatch":
                raise
            return None

    submission = await until("transfer has heard of the person", attempt, lambda seen: seen is not None)
    assert submission is not None
    for paper in papers:
        await acts.add_paper(submitter, submission, paper)
    await acts.deliver(submitter, submission["id"])
    return submission


async def waiting(system: System, submission: Json, many: int) -> list[Json]:
    """The submission's open appraisals, as the auditor sees them."""
    auditor = system.signed_in("auditor")
    found = await until(
        "the appraisals have begun",
        lambda: acts.appraisals_of(auditor, submission["id"]),
        lambda seen: len(seen) == many,
    )
    return sorted(found.values(), key=lambda appraisal: appraisal["title"])


async def test_a_departments_items_are_appraised_by_machine_and_persons(system: System, subject: Json):
    """A sample is accepted by the machine, one item by two persons, and one is returned by two."""
    submission = await handed_in(
        system,
        subject,
        Paper("样例材料 干部履历表", "2020-05", [sheet()]),
        Paper("干部任免审批表", "2021-03-01", [sheet()]),
        Paper("入党志愿书", "2004-06", [sheet()], declared=2),
    )
    accepted, returned = sorted(await waiting(system, submission, 2), key=lambda one: one["verdict"])
    assert (accepted["verdict"], returned["verdict"]) == ("green", "red")
    assert accepted["subject"]["name"] == subject["name"]
    first, second = system.signed_in("auditor"), system.signed_in("auditor-2")
    told = await acts.appraise(first, accepted, "approve")
    assert told["appraisal_state"] == "second_check"
    with pytest.raises(Problem) as refused:
        await acts.appraise(first, await first.get(f"/v1/appraisals/{accepted['id']}"), "approve")
    assert (refused.value.status, refused.value.code) == (403, "same-person-twice")
    await acts.appraise(second, await second.get(f"/v1/appraisals/{accepted['id']}"), "approve")
    await acts.appraise(first, returned, "reject", ["pages_missing"])
    await acts.appraise(second, await second.get(f"/v1/appraisals/{returned['id']}"), "reject", ["pages_missing"])
    closed = await acts.until_closed(system.signed_in("submitter"), submission["id"])
    assert closed["state"] == "closed"
    receipt, note = await acts.papers_of(system.signed_in("submitter"), submission["id"])
    assert receipt is not None
    assert note is not None


async def test_each_route_refuses_who_has_no_right(system: System, subject: Json):
    """Through the gateway, a submitter reads no appraisal and decides nothing; the image is the auditor's."""
    page = sheet()
    submission = await handed_in(system, subject, Paper("干部任免审批表", "2021-03-01", [page]))
    (appraisal,) = await waiting(system, submission, 1)
    auditor, submitter = system.signed_in("auditor"), system.signed_in("submitter")
    image = f"/v1/appraisals/{appraisal['id']}/images/{appraisal['pages'][0]['page_id']}"
    assert digest_of(await auditor.content(image)) == digest_of(page)
    tasks = [task["id"] async for task in auditor.every("/v1/tasks")]
    assert appraisal["task_id"] in tasks
    for path in ("/v1/appraisals", f"/v1/appraisals/{appraisal['id']}", image, f"/v1/tasks/{appraisal['task_id']}"):
        assert (await auditor.send("GET", path)).status_code == 200
        answer = await submitter.send("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
    with pytest.raises(Problem) as refused:
        await submitter.post(
            f"/v1/tasks/{appraisal['task_id']}/decisions", {"outcome": "approve", "not_related": True}, version=1
        )
    assert refused.value.code == "role-missing"
    assert (await auditor.get(f"/v1/tasks/{appraisal['task_id']}"))["version"] == 1
