"""Dictionaries and enums: words in both languages, edited by archivists with what hangs on them in sight."""

import asyncpg
import pytest

from contracts.values.ids import new_id, to_uuid
from services.catalog.rules.enum_file import CODES
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody

# A name holds letters only.
_LETTERS = str.maketrans("0123456789", "abcdefghij")


@pytest.fixture
async def dictionary(admin: asyncpg.Connection) -> str:
    """A dictionary of this test alone, over the facts `health`, with two words."""
    name = f"test_{new_id('req')[-12:].lower().translate(_LETTERS)}"
    await admin.execute("insert into catalog.vocabulary values ($1, '试验', 'Trial', 'health')", name)
    await admin.execute(
        """insert into catalog.vocabulary_entry (vocabulary, code, zh, en, position, version, changed_at)
        values ($1, 'a', '健壮', 'Sturdy', 1, 1, now()), ($1, 'b', '强健', 'Strong', 2, 1, now())""",
        name,
    )
    return name


async def _fact(desk: Desk, word: str) -> None:
    person = await desk.office.register()
    await desk.office.admin.execute(
        """insert into catalog.fact (fact_id, person_id, kind, value, sort_key, provenance, entry_id, recorded_at,
          recorded_by) values (uuidv7(), $1, 'health', jsonb_build_object('text', $2::text), '0', 'entry', uuidv7(),
          now(), 'test')""",
        to_uuid(person.person_id),
        word,
    )


async def test_everyone_reads_dictionaries_and_enums(desk: Desk):
    """Whatever role: labels are on every screen."""
    viewer = somebody("viewer", desk.office.unit_id)
    listed = (await desk.get("vocabularies?page_size=200", viewer)).json()["items"]
    kinds = {one["name"]: one["kind"] for one in listed}
    assert {name for name, kind in kinds.items() if kind == "enum"} == {*CODES, "scheme"}
    assert kinds["ethnicity"] == "dictionary"
    groups = (await desk.get("vocabularies/ethnicity?page_size=200", viewer)).json()
    assert len(groups["items"]) == 56
    assert (groups["items"][0]["code"], groups["items"][0]["zh"], groups["items"][0]["en"]) == ("01", "汉族", "Han")
    kin = (await desk.get("vocabularies/kin_relation", viewer)).json()
    assert [one["code"] for one in kin["items"]] == list(CODES["kin_relation"])
    assert (kin["items"][0]["zh"], kin["items"][0]["version"]) == ("配偶", None)
    schemes = (await desk.get("vocabularies/scheme", viewer)).json()
    assert [one["code"] for one in schemes["items"]] == ["r2018", "r2009"], "that of new dossiers first"
    assert schemes["items"][1]["zh"] == "干部人事档案十大类（2009）"
    assert code_of(await desk.get("vocabularies/no_such_thing", viewer)) == "not-found"


@pytest.mark.parametrize("name", ["ethnicity", "role"])
async def test_a_vocabulary_is_read_page_by_page(desk: Desk, name: str):
    """Every entry once, in order, whichever kind it is."""
    codes: list[str] = []
    token = ""
    while token is not None:
        page = (await desk.get(f"vocabularies/{name}?page_size=9{token and f'&page_token={token}'}")).json()
        codes += [one["code"] for one in page["items"]]
        token = page["next_page_token"]
    whole = (await desk.get(f"vocabularies/{name}?page_size=200")).json()["items"]
    assert codes == [one["code"] for one in whole]
    names = (await desk.get("vocabularies?page_size=4")).json()
    following = (await desk.get(f"vocabularies?page_size=4&page_token={names['next_page_token']}")).json()
    assert names["items"][-1]["name"] < following["items"][0]["name"]


async def test_an_archivist_adds_a_word(desk: Desk, dictionary: str):
    """First tried without effect, then made; it stands last, and the journal knows."""
    await _fact(desk, "欠佳")
    body = {"code": "c", "zh": "欠佳", "en": "Poor", "valid_from": "2020-01-01"}
    path = f"vocabularies/{dictionary}/entries"
    tried = await desk.post(f"{path}?validate_only=true", body, key="trial-key-1")
    assert (tried.status_code, tried.json()["uses"]) == (201, 1)
    assert code_of(await desk.get(f"{path}/c")) == "not-found"
    made = await desk.post(path, body, key="same-key-1")
    again = await desk.post(path, body, key="same-key-1")
    assert made.status_code == again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert (made.json()["position"], made.json()["version"], made.headers["etag"]) == (3, 1, '"1"')
    assert await desk.office.journal(f"vocabularies/{dictionary}/c") == ["vocabulary_entry.added"]
    assert faults_of(await desk.post(path, body)) == {"/code": "duplicate"}
    assert faults_of(await desk.post(path, {**body, "code": "d"})) == {"/zh": "duplicate"}
    turned = {"code": "d", "zh": "新词", "en": "New", "valid_from": "2020-01-02", "valid_to": "2020-01-01"}
    assert faults_of(await desk.post(path, turned)) == {"/valid_to": "contradiction"}


async def test_uses_are_shown_before_a_change(desk: Desk, dictionary: str):
    """A number over all units, and nothing of anybody; trying changes nothing."""
    for _ in range(3):
        await _fact(desk, "健壮")
    path = f"vocabularies/{dictionary}/entries/a"
    shown = await desk.get(path)
    assert (shown.json()["uses"], shown.headers["etag"]) == (3, '"1"')
    tried = await desk.send("PATCH", f"{path}?validate_only=true", {"zh": "壮健"}, version=1)
    assert (tried.json()["zh"], tried.json()["uses"], tried.json()["version"]) == ("壮健", 3, 2)
    assert (await desk.get(path)).json()["zh"] == "健壮"
    changed = await desk.send("PATCH", path, {"valid_to": "2025-12-31"}, version=1)
    assert (changed.json()["valid_to"], changed.headers["etag"]) == ("2025-12-31", '"2"')
    stale = await desk.send("PATCH", path, {"en": "Robust"}, version=1)
    assert (code_of(stale), stale.json()["changed"]) == ("version-stale", "valid_to")
    assert code_of(await desk.send("PATCH", path, {"en": "Robust"})) == "precondition-required"


async def test_what_is_no_longer_valid_is_left_out_of_a_choice(desk: Desk, dictionary: str):
    """It stays in the dictionary, for what was written with it."""
    await desk.send("PATCH", f"vocabularies/{dictionary}/entries/a", {"valid_to": "2025-12-31"}, version=1)
    later = (await desk.get(f"vocabularies/{dictionary}?valid_on=2026-01-01")).json()["items"]
    before = (await desk.get(f"vocabularies/{dictionary}?valid_on=2025-12-31")).json()["items"]
    assert [one["code"] for one in later] == ["b"]
    assert [one["code"] for one in before] == ["a", "b"]
    assert len((await desk.get(f"vocabularies/{dictionary}")).json()["items"]) == 2


async def test_codes_are_merged_and_never_deleted(desk: Desk, dictionary: str):
    """What had gone over into a code goes on with it, so that a merge always names the last code."""
    path = f"vocabularies/{dictionary}/entries"
    await desk.post(path, {"code": "c", "zh": "欠佳", "en": "Poor"})
    assert (await desk.send("PATCH", f"{path}/a", {"merged_into": "b"}, version=1)).json()["merged_into"] == "b"
    for code, target, fault in (
        ("c", "a", "unknown-reference"),
        ("c", "c", "contradiction"),
        ("c", "z", "unknown-reference"),
    ):
        refused = await desk.send("PATCH", f"{path}/{code}", {"merged_into": target}, version=1)
        assert faults_of(refused) == {"/merged_into": fault}
    assert (await desk.send("PATCH", f"{path}/b", {"merged_into": "c"}, version=1)).status_code == 200
    merged = {one["code"]: one["merged_into"] for one in (await desk.get(f"vocabularies/{dictionary}")).json()["items"]}
    assert merged == {"a": "c", "b": "c", "c": None}
    assert await desk.office.journal(f"vocabularies/{dictionary}/a") == ["vocabulary_entry.changed"] * 2
    back = await desk.send("PATCH", f"{path}/a", {"merged_into": None}, version=3)
    assert (back.json()["merged_into"], back.json()["version"]) == (None, 4)
    assert (await desk.send("DELETE", f"{path}/a", version=4)).status_code == 405


async def test_enums_and_other_roles_are_refused(desk: Desk, dictionary: str):
    """A contract's codes change by a release; a dictionary by archivists alone."""
    body = {"code": "z", "zh": "某", "en": "Some"}
    assert code_of(await desk.post("vocabularies/kin_relation/entries", body)) == "state-conflict"
    assert code_of(await desk.send("PATCH", "vocabularies/role/entries/viewer", {"zh": "某"}, version=1)) == (
        "state-conflict"
    )
    assert code_of(await desk.post("vocabularies/no_such_thing/entries", body)) == "not-found"
    auditor = somebody("auditor", desk.office.unit_id)
    path = f"vocabularies/{dictionary}/entries"
    assert code_of(await desk.post(path, body, caller=auditor)) == "role-missing"
    assert code_of(await desk.get(f"{path}/a", auditor)) == "role-missing"
    assert code_of(await desk.send("PATCH", f"{path}/a", {"zh": "某"}, version=1, caller=auditor)) == "role-missing"
