"""Filed materials as heard: their place and their pages, told apart and in any order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from contracts.events import (
    AccountChanged,
    EventData,
    MaterialFiled,
    MaterialPagesChanged,
    MaterialRefiled,
    MaterialRemoved,
)
from contracts.values.ids import from_uuid, new_id, to_uuid
from tests.services.audit.office import Office

TITLE = "干部任免审批表"


async def test_both_scans_of_a_page_are_found_again(office: Office):
    """A page that was scanned anew is known by both scans: either one handed in again is a duplicate."""
    subject, unit_id = await office.known_subject(), new_id("unt")
    blurred, sharp = [await office.store(unit_id, office.drawn_page()) for _ in range(2)]
    first = await office.appraising(subject, pages=[blurred], unit_id=unit_id, title=TITLE)
    filed = office.filed(first)
    assert await office.hear(filed) is None
    changed = pages_changed(filed, pages=[{**sharp.model_dump(), "page_id": blurred.page_id}])
    for _ in range(2):
        assert await office.hear(changed, version=2) is None
    for page in (blurred, sharp):
        again = await office.appraising(subject, pages=[page], unit_id=unit_id, title=TITLE)
        check = (await office.checks(again.material_id))["duplicate"]
        assert (check["outcome"], check["evidence"]["filed_in"]) == ("fail", first.material_id)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3, 4))))
async def test_a_material_stands_as_told_last_whatever_the_order(office: Office, order: tuple[int, ...]):
    """Filed, given other pages, moved, taken out: each order ends alike, and what comes too early is wanted again."""
    subject = await office.known_subject()
    filed = office.filed(await office.received(subject, title=TITLE))
    scan = {**filed.pages[0].model_dump(), "digest": "e" * 64}
    place = {"category": "9-1", "item_no": 4, "title": "工资审批表", "formed_on": {"value": "1999"}, "page_count": 3}
    told: dict[int, EventData] = {
        1: filed,
        2: pages_changed(filed, pages=[scan]),
        3: refiled(filed, **place),
        4: removed(filed),
    }
    late: list[int] = []
    for version in order:
        if await office.hear(told[version], version=version) is not None:
            late.append(version)
    assert set(late) == set(order[: order.index(1)])
    for version in late:
        assert await office.hear(told[version], version=version) is None
    row = await office.admin.fetchrow(
        "select * from audit.heard_material where material_id = $1", to_uuid(filed.material_id)
    )
    assert row is not None
    assert (row["version"], row["pages_version"], row["removed"]) == (4, 2, True)
    assert "e" * 64 in row["pages"]
    assert from_uuid("per", row["person_id"]) == subject.person_id


async def test_whose_account_it_is_is_known_by_the_last_word(office: Office):
    """An older word does not give an account back."""
    account = new_id("acc")
    for version, person_no in ((2, None), (1, "P-1")):
        await office.hear(AccountChanged(account_id=account, person_no=person_no, active=True), version=version)
    row = await office.admin.fetchrow("select * from audit.heard_account where account_id = $1", to_uuid(account))
    assert row is not None
    assert (row["version"], row["person_no"]) == (2, None)


def pages_changed(filed: MaterialFiled, **changes: Any) -> MaterialPagesChanged:
    names = {"material_id", "dossier_id", "person_id", "unit_id", "blob_unit_id", "page_count"}
    return MaterialPagesChanged.model_validate({**filed.model_dump(include=names), **changes})


def refiled(filed: MaterialFiled, **changes: Any) -> MaterialRefiled:
    told = filed.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id"})
    before = {"from_category": filed.category, "from_item_no": filed.item_no, "reason": "moved"}
    return MaterialRefiled.model_validate({**told, **before, **changes})


def removed(filed: MaterialFiled) -> MaterialRemoved:
    told = filed.model_dump(include={"material_id", "dossier_id", "person_id", "unit_id"})
    before = {"from_category": filed.category, "from_item_no": filed.item_no, "reason": "duplicate"}
    return MaterialRemoved.model_validate({**told, **before})
