"""The published figures of two real special audits, as the cases of which they were counted (seed 000)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat

from services.audit.domain.alteration import Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_case import Collected, FalseAge, ReportCase

BIRTH, WORK = AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE


def group_271() -> list[ReportCase]:
    """271 serving cadres: 17 altered, 12 false ages, 25 false educations, 54 determined, 3035 materials collected."""
    plain = ReportCase("unt_group", "staff", "no_problem")
    cases = [plain] * 271
    altered = chain(repeat((BIRTH, Verdict.UNDETERMINED), 5), repeat((WORK, Verdict.SLIP), 6))
    for at, place in enumerate(chain(altered, repeat((WORK, Verdict.UNDETERMINED), 6))):
        cases[at] = replace(cases[at], altered=frozenset({place}))
    for at, false in enumerate(_false_ages(), start=17):
        cases[at] = replace(cases[at], false_age=false, problems=frozenset({BIRTH}), result="verified")
    for at in range(29, 54):
        errors = frozenset({"entry_qualification_false"} if at < 52 else {"level_overstated"})
        cases[at] = replace(
            cases[at],
            false_education=True,
            education_errors=errors,  # pyright: ignore[reportArgumentType]
            problems=frozenset({AuditFact.EDUCATION}),
            result="verified",
        )
    cases = [replace(one, determined=at < 54) for at, one in enumerate(cases)]
    return [replace(one, collected=_collected(at)) for at, one in enumerate(cases)]


def _collected(at: int) -> Collected:
    """2980 filed and 55 sent back, over 271 dossiers: 11 each for all but one, and one sent back of each fifth."""
    return Collected(filed=11 if at < 270 else 10, returned=1 if at < 55 else 0)


def _false_ages() -> Iterator[FalseAge]:
    """Eight before enlisting and three before being recruited made themselves older, one younger before enlisting."""
    months = [12, *(range(13, 21)), 24, 37]
    bands = ["3_to_12_months", *(["1_to_2_years"] * 9), "over_2_years"]
    purposes = [*(["enlistment"] * 8), *(["recruitment"] * 3)]
    for many, band, purpose in zip(months, bands, purposes, strict=True):
        yield FalseAge("overstated", purpose, band, many)  # pyright: ignore[reportArgumentType]
    yield FalseAge("understated", "enlistment", "1_to_2_years", 16)


def county_1513() -> list[ReportCase]:
    """1513 cadres of a county: by rank 3, 249, 512 and 749; 780 determined, 70 forms."""
    ranks = chain(
        repeat("county", 3), repeat("section_head", 249), repeat("deputy_section_head", 512), repeat("staff", 749)
    )
    results = chain(repeat("no_problem", 780), repeat("to_investigate", 300), repeat("verified", 433))
    return [
        ReportCase(f"unt_{at % 7}", rank, result, determined=at < 780, forms=int(at < 70))  # pyright: ignore
        for at, (rank, result) in enumerate(zip(ranks, results, strict=True))
    ]
