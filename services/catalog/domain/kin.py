"""Kin pairs: each relation is recorded from both sides."""

from collections.abc import Mapping
from typing import Final

from contracts.events.catalog import KinRelation

INVERSE: Final[Mapping[KinRelation, KinRelation]] = {
    "spouse": "spouse",
    "parent": "child",
    "child": "parent",
    "sibling": "sibling",
    "lineal": "lineal",
    "collateral": "collateral",
    "in_law": "in_law",
}


def inverse(relation: KinRelation) -> KinRelation:
    """The same relation seen from the relative: a person's `parent` has that person as `child`."""
    return INVERSE[relation]
