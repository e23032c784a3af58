"""A relation has two sides."""

from typing import get_args

import pytest

from contracts.events.catalog import KinRelation
from services.catalog.domain.kin import inverse


@pytest.mark.parametrize("relation", get_args(KinRelation))
def test_the_inverse_of_the_inverse_is_the_relation(relation: KinRelation):
    """Every relation has an inverse, and turning twice changes nothing."""
    assert inverse(inverse(relation)) == relation


def test_a_parent_has_a_child():
    """The two relations that are not their own inverse."""
    assert (inverse("parent"), inverse("child")) == ("child", "parent")
