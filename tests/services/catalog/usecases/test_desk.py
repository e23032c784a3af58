"""The archivist's desk: another category, an order by hand, a corrected row, cuts, joins, and their undo."""

import asyncio
import random
from typing import Any

import pytest

from contracts.events import Envelope, MaterialRefiled
from contracts.problems import NotFound, Recusal, StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.domain.standing import Standing
from services.catalog.store import materials, standings
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.edit_material import EditMaterial, edit_material
from services.catalog.usecases.merge_materials import MergeMaterials, merge_materials
from services.catalog.usecases.order_category import OrderCategory, order_category
from services.catalog.usecases.refile_material import RefileMaterial, refile_material
from services.catalog.usecases.split_material import Part, SplitMaterial, split_material
from services.catalog.usecases.undo_change import UndoChange, undo_change
from tests.services.catalog.office import Kept, Office, page
from tests.support.rooms import somebody

FORM, REPORT = "干部任免审批表", "年度考核登记表"


async def standing(office: Office, kept: Kept, material_id: str) -> Standing:
    """How a material stands."""
    async with office.uow() as uow:
        return (await standings.load(uow, kept.dossier_id, [material_id]))[material_id]


async def version_of(office: Office, kept: Kept) -> int:
    """The dossier's version."""
    return await office.admin.fetchval(
        "select version from catalog.dossier where dossier_id = $1", to_uuid(kept.dossier_id)
    )


async def refile(office: Office, kept: Kept, material_id: str, **members: Any) -> str:
    """Move a material; the change's id."""
    version = (await standing(office, kept, material_id)).version
    as_whom = {name: members.pop(name) for name in ("caller", "key", "body") if name in members}
    command = RefileMaterial(material_id, members.pop("seen", version), "归错类", **members)
    return await refile_material(command, uow=office.uow(**as_whom), rules=office.deps.rules)


async def edit(office: Office, kept: Kept, material_id: str, **changes: Any) -> None:
    """Correct a row."""
    version = (await standing(office, kept, material_id)).version
    await edit_material(EditMaterial(material_id, version, changes), uow=office.uow(), rules=office.deps.rules)


async def order(office: Office, kept: Kept, category: str, ids: list[str], **members: Any) -> str:
    """Put a category in order."""
    seen = members.pop("seen", None) or await version_of(office, kept)
    command = OrderCategory(kept.dossier_id, seen, category, ids, "按本地惯例")
    return await order_category(command, uow=office.uow(**members), rules=office.deps.rules)


async def undo(office: Office, kept: Kept, change_id: str) -> str:
    """Take a change back."""
    command = UndoChange(kept.dossier_id, await version_of(office, kept), change_id)
    return await undo_change(command, uow=office.uow(), rules=office.deps.rules)


async def catalogue(office: Office, kept: Kept) -> list[tuple[Any, ...]]:
    """All that a catalogue shows, byte for byte, with the dossier's counts."""
    rows = await office.admin.fetch(
        """select place, item_no, title, formed_on::text as formed_on, m.page_count, remark, m.material_id,
          array(select page_id from catalog.page p where p.material_id = m.material_id order by page_no) as pages,
          d.material_count, d.page_count as all_pages
        from catalog.material m join catalog.dossier d using (dossier_id)
        where dossier_id = $1 and m.state = 'filed' order by category, subclass, item_no""",
        to_uuid(kept.dossier_id),
    )
    return [tuple(row) for row in rows]


def types_of(told: list[dict[str, Any]]) -> list[str]:
    """Their types, shortened."""
    return [event["type"].removeprefix("dangan.material.").removesuffix(".v1") for event in told]


async def test_a_move_renumbers_both_categories_and_tells_each(office: Office):
    """What was behind it closes up, what is behind its new place makes room; an undo restores all of it."""
    kept = await office.keep()
    first, second = [await office.file(kept, FORM, year) for year in ("1990", "2000")]
    other = await office.file(kept, REPORT, "1995")
    before = await catalogue(office, kept)
    change = await refile(office, kept, first, category="3")
    assert await office.numbers(kept) == [("3", 1, FORM), ("3", 2, REPORT), ("9-2", 1, FORM)]
    (told,) = [event for event in await office.told(first) if event["type"].endswith("refiled.v1")]
    moved = told["data"]
    assert (moved["from_category"], moved["from_item_no"], moved["reason"]) == ("9-2", 1, "moved")
    assert (moved["category"], moved["item_no"]) == ("3", 1)
    for material_id, expected in ((second, ("9-2", 2, "9-2", 1)), (other, ("3", 1, "3", 2))):
        data = (await office.told(material_id))[-1]["data"]
        assert (data["from_category"], data["from_item_no"], data["category"], data["item_no"]) == expected
        assert data["reason"] == "renumbered"
    assert (await office.journal(first))[-1] == "material.moved"
    await undo(office, kept, change)
    assert await catalogue(office, kept) == before
    assert (await office.told(first))[-1]["data"]["reason"] == "undone"


async def test_an_insertion_tells_what_it_moved(office: Office):
    """Only the category entered, only the tail; each once."""
    kept = await office.keep()
    early, late = [await office.file(kept, FORM, year) for year in ("1990", "2000")]
    elsewhere = await office.file(kept, REPORT, "1995")
    await office.file(kept, FORM, "1995")
    assert types_of(await office.told(early)) == ["filed"]
    assert types_of(await office.told(late)) == ["filed", "refiled"]
    moved = Envelope[MaterialRefiled].model_validate((await office.told(late))[-1])
    assert moved.data.model_dump(mode="json") == (await office.told(late))[-1]["data"]
    assert (moved.data.from_item_no, moved.data.item_no, moved.data.formed_on) == (2, 3, PartialDate(value="2000"))
    assert types_of(await office.told(elsewhere)) == ["filed"]


async def test_without_a_category_the_title_decides_under_the_facts_asserted(office: Office):
    """A title that no rule places is asked for its category; a divided category for its subclass."""
    kept = await office.keep()
    material = await office.file(kept, REPORT, "2001")
    await refile(office, kept, material, title="现实表现材料", facts={"linked_to_appointment"})
    moved = await standing(office, kept, material)
    assert (moved.code, moved.basis, moved.title) == ("9-2", "r2018:12", "现实表现材料")
    for members, pointer, code in (
        ({"title": "某厂来信"}, "/category", "required"),
        ({"category": "4"}, "/category", "subclass-required"),
        ({"category": "9-2"}, "/category", "duplicate"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await refile(office, kept, material, **members)
        assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [(pointer, code)]


async def test_a_correction_keeps_the_paper_s_title_and_moves_by_the_last_date(office: Office):
    """Several dates on the paper: the last one counts."""
    kept = await office.keep()
    material, other = await office.file(kept, REPORT, "1990"), await office.file(kept, "试用期转正考核表", "1995")
    await edit(
        office, kept, material, title="1990年度考核登记表", remark="复制件", page_count=3,
        dates=[PartialDate(value="1999-02"), PartialDate(value="1991")],
    )  # fmt: skip
    assert await office.numbers(kept) == [("3", 1, "试用期转正考核表"), ("3", 2, "1990年度考核登记表")]
    async with office.uow() as uow:
        shown = await materials.get(uow.raw(), material)
    assert (shown.original_title, shown.formed_on, shown.page_count) == (REPORT, PartialDate(value="1999-02"), 3)
    assert (await catalogue(office, kept))[0][-1] == 4
    data = (await office.told(material))[-1]["data"]
    assert (data["title"], data["page_count"], data["reason"]) == ("1990年度考核登记表", 3, "corrected")
    before = len(await office.told(material))
    await edit(office, kept, material, remark="复制件")
    assert len(await office.told(material)) == before
    assert (await standing(office, kept, other)).item_no == 1


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"title": "登记表"}, "/title", "title-says-nothing"),
        ({"formed_on": PartialDate(value="2999")}, "/formed_on", "date-impossible"),
        ({"dates": [PartialDate(value="2999")]}, "/formed_on", "date-impossible"),
        ({"case_id": "甲案"}, "/case_id", "contradiction"),
        ({"annex_of": "mat_00000000000000000000000001"}, "/annex_of", "unknown-reference"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused(office: Office, changes: dict[str, Any], pointer: str, code: str):
    """With pointer and code, and nothing is written."""
    kept = await office.keep()
    material = await office.file(kept, FORM, "1990")
    before = await catalogue(office, kept)
    with pytest.raises(ValidationFailed) as refused:
        await edit(office, kept, material, **changes)
    assert (pointer, code) in [(fault.pointer, fault.code) for fault in refused.value.errors]
    assert await catalogue(office, kept) == before


async def test_an_annex_follows_its_form_and_hangs_on_no_annex(office: Office):
    """An inspection report shares its form's place, also when the form's date changes."""
    kept = await office.keep()
    late, early = await office.file(kept, FORM, "2001"), await office.file(kept, FORM, "2000")
    report = await office.file(kept, FORM, "1999")
    await edit(office, kept, report, annex_of=late)
    expected = [early, late, report]
    assert [(await standing(office, kept, one)).item_no for one in expected] == [1, 2, 3]
    with pytest.raises(ValidationFailed):
        await edit(office, kept, early, annex_of=report)
    with pytest.raises(ValidationFailed):
        await edit(office, kept, late, annex_of=early)
    await edit(office, kept, late, formed_on=PartialDate(value="1980"))
    assert [(await standing(office, kept, one)).item_no for one in (late, report, early)] == [1, 2, 3]


async def test_an_order_by_hand_holds_until_it_is_taken_back(office: Office):
    """Pinned with its reason; newcomers find their place by time; an empty order is by the rules again."""
    kept = await office.keep()
    ids = [await office.file(kept, REPORT, str(year)) for year in (1990, 1991, 1992, 1993)]
    wanted = [ids[0], ids[3], ids[1], ids[2]]
    change = await order(office, kept, "3", wanted)
    assert [(await standing(office, kept, one)).item_no for one in wanted] == [1, 2, 3, 4]
    pinned = [await standing(office, kept, one) for one in ids]
    assert [one.pin_reason for one in pinned] == [None, None, None, "按本地惯例"]
    await office.file(kept, "试用期转正考核表", "1991-06")
    assert [(await standing(office, kept, one)).item_no for one in wanted] == [1, 2, 3, 5]
    await undo(office, kept, change)
    assert [(await standing(office, kept, one)).item_no for one in ids] == [1, 2, 4, 5]
    with pytest.raises(ValidationFailed) as refused:
        await order(office, kept, "3", [ids[0], ids[0], new_id("mat")])
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/material_ids/1", "duplicate"),
        ("/material_ids/2", "unknown-reference"),
    ]
    with pytest.raises(ValidationFailed) as refused:
        await order(office, kept, "3", ids)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/material_ids", "too-few")]


async def test_of_two_archivists_who_order_at_once_one_is_told(office: Office):
    """Neither overwrites the other: the second saw an older dossier."""
    kept = await office.keep()
    ids = [await office.file(kept, REPORT, str(year)) for year in (1990, 1991, 1992)]
    seen = await version_of(office, kept)
    other = somebody("archivist", office.unit_id)
    results = await asyncio.gather(
        order(office, kept, "3", [ids[2], ids[0], ids[1]], seen=seen),
        order(office, kept, "3", [ids[1], ids[2], ids[0]], seen=seen, caller=other),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [VersionStale]
    rows = await catalogue(office, kept)
    assert [row[1] for row in rows] == [1, 2, 3]


async def test_of_two_archivists_who_move_one_material_at_once_one_is_told(office: Office):
    """The material's version decides."""
    kept = await office.keep()
    material = await office.file(kept, REPORT, "1990")
    seen = (await standing(office, kept, material)).version
    results = await asyncio.gather(
        *(refile(office, kept, material, category=code, seen=seen) for code in ("1", "10")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["VersionStale", "str"]
    assert len(await office.numbers(kept)) == 1


async def test_a_repeated_request_moves_once(office: Office):
    """The same key answers the same change."""
    kept = await office.keep()
    material = await office.file(kept, REPORT, "1990")
    first = await refile(office, kept, material, category="1", key="move-0001")
    assert await refile(office, kept, material, category="1", key="move-0001") == first
    assert types_of(await office.told(material)) == ["filed", "refiled"]


async def test_nobody_changes_a_closed_or_foreign_or_own_dossier(office: Office):
    """Closed: a conflict. Of another unit: not found. One's own: recusal."""
    kept = await office.keep()
    material = await office.file(kept, REPORT, "1990")
    with pytest.raises(Recusal):
        own = somebody("archivist", office.unit_id, person_no=kept.person_no)
        await refile(office, kept, material, category="1", caller=own)
    with pytest.raises(NotFound):
        await refile(office, kept, material, category="1", caller=somebody("archivist", new_id("unt")))
    await change_dossier(kept.dossier_id, await version_of(office, kept), {"state": "closed"}, uow=office.uow())
    with pytest.raises(StateConflict):
        await refile(office, kept, material, category="1")


async def split(office: Office, kept: Kept, material_id: str, *parts: Part) -> str:
    """Cut a material."""
    version = (await standing(office, kept, material_id)).version
    command = SplitMaterial(material_id, version, parts, "误订在一起")
    return await split_material(command, uow=office.uow(), rules=office.deps.rules)


async def merge(office: Office, kept: Kept, material_id: str, *others: str, joined: Any = "parts") -> str:
    """Join materials."""
    version = (await standing(office, kept, material_id)).version
    command = MergeMaterials(material_id, version, others, joined, "同一事由")
    return await merge_materials(command, uow=office.uow(), rules=office.deps.rules, blobs=office.deps.blobs)


async def test_a_cut_gives_each_part_its_pages_and_place_and_can_be_undone(office: Office):
    """The first part keeps the id; nothing of a page is lost."""
    kept = await office.keep()
    pages = [page() for _ in range(3)]
    whole = await office.file(kept, REPORT, "2001", page_count=3, pages=pages)
    before = await catalogue(office, kept)
    ids = [one.page_id for one in pages]
    change = await split(
        office, kept, whole,
        Part(REPORT, 2, ids[:2]),
        Part(FORM, 1, ids[2:], category="9-2", formed_on=PartialDate(value="1999"), remark="自考核表拆出"),
    )  # fmt: skip
    rows = await catalogue(office, kept)
    assert [row[:6] for row in rows] == [
        ("3", 1, REPORT, rows[0][3], 2, None),
        ("9-2", 1, FORM, rows[1][3], 1, "自考核表拆出"),
    ]
    assert [row[7] for row in rows] == [[to_uuid(one) for one in ids[:2]], [to_uuid(ids[2])]]
    assert (rows[0][8], rows[0][9]) == (2, 3)
    new = (await office.admin.fetchval("select material_id from catalog.material where title = $1 and dossier_id = $2",
                                       FORM, to_uuid(kept.dossier_id)))  # fmt: skip
    assert types_of(await office.told(whole)) == ["filed", "refiled", "pages_changed"]
    used = await office.admin.fetchval(
        "select count(*) from catalog.blob_ref where digest = $1 and until is null", pages[2].digest
    )
    assert (new is not None, used) == (True, 2)
    await undo(office, kept, change)
    assert await catalogue(office, kept) == before


async def test_a_cut_must_use_every_page_and_side_once(office: Office):
    """Each fault is named."""
    kept = await office.keep()
    pages = [page() for _ in range(2)]
    whole = await office.file(kept, REPORT, "2001", page_count=2, pages=pages)
    first, second = (one.page_id for one in pages)
    for parts, faults in (
        ([Part("甲", 1, [first]), Part("乙", 1, [first])], [("/parts/1/page_ids/0", "duplicate")]),
        ([Part("甲", 1, [first]), Part("乙", 1)], [("/parts/1/page_ids", "too-few")]),
        ([Part("甲", 1, [first]), Part("乙", 2, [second])], [("/parts", "contradiction")]),
        ([Part("甲", 1, [first]), Part("乙", 1, [second], category="9")], [("/parts/1/category", "subclass-required")]),
        ([Part("甲", 1, [new_id("pag")]), Part("乙", 1, [second])], [("/parts/0/page_ids/0", "unknown-reference")]),
    ):
        with pytest.raises(ValidationFailed) as refused:
            await split(office, kept, whole, *parts)
        assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults


async def test_a_join_keeps_pages_in_order_and_the_last_date(office: Office):
    """The others leave the catalogue and are told as removed; an undo brings them back as they were."""
    kept = await office.keep()
    kept_id = await office.file(kept, REPORT, "2001", pages=[page(), page()], page_count=2)
    others = [await office.file(kept, REPORT, year) for year in ("1999", "2005")]
    last = await office.file(kept, "试用期转正考核表", "2010")
    before = await catalogue(office, kept)
    change = await merge(office, kept, kept_id, *others)
    rows = await catalogue(office, kept)
    assert [(row[1], row[2], row[4], row[5]) for row in rows] == [
        (1, REPORT, 4, "合并"),
        (2, "试用期转正考核表", 1, None),
    ]
    by_id = {row[6]: row[7] for row in before}
    assert rows[0][7] == [one for material_id in (kept_id, *others) for one in by_id[to_uuid(material_id)]]
    assert (await standing(office, kept, kept_id)).formed_on == PartialDate(value="2005")
    gone = (await office.told(others[0]))[-1]
    assert (gone["type"], gone["data"]["reason"]) == ("dangan.material.removed.v1", "merged")
    assert types_of(await office.told(last))[-1] == "refiled"
    await undo(office, kept, change)
    assert await catalogue(office, kept) == before
    assert types_of(await office.told(others[0]))[-2:] == ["refiled", "pages_changed"]


async def test_a_copy_becomes_one_entry_with_its_original(office: Office):
    """Behind it, under the original's date, with its remark (seed 000)."""
    kept = await office.keep()
    original, copy = await office.file(kept, FORM, "1990"), await office.file(kept, FORM, "2020")
    await merge(office, kept, original, copy, joined="copies")
    one = await standing(office, kept, original)
    assert (one.formed_on, one.page_count, one.remark) == (PartialDate(value="1990"), 2, "附复制件")
    with pytest.raises(StateConflict):
        await merge(office, kept, original, copy)


async def test_what_was_changed_since_is_not_undone(office: Office):
    """Nor what was undone already; an undo can be undone."""
    kept = await office.keep()
    material = await office.file(kept, REPORT, "1990")
    first = await refile(office, kept, material, category="1")
    second = await refile(office, kept, material, category="10")
    with pytest.raises(StateConflict):
        await undo(office, kept, first)
    third = await undo(office, kept, second)
    assert (await standing(office, kept, material)).code == "1"
    with pytest.raises(StateConflict):
        await undo(office, kept, second)
    await undo(office, kept, third)
    assert (await standing(office, kept, material)).code == "10"


async def test_a_hundred_and_twenty_shuffled_materials_come_out_in_the_one_right_order(office: Office):
    """Two dossiers, two shuffles, one catalogue: by time, by content, by group."""
    told = _hundred_and_twenty()
    assert len(told) == 120
    expected = [(place, title) for place, title, _ in told]
    for seed in (1, 2):
        kept = await office.keep()
        shuffled = list(told)
        random.Random(seed).shuffle(shuffled)
        for _, title, year in shuffled:
            await office.file(kept, title, year)
        assert [(place, title) for place, _, title in await office.numbers(kept)] == expected


def _hundred_and_twenty() -> list[tuple[str, str, str]]:
    """The right order, written down: place, title, date."""
    found: list[tuple[str, str, str]] = []
    for place, title, first, count in (
        ("1", "干部履历表", 1980, 6), ("2", "自传", 1975, 4), ("3", "年度考核登记表", 1994, 25),
    ):  # fmt: skip
        found += [(place, f"{title}", f"{first + n}") for n in range(count)]
    found += [("4-1", "毕业生登记表", f"19{n}-07") for n in (78, 85, 90)]
    found += [("4-2", "专业技术职务任职资格评审表", f"19{n}") for n in (88, 93, 98)]
    found += [("4-3", "学术论文", f"{n}-03-01") for n in range(1999, 2003)]
    found += [("4-4", "培训结业登记表", f"{n}-11") for n in range(2000, 2006)]
    found += [
        ("5", "政治历史问题复查结论", "1985"), ("5", "政治历史问题审查批复", "1971"),
        ("5", "政治历史问题审查结论", "1970"), ("5", "政治审查调查报告", "1969"),
        ("5", "政审证明材料", "1965"), ("5", "政审证明材料", "1966"),
        ("6", "入团志愿书", "1972"), ("6", "入团申请书", "1971"), ("6", "团员登记表", "1973"),
        ("6", "入党志愿书", "1984"), ("6", "入党申请书", "1982"), ("6", "转正申请书", "1985"),
        ("6", "入党积极分子考察材料", "1983"), ("6", "党员登记表", "1990"), ("6", "党员登记表", "2000"),
        ("6", "民盟入盟申请表", "1980"),
    ]  # fmt: skip
    found += [("7", "先进个人登记表", f"{n}") for n in range(1991, 2001)]
    found += [
        ("8", "关于处分的批复", "2003-05"), ("8", "行政处分决定", "2003"),
        ("8", "本人对处分决定的意见", "2002"), ("8", "处分调查报告", "2001"),
    ]  # fmt: skip
    found += [("9-1", "工资变动审批表", f"{n}-01") for n in range(1985, 2001)]
    found += [("9-2", "干部任免审批表", f"{n}-06-01") for n in range(1990, 2002)]
    found += [("9-3", "因公出国审批表", f"{n}") for n in (1995, 2005)]
    found += [("9-4", "党代会代表登记表", f"{n}") for n in (1992, 1997, 2002)]
    found += [("10", "体检表", f"{n}") for n in range(2001, 2001 + 120 - len(found))]
    return found
