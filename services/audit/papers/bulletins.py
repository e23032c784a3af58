"""The yearly bulletins as documents."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents.base import document_number
from contracts.documents.bulletins import (
    ConsequenceBulletinDocument,
    ConsequencesOfUnit,
    GradedUnit,
    ScoreBulletinDocument,
)
from services.audit.domain.handling import CONSEQUENCE_ZH
from services.audit.store.tables_score import ScoreBulletin

KINDS: Final = tuple(CONSEQUENCE_ZH)
"""In the order of the columns (seed 004 names the first three)."""

Names = Mapping[str, str]
"""Unit id → what it is called."""


def score_bulletin(row: ScoreBulletin, mark: str, names: Names, today: date) -> ScoreBulletinDocument:
    """The bulletin as it was counted, its number under the unit's `mark`; without one it waits for approval."""
    return ScoreBulletinDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        issuer=names[row.unit_id],
        year=row.year,
        number=document_number(f"{mark}评通", row.year, row.number) if row.number else "",
        rows=[
            GradedUnit(
                rank=one["rank"],
                unit=names[one["unit_id"]],
                dossiers=one["dossiers"],
                excellent=one["excellent"],
                qualified=one["qualified"],
                unqualified=one["unqualified"],
                vetoed=one["vetoed"],
                average=f"{Decimal(str(one['average'])):.2f}",
            )
            for one in row.rows
        ],
    )


def consequence_bulletin(
    unit_id: str, year: int, counted: Mapping[str, Mapping[str, int]], names: Names, today: date
) -> ConsequenceBulletinDocument:
    """What followed in a year; `counted`: unit → kind → number. Units with most first, then by name."""
    counts = {unit: [kinds.get(kind, 0) for kind in KINDS] for unit, kinds in counted.items()}
    order = sorted(counts, key=lambda unit: (-sum(counts[unit]), names[unit]))
    return ConsequenceBulletinDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=BOUND_A4,
        issuer=names[unit_id],
        year=year,
        kinds=[CONSEQUENCE_ZH[kind] for kind in KINDS],
        totals=[sum(column) for column in zip(*counts.values(), strict=True)] if counts else [0] * len(KINDS),
        rows=[ConsequencesOfUnit(unit=names[unit], counts=counts[unit]) for unit in order],
    )
