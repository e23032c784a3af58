"""An accepted material is filed once, queued, or refused; whatever order the events come in."""

import asyncio
from itertools import permutations

import pytest

from contracts.values.ids import new_id, to_uuid
from services.catalog.usecases.change_dossier import change_dossier
from tests.services.catalog.office import Kept, Office, page


async def test_an_accepted_material_is_filed_and_told(office: Office):
    """It gets category, number and basis; event, journal, pages and blob use commit with it."""
    kept = await office.keep()
    pages = [page(), page()]
    appraised = office.appraised(kept, "干部任免审批表", "2021-05", pages=pages, page_count=2)
    assert await office.hear(appraised)
    assert await office.numbers(kept) == [("9-2", 1, "干部任免审批表")]
    (filed,) = await office.told(appraised.material_id)
    assert filed["type"] == "dangan.material.filed.v1"
    assert filed["data"] | {"pages": None, "filed_on": None} == {
        "material_id": appraised.material_id,
        "dossier_id": kept.dossier_id,
        "person_id": kept.person_id,
        "unit_id": office.unit_id,
        "blob_unit_id": office.unit_id,
        "item_id": appraised.item_id,
        "submission_id": appraised.submission_id,
        "category": "9-2",
        "item_no": 1,
        "title": "干部任免审批表",
        "formed_on": {
            "value": "2021-05", "qualifier": None, "as_written": None, "calendar": "gregorian", "source_page": None,
        },
        "page_count": 2,
        "pages": None,
        "filed_on": None,
        "basis": "r2018:11",
    }  # fmt: skip
    assert [p["page_id"] for p in filed["data"]["pages"]] == [p.page_id for p in pages]
    assert await office.journal(appraised.material_id) == ["material.filed"]
    used = await office.admin.fetch(
        "select digest from catalog.blob_ref where resource_id = $1 and until is null", appraised.material_id
    )
    assert {row["digest"] for row in used} == {p.digest for p in pages}
    counts = await office.admin.fetchrow(
        "select material_count, page_count, version from catalog.dossier where dossier_id = $1",
        to_uuid(kept.dossier_id),
    )
    assert counts is not None
    assert tuple(counts) == (1, 2, 2)


async def test_a_rejected_material_is_none_of_ours(office: Office):
    """transfer returns it; the catalog keeps nothing."""
    kept = await office.keep()
    material_id = await office.file(kept, "干部任免审批表", outcome="rejected", reasons=["A5"])
    assert await office.numbers(kept) == []
    assert await office.told(material_id) == []


async def test_an_event_heard_twice_files_once(office: Office):
    """The same event is stopped by the inbox, and the same fact under another id by the material's own key."""
    kept = await office.keep()
    appraised, event_id = office.appraised(kept, "党员登记表"), new_id("evt")
    assert await office.hear(appraised, event_id)
    assert not await office.hear(appraised, event_id)
    assert await office.hear(appraised)
    assert await office.numbers(kept) == [("6", 1, "党员登记表")]
    assert len(await office.told(appraised.material_id)) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_numbers_do_not_depend_on_the_order_of_arrival(office: Office, order: tuple[int, ...]):
    """By time within the subclass, gapless, whichever event comes first."""
    kept = await office.keep()
    dated = [("干部任免审批表甲", "1999"), ("干部任免审批表乙", "2005-03"), ("干部任免审批表丙", "2020-01-15")]
    for index in order:
        await office.file(kept, *dated[index])
    assert await office.numbers(kept) == [("9-2", no, title) for no, (title, _) in enumerate(dated, start=1)]


async def test_an_insertion_renumbers_only_its_category(office: Office):
    """The tail of the category moves, is given a new version, and is journalled; other categories stay."""
    kept = await office.keep()
    later = await office.file(kept, "年度考核登记表", "2020")
    other = await office.file(kept, "党员登记表", "2020")
    await office.file(kept, "年度考核登记表一", "2010")
    assert await office.numbers(kept) == [
        ("3", 1, "年度考核登记表一"),
        ("3", 2, "年度考核登记表"),
        ("6", 1, "党员登记表"),
    ]
    versions = await office.admin.fetch(
        "select version from catalog.material where material_id = any($1::uuid[]) order by category",
        [to_uuid(later), to_uuid(other)],
    )
    assert [row["version"] for row in versions] == [3, 2]
    assert (await office.journal(kept.dossier_id)).count("category.renumbered") == 1


async def test_categories_by_content_are_ordered_by_rank(office: Office):
    """In category 6 the 入党志愿书 stands first, whatever its date (seed 000)."""
    kept = await office.keep()
    for title, formed in [
        ("党员登记表", "1980"),
        ("入党申请书", "1985"),
        ("入党志愿书", "1990"),
        ("入团志愿书", "1995"),
    ]:
        await office.file(kept, title, formed)
    assert [title for _, _, title in await office.numbers(kept)] == [
        "入团志愿书",
        "入党志愿书",
        "入党申请书",
        "党员登记表",
    ]


@pytest.mark.parametrize(
    ("title", "cause", "basis"),
    [
        ("张某某一九八五年来信", "unclassified", None),
        ("个人有关事项报告", "ask", "r2018:22"),
        ("登记表", "retitle", "r2018:42"),
    ],
)
async def test_what_no_rule_places_is_queued(office: Office, title: str, cause: str, basis: str | None):
    """With reason, owner and a due date of 14 days; nothing is told yet."""
    kept = await office.keep()
    material_id = await office.file(kept, title)
    task = await office.task_of(material_id)
    assert (task["cause"], task["basis"], task["owner_role"], task["state"]) == (cause, basis, "archivist", "pending")
    assert (task["due_at"] - task["created_at"]).days == 14
    assert await office.numbers(kept) == []
    assert await office.told(material_id) == []
    assert await office.journal(material_id) == ["material.queued"]


async def test_a_closed_dossier_refuses(office: Office):
    """The department gets the material back with the reason; nothing waits for ever."""
    kept = await office.keep()
    await change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=office.uow())
    material_id = await office.file(kept, "干部任免审批表")
    (refused,) = await office.told(material_id)
    assert refused["type"] == "dangan.material.refused.v1"
    assert refused["data"]["reasons"] == ["dossier_closed"]
    assert await office.numbers(kept) == []


async def test_an_unknown_dossier_refuses_once(office: Office):
    """The catalog opens all dossiers, so one that it does not know is refused and not waited for."""
    nobody = Kept(new_id("per"), "0", new_id("dos"), "0")
    appraised = office.appraised(nobody, "干部任免审批表")
    await office.hear(appraised)
    await office.hear(appraised)
    (refused,) = await office.told(appraised.material_id)
    assert refused["data"]["reasons"] == ["dossier_unknown"]
    assert refused["data"]["dossier_id"] == nobody.dossier_id


async def test_filings_at_the_same_time_leave_no_gap(office: Office):
    """Twelve connections file into one dossier: numbers 1…12, each once."""
    kept = await office.keep()
    events = [office.appraised(kept, f"年度考核登记表{n}", f"20{n:02d}") for n in range(12)]
    await asyncio.gather(*(office.hear(event) for event in events))
    assert [no for _, no, _ in await office.numbers(kept)] == list(range(1, 13))
    assert [title for _, _, title in await office.numbers(kept)] == [f"年度考核登记表{n}" for n in range(12)]


async def test_the_database_refuses_two_materials_of_one_number(office: Office):
    """Even past the code, a number in a category is given once."""
    kept = await office.keep()
    ids = [await office.file(kept, f"年度考核登记表{n}", "2020") for n in range(2)]
    with pytest.raises(Exception, match="material_number"):
        await office.admin.execute(
            "update catalog.material set item_no = 1 where material_id = any($1::uuid[])", [to_uuid(i) for i in ids]
        )


@pytest.mark.parametrize(("category", "subclass"), [(4, None), (9, None), (1, 1)])
async def test_the_database_holds_subclasses_to_four_and_nine(office: Office, category: int, subclass: int | None):
    """A filed material of 4 or 9 has a subclass, any other has none."""
    kept = await office.keep()
    material_id = await office.file(kept, "干部任免审批表")
    with pytest.raises(Exception, match="material_subclass"):
        await office.admin.execute(
            "update catalog.material set category = $2, subclass = $3 where material_id = $1",
            to_uuid(material_id),
            category,
            subclass,
        )
