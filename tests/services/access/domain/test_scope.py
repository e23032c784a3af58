"""A scope covers what was asked for, subclasses with their category, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access.domain.scope import Scope

CATEGORIES = ["1", "2", "3", "4", "5", "9", "10", "4-1", "4-2", "9-1", "9-4", "10-1"]


@pytest.mark.parametrize(
    ("asked", "category", "covered"),
    [
        (("4",), "4", True),
        (("4",), "4-1", True),
        (("4-1",), "4-1", True),
        (("4-1",), "4-2", False),
        (("4-1",), "4", False),
        (("1",), "10", False),
        (("10",), "1", False),
        (("1",), "10-1", False),
        (("9-1",), "9-10", False),
        (("1", "9-2"), "9-2", True),
    ],
)
def test_a_category_covers_its_subclasses_only(asked: tuple[str, ...], category: str, covered: bool):
    assert Scope("categories", categories=asked).covers("mat_x", category) is covered


def test_listed_materials_are_covered_whatever_their_category():
    scope = Scope("materials", material_ids=("mat_a",))
    assert scope.covers("mat_a", "9-2")
    assert not scope.covers("mat_b", "9-2")


@given(st.sampled_from(CATEGORIES))
def test_the_whole_dossier_covers_everything(category: str):
    assert Scope("whole").covers("mat_a", category)


@pytest.mark.parametrize(
    ("kind", "categories", "materials"),
    [
        ("categories", (), ()),
        ("materials", (), ()),
        ("categories", ("1",), ("mat_a",)),
        ("materials", ("1",), ("mat_a",)),
        ("whole", ("1",), ()),
        ("whole", (), ("mat_a",)),
        ("categories", ("11",), ()),
        ("categories", ("0",), ()),
        ("categories", ("4-0",), ()),
        ("categories", ("四",), ()),
    ],
)
def test_a_scope_names_what_its_kind_says(kind: str, categories: tuple[str, ...], materials: tuple[str, ...]):
    with pytest.raises(ValueError, match="scope"):
        Scope(kind, categories, materials)  # type: ignore[arg-type]


@given(st.sets(st.sampled_from(CATEGORIES), min_size=1), st.sets(st.sampled_from(CATEGORIES), min_size=1))
def test_what_lies_within_covers_no_more(asked: set[str], allowed: set[str]):
    """A scope that lies within the allowed categories never shows a material outside them."""
    scope, limit = Scope("categories", tuple(asked)), Scope("categories", tuple(allowed))
    if scope.lies_within(tuple(allowed)):
        assert all(limit.covers("mat_a", one) for one in CATEGORIES if scope.covers("mat_a", one))
