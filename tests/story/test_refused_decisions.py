"""Where checking and viewing do not go on: four eyes, kin, and what a grant does not open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cli import acts
from cli.client import Problem, until
from cli.story import UNIT
from tests.story.deciding import closed, handed_in, refused, two_agree, waiting_for
from tests.support.county import SUBJECT, VIEWER, County, paper

APPOINTMENT = "干部任免审批表"
SAMPLE = "样例材料：年度考核登记表"


class TestAppraisal:
    """Four eyes."""

    async def test_nobody_decides_twice_on_one_material(self, county: County):
        submission = await handed_in(county, paper(APPOINTMENT))
        [item_id] = [item["id"] for item in submission["items"]]
        auditor = county.signed_in("auditor")
        await acts.appraise(auditor, (await waiting_for(county, "auditor", submission, {item_id}))[item_id], "approve")
        again = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
        problem = await refused(acts.appraise(auditor, again, "approve"))
        assert (problem.status, problem.code) == (403, "same-person-twice")
        assert (await auditor.get(f"/v1/appraisals/{again['id']}"))["state"] == "second_check"

    async def test_where_two_disagree_a_third_decides(self, county: County):
        submission = await handed_in(county, paper(APPOINTMENT))
        [item_id] = [item["id"] for item in submission["items"]]
        said = {"auditor": "approve", "auditor-2": "reject", "auditor-3": "approve"}
        for who, outcome in said.items():
            appraisal = (await waiting_for(county, who, submission, {item_id}))[item_id]
            reasons = ["seal_missing"] if outcome == "reject" else []
            await acts.appraise(county.signed_in(who), appraisal, outcome, reasons)
        receipt, note = await closed(county, submission)
        assert receipt is not None
        assert note is None

    async def test_a_rejection_names_its_reason(self, county: County):
        submission = await handed_in(county, paper(APPOINTMENT))
        [item_id] = [item["id"] for item in submission["items"]]
        appraisal = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
        problem = await refused(acts.appraise(county.signed_in("auditor"), appraisal, "reject"))
        assert problem.faults == [("/reasons", "too-few")]

    async def test_an_archivist_decides_no_appraisal(self, county: County):
        submission = await handed_in(county, paper(APPOINTMENT))
        [item_id] = [item["id"] for item in submission["items"]]
        appraisal = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
        path = f"/v1/tasks/{appraisal['task_id']}/decisions"
        decision = county.signed_in("archivist").post(path, {"outcome": "approve", "not_related": True}, version=1)
        assert (await refused(decision)).code == "role-missing"


def today(days: int = 0) -> str:
    """A day in China, from now."""
    return (datetime.now(UTC) + timedelta(hours=8, days=days)).date().isoformat()


async def viewers(county: County, *accounts: str) -> list[dict[str, Any]]:
    """Sample accounts as a view request names them."""
    named = []
    for account in accounts or ("viewer", "viewer-2"):
        me = await county.signed_in(account).get("/v1/me")
        number = {"person_no": me["person_no"]} if me["person_no"] else {}
        named.append({"account_id": me["account_id"], "name": me["name"], "party_member": True, **number})
    return named


async def granted(county: County, person_no: str = SUBJECT, *categories: str) -> acts.Json:
    """An approved view request for these categories (the assessments, unless told otherwise)."""
    subject = {"dossier_id": county.dossier_id(person_no)}
    scope = {"kind": "categories", "categories": list(categories) or ["3"]}
    asked = await acts.request_view(county.signed_in("viewer"), subject, scope, await viewers(county), on=today())
    await acts.sign(county.signed_in("approver"), asked["id"])
    return await acts.sign(county.signed_in("leader"), asked["id"])


class TestViewing:
    """五不查, and what a grant does not open."""

    async def ask(self, county: County, subject: acts.Json, **change: Any) -> acts.Json:
        """A request that would be in order, but for the change."""
        arguments = {
            "scope": {"kind": "categories", "categories": ["3"]},
            "viewers": await viewers(county),
            "on": today(),
        } | change
        return await acts.request_view(county.signed_in("viewer"), subject, **arguments)

    async def test_nobody_asks_to_see_their_own_dossier(self, county: County):
        problem = await refused(self.ask(county, county.subject(VIEWER)))
        assert (problem.status, problem.code) == (403, "recusal")

    async def test_nobody_asks_to_see_a_relatives_dossier(self, county: County):
        """The tie is recorded once, in the relative's list; access hears of it and refuses."""
        # Somebody of another office: the story picks its subject among those of QL06.
        relative = next(one.person_no for one in county.sample.persons if not one.unit.startswith(UNIT))
        persons, archivist = county.loaded.persons, county.signed_in("archivist")
        tie = {"kin": [{"person_id": persons[VIEWER], "relation": "sibling"}]}
        await archivist.post(f"/v1/persons/{persons[relative]}/kin", tie)

        async def attempt() -> str:
            try:
                await self.ask(county, county.subject(relative))
            except Problem as problem:
                return problem.code
            return "allowed"

        assert await until("the tie heard of", attempt, lambda seen: seen != "allowed") == "recusal"

    async def test_nobody_views_alone(self, county: County):
        problem = await refused(self.ask(county, county.subject(), viewers=await viewers(county, "viewer")))
        assert problem.document["predicate"] == "alone"

    async def test_who_is_no_party_member_does_not_view(self, county: County):
        outsiders = [viewer | {"party_member": False} for viewer in await viewers(county)]
        problem = await refused(self.ask(county, county.subject(), viewers=outsiders))
        assert problem.document["predicate"] == "not_party_member_or_not_sent"

    async def test_one_person_does_not_sign_twice(self, county: County):
        """The leader cannot stand for the head of the unit, nor the other way round."""
        asked = await self.ask(county, county.subject())
        await acts.sign(county.signed_in("approver"), asked["id"])
        step = (await county.signed_in("approver").get(f"/v1/view-requests/{asked['id']}"))["steps"][-1]
        path = f"/v1/tasks/{step['task_id']}/decisions"
        body = {"outcome": "approve", "not_related": True}
        problem = await refused(county.signed_in("approver").post(path, body, version=1))
        assert problem.status in {403, 404}

    async def test_a_request_that_is_not_approved_opens_nothing(self, county: County):
        asked = await self.ask(county, county.subject())
        await acts.sign(county.signed_in("approver"), asked["id"], "reject", ["no_need"])
        assert (await county.signed_in("viewer").get(f"/v1/view-requests/{asked['id']}"))["grant_id"] is None

    async def test_a_grant_opens_what_was_asked_for_and_nothing_else(self, county: County):
        """A page of another category is refused by name; one that nobody has is not there."""
        submission = await handed_in(county, paper(SAMPLE), paper(APPOINTMENT))
        [appointment] = [item["id"] for item in submission["items"] if item["title"] == APPOINTMENT]
        for who in ("auditor", "auditor-2"):
            appraisal = (await waiting_for(county, who, submission, {appointment}))[appointment]
            await acts.appraise(county.signed_in(who), appraisal, "approve")
        await closed(county, submission)
        pages_of = {
            item["title"]: (await county.signed_in("submitter").get(f"/v1/submission-items/{item['id']}"))["pages"]
            for item in submission["items"]
        }
        grant, viewer = (await granted(county))["grant_id"], county.signed_in("viewer")
        inside, outside = pages_of[SAMPLE][0]["page_id"], pages_of[APPOINTMENT][0]["page_id"]
        await acts.until_heard(viewer, f"/v1/grants/{grant}/materials")
        assert (await viewer.content(f"/v1/grants/{grant}/images/{inside}")).startswith(b"\xff\xd8")
        problem = await refused(viewer.content(f"/v1/grants/{grant}/images/{outside}"))
        assert problem.document["predicate"] == "outside_scope"
        assert (await refused(viewer.content(f"/v1/grants/{grant}/images/pag_{'0' * 26}"))).code == "not-found"

    async def test_a_revoked_grant_opens_nothing_any_more(self, county: County):
        submission = await handed_in(county, paper(SAMPLE))
        await closed(county, submission)
        [item] = submission["items"]
        page = (await county.signed_in("submitter").get(f"/v1/submission-items/{item['id']}"))["pages"][0]["page_id"]
        grant, viewer = (await granted(county))["grant_id"], county.signed_in("viewer")
        path = f"/v1/grants/{grant}/images/{page}"
        await until("the page in the grant", lambda: viewer.send("GET", path), lambda answer: answer.is_success)
        await county.signed_in("leader").post(f"/v1/grants/{grant}/revocations", {"reasons": ["no_longer_needed"]})
        problem = await refused(viewer.content(path))
        assert problem.document["predicate"] == "grant_revoked"

    async def test_a_grant_opens_nothing_for_whom_it_does_not_name(self, county: County):
        grant = (await granted(county))["grant_id"]
        for account in ("archivist", "submitter", "system-admin"):
            problem = await refused(county.signed_in(account).get(f"/v1/grants/{grant}/materials"))
            assert problem.code in {"role-missing", "not-found"}

    async def test_two_agree_is_not_enough_for_the_viewer_without_a_grant(self, county: County):
        """A filed page is not opened by its id alone."""
        submission = await handed_in(county, paper(APPOINTMENT))
        await two_agree(county, submission)
        await closed(county, submission)
        item = submission["items"][0]["id"]
        page = (await county.signed_in("submitter").get(f"/v1/submission-items/{item}"))["pages"][0]["page_id"]
        problem = await refused(county.signed_in("viewer").content(f"/v1/pages/{page}/image"))
        assert problem.code == "role-missing"
