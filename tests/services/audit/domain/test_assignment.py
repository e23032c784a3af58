"""Which two reviewers get a dossier."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.assignment import Reviewer, Waiting, assign
from services.audit.domain.recusal import KinKnown

NONE = KinKnown((), complete=True)


def reviewers(*names: str, **loads: int) -> list[Reviewer]:
    """Reviewers without relatives, each of whom is a person of their own."""
    return [Reviewer(name, f"p-{name}", NONE, loads.get(name, 0)) for name in names]


def waiting(many: int) -> list[Waiting]:
    """Dossiers of persons without relatives."""
    return [Waiting(f"d{n}", f"s{n}", NONE) for n in range(many)]


@pytest.mark.parametrize(
    ("dossier", "who", "expected"),
    [
        (Waiting("d", "p-a", NONE), "abc", {"b", "c"}),  # not their own
        (Waiting("d", "s", KinKnown(["p-a"])), "abc", {"b", "c"}),  # not a relative's, by the subject's list
        (Waiting("d", "s", NONE, kept=("a",)), "abc", {"b"}),  # one of the pair has it still
        (Waiting("d", "s", NONE, barred=frozenset("a")), "abc", {"b", "c"}),  # not who was taken off it
        (Waiting("d", "s", NONE, kept=("a",), barred=frozenset("b")), "abc", {"c"}),
    ],
)
def test_who_may_not_have_a_dossier_does_not_get_it(dossier: Waiting, who: str, expected: set[str]):
    """Neither the subject, nor a relative, nor one of the pair again, nor who was taken off; loads choose the rest."""
    (pair,) = assign([dossier], reviewers(*who, c=1 if expected == {"b"} else 0), 1).pairs
    assert set(pair.account_ids) == expected


def test_a_reviewers_own_list_of_kin_counts_as_well():
    """Either list may name the other."""
    kin = Reviewer("a", "p-a", KinKnown(["s0"]))
    (pair,) = assign(waiting(1), [kin, *reviewers("b", "c")], 1).pairs
    assert set(pair.account_ids) == {"b", "c"}


def test_without_two_who_may_a_dossier_stays():
    """It is named, and the others are given out all the same."""
    own = Waiting("own", "p-a", NONE)
    done = assign([own, *waiting(1)], reviewers("a", "b"), 1)
    assert done.unassigned == ("own",)
    assert [pair.id for pair in done.pairs] == ["d0"]


def test_who_has_more_already_gets_less():
    """What was given out earlier counts."""
    done = assign(waiting(10), reviewers("a", "b", "c", a=10, b=10), 1)
    assert Counter(account for pair in done.pairs for account in pair.account_ids)["c"] == 10


@given(st.integers(2, 9), st.integers(0, 60), st.integers(0, 2**53), st.randoms())
def test_work_is_even_and_the_seed_decides(many: int, dossiers: int, seed: int, random: st.DrawFn):
    """Two distinct people each; nobody has two more than another; the order of the reviewers counts for nothing."""
    people = reviewers(*(f"r{n}" for n in range(many)))
    done = assign(waiting(dossiers), people, seed)
    assert [pair.id for pair in done.pairs] == [f"d{n}" for n in range(dossiers)]
    assert all(len(set(pair.account_ids)) == 2 for pair in done.pairs)
    loads = Counter({person.account_id: 0 for person in people})
    loads.update(account for pair in done.pairs for account in pair.account_ids)
    assert max(loads.values()) - min(loads.values()) <= 1
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assign(waiting(dossiers), shuffled, seed) == done


def test_another_seed_makes_other_pairs():
    """Nobody can tell beforehand who gets which dossier."""
    people = reviewers("a", "b", "c", "d", "e")
    assert len({assign(waiting(30), people, seed) for seed in range(5)}) == 5
