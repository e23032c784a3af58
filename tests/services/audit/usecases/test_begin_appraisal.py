"""material.received → one appraisal, with its checks, and a task or the event of its end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from chassis.blind_index import blind_index
from contracts.events import DossierChanged, MaterialRefiled, MaterialRemoved
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from tests.chassis.pages import A4_150, jpeg, scanned_blank, text_page
from tests.services.audit.office import Office, Subject

SAMPLE = "样例材料 干部任免审批表"


async def test_a_received_material_waits_for_its_first_person(office: Office):
    """Rows, task, journal and blob references stand in one transaction; nothing is told yet."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert (row["state"], row["kind"], row["persons"], row["version"]) == ("first_check", "appointment", 2, 1)
    assert row["unit_id"] == to_uuid(subject.unit_id)
    assert row["rules_digest"] == office.deps.rules.appraisal.digest
    outcomes = {code: check["outcome"] for code, check in (await office.checks(received.material_id)).items()}
    assert outcomes.pop("formalities") == "not_applicable"
    assert set(outcomes.values()) == {"pass"}
    task = await office.waiting(received.material_id)
    assert (task.step, task.state, task.version, (task.due_at - task.created_at).days) == (1, "pending", 1, 5)
    assert await office.told(received.material_id) == []
    verbs = [verb for verb, _, _ in await office.journal(task.appraisal_id)]
    assert verbs == ["appraisal.begun"]
    assert [verb for verb, _, _ in await office.journal(task.id)] == ["task.assigned"]
    used = await office.admin.fetch(
        "select digest, until from audit.blob_ref where resource_id = $1", task.appraisal_id
    )
    assert [(one["digest"], one["until"]) for one in used] == [(received.pages[0].digest, None)]


async def test_a_green_sample_is_accepted_at_once_and_explained(office: Office):
    """No task; the event repeats what the catalog needs and shows each check. The pages are let go."""
    received = await office.appraising(title=SAMPLE)
    (event,) = await office.told(received.material_id)
    data = event["data"]
    assert event["type"] == "dangan.material.appraised.v1"
    assert event["sequence"] == f"{1:020d}"
    assert (data["outcome"], data["reasons"], data["confirmed_by"], data["kind"]) == ("accepted", [], [], "sample")
    assert data["title"] == SAMPLE
    assert data["formed_on"]["value"] == "1998-07-15"
    assert (data["unit_id"], data["dossier_unit_id"]) == (received.unit_id, received.dossier_unit_id)
    assert data["pages"] == [page.model_dump() for page in received.pages]
    assert [check["check"] for check in data["checks"]] == ["A1", "A1", "A2", "A2", "A3", "A4", "A5"]
    assert {check["by"] for check in data["checks"]} == {"machine"}
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert row["ended_at"] is not None
    used = await office.admin.fetchrow(
        "select until from audit.blob_ref where digest = $1 and unit_id = $2",
        received.pages[0].digest,
        to_uuid(received.unit_id),
    )
    assert used["until"] is not None


async def test_a_red_sample_waits_for_a_person(office: Office):
    """A red never accepts by itself, and never refuses by itself: the machine's no is the first of two."""
    received = await office.appraising(title=SAMPLE, declared_page_count=2)
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert (row["state"], row["machine_voices"]) == ("second_check", ["reject"])
    assert await office.told(received.material_id) == []


async def test_in_production_a_sample_is_a_material_like_any_other(office: Office):
    """The title does not save two persons their look where real dossiers are kept."""
    received = await office.received(await office.known_subject(), title=SAMPLE)
    office.deps.settings.profile = "production"
    try:
        await office.hear(received)
    finally:
        office.deps.settings.profile = "embedded"
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert (row["state"], row["persons"]) == ("first_check", 2)


@pytest.mark.parametrize("times", [2, 3])
async def test_a_material_has_one_appraisal_however_often_it_is_told(office: Office, times: int):
    """The same event again, and the same fact under another event id, change nothing."""
    subject = await office.known_subject()
    received = await office.received(subject, title=SAMPLE)
    event_id = new_id("evt")
    for _ in range(times):
        assert await office.hear(received, event_id=event_id) is None
    assert await office.hear(received) is None
    assert len(await office.told(received.material_id)) == 1


async def test_the_same_fact_at_once_makes_one_appraisal(office: Office):
    """Four deliveries in parallel, each under its own event id: one row, one event."""
    subject = await office.known_subject()
    received = await office.received(subject, title=SAMPLE)
    assert await asyncio.gather(*(office.hear(received) for _ in range(4))) == [None] * 4
    assert len(await office.told(received.material_id)) == 1


async def test_a_material_waits_for_its_person_and_dossier(office: Office):
    """Told before what it speaks of, it is given back uncounted, and appraised once both are heard of."""
    subject = Subject()
    received = await office.received(subject)
    event_id = new_id("evt")
    for told_first in (None, subject.dossier(), subject.person()):
        if told_first is not None:
            assert await office.appraisal(received.material_id) is None
            await office.hear(told_first)
        delay = await office.hear(received, event_id=event_id)
        assert (delay is None) == (told_first is not None and told_first.event_type == "person.changed")
    assert await office.appraisal(received.material_id) is not None
    attempts = await office.admin.fetchval("select attempts from audit.inbox where event_id = $1", to_uuid(event_id))
    assert attempts == 0


async def test_a_page_file_not_there_is_a_passing_fault(office: Office):
    """The material is not refused for a store that is away; once the file is there, it is appraised."""
    subject = await office.known_subject()
    content, unit_id = office.drawn_page(), new_id("unt")
    page = await office.store(new_id("unt"), content)
    received = await office.received(subject, pages=[page], unit_id=unit_id)
    assert (await office.hear(received) or 0) > 0
    assert await office.appraisal(received.material_id) is None
    assert (await office.store(unit_id, content)).digest == page.digest
    assert await office.hear(received) is None
    assert await office.appraisal(received.material_id) is not None


async def test_the_poison_event_goes_to_the_dead_letters_on_the_fifth_try(office: Office):
    """A material that no table can hold is tried five times, leaves no half-written row, and holds up nobody."""
    subject = await office.known_subject()
    poison = await office.received(subject, title="干部任免审批表" * 1000)
    event_id = new_id("evt")
    delays = [await office.hear(poison, event_id=event_id) for _ in range(5)]
    assert all(delays[:4])
    assert delays[4] is None
    dead = await office.admin.fetchrow(
        "select reason, body from audit.dead_letter where event_id = $1", to_uuid(event_id)
    )
    assert poison.material_id.encode() in dead["body"]
    assert "任免" not in dead["reason"]
    assert await office.appraisal(poison.material_id) is None
    assert (
        await office.admin.fetchval("select count(*) from audit.blob_ref where unit_id = $1", to_uuid(poison.unit_id))
        == 0
    )
    assert await office.appraisal((await office.appraising(subject)).material_id) is not None


async def test_what_is_declared_is_compared_with_the_person_heard_of(office: Office):
    """Another number or name is a red; a former name is a remark; no name stands in the evidence."""
    subject = await office.known_subject(former_names=("李援朝",))

    def index(name: str) -> str:
        return blind_index(office.deps.keys.blind_index_key, "name", name)

    for changes, outcome, remarks in (
        ({"declared_person_no": "999"}, "fail", []),
        ({"declared_name_index": index("王建国")}, "fail", []),
        ({"declared_name_index": index("李援朝")}, "pass", ["former_name"]),
        ({"declared_name_index": None, "declared_person_no": None}, "pass", []),
    ):
        received = await office.appraising(subject, **changes)
        check = (await office.checks(received.material_id))["person"]
        assert (check["outcome"], check["remarks"]) == (outcome, remarks)
        assert not any("李" in str(value) for value in check["evidence"].values())


async def test_a_closed_dossier_takes_no_material(office: Office):
    """A4 names it; a person sends the material back."""
    subject = await office.known_subject()
    await office.hear(DossierChanged(**subject.dossier(state="closed").model_dump()), version=2)
    received = await office.appraising(subject)
    assert (await office.checks(received.material_id))["person"]["faults"] == ["dossier_closed"]


async def test_the_pages_are_read_and_not_believed(office: Office):
    """A blank sheet, a coarse scan, a truncated file and a text file are each found out by content."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    whole = office.drawn_page()
    files = (
        (jpeg(scanned_blank(), dpi=(300, 300)), "complete", ["page_blank"]),
        (jpeg(text_page(), dpi=(96, 96)), "legible", ["resolution_low"]),
        (jpeg(text_page((620, 877))), "legible", ["resolution_low"]),
        (whole[: len(whole) // 2], "legible", ["unreadable"]),
        ("这不是图像".encode(), "legible", ["unreadable"]),
    )
    for content, code, faults in files:
        page = await office.store(unit_id, content)
        received = await office.appraising(subject, pages=[page], unit_id=unit_id)
        check = (await office.checks(received.material_id))[code]
        assert (check["outcome"], check["faults"]) == ("fail", faults)


async def test_a_page_at_150_dpi_passes_with_a_remark(office: Office):
    """300 is recommended, 150 suffices."""
    unit_id = new_id("unt")
    page = await office.store(unit_id, jpeg(text_page(A4_150, new_id("pag")), dpi=(150, 150)))
    received = await office.appraising(pages=[page], unit_id=unit_id)
    legible = (await office.checks(received.material_id))["legible"]
    assert (legible["outcome"], legible["remarks"]) == ("pass", ["below_recommended_dpi"])
    assert legible["evidence"]["lowest_dpi"] == 150


async def test_a_page_that_is_filed_already_is_a_duplicate(office: Office):
    """The same file again in the same person's dossier is a red that names the material; another's is not."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    page = await office.store(unit_id, office.drawn_page())
    first = await office.appraising(subject, pages=[page], unit_id=unit_id, title=SAMPLE)
    assert await office.hear(office.filed(first)) is None
    assert await office.hear(office.filed(first), version=2) is None
    again = await office.appraising(subject, pages=[page], unit_id=unit_id, title=SAMPLE)
    check = (await office.checks(again.material_id))["duplicate"]
    assert (check["outcome"], check["faults"]) == ("fail", ["duplicate"])
    assert (check["evidence"]["filed_in"], check["evidence"]["filed_pages"]) == (first.material_id, 1)
    other = await office.appraising(pages=[page], unit_id=unit_id, title=SAMPLE)
    assert (await office.checks(other.material_id))["duplicate"]["outcome"] == "pass"


@pytest.mark.parametrize(("versions", "outcome"), [((2,), "cannot_tell"), ((2, 3), "fail"), ((3, 2), "fail")])
async def test_a_page_whose_material_was_taken_out_may_come_again(
    office: Office, versions: tuple[int, ...], outcome: str
):
    """Removed it is filed no longer, and a person looks; brought back it is, in whatever order that is heard."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    page = await office.store(unit_id, office.drawn_page())
    first = await office.appraising(subject, pages=[page], unit_id=unit_id, title=SAMPLE)
    filed = office.filed(first)
    await office.hear(filed)
    ids = {name: getattr(filed, name) for name in ("material_id", "dossier_id", "person_id", "unit_id")}
    row = {"category": "3", "item_no": 1, "title": SAMPLE, "formed_on": None, "page_count": 1}
    told = {
        2: MaterialRemoved(**ids, from_category="3", from_item_no=1, reason="duplicate"),
        3: MaterialRefiled(**ids, **row, from_category=None, from_item_no=None, reason="restored"),
    }
    for version in versions:
        assert await office.hear(told[version], version=version) is None
    again = await office.appraising(subject, pages=[page], unit_id=unit_id, title=SAMPLE)
    assert (await office.checks(again.material_id))["duplicate"]["outcome"] == outcome


async def test_of_two_equal_pages_at_once_one_is_asked_about(office: Office):
    """Neither is filed yet; the dossier is held, so that the later one sees the earlier one."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    page = await office.store(unit_id, office.drawn_page())
    twins = [await office.received(subject, pages=[page], unit_id=unit_id, title=SAMPLE) for _ in range(2)]
    await asyncio.gather(*map(office.hear, twins))
    found = [(await office.checks(twin.material_id))["duplicate"] for twin in twins]
    assert sorted(check["outcome"] for check in found) == ["cannot_tell", "pass"]
    states = {row["state"] for twin in twins if (row := await office.appraisal(twin.material_id))}
    assert states == {"accepted", "first_check"}


async def test_what_is_filed_before_it_is_received_is_no_duplicate_of_itself(office: Office):
    """Events out of order: the catalog's word on a material comes before transfer's. It is appraised all the same."""
    subject = await office.known_subject()
    received = await office.received(subject)
    assert await office.hear(office.filed(received)) is None
    assert await office.appraisal(received.material_id) is None
    assert await office.hear(received) is None
    checks = await office.checks(received.material_id)
    assert (checks["duplicate"]["outcome"], checks["duplicate"]["faults"]) == ("pass", [])


async def test_a_page_file_that_comes_twice_is_asked_about(office: Office):
    """Two pages of one item with the same file: the appraisal begins, a person looks, the file is used once."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    content = office.drawn_page()
    twice = [await office.store(unit_id, content) for _ in range(2)]
    assert (twice[0].digest, len({page.page_id for page in twice})) == (twice[1].digest, 2)
    received = await office.appraising(subject, pages=twice, unit_id=unit_id, title=SAMPLE)
    check = (await office.checks(received.material_id))["duplicate"]
    assert (check["outcome"], check["remarks"]) == ("cannot_tell", ["repeated_page"])
    assert check["evidence"]["repeated_pages"] == 1
    task = await office.waiting(received.material_id)
    used = await office.admin.fetch("select digest from audit.blob_ref where resource_id = $1", task.appraisal_id)
    assert [row["digest"] for row in used] == [twice[0].digest]


async def test_an_undated_material_is_for_a_person(office: Office):
    """Not even a sample passes unseen without a date."""
    received = await office.appraising(title=SAMPLE, formed_on=None)
    row = await office.appraisal(received.material_id)
    assert row is not None
    assert (row["state"], row["formed_on"]) == ("first_check", None)


async def test_today_is_counted_in_china(office: Office):
    """A date of today passes; tomorrow's is a red."""
    subject = await office.known_subject()
    async with office.deps.as_service() as uow:
        today = uow.today
    received = await office.appraising(subject, formed_on=PartialDate.of(today))
    assert (await office.checks(received.material_id))["date_sane"]["outcome"] == "pass"
    tomorrow = PartialDate.of(today + timedelta(days=1))
    received = await office.appraising(subject, formed_on=tomorrow)
    assert (await office.checks(received.material_id))["date_sane"]["faults"] == ["date_in_future"]
