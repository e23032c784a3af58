"""Every rule of the audit's rule book, and the bad input of its issue, with its source and the tests that hold it."""

from __future__ import annotations

import ast
import csv
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RULES = list(csv.DictReader((HERE / "audit_rules.csv").read_text(encoding="utf-8").splitlines()))
SECTIONS = {*"123456789", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "10", "11", "bad input"}


@cache
def _tests(path: Path) -> frozenset[str]:
    """Names of the tests of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, kinds))


def test_all_sections_are_there():
    """None is silently left out, and each rule is named once."""
    assert {row["section"] for row in RULES} == SECTIONS
    assert len({(row["section"], row["rule"]) for row in RULES}) == len(RULES) >= 200


def test_what_no_document_was_found_for_names_its_setting():
    """(U) is decided by an office: where, the row says."""
    for row in RULES:
        assert "(U)" not in row["source"] or "rules/" in row["source"] or "domain/" in row["source"], row["rule"]


@pytest.mark.parametrize("row", RULES, ids=lambda row: f"{row['section']}: {row['rule'][:60]}")
def test_each_rule_has_a_source_and_is_held(row: dict[str, str]):
    """The tests that it names exist: a renamed or deleted one leaves its rule without proof."""
    assert row["source"]
    assert row["held_by"]
    for name in row["held_by"].split():
        file, _, test = name.partition("::")
        assert test in _tests((HERE / file).resolve()), name
