"""Facts are written in the words of the dictionaries, where the manual has a closed list."""

from contracts.values.ids import new_id
from tests.services.catalog.api.conftest import Desk, faults_of


async def test_a_word_outside_a_closed_list_is_refused_with_the_nearest(desk: Desk):
    """By the line and by the card; nothing is written. Free kinds take other words."""
    person = await desk.office.register()
    path = f"persons/{person.person_id}"
    lines = [
        {"kind": "ethnicity", "value": {"text": "蒙族"}},
        {"kind": "education", "value": {"mode": "full_time", "level": "电大"}},
    ]
    refused = await desk.post(f"{path}/facts", {"facts": lines}, version=1)
    assert faults_of(refused) == {"/facts/0/value/text": "not-allowed-value"}
    assert "蒙古族" in refused.json()["errors"][0]["params"]["allowed"]
    card = await desk.send("PATCH", path, {"ethnicity": "汉"}, version=1)
    assert faults_of(card) == {"/ethnicity": "not-allowed-value"}
    new = {"person_no": new_id("req")[-12:], "name": "王小明", "unit_id": desk.office.unit_id, "ethnicity": "民家"}
    assert faults_of(await desk.post("persons", new)) == {"/ethnicity": "not-allowed-value"}
    assert (await desk.get(path)).json()["version"] == 1
    lines[0]["value"] = {"text": "蒙古族"}
    made = await desk.post(f"{path}/facts", {"facts": lines}, version=1)
    assert made.status_code == 201, made.text


async def test_an_ended_word_is_written_no_more_and_kept_where_it_stands(desk: Desk):
    """The archivist ends it in the dictionary; who has it keeps it through other corrections."""
    word = f"试验{new_id('req')[-8:]}"
    code = new_id("req")[-8:].lower()
    path = "vocabularies/rank/entries"
    added = await desk.post(path, {"code": code, "zh": word, "en": word})
    assert added.status_code == 201, added.text
    first, second = await desk.office.register(), await desk.office.register()
    line = {"facts": [{"kind": "rank", "value": {"text": word}}]}
    kept = await desk.post(f"persons/{first.person_id}/facts", line, version=1)
    assert kept.status_code == 201, kept.text
    assert (await desk.send("PATCH", f"{path}/{code}", {"valid_to": "2000-01-01"}, version=1)).status_code == 200
    refused = await desk.post(f"persons/{second.person_id}/facts", line, version=1)
    assert faults_of(refused) == {"/facts/0/value/text": "not-allowed-value"}
    corrects = kept.json()["facts"][0]["id"]
    ends = {"kind": "rank", "value": {"text": word}, "valid_from": {"value": "2010-05"}, "corrects": corrects}
    again = await desk.post(f"persons/{first.person_id}/facts", {"facts": [ends]}, version=2)
    assert again.status_code == 201, again.text
