"""Which dossiers are drawn, who may look at them, and what follows (seeds 000 and 002)."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import SamePersonTwice
from services.audit.adjudication_file import load_adjudication_rules
from services.audit.domain.progress import Progress
from services.audit.domain.spot_check import (
    PASSED,
    admit_checker,
    digest_of_set,
    follow_up,
    outcome_faults,
    sample,
    sample_size,
)

IDS = st.lists(st.text("0123456789ABCDEF", min_size=4, max_size=4), min_size=1, max_size=60, unique=True)
SEEDS = st.integers(0, 2**53 - 1)


@given(IDS, SEEDS, st.integers(1, 80), st.randoms(use_true_random=False))
def test_the_same_set_and_seed_give_the_same_sample(ids: list[str], seed: int, size: int, random: Random):
    """In whatever order the set comes: as many as asked for, each of the set, none twice."""
    shuffled = random.sample(ids, len(ids))
    drawn = sample(ids, size, seed)
    assert sample(shuffled, size, seed) == drawn
    assert digest_of_set(shuffled) == digest_of_set(ids)
    assert len(drawn) == len(set(drawn)) == min(size, len(ids))
    assert set(drawn) <= set(ids)


@given(IDS, SEEDS, st.integers(1, 60))
def test_a_larger_sample_begins_with_the_smaller_one(ids: list[str], seed: int, size: int):
    """To look at more dossiers than were drawn first needs no other draw."""
    assert sample(ids, size + 1, seed)[: len(sample(ids, size, seed))] == sample(ids, size, seed)


def test_another_seed_draws_others():
    """With 200 dossiers two seeds that agree would be a wonder."""
    ids = [f"{number:04}" for number in range(200)]
    assert len({tuple(sample(ids, 20, seed)) for seed in range(50)}) == 50


@pytest.mark.parametrize(
    ("passed", "size", "percent", "drawn"),
    [(100, None, 10, 10), (101, None, 10, 11), (3, None, 10, 1), (5, 9, 10, 5), (5, 2, 100, 2), (7, None, 100, 7)],
)
def test_how_many_are_drawn(passed: int, size: int | None, percent: int, drawn: int):
    """A rate counts up, at least one; never more than there are."""
    assert sample_size(passed, size, percent) == drawn
    assert load_adjudication_rules().spot_check_percent == 10


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        (Progress.COLLECTIVE_DETERMINATION, "sent_back"),
        (Progress.FEEDBACK, "sent_back"),
        (Progress.FEEDBACK_SIGNED, "sent_back"),
        (Progress.FEEDBACK_DISPUTED, "sent_back"),
        (Progress.SECOND_REVIEW, "under_review"),
        (Progress.INVESTIGATION_COLLECTION, "under_review"),
        (Progress.AUTHORITY_APPROVED, "in_force"),
        (Progress.FILED, "in_force"),
        (Progress.BOUND, "in_force"),
    ],
)
def test_what_follows_where_the_leader_differs(state: Progress, follows: str):
    """Nothing where they agree; what is in force is not undone by a check alone."""
    assert follow_up("differs", state) == follows
    assert follow_up("agrees", state) == "none"
    assert (state in PASSED) is (follows != "under_review")


def test_who_reviewed_does_not_check_and_a_difference_is_named():
    admit_checker("acc_1", {"acc_2"})
    with pytest.raises(SamePersonTwice):
        admit_checker("acc_1", {"acc_1"})
    assert [fault.pointer for fault in outcome_faults("differs", None)] == ["/remark"]
    assert outcome_faults("differs", "参工时间依据不足") == outcome_faults("agrees", None) == []
