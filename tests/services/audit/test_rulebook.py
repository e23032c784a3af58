"""The rules of appraisal: what ships, and what a start refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.audit.appraisal_file import RULES_FILE, load_rulebook
from services.audit.domain.checks import FAULT_CODES
from tests.services.audit.builders import RULES

SHIPPED = RULES_FILE.read_text(encoding="utf-8")


def line_of(text: str) -> int:
    """Line of the shipped file on which this text first stands."""
    return next(number for number, line in enumerate(SHIPPED.splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("title", "kind", "persons"),
    [
        ("样例材料 干部履历表", "sample", 0),
        ("年度考核登记表", "annual_assessment", 1),
        ("干部任免审批表", "appointment", 2),
        ("奖励工资审批表", "wage", 1),
        ("优秀学员登记表", "award", 2),
        ("登记表", "untitled", 2),
        ("购物清单", None, 2),
    ],
)
def test_a_title_has_a_kind_and_a_kind_its_persons(title: str, kind: str | None, persons: int):
    """What matches no kind is confirmed by two, as most kinds are."""
    found = RULES.kind_of(title)
    assert (found.id if found else None) == kind
    assert RULES.persons_for(found, samples_allowed=True) == persons


def test_in_production_a_title_never_passes_a_material_without_persons():
    """A department writes the title: "sample" in it must not save two persons their look."""
    sample = RULES.kind_of("样例材料 干部履历表")
    assert RULES.persons_for(sample, samples_allowed=False) == 2


def test_only_samples_are_filed_by_the_machine_alone():
    """No shipped kind of real material has zero persons, and few have one."""
    assert {kind.id for kind in RULES.kinds if kind.persons == 0} == {"sample"}
    assert {kind.id for kind in RULES.kinds if kind.persons == 1} == {"annual_assessment", "health", "wage"}
    assert not any(kind.doubtful and kind.persons < 2 for kind in RULES.kinds)


def test_the_shipped_limits_are_those_of_the_rule():
    """150 dpi fails, 300 is recommended (GB/T 33870); each of the five checks has its own code."""
    assert (RULES.limits.min_dpi, RULES.limits.recommended_dpi) == (150, 300)
    assert set(RULES.return_codes) >= {"A1", "A2", "A3", "A4", "A5", *FAULT_CODES}
    assert all(RULES.return_codes[f"A{number}"].check == f"A{number}" for number in range(1, 6))


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ("min_dpi = 150", "min_dip = 150", "limits.min_dpi", "[limits]"),
        ("min_dpi = 150", "min_dpi = 400", "limits", "[limits]"),
        ("persons = 1\nmin_age = 10", "persons = 0\nmin_age = 10", "kind.3", 'id = "health"'),
        ("persons = 2\n# Age", "persons = 0\n# Age", "defaults.persons", "persons = 2"),
        ('id = "untitled"', 'id = "sample"', "kind", "[[kind]]"),
        ('patterns = ["^样例材料"]', 'patterns = ["^样例材料("]', "kind.0.patterns", 'patterns = ["^样例材料"]'),
        ('patterns = ["^样例材料"]', 'patterns = ["(样例材料)?"]', "kind.0.patterns", 'patterns = ["^样例材料"]'),
        ('patterns = ["^样例材料"]', "patterns = []", "kind.0.patterns", 'patterns = ["^样例材料"]'),
        ('code = "duplicate"', 'code = "doublet"', "return_code", "[[return_code]]"),
        ('code = "annex_missing"', 'code = "A3"', "return_code", "[[return_code]]"),
        ('reason = "working_paper"', 'reason = "no_code"', "(whole file)", None),
    ],
)
def test_a_rule_that_does_not_hold_stops_the_start(tmp_path: Path, old: str, new: str, key: str, line: str | None):
    """File, line and key are named; a misspelt key is never passed over."""
    assert old in SHIPPED
    changed = tmp_path / "appraisal.toml"
    changed.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_rulebook(changed)
    assert (refused.value.file, refused.value.key) == (changed, key)
    if line:
        assert refused.value.line is not None
        assert abs(refused.value.line - line_of(line)) <= 2


def test_the_guide_names_every_return_code_and_no_other():
    """An auditor finds in the guide what a decision may name."""
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "auditor.md").read_text(encoding="utf-8")
    section = guide.partition("## 4. Return codes")[2].partition("## 5.")[0]
    assert set(re.findall(r"`([A-Za-z0-9_]+)`", section)) == set(RULES.return_codes)
