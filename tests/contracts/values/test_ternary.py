"""Three-valued answers follow Kleene's tables and refuse to be taken for a truth value."""

import itertools

import pytest

from contracts.values.ternary import Ternary

YES, NO, CANNOT = Ternary.YES, Ternary.NO, Ternary.CANNOT_TELL


@pytest.mark.parametrize(("answer", "opposite"), [(YES, NO), (NO, YES), (CANNOT, CANNOT)])
def test_the_opposite_of_cannot_tell_is_cannot_tell(answer: Ternary, opposite: Ternary):
    assert ~answer is opposite


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (YES, YES, YES, YES),
        (YES, NO, NO, YES),
        (YES, CANNOT, CANNOT, YES),
        (NO, NO, NO, NO),
        (NO, CANNOT, NO, CANNOT),
        (CANNOT, CANNOT, CANNOT, CANNOT),
    ],
)
def test_and_or_follow_kleene(one: Ternary, other: Ternary, both: Ternary, either: Ternary):
    assert one & other is both
    assert other & one is both
    assert one | other is either
    assert other | one is either


def test_de_morgan_holds():
    for one, other in itertools.product(Ternary, repeat=2):
        assert ~(one & other) is (~one | ~other)


@pytest.mark.parametrize("answer", list(Ternary))
def test_a_ternary_is_never_taken_for_true_or_false(answer: Ternary):
    with pytest.raises(TypeError):
        bool(answer)


def test_what_is_known_is_yes_or_no():
    assert Ternary.of(True) is YES
    assert Ternary.of(False) is NO
