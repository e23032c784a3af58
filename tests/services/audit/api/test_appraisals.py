"""/v1/appraisals: the list, one with checks and decisions, and its page images."""

from __future__ import annotations

from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Subject, auditor
from tests.support.rooms import somebody


async def test_one_appraisal_shows_checks_pages_and_decisions(desk: Desk):
    """All that an auditor needs to decide, with the person's card to compare the pages with."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject, declared_page_count=2)
    task = await office.waiting(received.material_id)
    li = auditor(subject.unit_id)
    await office.decide(task, li, "reject", "pages_missing", note="少一页")
    answer = await desk.get(auditor(subject.unit_id), f"appraisals/{task.appraisal_id}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    shown = answer.json()
    assert shown["version"] == 2
    assert (shown["state"], shown["verdict"], shown["relation"]) == ("second_check", "red", "cannot_tell")
    assert shown["subject"]["name"] == subject.name
    assert shown["task_id"] == (await office.waiting(received.material_id)).id
    (complete,) = (check for check in shown["checks"] if check["code"] == "complete")
    assert (complete["check"], complete["outcome"], complete["faults"]) == ("A3", "fail", ["pages_missing"])
    assert complete["evidence"]["declared"] == 2
    assert [page["page_id"] for page in shown["pages"]] == [received.pages[0].page_id]
    assert received.pages[0].digest not in answer.text
    (decision,) = shown["decisions"]
    assert (decision["account_id"], decision["outcome"], decision["note"]) == (li.account_id, "reject", "少一页")


async def test_an_appraisal_has_no_tag(desk: Desk):
    """It shows the person's name, which changes without it, and how the caller stands: it is always sent whole,
    and each member from elsewhere says of which version it is."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject)
    here = f"appraisals/{(await office.waiting(received.material_id)).appraisal_id}"
    before = await desk.get(auditor(), here)
    await office.hear(subject.person(name="李建华"), version=2)
    after = await desk.get(auditor(), here, **{"If-None-Match": '"1"'})
    assert (before.status_code, after.status_code) == (200, 200)
    assert ("etag" in before.headers, "etag" in after.headers) == (False, False)
    assert (before.json()["version"], after.json()["version"]) == (1, 1)
    assert (after.json()["subject"]["name"], after.json()["subject"]["as_of"]) == ("李建华", 2)
    assert after.json()["dossier_as_of"] == 1


async def test_appraisals_are_listed_by_state_and_scope(desk: Desk):
    """The unit's own, in order of coming; not one's own or a relative's."""
    office = desk.office
    subject, brother = await office.known_subject(), Subject()
    await office.hear(brother.person())
    await office.hear(subject.kin(brother.person_id), version=2)
    open_one = await office.appraising(subject)
    ended = await office.appraising(subject, title="样例材料 干部履历表")

    async def materials(person_no: str | None = None, query: str = "") -> list[str]:
        answer = await desk.get(auditor(subject.unit_id, person_no), f"appraisals{query}")
        return [item["material_id"] for item in answer.json()["items"]]

    both = [open_one.material_id, ended.material_id]
    assert await materials() == both
    assert await materials(query="?state=accepted") == both[1:]
    assert await materials(query="?state=first_check&state=second_check") == both[:1]
    assert await materials(query=f"?submission_id={ended.submission_id}") == both[1:]
    assert await materials(subject.person_no) == []
    assert await materials(brother.person_no) == []
    page = await desk.get(auditor(subject.unit_id), "appraisals?page_size=1")
    assert page.json()["next_page_token"]
    wrong = await desk.get(auditor(subject.unit_id), "appraisals?state=lost")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "validation-failed")


async def test_an_image_is_sent_as_it_was_received_and_stands_in_the_journal(desk: Desk):
    """The very bytes, never to be stored; the journal row is there when the answer is."""
    received = await desk.office.appraising()
    task, page, li = await desk.office.waiting(received.material_id), received.pages[0], auditor()
    answer = await desk.get(li, f"appraisals/{task.appraisal_id}/images/{page.page_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, no-store"
    assert digest_of(answer.content) == page.digest
    assert await desk.office.journal(page.page_id) == [("page.viewed", li.account_id, 1)]


async def test_what_one_may_not_see_is_refused_or_not_there(desk: Desk):
    """No right, no scope, no such page, one's own: each its own answer, and no view in the journal."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject)
    task, page = await office.waiting(received.material_id), received.pages[0]
    here, image = f"appraisals/{task.appraisal_id}", f"appraisals/{task.appraisal_id}/images/{page.page_id}"
    own = auditor(person_no=subject.person_no)
    refused = [
        (await desk.get(somebody("submitter"), here), 403, "role-missing"),
        (await desk.get(somebody("leader"), image), 403, "role-missing"),
        (await desk.get(auditor(new_id("unt")), here), 404, "not-found"),
        (await desk.get(auditor(new_id("unt")), image), 404, "not-found"),
        (await desk.get(auditor(), f"{here}/images/{new_id('pag')}"), 404, "not-found"),
        (await desk.get(own, here), 403, "recusal"),
        (await desk.get(own, image), 403, "recusal"),
    ]
    assert [(a.status_code, a.json()["code"]) for a, _, _ in refused] == [(s, c) for _, s, c in refused]
    assert await office.journal(page.page_id) == []


async def test_a_file_that_is_away_is_a_passing_fault(desk: Desk):
    """The store does not have it now: try again, says the answer; no byte was sent."""
    received = await desk.office.appraising()
    task, page = await desk.office.waiting(received.material_id), received.pages[0]
    async with desk.office.deps.blobs.local(received.unit_id, page.digest) as path:
        path.unlink()
    answer = await desk.get(auditor(), f"appraisals/{task.appraisal_id}/images/{page.page_id}")
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency-down")
    assert answer.headers["retry-after"] == "5"
