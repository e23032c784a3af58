"""The rules of who is meant: what ships, and what a start refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.audit.identity_file import RULES_FILE, load_identity_rules

SHIPPED = RULES_FILE.read_text(encoding="utf-8")


def test_the_shipped_threshold_is_that_of_the_rule():
    """At least two beside the native place (audit rules, section 3)."""
    rules = load_identity_rules()
    assert (rules.needed, rules.doubt_months) == (2, 2)
    assert rules.name_points["same_name"] + sum(rules.points.values()) == 100


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("needed = 2", "needed = 6", "same_person.needed"),
        ("needed = 2", "neded = 2", "same_person.needed"),
        ("family = 4", "family = 5", "points"),
        ("same_sound = 10", "same_sound = 16", "name_points"),
        ("most_candidates = 50", "most_candidates = 0", "search.most_candidates"),
    ],
)
def test_a_fault_names_file_and_key(tmp_path: Path, old: str, new: str, key: str):
    """A start stops, and says where."""
    file = tmp_path / "identity.toml"
    file.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_identity_rules(file)
    assert "identity.toml" in str(refused.value)
    assert key in str(refused.value)
