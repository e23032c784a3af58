"""Results of a special audit are not published without approval (未经批准不得公布, seed 000)."""

from __future__ import annotations

from collections.abc import Collection

import orjson

from contracts.problems import ReportChanged, SamePersonTwice, StateConflict
from contracts.values.digest import digest_of
from services.audit.domain.campaign import CampaignState
from services.audit.domain.report import Figures, Report


def digest_of_report(report: Report) -> str:
    """SHA-256 of all figures, over all, by unit and by rank: equal for equal figures, whenever they were counted."""
    told = {
        "meetings": report.meetings,
        "total": _told(report.total),
        "units": {unit: _told(figures) for unit, figures in report.by_unit.items()},
        "ranks": {rank: _told(figures) for rank, figures in report.by_rank.items()},
    }
    return digest_of(orjson.dumps(told, option=orjson.OPT_SORT_KEYS))


def _told(figures: Figures) -> dict[str, object]:
    return {"counts": figures.counts, "longest": figures.longest}


def admit_report_approver(state: CampaignState, account_id: str, had_part: Collection[str]) -> None:
    """Not before the campaign has begun, and never by whoever asked for it, works in it or recorded its meetings."""
    if state is CampaignState.PLANNED:
        raise StateConflict(state=state.value)
    if account_id in had_part:
        raise SamePersonTwice()


def admit_figures(seen: str, counted: str) -> None:
    """ReportChanged where the figures are no longer those that the approver saw."""
    if seen != counted:
        raise ReportChanged()
