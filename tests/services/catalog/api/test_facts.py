"""Routes of a person's facts, and the identity number behind its mask."""

from typing import Any

import pytest

from contracts.values.id_number import check_character
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody


def number_of(seed: str, born: str = "19700115", order: str = "013") -> str:
    """An identity number of no region, its check character right."""
    first = f"99{seed:0>4}{born}{order}"
    return first + check_character(first)


async def record(desk: Desk, person_id: str, version: int, *lines: dict[str, Any], **options: Any) -> Any:
    """POST these lines against this version."""
    return await desk.post(f"persons/{person_id}/facts", {"facts": list(lines)}, version=version, **options)


async def test_a_fact_comes_with_its_source_and_a_correction_keeps_the_former(desk: Desk):
    """The earlier value stays in the history, with what took its place."""
    kept = await desk.office.keep()
    material = await desk.office.file(kept, "干部履历表", "1999")
    where = {"kind": "material", "material_id": material, "reason": "最早材料"}
    made = await record(
        desk, kept.person_id, 1, {"kind": "work_start", "value": {"date": "1990-08"}, "provenance": where}
    )
    assert made.status_code == 201, made.text
    fact = made.json()["facts"][0]
    assert (fact["value"]["date"]["value"], fact["provenance"]["material_id"]) == ("1990-08", material)
    assert fact["recorded_by"] == desk.office.archivist.account_id
    changed = await record(
        desk, kept.person_id, made.json()["version"], {"kind": "work_start", "value": {"date": "1990-07"}}
    )
    later = changed.json()["facts"][0]
    shown = (await desk.get(f"persons/{kept.person_id}/facts?kind=work_start")).json()["items"]
    assert [one["id"] for one in shown] == [later["id"]]
    history = (await desk.get(f"persons/{kept.person_id}/facts?kind=work_start&history=true")).json()["items"]
    former = next(one for one in history if one["id"] == fact["id"])
    assert (former["current"], former["superseded_by"]) == (False, later["id"])


async def test_the_card_is_what_the_facts_say_and_the_other_way_round(desk: Desk):
    """What is typed into the card is a fact; a fact of the card's members shows on it."""
    person = await desk.office.register("王小明", rank="副科级")
    path = f"persons/{person.person_id}"
    await desk.send("PATCH", path, {"name": "王晓明", "former_names": ["王小明"]}, version=1)
    facts = (await desk.get(f"{path}/facts")).json()["items"]
    told = {(one["kind"], one["value"].get("text")) for one in facts}
    assert {("name", "王晓明"), ("former_name", "王小明"), ("rank", "副科级")} <= told
    await record(desk, person.person_id, 2, {"kind": "ethnicity", "value": {"text": "畲族"}})
    card = (await desk.get(path)).json()
    assert (card["ethnicity"], card["version"]) == ("畲族", 3)
    gone = await desk.send("PATCH", path, {"rank": None}, version=3)
    assert gone.json()["rank"] is None
    history = (await desk.get(f"{path}/facts?kind=rank&history=true")).json()["items"]
    assert [(one["current"], one["superseded_by"]) for one in history] == [(False, None)]


async def test_a_period_ends_by_a_correction_that_names_its_end(desk: Desk):
    """The new row keeps what the line does not name; the rank on the card is the one that goes on."""
    person = await desk.office.register()
    one, two = (
        {"kind": "rank", "value": {"text": text}, "valid_from": since}
        for text, since in (("科员", "2001-07"), ("副科级", "2010-03"))
    )
    made = await record(desk, person.person_id, 1, one, two)
    first = made.json()["facts"][0]
    ended = await record(desk, person.person_id, 2, {"kind": "rank", "corrects": first["id"], "valid_to": "2010-03"})
    fact = ended.json()["facts"][0]
    dates = (fact["value"]["text"], fact["valid_from"]["value"], fact["valid_to"]["value"])
    assert dates == ("科员", "2001-07", "2010-03")
    assert (await desk.get(f"persons/{person.person_id}")).json()["rank"] == "副科级"


async def test_the_summary_computes_the_highest_and_shows_how_an_age_was_settled(desk: Desk):
    """大学 above 大专 within its mode; the birth date with what counted before."""
    person = await desk.office.register(birth_date=None)
    lines = [
        {"kind": "education", "value": {"mode": "full_time", "level": "大专", "school": "甲"}, "valid_to": "1991-07"},
        {"kind": "education", "value": {"mode": "in_service", "level": "大学", "school": "乙"}, "valid_to": "1999-07"},
        {"kind": "education", "value": {"mode": "full_time", "level": "高中", "school": "丙"}, "valid_to": "1995-07"},
        {"kind": "degree", "value": {"mode": "in_service", "degree": "法学学士"}},
        {"kind": "birth_date", "value": {"date": "1970-03"}},
        {"kind": "technical_title", "value": {"text": "工程师", "level": "intermediate"}},
        {"kind": "technical_title", "value": {"text": "高级工程师", "level": "deputy_senior"}},
    ]
    assert (await record(desk, person.person_id, 1, *lines)).status_code == 201
    settled = {"kind": "determination", "reason": "以最早材料为准"}
    await record(desk, person.person_id, 2, {"kind": "birth_date", "value": {"date": "1968-03"}, "provenance": settled})
    told = (await desk.get(f"persons/{person.person_id}/fact-summary")).json()
    assert told["highest"]["full_time"]["education"]["value"]["school"] == "甲"
    assert told["highest"]["in_service"]["degree"]["value"]["degree"] == "法学学士"
    assert told["technical_title"]["value"]["text"] == "高级工程师"
    birth = told["three_ages"]["birth_date"]
    assert (birth["current"]["value"]["date"]["value"], birth["current"]["provenance"]["kind"]) == (
        "1968-03",
        "determination",
    )
    assert [one["value"]["date"]["value"] for one in birth["earlier"]] == ["1970-03"]


@pytest.mark.parametrize(
    ("line", "code", "faults"),
    [
        ({"kind": "sex", "value": {"sex": "x"}}, "validation-failed", {"/facts/0/value/sex": "not-allowed-value"}),
        ({"kind": "sex", "value": {"text": "男"}}, "validation-failed", None),
        ({"kind": "work_start"}, "validation-failed", {"/facts/0/value": "required"}),
        (
            {"kind": "work_start", "value": {"date": "1990-13"}},
            "date-impossible",
            {"/facts/0/value/date": "date-impossible"},
        ),
        (
            {"kind": "work_start", "value": {"date": "1975-06"}},
            "date-impossible",
            {"/facts/0/value/date": "age-too-low"},
        ),
        (
            {"kind": "party", "value": {"party": "中共党员", "joined_on": "2990"}},
            "date-impossible",
            {"/facts/0/value/joined_on": "date-in-future"},
        ),
        (
            {"kind": "assessment", "value": {"year": 2099, "grade": "优秀"}},
            "date-impossible",
            {"/facts/0/value/year": "date-in-future"},
        ),
        (
            {"kind": "family", "value": {"appellation": "长子", "name": "甲", "birth_date": "2990-01"}},
            "date-impossible",
            {"/facts/0/value/birth_date": "date-in-future"},
        ),
        (
            {"kind": "post", "value": {"title": "科员"}, "valid_from": "2001-07", "valid_to": "2000-01"},
            "date-impossible",
            {"/facts/0/valid_to": "date-before"},
        ),
        (
            {"kind": "post", "value": {"title": "科员"}, "valid_from": "1969"},
            "date-impossible",
            {"/facts/0/valid_from": "date-before"},
        ),
        (
            {"kind": "health", "value": {"text": "健康"}, "valid_from": "2001"},
            "validation-failed",
            {"/facts/0/valid_from": "contradiction"},
        ),
        (
            {"kind": "health", "value": {"text": "健康"}, "provenance": {"kind": "material"}},
            "validation-failed",
            {"/facts/0/provenance": "contradiction"},
        ),
        (
            {
                "kind": "health",
                "value": {"text": "健康"},
                "provenance": {"kind": "material", "material_id": new_id("mat")},
            },
            "validation-failed",
            {"/facts/0/provenance/material_id": "unknown-reference"},
        ),
        (
            {"kind": "post", "corrects": new_id("fct"), "valid_to": "2001"},
            "validation-failed",
            {"/facts/0/corrects": "unknown-reference"},
        ),
        (
            {"kind": "id_number", "value": {"id_number": "990000197001150132"}},
            "validation-failed",
            {"/facts/0/value/id_number": "id-number-invalid"},
        ),
        ({"kind": "photo", "value": {}}, "validation-failed", {"/facts/0/kind": "not-allowed-value"}),
    ],
)
async def test_what_cannot_be_is_refused_where_it_stands(desk: Desk, line: Any, code: str, faults: Any):
    """Shape, dates and references, each at its pointer; nothing is recorded."""
    person = await desk.office.register(birth_date=PartialDate(value="1970-01"))
    answer = await record(desk, person.person_id, 1, line)
    assert (answer.status_code, code_of(answer)) == (422, code), answer.text
    if faults is not None:
        assert faults_of(answer) == faults
    assert (await desk.get(f"persons/{person.person_id}")).json()["version"] == 1


async def test_a_name_is_corrected_and_never_withdrawn(desk: Desk):
    """And a withdrawal of another fact says why."""
    person = await desk.office.register()
    path = f"persons/{person.person_id}/facts"
    items = (await desk.get(path)).json()["items"]
    name, birth = (next(one["id"] for one in items if one["kind"] == kind) for kind in ("name", "birth_date"))
    refused = await record(desk, person.person_id, 1, {"kind": "name", "corrects": name, "withdrawn": True})
    assert faults_of(refused) == {"/facts/0/withdrawn": "contradiction"}
    silent = await record(desk, person.person_id, 1, {"kind": "birth_date", "corrects": birth, "withdrawn": True})
    assert faults_of(silent) == {"/facts/0/provenance/reason": "required"}
    line = {"kind": "birth_date", "corrects": birth, "withdrawn": True, "provenance": {"reason": "录入有误"}}
    assert (await record(desk, person.person_id, 1, line)).status_code == 201
    assert (await desk.get(f"persons/{person.person_id}")).json()["birth_date"] is None


async def test_two_archivists_never_write_over_one_another(desk: Desk):
    """428 without the version, 412 with a former one and the names of what changed; a repetition adds nothing."""
    person = await desk.office.register()
    line = {"kind": "health", "value": {"text": "健康"}}
    missing = await desk.post(f"persons/{person.person_id}/facts", {"facts": [line]})
    assert code_of(missing) == "precondition-required"
    key = new_id("req")
    first = await record(desk, person.person_id, 1, line, key=key)
    again = await record(desk, person.person_id, 1, line, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    stale = await record(desk, person.person_id, 1, {"kind": "health", "value": {"text": "一般"}})
    assert (code_of(stale), stale.json()["changed"]) == ("version-stale", "health")


async def test_an_identity_number_is_masked_and_each_unmasking_stands_in_the_journal(desk: Desk):
    """Sealed in the database; whole only by name and permission; found by its index; told as the index alone."""
    person = await desk.office.register()
    whole = number_of(str(abs(hash(desk.office.unit_id)) % 10000))
    made = await record(desk, person.person_id, 1, {"kind": "id_number", "value": {"id_number": whole}})
    assert made.status_code == 201, made.text
    assert whole not in made.text
    path = f"persons/{person.person_id}"
    assert whole not in (await desk.get(f"{path}/facts")).text
    shown = await desk.get(f"{path}?fields=id,id_number")
    assert shown.json() == {"id": person.person_id, "id_number": whole}
    assert shown.headers["etag"] == 'W/"2"'
    assert (await desk.office.journal(person.person_id)).count("person.id_number_revealed") == 1
    found = await desk.post("persons/searches", {"id_number": whole}, key=None)
    assert [one["id"] for one in found.json()["items"]] == [person.person_id]
    told = (await desk.office.told(person.person_id))[-1]["data"]
    assert len(told["id_index"]) == 64
    rows = await desk.office.admin.fetch("select sealed, key_id from catalog.id_number where person_id is not null")
    assert all(whole.encode() not in bytes(row["sealed"]) for row in rows)
    assert code_of(await desk.get(f"{path}?fields=id_nmuber")) == "validation-failed"


async def test_one_number_stands_with_one_person(desk: Desk):
    """Also where the other is kept by a unit that the caller never sees."""
    whole = number_of(str(abs(hash(desk.office.unit_id)) % 10000), order="021")
    one, two = await desk.office.register(), await desk.office.register()
    line = {"kind": "id_number", "value": {"id_number": whole}}
    assert (await record(desk, one.person_id, 1, line)).status_code == 201
    taken = await record(desk, two.person_id, 1, line)
    assert faults_of(taken) == {"/facts/0/value/id_number": "duplicate"}
    # Once it was corrected it is free, and the former one stays in the history under its mask.
    other = {"kind": "id_number", "value": {"id_number": number_of(whole[2:6], order="031")}}
    assert (await record(desk, one.person_id, 2, other)).status_code == 201
    assert (await record(desk, two.person_id, 1, line)).status_code == 201
    history = await desk.get(f"persons/{one.person_id}/facts?kind=id_number&history=true")
    assert [item["current"] for item in history.json()["items"]] == [False, True]


async def test_a_number_that_tells_another_birth_date_is_shown_as_a_contradiction(desk: Desk):
    """Not refused: an identity card does not decide a birth date."""
    person = await desk.office.register(birth_date=PartialDate(value="1968-03"), sex="female")
    whole = number_of(str(abs(hash(desk.office.unit_id)) % 10000), order="041")
    line = {"kind": "id_number", "value": {"id_number": whole}}
    assert (await record(desk, person.person_id, 1, line)).status_code == 201
    told = (await desk.get(f"persons/{person.person_id}/fact-summary")).json()
    assert [one["code"] for one in told["contradictions"]] == ["birth-date-in-id-number", "sex-in-id-number"]


async def test_a_relative_of_the_catalog_becomes_kin(desk: Desk):
    """The words of the form say the relation; recusal counts by the pair, from both sides."""
    father, son = await desk.office.register("王大明"), await desk.office.register("王小明")
    line = {"kind": "family", "value": {"appellation": "长子", "name": "王小明", "person_id": son.person_id}}
    made = await record(desk, father.person_id, 1, line)
    assert made.status_code == 201, made.text
    card = (await desk.get(f"persons/{father.person_id}")).json()
    assert (card["kin"], card["version"]) == (
        [{"person_id": son.person_id, "relation": "child"}],
        made.json()["version"],
    )
    unclear = {"kind": "family", "value": {"appellation": "友人", "name": "某", "person_id": son.person_id}}
    refused = await record(desk, father.person_id, card["version"], unclear)
    assert faults_of(refused) == {"/facts/0/value/appellation": "relation-unknown"}


async def test_facts_go_page_by_page_and_stay_within_the_units(desk: Desk):
    """Each once; a stranger finds nobody, and a leader may not ask."""
    person = await desk.office.register(sex="male", ethnicity="汉族", rank="科员")
    path = f"persons/{person.person_id}/facts"
    seen: list[str] = []
    token = ""
    while token is not None:
        page = (await desk.get(f"{path}?page_size=2" + (f"&page_token={token}" if token else ""))).json()
        seen += [one["id"] for one in page["items"]]
        token = page["next_page_token"]
    assert len(seen) == len(set(seen)) == 5
    stranger, leader = somebody("archivist", new_id("unt")), somebody("leader", desk.office.unit_id)
    assert code_of(await desk.get(path, stranger)) == "not-found"
    assert code_of(await desk.get(path, leader)) == "role-missing"
    line = {"kind": "health", "value": {"text": "健康"}}
    assert code_of(await record(desk, person.person_id, 1, line, caller=stranger)) == "not-found"
    assert code_of(await record(desk, person.person_id, 1, line, caller=leader)) == "role-missing"


async def test_what_is_only_tried_is_checked_and_leaves_nothing(desk: Desk):
    """The answer shows what would be added; version, facts, journal, news and key are as before."""
    person, key = await desk.office.register(), new_id("req")
    path = f"persons/{person.person_id}/facts"
    body = {"facts": [{"kind": "name", "value": {"text": "王晓明"}}]}
    tried = await desk.post(f"{path}?validate_only=true", body, version=1, key=key)
    assert (tried.status_code, tried.json()["version"]) == (200, 1)
    assert tried.json()["facts"][0]["value"] == {"text": "王晓明"}
    assert (await desk.get(f"persons/{person.person_id}")).json()["name"] == "王小明"
    assert await desk.office.journal(person.person_id) == ["person.registered"]
    assert len(await desk.office.told(person.person_id)) == 1
    done = await desk.post(path, body, version=1, key=key)
    assert (done.status_code, done.json()["version"]) == (201, 2)
    early = {"facts": [{"kind": "work_start", "value": {"date": "2999"}}]}
    assert code_of(await desk.post(f"{path}?validate_only=true", early, version=2)) == "date-impossible"
