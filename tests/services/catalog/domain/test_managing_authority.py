"""Which office decides on which day: the nearest unit's rule, and what it leaves open from further up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.managing_authority import AuthorityRule, periods_for

COUNTY, BUREAU, OFFICE = "unt_county", "unt_bureau", "unt_office"
UNITS = [COUNTY, BUREAU, OFFICE]


def rule(unit: str, office: str, since: str, until: str | None = None) -> AuthorityRule:
    """A rule for one rank."""
    ends = date.fromisoformat(until) if until else None
    return AuthorityRule("mga", "正科级", unit, office, None, date.fromisoformat(since), ends)


def told(*rules: AuthorityRule) -> list[tuple[str, str, str | None]]:
    """Office, first and last day."""
    periods = periods_for(rules, UNITS)
    return [(one.office, str(one.valid_from), str(one.valid_to) if one.valid_to else None) for one in periods]


def test_a_rule_holds_for_the_units_below():
    """And one of another branch does not."""
    assert told(rule(COUNTY, "县委", "2000-01-01"), rule("unt_other", "乡党委", "2000-01-01")) == [
        ("县委", "2000-01-01", None)
    ]


def test_the_nearer_unit_goes_before_the_one_above_on_its_days_only():
    """Before it and after it the county decides."""
    rules = rule(COUNTY, "县委", "2000-01-01"), rule(BUREAU, "局党组", "2010-01-01", "2014-12-31")
    assert told(*rules) == [
        ("县委", "2000-01-01", "2009-12-31"),
        ("局党组", "2010-01-01", "2014-12-31"),
        ("县委", "2015-01-01", None),
    ]


def test_three_levels_fill_one_anothers_gaps():
    """Each day has the nearest that there is."""
    rules = (
        rule(OFFICE, "所", "2012-01-01", "2012-12-31"),
        rule(BUREAU, "局党组", "2010-01-01", "2014-12-31"),
        rule(COUNTY, "县委", "2011-01-01"),
    )
    assert [office for office, _, _ in told(*rules)] == ["局党组", "所", "局党组", "县委"]


DAYS = st.dates(date(2000, 1, 1), date(2002, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(UNITS), DAYS, st.integers(0, 400)), max_size=8), DAYS)
def test_on_each_day_one_office_decides_and_it_is_the_nearest(drawn: list[tuple[str, date, int]], day: date):
    """Against looking it up directly; rules of one unit that overlap are left out, as the database does."""
    rules: list[AuthorityRule] = []
    for number, (unit, since, days) in enumerate(drawn):
        until = since + timedelta(days=days)
        if all(one.unit_id != unit or until < one.valid_from or since > one.valid_to for one in rules if one.valid_to):
            rules.append(AuthorityRule("mga", "正科级", unit, str(number), None, since, until))
    holds = [one for one in rules if one.valid_to and one.valid_from <= day <= one.valid_to]
    nearest = max(holds, key=lambda one: UNITS.index(one.unit_id), default=None)
    found = [one.office for one in periods_for(rules, UNITS) if one.valid_to and one.valid_from <= day <= one.valid_to]
    assert found == ([nearest.office] if nearest else [])
