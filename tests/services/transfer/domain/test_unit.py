"""Where a unit may stand, and what its move does to the units below."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transfer.domain.refusals import UnitMisplaced
from services.transfer.domain.unit import MAX_DEPTH, placed, replanted
from tests.services.transfer.domain.builders import unit


def test_a_unit_stands_below_its_parent():
    root = unit("zj")
    child = unit("hz", root)
    assert child.path == ("zj", "hz")
    assert child.ancestors == (root.unit_id, child.unit_id)
    assert child.parent_id == root.unit_id


def test_a_unit_does_not_move_below_itself():
    root = unit("zj")
    child = unit("hz", root)
    for parent in (root, child):
        with pytest.raises(UnitMisplaced) as refused:
            placed(root, parent)
        assert refused.value.errors[0].pointer == "/parent_id"


def chain(length: int):
    units = [unit("u1")]
    for n in range(2, length + 1):
        units.append(unit(f"u{n}", units[-1]))
    return units


def test_the_tree_is_at_most_twenty_levels_deep():
    deepest = chain(MAX_DEPTH)[-1]
    with pytest.raises(UnitMisplaced):
        unit("more", deepest)


def test_a_branch_that_would_reach_too_deep_does_not_move():
    """The unit itself would still fit; one below it would not."""
    units = chain(MAX_DEPTH - 1)
    top = unit("b1")
    below = unit("b2", top)
    with pytest.raises(UnitMisplaced):
        replanted(top, units[-1], [below])


@given(seed=st.integers(0, 2**32), size=st.integers(1, 12))
def test_a_moved_branch_hangs_together_and_each_of_its_versions_rises(seed, size):
    """Whatever the order in which the units below are read."""
    chosen = random.Random(seed)
    old, new = unit("old"), unit("new")
    top = unit("top", old, version=5)
    below = []
    for n in range(size):
        below.append(unit(f"b{n}", chosen.choice([top, *below]), version=n + 1))
    chosen.shuffle(below)
    branch = {moved.unit_id: moved for moved in replanted(top, new, below)}
    assert branch[top.unit_id].path == ("new", "top")
    assert branch[top.unit_id].version == 6
    for before in below:
        after = branch[before.unit_id]
        above = branch[str(after.parent_id)]
        assert after.version == before.version + 1
        assert after.ancestors == (*above.ancestors, after.unit_id)
        assert after.path == (*above.path, before.code)
    assert len(branch) == size + 1
