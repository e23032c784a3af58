"""A report over thousands of dossiers: every figure is as many dossiers as it opens to, found by indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.settings import Settings
from contracts.values.ids import new_id, to_uuid
from deploy.embedded.provision import Target
from services.audit.app import SPEC
from services.audit.domain.report import Report, check_sums, count
from services.audit.domain.report_figures import FIGURES
from services.audit.store import report_dossiers, reports
from services.audit.store.report_dossiers import BEHIND
from tests.bench.campaign_fill import fill_campaign
from tests.services.audit.store.archive import Archive
from tests.support.rooms import somebody

MANY = 1_000
UNITS = 20


@dataclass
class Campaign:
    """A campaign of twenty units, and who may see one of them or all."""

    deps: Deps
    archive: Archive
    id: str
    units: list[str]

    async def report(self, caller: Caller) -> Report:
        """The report as this caller sees it."""
        async with self.deps.db.reading(caller, caller.roots("campaign-report:read")) as connection:
            return count(await reports.cases_of(connection, self.id, self.deps.rules.report))

    async def behind(self, figure: str, caller: Caller, **of: Any) -> list[str]:
        """Units of the dossiers behind a figure."""
        async with self.deps.unit_of_work(caller, caller.roots("campaign-report:read")) as uow:
            rules = self.deps.rules.report
            rows = await report_dossiers.page_of(uow, self.id, figure, rules, after=None, limit=MANY + 1, **of)
        return [row.unit_id for row in rows]


@pytest.fixture(scope="module")
async def campaign(module_database: Target, settings_for: Callable[..., Settings]) -> AsyncIterator[Campaign]:
    """Filled once a module."""
    admin = await asyncpg.connect(module_database.admin_url())
    deps = Deps("audit", settings_for("audit", module_database), SPEC.load_rules())
    units = [new_id("unt") for _ in range(UNITS)]
    try:
        await admin.executemany(
            """insert into audit.unit_scope (unit_id, ancestors, path, code, active, version)
            values ($1, $2, $3, $4, true, 1)""",
            [(to_uuid(unit), [to_uuid(units[0]), to_uuid(unit)], ["x"], str(at)) for at, unit in enumerate(units)],
        )
        filled = await fill_campaign(admin, units, MANY)
        await deps.open()
        yield Campaign(deps, Archive(deps, admin), filled.campaign_id, units)
    finally:
        await deps.close()
        await admin.close()


async def test_every_figure_opens_to_as_many_dossiers_as_it_counts(campaign: Campaign):
    """Over all and of one unit; materials and forms count more than dossiers, and at least one each."""
    leader = somebody("leader", campaign.units[0])
    report = await campaign.report(leader)
    check_sums(report)
    assert set(BEHIND) == set(FIGURES)
    assert report.total.counts["dossiers"] == MANY
    never = {"no_direction", "overstated.uncounted", "understated.uncounted"}
    for code, figure in FIGURES.items():
        behind = await campaign.behind(code, leader)
        counted = report.total.counts[code]
        if code == "false":  # a dossier may hold two
            assert len(behind) < counted == report.total.counts["false.age"] + report.total.counts["false.education"]
            continue
        assert len(behind) == counted or (figure.summed and 0 < len(behind) <= counted), code
        for unit, figures in report.by_unit.items():
            assert behind.count(unit) == figures.counts[code] or figure.summed, (code, unit)
    assert {code for code, many in report.total.counts.items() if many == 0} >= never


async def test_ranks_open_to_their_dossiers_and_a_unit_sees_its_own(campaign: Campaign):
    """The report of one unit is that unit's line in the report of all."""
    leader = somebody("leader", campaign.units[0])
    report = await campaign.report(leader)
    for group in campaign.deps.rules.report.groups:
        found = await campaign.behind("consistent", leader, rank=group.id)
        assert len(found) == report.of_rank(group.id).counts["consistent"], group.id
    one = campaign.units[7]
    own = await campaign.report(somebody("leader", one))
    told = ("dossiers", "audited", "with_problems", "false.age", "issue.doubtful", "forms")
    assert {code: own.total.counts[code] for code in told} == {code: report.by_unit[one].counts[code] for code in told}
    assert list(own.by_unit) == [one]
    assert set(await campaign.behind("with_problems", somebody("leader", one))) == {one}


async def test_rare_figures_are_found_without_reading_what_has_nothing_to_tell(campaign: Campaign):
    """What no fact, no sheet and no paper flags is not read: neither its determinations nor its sheets."""
    leader = somebody("leader", campaign.units[0])
    async with campaign.deps.db.reading(leader, leader.roots("campaign-report:read")) as connection:
        told = await connection.fetchval(f"explain (format json) {reports.CASES}", to_uuid(campaign.id))
    plan = str(told)
    for index in ("determination_differs", "determination_false", "determination_education", "review_flagged"):
        assert index in plan, index
