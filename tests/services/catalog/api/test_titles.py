"""Titles on their way in: the catalogue's form is filed, the paper's words stay, nothing is guessed."""

from tests.services.catalog.api.conftest import Desk, faults_of


async def test_a_material_is_filed_under_the_catalogues_form(desk: Desk):
    """From audit: the rules see the rewritten title; the original stands beside it."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "《入黨志願書》（一份）", "1985")
    shown = (await desk.get(f"materials/{material_id}")).json()
    assert (shown["title"], shown["original_title"]) == ("入党志愿书", "《入黨志願書》（一份）")
    assert (shown["category"], shown["wording"], shown["title_proposal"]) == ("6", "rewritten", None)
    assert shown["queue"] is None
    deciding, runner_up = shown["explanation"]["deciding"], shown["explanation"]["runner_up"]
    assert (deciding["basis"], deciding["source"], deciding["matched"]) == ("r2018:31", "seed 000", "入党")
    assert runner_up is None


async def test_a_typed_row_is_written_in_the_catalogues_form(desk: Desk):
    """An archivist's row of a paper catalogue too, and the title's rule speaks of it."""
    kept = await desk.office.keep()
    rows = [{"title": "二〇一四年年度考核登记表", "formed_on": {"value": "2015-01"}, "page_count": 2}]
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
    (item,) = made.json()["items"]
    assert (item["title"], item["original_title"]) == ("2014年度考核登记表", "二〇一四年年度考核登记表")
    assert (item["category"], item["basis"]) == ("3", "r2018:29")


async def test_a_title_that_says_nothing_waits_for_a_supplied_one(desk: Desk):
    """Marks and white space do not make 材料 say more; the supplied title is told apart from the paper's."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "《材 料》", "1990")
    queue = (await desk.get(f"materials/{material_id}")).json()["queue"]
    assert (queue["cause"], queue["basis"], queue["candidates"]) == ("retitle", "r2018:42", [])
    path = f"tasks/{queue['task_id']}/decisions"
    refused = await desk.post(path, {"outcome": "approve", "category": "10", "title": "登记 表"}, version=1)
    assert faults_of(refused) == {"/title": "title-says-nothing"}
    body = {"outcome": "approve", "category": "10", "title": "一九九〇年家庭情况说明"}
    assert (await desk.post(path, body, version=1)).status_code == 201
    shown = (await desk.get(f"materials/{material_id}")).json()
    assert (shown["title"], shown["wording"]) == ("1990年家庭情况说明", "supplied")
    assert shown["original_title"] == "《材 料》"


async def test_a_waiting_material_shows_its_candidates_and_an_over_long_title_its_proposal(desk: Desk):
    """Both are offers: nothing was changed by them."""
    kept = await desk.office.keep()
    waiting = await desk.office.file(kept, "人员登记表")
    (first, *_) = (await desk.get(f"materials/{waiting}")).json()["queue"]["candidates"]
    assert (first["category"], first["why"], first["fact"]) == ("9-2", "fact", "approval_opinion_sealed")
    issuer = "中共青岚县委组织部、青岚县人力资源和社会保障局、青岚县教育局"
    long_title = f"{issuer}关于更改出生日期的批复"
    material_id = await desk.office.file(kept, long_title, "2001")
    shown = (await desk.get(f"materials/{material_id}")).json()
    assert (shown["title"], shown["wording"]) == (long_title, "as_written")
    assert shown["title_proposal"] == "关于更改出生日期的批复"


async def test_a_filing_under_an_asserted_fact_explains_itself(desk: Desk):
    """The fact is not forgotten: the rule that requires it decides, and the general one is the runner-up."""
    kept = await desk.office.keep()
    rows = [
        {"title": "干部履历表", "page_count": 1, "facts": ["mainly_autobiography"]},
        {"title": "干部履历表", "page_count": 1},
    ]
    made = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
    by_fact, plainly = [(await desk.get(f"materials/{one['id']}")).json() for one in made.json()["items"]]
    told = by_fact["explanation"]
    assert (by_fact["category"], told["deciding"]["basis"], told["runner_up"]["basis"]) == ("2", "r2018:5", "r2018:41")
    assert told["deciding"]["requires_fact"] == "mainly_autobiography"
    assert (plainly["category"], plainly["explanation"]["deciding"]["basis"]) == ("1", "r2018:41")


async def test_a_row_that_no_rule_places_is_asked_with_candidates(desk: Desk):
    """The archivist has the paper in hand: the fault names what comes near, and nothing where nothing does."""
    kept = await desk.office.keep()
    rows = [{"title": "人员登记表", "page_count": 1}, {"title": "来信", "page_count": 1}]
    refused = await desk.post(f"dossiers/{kept.dossier_id}/materials", {"materials": rows})
    assert faults_of(refused) == {"/materials/0/category": "required", "/materials/1/category": "required"}
    first, second = refused.json()["errors"]
    assert first["params"]["candidates"].split(", ")[0] == "9-2"
    assert "candidates" not in second["params"]
