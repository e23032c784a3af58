"""Faults in findings.toml and gaps.toml stop the start: file, line, key and cure are named."""

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.catalog.rules import finding_file, gap_file
from services.catalog.rules.finding_file import load_findings
from services.catalog.rules.gap_file import load_gaps

FINDINGS = Path(finding_file.__file__).with_name("findings.toml")
GAPS = Path(gap_file.__file__).with_name("gaps.toml")


def changed(shipped: Path, folder: Path, old: str, new: str) -> Path:
    """The shipped file with one change."""
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    copy = folder / shipped.name
    copy.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('check = "undated"', 'check = "undatd"', "finding.7.check"),
        ('code = "CAT-002"', 'code = "CAT-001"', "finding.1.code"),
        ('code = "CAT-002"', 'code = "CAT-2"', "finding.1.code"),
        ('severity = "hint"', 'severity = "fatal"', "finding.7.severity"),
        ("of {images} images", "of images", "finding.3.en"),
        ("assessment_since = 1993", "assessment_since = 1", "assessment_since"),
        ("assessment_pattern = '年度考核'", "assessment_pattern = '('", "assessment_pattern"),
        ('jump = "category"', 'jmp = "category"', "finding.0.jump"),
    ],
)
def test_a_fault_in_the_findings_is_named(tmp_path: Path, old: str, new: str, key: str):
    """The key at fault, with a cure."""
    with pytest.raises(RuleFileInvalid) as fault:
        load_findings(changed(FINDINGS, tmp_path, old, new))
    assert fault.value.key == key
    assert fault.value.cure


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('default_body = "party_government"', 'default_body = "circus"', "default_body"),
        ('id = "autobiography"', 'id = "resume_form"', "rule.2.id"),
        ('bodies = ["enterprise"]', 'bodies = ["circus"]', "rule.4.bodies"),
        ('event = "open_selection"', 'event = "party"', "rule.26.event"),
        ('fact = "education"', 'fact = "horoscope"', "rule.6.fact"),
        ("since = 1993\nper_year = 1", "per_year = 1", "rule.3.when"),
        ('when = "always"\nstages', 'when = "sometimes"\nstages', "rule.0.when"),
        ('when = "always"\nstages', 'when = "always"\nsince = 1993\nstages', "rule.0.since"),
        ("pattern = '自传'", "pattern = '['", "rule.2.pattern"),
        ('dated = "beginning"', 'dated = "middle"', "rule.6.dated"),
        ("begun_before = 1988", "over = true", "rule.1.over"),
    ],
)
def test_a_fault_in_the_required_materials_is_named(tmp_path: Path, old: str, new: str, key: str):
    """The key at fault, with a cure."""
    with pytest.raises(RuleFileInvalid) as fault:
        load_gaps(changed(GAPS, tmp_path, old, new))
    assert fault.value.key == key
    assert fault.value.cure
