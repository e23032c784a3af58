"""How paper is divided: whole categories, in order, in as few volumes as that allows."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.volume import Section, VolumeRules, plans, propose, warnings

RULES = VolumeRules(most_pages=300, mm_per_page=0.08, boxes_mm=(25, 35, 45))

sections = st.lists(
    st.tuples(st.integers(1, 10), st.integers(1, 50), st.integers(1, 900)), max_size=10, unique_by=lambda s: s[0]
).map(lambda rows: [Section(*row) for row in sorted(rows)])
limits = st.integers(1, 1000)


@given(sections, limits)
def test_each_category_is_in_exactly_one_volume_and_the_order_is_kept(found: list[Section], limit: int):
    """So each material is, too: the volumes follow one another from 1 to 10 without a gap."""
    division = propose(found, limit)
    assert [category for plan in division for category in range(plan.first, plan.last + 1)] == list(range(1, 11))
    assert [plan.no for plan in division] == list(range(1, len(division) + 1))
    assert sum(plan.pages for plan in division) == sum(section.pages for section in found)
    assert sum(plan.materials for plan in division) == sum(section.materials for section in found)


@given(sections, limits)
def test_only_a_category_that_is_too_thick_alone_passes_the_limit(found: list[Section], limit: int):
    """It stays whole, and there is a warning for it and for nothing else."""
    division = propose(found, limit)
    told = {warning.no: warning for warning in warnings(division, found, limit)}
    for plan in division:
        inside = [section for section in found if plan.holds(section.category)]
        if plan.pages > limit:
            assert len(inside) == 1
            assert told.pop(plan.no).code == "category_too_thick"
    assert told == {}


@given(sections, limits)
def test_no_division_needs_fewer_volumes(found: list[Section], limit: int):
    """Any volume with the first category of the next would be over the limit."""
    division = propose(found, limit)
    for plan, following in itertools.pairwise(division):
        opening = next(section.pages for section in found if section.category == following.first)
        assert plan.pages + opening > limit


def test_a_given_division_is_measured_too():
    """Several categories over the limit could be divided: another warning than for one."""
    found = [Section(1, 2, 200), Section(4, 9, 150), Section(9, 1, 400)]
    division = plans([1, 9], found)
    assert [(plan.first, plan.last, plan.pages) for plan in division] == [(1, 8, 350), (9, 10, 400)]
    codes = [warning.code for warning in warnings(division, found, 300)]
    assert codes == ["volume_too_thick", "category_too_thick"]


def test_thickness_chooses_the_box():
    """The thinnest that closes; none for more than the thickest takes."""
    assert (RULES.limit, RULES.thickness(300), RULES.box(300)) == (300, 24.0, 25)
    assert [RULES.box(pages) for pages in (313, 500, 563)] == [35, 45, None]
    assert VolumeRules(1000, 0.08, (25,)).limit == 312
