"""The automatic checks before filing (鉴别): facts in, one result a check out.

They read what is declared and what the files are made of. What the page itself says (signature, seal,
the name on it) is left to persons: `formalities` is therefore never answered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contracts.events.audit import CheckOutcome, CheckResult
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.rulebook import CHECK_OF, Kind, MachineCheck, Rulebook

LAST_YEAR = 9999
"""Dates go no further than this."""

FAULT_CODES = frozenset(
    (
        "not_in_scope",
        "duplicate",
        "date_in_future",
        "date_before_age",
        "pages_missing",
        "pages_surplus",
        "page_blank",
        "other_person",
        "dossier_closed",
        "unreadable",
        "resolution_low",
    )
)
"""Return codes that the checks themselves suggest; the rules have to hold each of them."""


@dataclass(frozen=True)
class PageSeen:
    """What one page file was found to be. `dpi` is declared in the file, or None; `dpi_on_a4` is what its
    dots give on an A4 sheet."""

    page_id: str
    digest: str
    decodes: bool
    blank: bool
    dpi: float | None
    dpi_on_a4: float


@dataclass(frozen=True)
class Paper:
    """A material as received."""

    title: str
    formed_on: PartialDate | None
    declared_page_count: int
    pages: tuple[PageSeen, ...]


@dataclass(frozen=True)
class Subject:
    """What is declared of the person, against what has been heard: answers only, never names.

    `person_no` and `name` compare the declaration with the person of the dossier.
    """

    person_no: Literal["same", "other", "not_declared"]
    name: Literal["same", "former", "other", "not_declared"]
    dossier_is_theirs: bool
    dossier_open: bool
    birth_date: PartialDate | None


@dataclass(frozen=True)
class SeenBefore:
    """Where the digests of these pages stand already: filed with the same person, or in another of their
    appraisals that has not ended in a return. `repeated` counts pages that this material has twice."""

    filed_pages: int
    filed_in: str | None
    waiting_pages: int
    repeated: int


def run_checks(
    paper: Paper, subject: Subject, seen: SeenBefore, kind: Kind | None, rules: Rulebook, today: date
) -> list[CheckResult]:
    """All automatic checks, in the order A1 to A5."""
    results = [
        check_in_scope(paper.title, kind, rules),
        check_duplicate(seen),
        check_date(paper.formed_on, subject.birth_date, kind.min_age if kind else rules.default_min_age, today),
        _result("formalities", "not_applicable", remarks=["by_person"]),
        check_complete(paper),
        check_person(subject),
        check_legible(paper.pages, rules.limits.min_dpi, rules.limits.recommended_dpi),
    ]
    skipped = kind.not_applicable if kind else frozenset[MachineCheck]()
    return [_by_rule(result) if result.code in skipped else result for result in results]


def check_in_scope(title: str, kind: Kind | None, rules: Rulebook) -> CheckResult:
    """Whether a material of this title belongs into a dossier (是否属于归档范围)."""
    if refusal := rules.refusal_of(title):
        return _result("in_scope", "fail", {"rule": refusal.id}, faults=[refusal.reason])
    if kind is None:
        return _result("in_scope", "fail", {"kind": None}, faults=["not_in_scope"])
    outcome: CheckOutcome = "cannot_tell" if kind.doubtful else "pass"
    return _result("in_scope", outcome, {"kind": kind.id}, remarks=["scope_doubtful"] if kind.doubtful else [])


def check_duplicate(seen: SeenBefore) -> CheckResult:
    """Whether the very same page files are filed already; a copy scanned anew is not found here.

    The same page in another appraisal, or twice in this material, may be a slip: a person looks.
    """
    evidence: dict[str, int | str | bool | None] = {
        "filed_pages": seen.filed_pages,
        "filed_in": seen.filed_in,
        "waiting_pages": seen.waiting_pages,
        "repeated_pages": seen.repeated,
    }
    if seen.filed_pages:
        return _result("duplicate", "fail", evidence, faults=["duplicate"])
    remarks = [
        code for code, pages in (("also_in_appraisal", seen.waiting_pages), ("repeated_page", seen.repeated)) if pages
    ]
    return _result("duplicate", "cannot_tell" if remarks else "pass", evidence, remarks=remarks)


def check_date(formed_on: PartialDate | None, birth_date: PartialDate | None, min_age: int, today: date) -> CheckResult:
    """Whether the formed date can be: not in the future, and not before the subject had the age for it."""
    if formed_on is None:
        return _result("date_sane", "cannot_tell", {"precision": None}, remarks=["undated"])
    future = _in_future(formed_on, today)
    too_young = _before_age(formed_on, birth_date, min_age)
    evidence: dict[str, int | str | bool | None] = {
        "precision": "day" if formed_on.day else "month" if formed_on.month else "year",
        "after_today": future.value,
        "before_min_age": too_young.value,
        "min_age": min_age,
    }
    faults = [
        code for code, answer in (("date_in_future", future), ("date_before_age", too_young)) if answer is Ternary.YES
    ]
    if faults:
        return _result("date_sane", "fail", evidence, faults=faults)
    if Ternary.CANNOT_TELL in (future, too_young):
        return _result("date_sane", "cannot_tell", evidence, remarks=["date_not_certain"])
    return _result("date_sane", "pass", evidence)


def _in_future(formed_on: PartialDate, today: date) -> Ternary:
    """Whether the date lies after today. The paper is there, so a month or year that holds today does not."""
    if formed_on.qualifier:
        return Ternary.CANNOT_TELL
    return Ternary.of(formed_on.earliest > today)


def _before_age(formed_on: PartialDate, birth_date: PartialDate | None, min_age: int) -> Ternary:
    """Whether the material would be older than the day on which the subject reached `min_age`."""
    if birth_date is None or birth_date.year + min_age > LAST_YEAR:
        return Ternary.CANNOT_TELL
    year, month, day = birth_date.parts
    if (month, day) == (2, 29):
        day = 28  # Whoever is born on a leap day reaches an age at the end of February.
    value = f"{year + min_age:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    return formed_on.before(PartialDate(value=value, qualifier=birth_date.qualifier))


def check_complete(paper: Paper) -> CheckResult:
    """Whether as many pages came as were declared, none of them wholly blank (材料齐全完整)."""
    received, declared = len(paper.pages), paper.declared_page_count
    blank = [number for number, page in enumerate(paper.pages, 1) if page.decodes and page.blank]
    faults = [
        *(["pages_missing"] if received < declared else []),
        *(["pages_surplus"] if received > declared else []),
        *(["page_blank"] if blank else []),
    ]
    evidence: dict[str, int | str | bool | None] = {
        "declared": declared,
        "received": received,
        "blank_pages": len(blank),
        "first_blank": blank[0] if blank else None,
    }
    return _result("complete", "fail" if faults else "pass", evidence, faults=faults)


def check_person(subject: Subject) -> CheckResult:
    """Whether the submission and the dossier mean one person, and the dossier takes materials (对象明确)."""
    mismatch = subject.person_no == "other" or subject.name == "other" or not subject.dossier_is_theirs
    faults = [
        *(["other_person"] if mismatch else []),
        *([] if subject.dossier_open else ["dossier_closed"]),
    ]
    evidence: dict[str, int | str | bool | None] = {
        "person_no": subject.person_no,
        "name": subject.name,
        "dossier_is_theirs": subject.dossier_is_theirs,
        "dossier_open": subject.dossier_open,
    }
    remarks = ["former_name"] if subject.name == "former" else []
    return _result("person", "fail" if faults else "pass", evidence, remarks=remarks, faults=faults)


def check_legible(pages: Sequence[PageSeen], min_dpi: int, recommended_dpi: int) -> CheckResult:
    """Whether every page decodes and is fine enough to read (字迹清晰), by its declared resolution or, where
    the file declares none, by its dots on A4. Below the recommendation is worth a remark, no more."""
    damaged = [number for number, page in enumerate(pages, 1) if not page.decodes]
    intact = [page for page in pages if page.decodes]
    fineness = [page.dpi_on_a4 if page.dpi is None else page.dpi for page in intact]
    lowest = min(fineness, default=None)
    faults = [
        *(["unreadable"] if damaged else []),
        *(["resolution_low"] if lowest is not None and round(lowest) < min_dpi else []),
    ]
    # A file may claim any resolution: few dots are then either a small paper, or a poor scan.
    small = any(page.dpi is not None and round(page.dpi_on_a4) < min_dpi for page in intact)
    remarks = [
        *(["below_recommended_dpi"] if lowest is not None and round(lowest) < recommended_dpi else []),
        *(["smaller_than_a4"] if small else []),
    ]
    evidence: dict[str, int | str | bool | None] = {
        "pages": len(pages),
        "damaged_pages": len(damaged),
        "first_damaged": damaged[0] if damaged else None,
        "lowest_dpi": None if lowest is None else round(lowest),
        "min_dpi": min_dpi,
        "declared_dpi_pages": sum(page.dpi is not None for page in intact),
    }
    return _result("legible", "fail" if faults else "pass", evidence, remarks=remarks, faults=faults)


def _result(
    code: MachineCheck,
    outcome: CheckOutcome,
    evidence: dict[str, int | str | bool | None] | None = None,
    *,
    remarks: Sequence[str] = (),
    faults: Sequence[str] = (),
) -> CheckResult:
    return CheckResult(
        check=CHECK_OF[code],
        code=code,
        outcome=outcome,
        by="machine",
        evidence=evidence or {},
        remarks=list(remarks),
        faults=list(faults),
    )


def _by_rule(result: CheckResult) -> CheckResult:
    """The check does not apply to this kind of material, as the rules say."""
    return CheckResult(
        check=result.check, code=result.code, outcome="not_applicable", by="machine", remarks=["by_rule"]
    )
