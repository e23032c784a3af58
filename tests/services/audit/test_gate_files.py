"""The rule files of the gate and of scoring: what ships, and what a start refuses."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.rules import RuleFileInvalid
from services.audit import clearance_file, scoring_file
from services.audit.appraisal_file import load_rulebook
from services.audit.clearance_file import load_clearance_rules
from services.audit.scoring_file import load_rubric

GAPS = Path(__file__).parents[3] / "services" / "catalog" / "rules" / "gaps.toml"


def test_key_originals_are_gaps_that_the_catalogue_knows():
    """A misspelt one would never bar anybody."""
    known = {rule["id"] for rule in tomllib.loads(GAPS.read_text(encoding="utf-8"))["rule"]}
    assert set(load_clearance_rules().key_originals) <= known


def test_alteration_codes_are_return_codes_of_appraisal():
    """A misspelt one would never suspend anybody."""
    assert load_clearance_rules().alteration_codes <= set(load_rulebook().return_codes)


def test_the_shipped_grades_and_vetoes_are_those_of_the_standard():
    """90 and 97 of 100; four vetoes (audit rules, section 9)."""
    rubric = load_rubric()
    assert (rubric.qualified_from, rubric.excellent_from, rubric.full) == (90, 97, 100)
    assert [words.zh for words in rubric.vetoes.values()][:2] == ["涂改造假", "装错材料"]
    assert len(rubric.vetoes) == 4


@pytest.mark.parametrize(
    ("module", "load", "old", "new", "key"),
    [
        (clearance_file, load_clearance_rules, "promote = 180", "promote = 0", "valid_days.promote"),
        (clearance_file, load_clearance_rules, "promote = 180", "promoted = 180", "valid_days.promote"),
        (clearance_file, load_clearance_rules, 'id = "held"', 'id = "quarantined"', "rule"),
        (clearance_file, load_clearance_rules, 'effect = "wait"', 'effect = "pass"', "rule.0.effect"),
        (clearance_file, load_clearance_rules, 'kinds = ["enter"]', 'kinds = ["enter", "promote"]', "rule"),
        (clearance_file, load_clearance_rules, 'kinds = ["promote", "transfer"]', 'kinds = ["promote"]', "rule"),
        (clearance_file, load_clearance_rules, 'gap = "degree"', 'gap = "education"', "key_original"),
        (scoring_file, load_rubric, "points = 20", "points = 21", "item"),
        (scoring_file, load_rubric, "cap = 20", "cap = 25", "item.0.cap"),
        (scoring_file, load_rubric, 'item = "delivery"', 'item = "deliver"', "deduction.0.item"),
        (scoring_file, load_rubric, "qualified_from = 90", "qualified_from = 98", "grades"),
        (scoring_file, load_rubric, 'id = "late"', 'id = "misclassified"', "deduction"),
        (scoring_file, load_rubric, "points = 0.5", "points = 0.005", "deduction.1.points"),
    ],
)
def test_a_rule_that_does_not_hold_stops_the_start(
    tmp_path: Path, module: Any, load: Callable[[Path], Any], old: str, new: str, key: str
):
    """File and key are named; what can be known against a person never lacks its rule."""
    shipped = module.RULES_FILE.read_text(encoding="utf-8")
    assert old in shipped
    changed = tmp_path / "rules.toml"
    changed.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load(changed)
    assert (refused.value.file, refused.value.key) == (changed, key)
