"""The rule files of transfer are read strictly."""

import shutil

import pytest

from chassis.rules import RuleFileInvalid, load_rules
from services.transfer.rulebook import RULES, Limits, Returns, load_rulebook


def test_the_shipped_rules_load():
    rules = load_rulebook()
    assert rules.limits.upload.max_bytes == 64 * 1024 * 1024
    assert rules.returns.of("A5") != rules.returns.of("a_code_of_next_year") == rules.returns.otherwise


@pytest.mark.parametrize(
    ("file", "model", "old", "new", "line", "key"),
    [
        ("limits.toml", Limits, "max_items = 200", "max_item = 200", None, "submission.max_items"),
        ("limits.toml", Limits, "max_items = 200", "max_items = 0", 15, "submission.max_items"),
        ("returns.toml", Returns, 'code = "A5"', 'code = "A 5"', None, "reason"),
        ("returns.toml", Returns, 'code = "A5"', 'code = "A1"', None, "reason"),
        ("returns.toml", Returns, "correction_days = 30", "correction_days = -1", None, "correction_days"),
    ],
)
def test_a_wrong_rule_stops_the_start_and_names_the_key(tmp_path, file, model, old, new, line, key):
    path = tmp_path / file
    shutil.copy(RULES / file, path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_rules(path, model)
    assert refused.value.key.startswith(key)
    assert line is None or refused.value.line == line
