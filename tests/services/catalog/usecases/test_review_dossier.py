"""The review through the database: kept findings and gaps, their events, waivers, explanations, counts."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.problems import StateConflict, ValidationFailed, VersionStale
from contracts.values.ids import new_id, to_uuid
from services.catalog.domain.gaps import Event
from services.catalog.store import findings, gaps, reviews
from services.catalog.store.reviews import Due
from services.catalog.usecases import review_dossier as reviewing
from services.catalog.usecases.change_dossier import change_dossier
from services.catalog.usecases.explain_gap import change_gap_profile, explain_gap
from services.catalog.usecases.review_dossier import (
    _mark_rounds,  # pyright: ignore[reportPrivateUsage]  # what the job does
    _review_due,  # pyright: ignore[reportPrivateUsage]
    review_dossier,
    round_of,
)
from services.catalog.usecases.view_review import FindingFilter, view_findings, view_gaps
from services.catalog.usecases.waive_finding import revoke_waiver, waive_finding
from tests.services.catalog.office import Kept, Office, hear_of

OPEN = FindingFilter(["open"], None)
NOW = timedelta(0)
"""No rest is waited for."""


async def found_in(office: Office, kept: Kept, states: Any = OPEN) -> list[Any]:
    listed = await view_findings(kept.dossier_id, states, None, 200, uow=office.uow(), deps=office.deps)
    return [finding for finding, _ in listed]


async def gaps_in(office: Office, kept: Kept, *states: str) -> dict[str, Any]:
    found = await view_gaps(kept.dossier_id, states or ("open",), uow=office.uow(), deps=office.deps)
    return {gap.rule: gap for gap in found.gaps}


async def counts(office: Office) -> dict[str, tuple[int, int]]:
    await _review_due(office.deps, NOW)
    async with office.deps.db.reading(office.archivist, frozenset({office.unit_id})) as connection:
        rows = await findings.list_counts(connection, None, None, 100)
    return {row["code"]: (row["open"], row["waived"]) for row in rows}


async def test_a_change_is_seen_at_once_by_who_asks(office: Office):
    """The finding is there when the catalogue is read, and gone when it is put right."""
    kept = await office.keep(birth_date=None)
    await office.file(kept, "2010年度考核登记表", "2010-12")
    await office.file(kept, "2013年度考核登记表", "2013-12")
    assert [(one.code, one.params) for one in await found_in(office, kept)] == [("CAT-005", {"years": [2011, 2012]})]
    await office.file(kept, "2011年度考核登记表", "2011-12")
    await office.file(kept, "2012年度考核登记表", "2012-12")
    assert await found_in(office, kept) == []
    assert [one.state for one in await found_in(office, kept, FindingFilter(["resolved"], None))] == ["resolved"]


async def test_a_finding_keeps_its_id_and_a_look_changes_nothing(office: Office):
    """Looking again writes nothing: same id, same version."""
    kept = await office.keep()
    await office.file(kept, "干部履历表")
    (before,) = await found_in(office, kept)
    async with office.uow() as uow:
        await reviews.mark(uow, kept.dossier_id)
    assert await found_in(office, kept) == [before]


async def test_a_waiver_holds_until_the_figures_change(office: Office):
    """Waived with a reason; open again with other figures, or when the waiver is taken back."""
    kept = await office.keep(birth_date=None)
    await office.file(kept, "2010年度考核登记表", "2010-12")
    await office.file(kept, "2013年度考核登记表", "2013-12")
    (one,) = await found_in(office, kept)
    with pytest.raises(VersionStale):
        await waive_finding(one.finding_id, 7, "援外", uow=office.uow())
    waived = await waive_finding(one.finding_id, one.version, "援外两年", uow=office.uow())
    assert waived.state == "waived"
    assert waived.waiver_reason == "援外两年"
    assert await found_in(office, kept) == []
    with pytest.raises(StateConflict):
        await waive_finding(one.finding_id, waived.version, "again", uow=office.uow())
    back = await revoke_waiver(one.finding_id, waived.version, uow=office.uow())
    assert back.state == "open"
    waived = await waive_finding(one.finding_id, back.version, "援外两年", uow=office.uow())
    await office.file(kept, "2015年度考核登记表", "2015-12")
    (again,) = await found_in(office, kept)
    assert (again.finding_id, again.params) == (one.finding_id, {"years": [2011, 2012, 2014]})
    assert (await office.journal(one.finding_id))[:2] == ["finding.waived", "finding.waiver_revoked"]


async def test_counts_follow_findings_waivers_and_moves(office: Office):
    """By unit and code, from a kept table; a dossier takes its findings along."""
    kept = await office.keep()
    await office.file(kept, "干部履历表")
    assert (await counts(office))["CAT-008"] == (1, 0)
    (one,) = await found_in(office, kept)
    await waive_finding(one.finding_id, one.version, "原件如此", uow=office.uow())
    assert (await counts(office))["CAT-008"] == (0, 1)
    below = new_id("unt")
    await hear_of(office.uow_for, below, office.unit_id)
    async with office.uow() as uow:
        version = await uow.raw().fetchval(
            "select version from dossier where dossier_id = $1", to_uuid(kept.dossier_id)
        )
    await change_dossier(kept.dossier_id, version, {"unit_id": below}, uow=office.uow())
    await _review_due(office.deps, NOW)
    async with office.deps.db.reading(office.archivist, frozenset({below})) as connection:
        assert [row["waived"] for row in await findings.list_counts(connection, None, None, 100)] == [1]
    left = await office.admin.fetch(
        "select code from catalog.finding_count where unit_id = $1", to_uuid(office.unit_id)
    )
    assert left == []


async def test_a_gap_opens_in_words_and_closes_when_it_is_filed(office: Office):
    """Told once each way, with the years."""
    kept = await office.keep()
    await office.file(kept, "2011年度考核登记表", "2011-12")
    opened = await gaps_in(office, kept)
    assert {"resume_form", "autobiography", "annual_assessment"} <= set(opened)
    resume = opened["resume_form"]
    assert [event["type"] for event in await office.told(resume.gap_id)] == ["dangan.gap.opened.v1"]
    years = (await office.told(opened["annual_assessment"].gap_id))[0]["data"]["years"]
    assert years == list(range(2012, 2026))
    await office.file(kept, "干部履历表", "1999-05")
    closed = (await gaps_in(office, kept, "closed"))["resume_form"]
    assert (closed.gap_id, closed.outcome) == (resume.gap_id, "filed")
    told = await office.told(resume.gap_id)
    assert [event["type"] for event in told] == ["dangan.gap.opened.v1", "dangan.gap.closed.v1"]
    assert told[1]["data"]["outcome"] == "filed"
    assert await office.journal(resume.gap_id) == ["gap.opened", "gap.closed"]


async def test_completeness_counts_pieces(office: Office):
    """Required, present and explained, over all rules."""
    kept = await office.keep()
    async with office.uow() as uow:
        assert (await reviews.get_completeness(uow, kept.dossier_id)).required == 0
    before = await view_gaps(kept.dossier_id, ["open"], uow=office.uow(), deps=office.deps)
    await office.file(kept, "干部履历表", "1999-05")
    after = await view_gaps(kept.dossier_id, ["open"], uow=office.uow(), deps=office.deps)
    assert before.completeness.required == after.completeness.required > 1
    assert (before.completeness.present, after.completeness.present) == (0, 1)


async def test_a_named_paper_explains_a_gap(office: Office):
    """Some years of it leave the rest open; all of it closes it as explained. A paper of another dossier does not."""
    kept, other = await office.keep(), await office.keep()
    await office.file(kept, "2024年度考核登记表", "2024-12")
    await office.file(kept, "2022年度考核登记表", "2022-12")
    note, foreign = await office.file(kept, "体检表", "2020-01"), await office.file(other, "体检表", "2020-01")
    gap = (await gaps_in(office, kept))["annual_assessment"]
    assert [piece.year for piece in gap.missing] == [2023, 2025]
    for material_id, years in ((foreign, None), (note, [1999])):
        with pytest.raises(ValidationFailed):
            await explain_gap(gap.gap_id, gap.version, material_id, years, uow=office.uow(), deps=office.deps)
    partly = await explain_gap(gap.gap_id, gap.version, note, [2023], uow=office.uow(), deps=office.deps)
    assert (partly.state, [piece.year for piece in partly.missing]) == ("open", [2025])
    second = await office.file(kept, "体检表", "2021-01")
    whole = await explain_gap(gap.gap_id, partly.version, second, None, uow=office.uow(), deps=office.deps)
    assert (whole.state, whole.outcome) == ("closed", "explained")


async def test_a_profile_changes_what_is_required(office: Office):
    """A gap that nothing requires any more closes as such; an event opens one. Stale writers are told."""
    kept = await office.keep()
    assert "civil_servant" in await gaps_in(office, kept)
    changes = {"body_kind": "enterprise", "events": (Event("open_selection", 2018),)}
    profile = await change_gap_profile(kept.dossier_id, 1, changes, uow=office.uow(), deps=office.deps)
    assert profile.version == 2
    assert "selection_form" in await gaps_in(office, kept)
    assert (await gaps_in(office, kept, "closed"))["civil_servant"].outcome == "not_required"
    with pytest.raises(VersionStale):
        await change_gap_profile(kept.dossier_id, 1, {"stage": "retired"}, uow=office.uow(), deps=office.deps)
    with pytest.raises(ValidationFailed):
        await change_gap_profile(kept.dossier_id, 2, {"stage": "asleep"}, uow=office.uow(), deps=office.deps)


async def test_other_rules_call_for_a_look_at_every_dossier(office: Office):
    """The round names rules and year; a dossier seen in another round is marked, one of this round is not."""
    kept = await office.keep()
    await _review_due(office.deps, NOW)
    await _mark_rounds(office.deps)
    key = to_uuid(kept.dossier_id)
    assert await office.admin.fetchval("select mark from catalog.dossier_to_review where dossier_id = $1", key) is None
    await office.admin.execute("update catalog.dossier_review set round = '2025:x' where dossier_id = $1", key)
    await _mark_rounds(office.deps)
    assert await office.admin.fetchval("select mark from catalog.dossier_to_review where dossier_id = $1", key)
    await _review_due(office.deps, NOW)
    async with office.uow() as uow:
        current = round_of(office.deps.rules, uow.today)
    assert await office.admin.fetchval("select round from catalog.dossier_review where dossier_id = $1", key) == current


async def test_a_material_that_waits_too_long_is_found(office: Office):
    """Time alone makes it a finding: the hourly mark calls for the look."""
    kept = await office.keep()
    await office.file(kept, "来信", "2020")
    await _review_due(office.deps, NOW)
    assert await found_in(office, kept) == []
    await office.admin.execute(
        """update catalog.filing_task set due_at = now() - interval '1 hour', created_at = now() - interval '15 days'
        where unit_id = $1""",
        to_uuid(office.unit_id),
    )
    await office.admin.execute(
        "update catalog.dossier_review set reviewed_at = now() - interval '1 day' where dossier_id = $1",
        to_uuid(kept.dossier_id),
    )
    await _mark_rounds(office.deps)
    assert [one.code for one in await found_in(office, kept)] == ["CAT-010"]


async def test_the_worklist_of_a_code_and_the_unit_list_of_gaps(office: Office):
    """Over all dossiers of the units, page by page; another unit's archivist sees none of it."""
    first, second = await office.keep(), await office.keep()
    for kept in (first, second):
        await office.file(kept, "干部履历表")
    await _review_due(office.deps, NOW)
    scope = frozenset({office.unit_id})
    async with office.deps.db.reading(office.archivist, scope) as connection:
        page = await findings.list_open(connection, "CAT-008", None, None, 1)
        rest = await findings.list_open(connection, "CAT-008", None, (page[0].dossier_id, page[0].member), 10)
        listed = await gaps.list_open(connection, office.unit_id, None, 200)
    assert {one.dossier_id for one in (*page, *rest)} == {first.dossier_id, second.dossier_id}
    assert {gap.dossier_id for gap, _ in listed} == {first.dossier_id, second.dossier_id}
    other = await Office(office.deps, office.uow_for, office.admin).open()
    async with office.deps.db.reading(other.archivist, frozenset({other.unit_id})) as connection:
        assert await findings.list_open(connection, "CAT-008", None, None, 10) == []
        assert await gaps.list_open(connection, None, None, 10) == []


async def due_of(office: Office, kept: Kept) -> Due | None:
    async with office.uow() as uow:
        return await reviews.find_due(uow, kept.dossier_id)


async def codes_of(office: Office, kept: Kept) -> list[str]:
    """The codes of the findings that are kept, without calling for a look."""
    query = "select code from catalog.finding where dossier_id = $1 and state = 'open' order by code"
    return [row["code"] for row in await office.admin.fetch(query, to_uuid(kept.dossier_id))]


async def test_a_dossier_may_be_changed_in_the_midst_of_a_look(office: Office, monkeypatch: pytest.MonkeyPatch):
    """A look that holds the dossier keeps out who files into it: they would wait for the lock, and be refused."""
    kept = await office.keep()
    await office.file(kept, "干部履历表")
    unchanged, filed = gaps.list_explained, list[str]()

    async def in_the_midst(uow: Any, dossier_id: str) -> Any:
        if not filed:
            filed.append(await office.file(kept, "干部履历表"))
        return await unchanged(uow, dossier_id)

    monkeypatch.setattr(gaps, "list_explained", in_the_midst)
    await _review_due(office.deps, NOW)
    assert filed
    await _review_due(office.deps, NOW)
    assert await codes_of(office, kept) == ["CAT-008"] * 2, "both undated materials are found in the end"


async def test_a_long_dossier_is_looked_through_in_a_worker(office: Office, monkeypatch: pytest.MonkeyPatch):
    """It finds what is found without one; meanwhile another may change the dossier, and then it looks again."""
    kept = await office.keep()
    await office.file(kept, "干部履历表")
    assert [one.code for one in await found_in(office, kept)] == ["CAT-008"]
    await office.file(kept, "干部履历表")
    run_cpu, filed = office.deps.run_cpu, list[str]()

    async def in_the_midst(*work: Any) -> Any:
        if not filed:
            filed.append(await office.file(kept, "干部履历表"))
        return await run_cpu(*work)

    monkeypatch.setattr(reviewing, "LONG", 2)
    monkeypatch.setattr(office.deps, "run_cpu", in_the_midst)
    assert not await review_dossier(office.deps, kept.dossier_id), "it was overtaken"
    assert filed
    assert await codes_of(office, kept) == ["CAT-008"], "nothing was written"
    assert await due_of(office, kept) is not None
    assert await review_dossier(office.deps, kept.dossier_id)
    assert await codes_of(office, kept) == ["CAT-008"] * 3
    assert await due_of(office, kept) is None


async def test_a_dossier_that_is_being_changed_is_not_waited_for(office: Office):
    """The change that holds it calls for the next look."""
    kept = await office.keep()
    async with office.uow() as uow:
        await uow.raw().execute("select from dossier where dossier_id = $1 for update", to_uuid(kept.dossier_id))
        assert not await review_dossier(office.deps, kept.dossier_id)
    assert await review_dossier(office.deps, kept.dossier_id)


async def test_two_looks_at_once_leave_what_the_newer_found(office: Office, monkeypatch: pytest.MonkeyPatch):
    """The one that read before the change comes last, and writes nothing."""
    kept = await office.keep()
    unchanged, newer = gaps.list_explained, list[bool]()

    async def overtaken(uow: Any, dossier_id: str) -> Any:
        found = await unchanged(uow, dossier_id)
        if not newer:
            newer.append(False)
            await office.file(kept, "干部履历表")
            newer[0] = await review_dossier(office.deps, dossier_id)
        return found

    monkeypatch.setattr(gaps, "list_explained", overtaken)
    assert not await review_dossier(office.deps, kept.dossier_id)
    assert newer == [True]
    assert await codes_of(office, kept) == ["CAT-008"]


async def test_a_dossier_that_is_being_filled_is_let_be(office: Office):
    """The background waits until it has rested."""
    kept = await office.keep()
    async with office.uow() as uow, uow.as_service():
        rested = {one.dossier_id for one in await reviews.list_due(uow, 1000, timedelta(hours=1))}
        waiting = {one.dossier_id for one in await reviews.list_due(uow, 1000, NOW)}
    assert kept.dossier_id in waiting - rested
