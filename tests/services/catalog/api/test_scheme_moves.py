"""A dossier goes over to another scheme: the plan, the act, the undo, and others at work meanwhile."""

import asyncio
from typing import Any

from contracts.values.ids import new_id, to_uuid
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody

TITLES = ["离任审计报告", "任前审核登记表", "更改姓名的批复", "报到证", "年度考核登记表", "体检表", "干部任免审批表"]


async def _filled(desk: Desk) -> Kept:
    kept = await desk.office.keep()
    for year, title in enumerate(TITLES, start=2001):
        await desk.office.file(kept, title, str(year))
    return kept


async def _version(desk: Desk, kept: Kept) -> int:
    return (await desk.get(f"dossiers/{kept.dossier_id}")).json()["version"]


async def _move(desk: Desk, kept: Kept, scheme: str, decisions: Any = (), query: str = "", **options: Any) -> Any:
    body = {"scheme": scheme, "decisions": list(decisions), "reason": "旧档按原方案保管"}
    version = options.pop("version", None) or await _version(desk, kept)
    return await desk.post(f"dossiers/{kept.dossier_id}/scheme-moves{query}", body, version=version, **options)


async def _state(desk: Desk, kept: Kept) -> list[tuple[Any, ...]]:
    """Everything by which a place is told, but for versions."""
    rows = await desk.office.admin.fetch(
        """select d.scheme, d.material_count, d.page_count, m.material_id, m.place, m.item_no, m.content_rank,
          m.filing_seq, m.basis, m.title, m.filed_on
        from catalog.dossier d join catalog.material m using (dossier_id)
        where dossier_id = $1 order by m.material_id""",
        to_uuid(kept.dossier_id),
    )
    return [tuple(row) for row in rows]


async def test_the_plan_shows_every_move_and_changes_nothing(desk: Desk):
    """From, to and the rule with its source; a view of the dossier, in the journal."""
    kept = await _filled(desk)
    before = await _state(desk, kept)
    answer = await desk.get(f"dossiers/{kept.dossier_id}/scheme-plan?scheme=r2009")
    plan = answer.json()
    assert answer.headers["etag"] == f'"{plan["dossier_version"]}"'
    moves = {move["title"]: (move["from_category"], move["to_category"], move["basis"]) for move in plan["moves"]}
    assert moves == {
        "离任审计报告": ("5", "3", "r2009:27"),
        "任前审核登记表": ("5", "10", "r2009:4"),
        "报到证": ("10", "9-2", "r2009:39"),
    }
    assert all(move["source"] for move in plan["moves"])
    assert (plan["kept"], plan["undecided"], plan["from_scheme"], plan["to_scheme"]) == (4, [], "r2018", "r2009")
    assert await _state(desk, kept) == before
    assert "dossier.scheme_previewed" in await desk.office.journal(kept.dossier_id)


async def test_a_dossier_moves_with_all_its_materials_and_comes_back_exactly(desk: Desk):
    """One transaction: places, numbers, order, events, journal; the undo restores what was, and can be undone."""
    kept = await _filled(desk)
    before = await _state(desk, kept)
    tried = await _move(desk, kept, "r2009", query="?validate_only=true", key="try-first-1")
    assert (tried.status_code, tried.json()["change_id"], len(tried.json()["material_ids"])) == (201, None, 3)
    assert await _state(desk, kept) == before
    version = await _version(desk, kept)
    made = await _move(desk, kept, "r2009", key="move-it-1", version=version)
    again = await _move(desk, kept, "r2009", key="move-it-1", version=version)
    assert (made.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert made.json() == again.json()
    assert await desk.office.numbers(kept) == [
        ("3", 1, "离任审计报告"),
        ("3", 2, "年度考核登记表"),
        ("5", 1, "更改姓名的批复"),
        ("9-2", 1, "报到证"),
        ("9-2", 2, "干部任免审批表"),
        ("10", 1, "任前审核登记表"),
        ("10", 2, "体检表"),
    ]
    after = await _state(desk, kept)
    assert {row[0] for row in after} == {"r2009"}
    moved = made.json()["material_ids"][0]
    told = await desk.office.told(moved)
    refiled = [event["data"] for event in told if event["type"] == "dangan.material.refiled.v1"][-1]
    assert (refiled["reason"], refiled["from_category"] != refiled["category"]) == ("scheme_changed", True)
    assert "dossier.scheme_changed" in await desk.office.journal(kept.dossier_id)
    path = f"dossiers/{kept.dossier_id}/undoings"
    body = {"change_id": made.json()["change_id"]}
    undone = await desk.post(path, body, version=await _version(desk, kept))
    assert undone.status_code == 201, undone.text
    assert await _state(desk, kept) == before
    redone = await desk.post(path, {"change_id": undone.json()["id"]}, version=await _version(desk, kept))
    assert redone.status_code == 201, redone.text
    assert await _state(desk, kept) == after
    refused = await desk.post(path, body, version=await _version(desk, kept))
    assert code_of(refused) == "state-conflict"


async def _annex(desk: Desk, material_id: str, form_id: str) -> None:
    version = (await desk.get(f"materials/{material_id}")).json()["version"]
    made = await desk.send("PATCH", f"materials/{material_id}", {"annex_of": form_id}, version=version)
    assert made.status_code == 200, made.text


async def test_an_annex_stays_behind_its_form_through_plan_move_and_undo(desk: Desk):
    """Also one that was annexed only after the move: it comes back with the form, and redoing takes it along."""
    kept = await desk.office.keep()
    form = await desk.office.file(kept, "报到证", "2001")
    first = await desk.office.file(kept, "情况说明", "1999")
    await desk.office.file(kept, "体检表", "2000")
    await _annex(desk, first, form)
    assert await desk.office.numbers(kept) == [("10", 1, "体检表"), ("10", 2, "报到证"), ("10", 3, "情况说明")]
    plan = (await desk.get(f"dossiers/{kept.dossier_id}/scheme-plan?scheme=r2009")).json()
    assert {move["title"]: move["to_category"] for move in plan["moves"]} == {"报到证": "9-2", "情况说明": "9-2"}
    made = await _move(desk, kept, "r2009")
    assert made.status_code == 201, made.text
    await desk.office.file(kept, "干部任免审批表", "2001-06")
    second = await desk.office.file(kept, "调动审批表", "2009")
    await _annex(desk, second, form)
    there = [("9-2", 1, "报到证"), ("9-2", 2, "情况说明"), ("9-2", 3, "调动审批表"), ("9-2", 4, "干部任免审批表")]
    assert await desk.office.numbers(kept) == [*there, ("10", 1, "体检表")]
    path = f"dossiers/{kept.dossier_id}/undoings"
    undone = await desk.post(path, {"change_id": made.json()["change_id"]}, version=await _version(desk, kept))
    assert undone.status_code == 201, undone.text
    assert await desk.office.numbers(kept) == [
        ("9-2", 1, "干部任免审批表"),
        ("10", 1, "体检表"),
        ("10", 2, "报到证"),
        ("10", 3, "情况说明"),
        ("10", 4, "调动审批表"),
    ]
    redone = await desk.post(path, {"change_id": undone.json()["id"]}, version=await _version(desk, kept))
    assert redone.status_code == 201, redone.text
    assert await desk.office.numbers(kept) == [*there, ("10", 1, "体检表")]


async def test_the_archivist_decides_what_the_new_scheme_only_asks_about(desk: Desk):
    """Without the decision nothing moves; each fault of the decisions is answered."""
    kept = await desk.office.keep()
    assert (await _move(desk, kept, "r2009")).status_code == 201, "an empty dossier moves too"
    material_id = await desk.office.file(kept, "个人有关事项报告表", "2010")
    assert await desk.office.numbers(kept) == [("2", 1, "个人有关事项报告表")]
    (open_one,) = (await desk.get(f"dossiers/{kept.dossier_id}/scheme-plan?scheme=r2018")).json()["undecided"]
    assert (open_one["material_id"], open_one["cause"], open_one["category"]) == (material_id, "ask", "2")
    assert faults_of(await _move(desk, kept, "r2018")) == {"/decisions": "decision-missing"}
    stranger = new_id("mat")
    wrong = [{"material_id": stranger, "category": "1"}, {"material_id": material_id, "category": "9"}]
    assert faults_of(await _move(desk, kept, "r2018", wrong)) == {
        "/decisions/0/material_id": "unknown-reference",
        "/decisions/1/category": "subclass-required",
    }
    twice = [{"material_id": material_id, "category": "10"}] * 2
    assert faults_of(await _move(desk, kept, "r2018", twice)) == {"/decisions/1/material_id": "duplicate"}
    made = await _move(desk, kept, "r2018", twice[:1])
    assert made.status_code == 201, made.text
    assert await desk.office.numbers(kept) == [("10", 1, "个人有关事项报告表")]


async def test_what_waits_in_the_queue_stays_and_is_offered_the_new_schemes_place(desk: Desk):
    """Nothing is filed behind the archivist's back; a new version keeps anybody from deciding on old offers."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "个人有关事项报告表", "2010")
    task = await desk.office.task_of(material_id)
    assert (await _move(desk, kept, "r2009")).status_code == 201
    shown = await desk.get(f"tasks/{task['task_id']}")
    assert (shown.json()["version"], shown.json()["state"], shown.json()["cause"]) == (2, "pending", "ask")
    assert [one["category"] for one in shown.json()["candidates"]] == ["2"]
    body = {"outcome": "approve", "category": "2"}
    assert code_of(await desk.post(f"tasks/{task['task_id']}/decisions", body, version=1)) == "version-stale"
    assert (await desk.post(f"tasks/{task['task_id']}/decisions", body, version=2)).status_code == 201


async def test_a_move_is_refused_where_it_makes_no_sense(desk: Desk):
    """Unknown scheme, the same one, an old version, a closed dossier, strangers, the person, other roles."""
    kept = await _filled(desk)
    assert faults_of(await _move(desk, kept, "r1991")) == {"/scheme": "not-allowed-value"}
    assert code_of(await _move(desk, kept, "r2018")) == "state-conflict"
    idle = (await desk.get(f"dossiers/{kept.dossier_id}/scheme-plan?scheme=r2018")).json()
    assert (idle["kept"], idle["moves"], idle["undecided"]) == (len(TITLES), [], [])
    stale = await _move(desk, kept, "r2009", version=1)
    assert code_of(stale) == "version-stale"
    assert "material_count" in stale.json()["changed"]
    stranger = somebody("archivist", new_id("unt"))
    related = somebody("archivist", desk.office.unit_id, person_no=kept.person_no)
    auditor = somebody("auditor", desk.office.unit_id)
    plan = f"dossiers/{kept.dossier_id}/scheme-plan?scheme=r2009"
    for caller, code in ((stranger, "not-found"), (related, "recusal"), (auditor, "role-missing")):
        assert code_of(await _move(desk, kept, "r2009", caller=caller)) == code
        assert code_of(await desk.get(plan, caller)) == code
    closed = await desk.send(
        "PATCH", f"dossiers/{kept.dossier_id}", {"state": "closed"}, version=await _version(desk, kept)
    )
    assert closed.status_code == 200
    assert code_of(await _move(desk, kept, "r2009")) == "state-conflict"


async def test_an_undo_is_refused_when_a_moved_material_was_changed_since(desk: Desk):
    """Nothing is overwritten that somebody did afterwards; what was filed since stays."""
    kept = await _filled(desk)
    made = (await _move(desk, kept, "r2009")).json()
    await desk.office.file(kept, "党员登记表", "1999")
    moved = made["material_ids"][0]
    version = (await desk.get(f"materials/{moved}")).json()["version"]
    body = {"category": "7", "reason": "改归"}
    assert (await desk.post(f"materials/{moved}/refilings", body, version=version)).status_code == 201
    undo = {"change_id": made["change_id"]}
    refused = await desk.post(f"dossiers/{kept.dossier_id}/undoings", undo, version=await _version(desk, kept))
    assert code_of(refused) == "state-conflict"


async def test_a_scheme_change_during_filings_loses_nothing(desk: Desk):
    """Both at once: each material is filed once, by the scheme that the dossier had when its turn came."""
    kept = await _filled(desk)
    office = desk.office
    coming = [office.appraised(kept, "离任审计报告", f"20{year:02}") for year in range(10, 22)]

    async def move(scheme: str) -> int:
        while True:
            answer = await _move(desk, kept, scheme)
            if code_of_any(answer) != "version-stale":
                return answer.status_code

    *heard, there = await asyncio.gather(*(office.hear(one) for one in coming), move("r2009"))
    assert (heard, there) == ([True] * len(coming), 201)
    rows = await office.numbers(kept)
    assert len(rows) == len(TITLES) + len(coming)
    for place in {place for place, _, _ in rows}:
        numbers = [no for code, no, _ in rows if code == place]
        assert numbers == list(range(1, len(numbers) + 1))
    # Those filed before the move went with it, those after it were filed by the new scheme: none is left in 5.
    assert {place for place, _, title in rows if title == "离任审计报告"} == {"3"}
    card = (await desk.get(f"dossiers/{kept.dossier_id}")).json()
    assert (card["scheme"], card["material_count"], card["page_count"]) == ("r2009", len(rows), len(rows))


async def test_two_moves_at_once_make_one(desk: Desk):
    """The second has seen another version."""
    kept = await _filled(desk)
    version = await _version(desk, kept)
    answers = await asyncio.gather(*(_move(desk, kept, "r2009", version=version) for _ in range(2)))
    assert sorted(code_of_any(answer) for answer in answers) == ["", "version-stale"]


def code_of_any(answer: Any) -> str:
    return "" if answer.status_code < 400 else code_of(answer)
