"""Rules that two services keep, each its own, are held against one another here.

A service never reads another's rules; only this test sees both.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from services.audit.appraisal_file import load_rulebook
from services.catalog.domain.classification import suggest_category
from services.catalog.rules import load_catalog_rules
from services.transfer.rulebook import load_rulebook as load_transfer_rules

AUDIT = load_rulebook()
R2018 = load_catalog_rules().schemes["r2018"]
CATALOG_TESTS = Path(__file__).parents[1] / "services" / "catalog" / "domain"
EXAMPLES = [
    row["title"]
    for row in csv.DictReader((CATALOG_TESTS / "material_rules_examples.csv").read_text(encoding="utf-8").splitlines())
]
A_RULE_SPELLS_AT_MOST = 400


def spelt(parsed: Any) -> Iterator[str]:
    """Shortest titles that a pattern admits: each branch once, what may be left out left out."""
    parts = [list(islice(_spelt_one(kind, value), 40)) for kind, value in parsed]
    for chosen in product(*parts):
        yield "".join(chosen)


def _spelt_one(kind: Any, value: Any) -> Iterator[str]:
    if kind is op.LITERAL:
        yield chr(value)
    elif kind is op.IN:
        yield from (chr(code) for what, code in value if what is op.LITERAL)
    elif kind is op.SUBPATTERN:
        yield from spelt(value[-1])
    elif kind is op.BRANCH:
        for branch in value[1]:
            yield from spelt(branch)
    elif kind is op.MAX_REPEAT:
        least, _, repeated = value
        yield from ("".join(chosen) for chosen in product(list(spelt(repeated)), repeat=least))
        if least == 0 and (repeated[0][0] is op.SUBPATTERN):
            yield from spelt(repeated)
    elif kind is op.ANY:
        yield "之"
    elif kind in (op.AT, op.ASSERT, op.ASSERT_NOT):
        yield ""
    else:
        raise AssertionError(f"a kind of pattern that this test cannot spell: {kind}")


def titles_of_the_scheme() -> list[str]:
    """Every wording that the catalog's title rules name."""
    return sorted(
        {
            title
            for rule in R2018.title_rules
            for title in islice(spelt(parser.parse(rule.pattern.pattern)), A_RULE_SPELLS_AT_MOST)
        }
    )


def in_scope(title: str) -> bool:
    """Audit's automatic check does not fail this title."""
    return AUDIT.kind_of(title) is not None and AUDIT.refusal_of(title) is None


@pytest.mark.parametrize("title", EXAMPLES)
def test_audit_and_catalog_agree_on_each_example(title: str):
    """What the catalog can place or queue by a rule is in audit's scope; what no rule speaks of is not."""
    assert in_scope(title) == (suggest_category(title, R2018) is not None)


def test_audit_knows_every_wording_of_the_scheme():
    """Each branch of each title rule, spelt out: the catalog would take it, so audit must not call it out of scope."""
    titles = titles_of_the_scheme()
    assert len(titles) > 500
    assert [title for title in titles if suggest_category(title, R2018) and not in_scope(title)] == []


def test_what_the_catalog_asks_about_audit_leaves_to_a_person():
    """Where the catalog's answer is `ask` or `retitle`, audit's is a doubt, so that no machine passes it on."""
    for title in (*EXAMPLES, "个人有关事项报告表"):
        suggestion = suggest_category(title, R2018)
        kind = AUDIT.kind_of(title)
        if suggestion and kind:
            assert kind.doubtful == (not suggestion.places), title


@pytest.mark.parametrize("rule", AUDIT.out_of_scope, ids=lambda rule: rule.id)
def test_what_audit_refuses_by_its_title_is_no_title_of_the_scheme(rule: Any):
    """No wording that the catalog files reads like a draft or a letter."""
    taken = [*EXAMPLES, *titles_of_the_scheme()]
    assert [t for t in taken if suggest_category(t, R2018) and rule.pattern.search(t)] == []


def test_transfer_has_a_sentence_for_each_reason_of_audit():
    """A department reads why its material came back, whichever code a person or the machine gave."""
    told = load_transfer_rules().returns.by_code
    assert set(AUDIT.return_codes) <= set(told)
