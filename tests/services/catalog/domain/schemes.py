"""The shipped schemes, read once for all tests of the domain."""

from functools import cache

from services.catalog.domain.scheme import Scheme
from services.catalog.rules import load_catalog_rules

SCHEMES = ("r2018", "r2009")


@cache
def scheme(scheme_id: str) -> Scheme:
    """A scheme as shipped."""
    return load_catalog_rules().schemes[scheme_id]


def r2018() -> Scheme:
    """Scheme r2018 as shipped."""
    return scheme("r2018")


def r2009() -> Scheme:
    """Scheme r2009 as shipped."""
    return scheme("r2009")
