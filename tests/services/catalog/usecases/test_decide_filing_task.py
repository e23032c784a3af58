"""Archivists file what no rule placed, or refuse it, once."""

import asyncio
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.problems import NotFound, Recusal, StateConflict, ValidationFailed, VersionStale
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.decide_filing_task import DecidedFiling, DecideFilingTask, decide_filing_task
from tests.services.catalog.office import Office
from tests.support.rooms import somebody


async def _decide(
    office: Office, material_id: str, by: Caller | None = None, key: str | None = None, **decision: Any
) -> DecidedFiling:
    task_id = decision.pop("task_id", None) or (await office.task_of(material_id))["task_id"]
    told: dict[str, Any] = {"task_id": task_id, "seen_version": 1, "outcome": "approve"}
    command = DecideFilingTask(**{**told, **decision})
    return await decide_filing_task(command, uow=office.uow(by, key=key), rules=office.deps.rules)


async def test_an_archivist_files_a_queued_material(office: Office):
    """It takes its place by time like any other; the basis says that a person chose it."""
    kept = await office.keep()
    await office.file(kept, "年度考核登记表", "2020")
    material_id = await office.file(kept, "张某某一九八五年来信", "1985")
    decided = await _decide(office, material_id, category="3")
    assert (decided.task.state, decided.material.state) == ("approved", "filed")
    assert await office.numbers(kept) == [("3", 1, "张某某1985年来信"), ("3", 2, "年度考核登记表")]
    (filed,) = await office.told(material_id)
    assert (filed["data"]["basis"], filed["data"]["category"], filed["data"]["item_no"]) == ("archivist", "3", 1)
    task = await office.task_of(material_id)
    assert task["decided_by"] == office.archivist.account_id
    assert await office.journal(task["task_id"]) == ["task.approved"]


async def test_a_title_that_says_nothing_is_supplied(office: Office):
    """The catalogue shows the new title, the material keeps the old one, and the order sees the new one."""
    kept = await office.keep()
    material_id = await office.file(kept, "登记表")
    decided = await _decide(office, material_id, category="6", title="党员登记表")
    assert decided.material.title == "党员登记表"
    assert decided.material.original_title == "登记表"
    assert await office.numbers(kept) == [("6", 1, "党员登记表")]


@pytest.mark.parametrize(
    ("title", "decision", "faults"),
    [
        ("来信", {}, {"/category": "required"}),
        ("来信", {"category": "4"}, {"/category": "subclass-required"}),
        ("来信", {"category": "9"}, {"/category": "subclass-required"}),
        ("来信", {"category": "1-2"}, {"/category": "not-allowed-value"}),
        ("来信", {"category": "3", "reasons": ("duplicate",)}, {"/reasons": "contradiction"}),
        ("登记表", {"category": "6"}, {"/title": "required"}),
        ("登记表", {"category": "6", "title": "审批表"}, {"/title": "title-says-nothing"}),
        ("来信", {"outcome": "reject"}, {"/reasons": "too-few"}),
        ("来信", {"outcome": "reject", "reasons": ("dislike",)}, {"/reasons/0": "not-allowed-value"}),
        (
            "来信",
            {"outcome": "reject", "reasons": ("duplicate",), "category": "3", "title": "信"},
            {"/category": "contradiction", "/title": "contradiction"},
        ),
    ],
)
async def test_a_faulty_decision_changes_nothing(
    office: Office, title: str, decision: dict[str, Any], faults: dict[str, str]
):
    """Every fault has its pointer, and the task still waits."""
    kept = await office.keep()
    material_id = await office.file(kept, title)
    with pytest.raises(ValidationFailed) as refused:
        await _decide(office, material_id, **decision)
    assert {fault.pointer: fault.code for fault in refused.value.errors} == faults
    assert (await office.task_of(material_id))["state"] == "pending"
    assert await office.numbers(kept) == []


async def test_an_archivist_refuses_with_a_reason(office: Office):
    """transfer hears of it and returns the item; the files are no longer used here."""
    kept = await office.keep()
    material_id = await office.file(kept, "个人有关事项报告")
    decided = await _decide(office, material_id, outcome="reject", reasons=("not_in_scope", "duplicate"))
    assert (decided.task.state, decided.material.state) == ("rejected", "refused")
    (refused,) = await office.told(material_id)
    assert refused["type"] == "dangan.material.refused.v1"
    assert refused["data"]["reasons"] == ["not_in_scope", "duplicate"]
    assert refused["data"]["item_id"] == decided.material.origin.item_id
    still_used = "select count(*) from catalog.blob_ref where resource_id = $1 and until is null"
    assert await office.admin.fetchval(still_used, material_id) == 0


async def test_of_two_archivists_one_decides(office: Office):
    """Both saw version 1: one files, the other is told that it is stale; the material stands once."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    other, task_id = somebody("archivist", office.unit_id), (await office.task_of(material_id))["task_id"]
    outcomes = await asyncio.gather(
        _decide(office, material_id, task_id=task_id, category="3"),
        _decide(office, material_id, other, task_id=task_id, outcome="reject", reasons=("duplicate",)),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DecidedFiling", "VersionStale"]
    assert len(await office.told(material_id)) == 1


async def test_a_decision_is_made_once(office: Office):
    """A second decision is stale, and with the new version a state conflict."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    await _decide(office, material_id, category="3")
    with pytest.raises(VersionStale):
        await _decide(office, material_id, category="3")
    with pytest.raises(StateConflict):
        await _decide(office, material_id, seen_version=2, category="3")


async def test_a_repeated_request_decides_once(office: Office):
    """The same key gives the task and material as they are now, and no second effect."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    first = await _decide(office, material_id, key="key-12345678", category="3")
    again = await _decide(office, material_id, key="key-12345678", category="3")
    assert again.task.task_id == first.task.task_id
    assert again.material.state == "filed"
    assert len(await office.told(material_id)) == 1


async def test_a_queued_material_of_a_closed_dossier_can_only_be_refused(office: Office):
    """Filing is a state conflict; refusing ends the wait."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    await change_dossier(kept.dossier_id, 1, {"state": "closed"}, uow=office.uow())
    with pytest.raises(StateConflict):
        await _decide(office, material_id, category="3")
    decided = await _decide(office, material_id, outcome="reject", reasons=("unfinished",))
    assert decided.task.state == "rejected"


async def test_another_units_archivist_sees_no_task(office: Office):
    """Outside the scope it does not exist."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    stranger = somebody("archivist", (await Office(office.deps, office.uow_for, office.admin).open()).unit_id)
    with pytest.raises(NotFound):
        await _decide(office, material_id, stranger, category="3")


async def test_nobody_decides_on_their_own_dossier(office: Office):
    """The archivist whose dossier it is must let another decide."""
    kept = await office.keep()
    material_id = await office.file(kept, "来信")
    with pytest.raises(Recusal):
        own = somebody("archivist", office.unit_id, person_no=kept.person_no)
        await _decide(office, material_id, own, category="3")
    assert (await office.task_of(material_id))["state"] == "pending"
