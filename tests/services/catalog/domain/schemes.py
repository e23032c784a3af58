"""The shipped schemes, read once for all tests of the domain."""

from functools import cache

from services.catalog.domain.scheme import Scheme
from services.catalog.rules import load_catalog_rules


@cache
def r2018() -> Scheme:
    """Scheme r2018 as shipped."""
    return load_catalog_rules().schemes["r2018"]
