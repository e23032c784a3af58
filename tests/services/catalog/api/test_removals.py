"""Routes of removal (剔除): asked for by an archivist, decided by a leader, taken back the same way."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.unit_of_work import SHANGHAI
from contracts.values.ids import new_id, to_uuid
from services.catalog.usecases.change_dossier import change_dossier
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Kept, page
from tests.support.rooms import somebody

REPORT = "年度考核登记表"


@dataclass
class Case:
    """A dossier of three reports, and a leader beside the archivist."""

    desk: Desk
    kept: Kept
    ids: list[str]
    leader: Caller

    async def version(self, material_id: str) -> int:
        """The material's."""
        return (await self.desk.get(f"materials/{material_id}")).json()["version"]

    async def ask(self, material_id: str, what: str = "removals", **body: Any) -> dict[str, Any]:
        """The archivist's request."""
        told = {"reason": "duplicate"} if what == "removals" else {"note": "剔错了"}
        answer = await self.desk.post(
            f"materials/{material_id}/{what}", told | body, version=await self.version(material_id)
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def decide(self, asked: dict[str, Any], outcome: str = "approve", **options: Any) -> Any:
        """The leader's decision."""
        body = {"outcome": outcome} | {name: options.pop(name) for name in ("note", "category") if name in options}
        options = {"caller": self.leader, "version": asked["version"], **options}
        return await self.desk.post(f"tasks/{asked['task_id']}/decisions", body, **options)

    async def numbers(self) -> list[tuple[str, int, str]]:
        """What the catalogue shows."""
        return await self.desk.office.numbers(self.kept)


@pytest.fixture
async def case(desk: Desk) -> Case:
    """Three reports of 1990 to 1992."""
    kept = await desk.office.keep()
    ids = [await desk.office.file(kept, f"{year}{REPORT}", str(year), pages=[page()]) for year in (1990, 1991, 1992)]
    return Case(desk, kept, ids, somebody("leader", desk.office.unit_id))


async def test_a_removal_waits_for_the_leader_and_is_done_with_the_approval(case: Case):
    """Nothing changes before; then it is out of catalogue and numbers, its pages kept, and others hear of it."""
    gone, last = case.ids[1], case.ids[2]
    asked = await case.ask(gone, note="与 1992 年重复")
    assert (asked["state"], asked["former_place"], asked["owner_role"]) == ("pending", "3-2", "leader")
    assert len(await case.numbers()) == 3
    assert (await case.desk.get("tasks")).json()["items"] == []
    (task,) = (await case.desk.get("tasks", caller=case.leader)).json()["items"]
    assert (task["id"], task["kind"]) == (asked["task_id"], "removal.approve")
    assert task["resource"] == f"removals/{asked['id']}"
    shown = (await case.desk.get(task["resource"], caller=case.leader)).json()
    assert (shown["title"], shown["reason"], shown["note"]) == (f"1991{REPORT}", "duplicate", "与 1992 年重复")
    one = await case.desk.get(f"tasks/{task['id']}", caller=case.leader)
    assert (one.json(), one.headers["etag"]) == (task, '"1"')
    decided = await case.decide(asked)
    assert (decided.status_code, decided.json()["state"], decided.headers["etag"]) == (201, "approved", '"2"')
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    assert decided.json()["keep_until"] == case.desk.office.deps.rules.removal.keep_until(today).isoformat()
    assert await case.numbers() == [("3", 1, f"1990{REPORT}"), ("3", 2, f"1992{REPORT}")]
    (told,) = [one for one in await case.desk.office.told(gone) if one["type"].endswith("removed.v1")]
    assert (told["data"]["from_item_no"], told["data"]["reason"]) == (2, "duplicate")
    assert (await case.desk.office.told(last))[-1]["data"]["reason"] == "renumbered"
    material = (await case.desk.get(f"materials/{gone}")).json()
    assert (material["state"], material["item_no"], len(material["pages"])) == ("removed", None, 1)
    used = "select count(*) from catalog.blob_ref where resource_id = $1 and until is null"
    assert await case.desk.office.admin.fetchval(used, gone) == 1
    card = (await case.desk.get(f"dossiers/{case.kept.dossier_id}")).json()
    assert (card["material_count"], card["catalogue_stale"]) == (2, True)


async def test_a_removed_material_comes_back_to_its_place_the_same_way(case: Case):
    """Asked for, approved, and every number as before; then it can be removed again."""
    before = await case.numbers()
    gone = case.ids[0]
    await case.decide(await case.ask(gone))
    back = await case.ask(gone, "restorations")
    assert (back["kind"], back["note"], back["former_place"]) == ("restore", "剔错了", None)
    assert (await case.decide(back)).json()["kind"] == "restoration.approve"
    assert await case.numbers() == before
    told = (await case.desk.office.told(gone))[-1]["data"]
    assert (told["from_category"], told["category"], told["item_no"], told["reason"]) == (None, "3", 1, "restored")
    await case.decide(await case.ask(gone))
    path = f"dossiers/{case.kept.dossier_id}/removals"
    page_one = (await case.desk.get(f"{path}?page_size=2")).json()
    rest = (await case.desk.get(f"{path}?page_size=2&page_token={page_one['next_page_token']}")).json()
    assert [one["kind"] for one in (*page_one["items"], *rest["items"])] == ["remove", "restore", "remove"]
    assert (await case.desk.get(f"{path}?state=pending")).json()["items"] == []
    assert "dossier.removals_viewed" in await case.desk.office.journal(case.kept.dossier_id)


async def test_a_rejection_says_why_and_changes_nothing(case: Case):
    """Without a note it is not taken; afterwards the archivist may ask anew."""
    before = await case.numbers()
    asked = await case.ask(case.ids[0])
    assert faults_of(await case.decide(asked, "reject")) == {"/note": "required"}
    assert faults_of(await case.decide(asked, "approve", category="3")) == {"/category": "contradiction"}
    rejected = (await case.decide(asked, "reject", note="并非重复")).json()
    assert (rejected["state"], rejected["decision_note"], rejected["keep_until"]) == ("rejected", "并非重复", None)
    assert code_of(await case.decide(asked | {"version": 2})) == "state-conflict"
    assert await case.numbers() == before
    await case.ask(case.ids[0])


async def test_nobody_decides_on_their_own_request_or_without_the_post(case: Case):
    """The archivist is no leader; who is both may not approve what they asked for; nobody in their own matter."""
    unit = case.desk.office.unit_id
    both = Caller(new_id("acc"), posts=(("archivist", unit), ("leader", unit)))
    path = f"materials/{case.ids[0]}/removals"
    answer = await case.desk.post(path, {"reason": "duplicate"}, version=await case.version(case.ids[0]), caller=both)
    asked = answer.json()
    assert code_of(await case.decide(asked, caller=both)) == "same-person-twice"
    assert code_of(await case.decide(asked, caller=case.desk.office.archivist)) == "role-missing"
    assert code_of(await case.decide(asked, caller=somebody("leader", new_id("unt")))) == "not-found"
    own = somebody("leader", unit, person_no=case.kept.person_no)
    assert code_of(await case.decide(asked, caller=own)) == "recusal"
    assert code_of(await case.desk.get(f"removals/{asked['id']}", caller=own)) == "recusal"
    cadre = somebody("archivist", unit, person_no=case.kept.person_no)
    again = await case.desk.post(path, {"reason": "duplicate"}, version=await case.version(case.ids[0]), caller=cadre)
    assert code_of(again) == "recusal"
    assert len(await case.numbers()) == 3


async def test_a_leader_decides_no_filing(case: Case):
    """Two kinds of task share an address; each is only for its own post."""
    await case.desk.office.file(case.kept, "来信")
    (task,) = (await case.desk.get("tasks")).json()["items"]
    assert (await case.desk.get("tasks", caller=case.leader)).json()["items"] == []
    assert code_of(await case.desk.get(f"tasks/{task['id']}", caller=case.leader)) == "not-found"
    answer = await case.desk.post(
        f"tasks/{task['id']}/decisions", {"outcome": "approve", "category": "3"}, version=1, caller=case.leader
    )
    assert code_of(answer) == "role-missing"
    noted = await case.desk.post(
        f"tasks/{task['id']}/decisions", {"outcome": "approve", "category": "3", "note": "好"}, version=1
    )
    assert faults_of(noted) == {"/note": "contradiction"}


async def test_what_cannot_be_asked_for_is_refused(case: Case):
    """An unknown reason, a second request, what is not filed, what was not removed, a closed dossier."""
    material_id = case.ids[0]
    seen, path = await case.version(material_id), f"materials/{material_id}"
    assert faults_of(await case.desk.post(f"{path}/removals", {"reason": "ugly"}, version=seen)) == {
        "/reason": "not-allowed-value"
    }
    assert code_of(await case.desk.post(f"{path}/removals", {"reason": "duplicate"})) == "precondition-required"
    assert code_of(await case.desk.post(f"{path}/restorations", {"note": "回"}, version=seen)) == "state-conflict"
    asked = await case.ask(material_id)
    assert code_of(await case.desk.post(f"{path}/removals", {"reason": "duplicate"}, version=seen)) == "state-conflict"
    version = (await case.desk.get(f"dossiers/{case.kept.dossier_id}")).json()["version"]
    await change_dossier(case.kept.dossier_id, version, {"state": "closed"}, uow=case.desk.office.uow())
    assert code_of(await case.decide(asked)) == "state-conflict"


async def test_two_leaders_at_once_decide_once(case: Case):
    """The second is told that the first was faster."""
    asked = await case.ask(case.ids[0])
    other = somebody("leader", case.desk.office.unit_id)
    answers = await asyncio.gather(case.decide(asked), case.decide(asked, "reject", note="不", caller=other))
    assert sorted(answer.status_code for answer in answers) == [201, 412]


async def test_a_repeated_request_asks_once(case: Case):
    """The same key answers the same request; a repeated approval answers the same decision."""
    seen, key = await case.version(case.ids[0]), new_id("req")
    path, body = f"materials/{case.ids[0]}/removals", {"reason": "duplicate"}
    first = await case.desk.post(path, body, version=seen, key=key)
    again = await case.desk.post(path, body, version=seen, key=key)
    assert again.json() == first.json()
    asked, key = first.json(), new_id("req")
    decisions = [await case.decide(asked, key=key) for _ in range(2)]
    assert decisions[1].headers["idempotent-replayed"] == "true"
    assert decisions[0].json() == decisions[1].json()
    count = "select count(*) from catalog.removal where dossier_id = $1"
    assert await case.desk.office.admin.fetchval(count, to_uuid(case.kept.dossier_id)) == 1
