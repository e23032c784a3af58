"""Every rule of the classification rules stands in a table with its source and the tests that hold it."""

import ast
import csv
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = list(csv.DictReader((HERE / "classification_rules.csv").read_text(encoding="utf-8").splitlines()))


@cache
def _tests(path: Path) -> frozenset[str]:
    """Names of the tests of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, kinds))


def test_all_sections_are_there():
    """None is silently left out, and each rule is named once."""
    assert {row["section"] for row in RULES} == set("1234567")
    assert len({(row["section"], row["rule"]) for row in RULES}) == len(RULES) >= 60


@pytest.mark.parametrize("row", RULES, ids=lambda row: f"{row['section']}: {row['rule']}")
def test_each_rule_has_a_source_and_is_held(row: dict[str, str]):
    """The tests that it names exist: a renamed or deleted one leaves its rule without proof."""
    assert row["source"]
    assert row["held_by"]
    for name in row["held_by"].split():
        file, _, test = name.partition("::")
        assert test in _tests((HERE / file).resolve()), name
