"""The catalogue of problems holds together in both languages."""

import pytest

from contracts import problems
from contracts.problems import CATALOGUE, FAULTS, LANGS, Problem, Refusal


@pytest.mark.parametrize("problem", CATALOGUE.values(), ids=CATALOGUE)
def test_a_problem_says_the_same_in_both_languages(problem: Problem):
    """Every text in both, with the same parameters; Chinese is at most 60 characters."""
    for text in (problem.title, problem.detail, problem.fix):
        assert all(getattr(text, lang).strip() for lang in LANGS)
        assert text.names("zh") == text.names("en")
        assert len(text.zh) <= 60
    assert 400 <= problem.status < 600


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_says_the_same_in_both_languages(code: str):
    """Same parameters in both."""
    text = FAULTS[code]
    assert text.zh
    assert text.en
    assert text.names("zh") == text.names("en")


def test_codes_are_kebab_case_and_each_refusal_has_its_problem():
    """A code is the last part of its address."""
    assert all(code == problem.code and code.replace("-", "").isalpha() for code, problem in CATALOGUE.items())
    pending = [Refusal]
    while pending:
        for kind in pending.pop().__subclasses__():
            pending.append(kind)
            if kind.__module__ == problems.__name__:
                assert CATALOGUE[kind.problem.code] is kind.problem


def test_a_missing_parameter_is_a_dash_and_never_a_brace():
    """A text is readable even when a caller forgot a parameter."""
    assert "{" not in problems.STATE_CONFLICT.detail.render("zh", {})
