"""Which office decides for a person: by rank, the rule of the own unit or of one above (audit rules, 5.7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.events.catalog import AuthorityPeriod

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AuthorityRule:
    """`office` decides for `rank` in `unit_id` and below, from `valid_from` to `valid_to`, both included."""

    authority_id: str
    rank: str
    unit_id: str
    office: str
    office_unit_id: str | None
    valid_from: date
    valid_to: date | None
    version: int = 1


def periods_for(rules: Iterable[AuthorityRule], ancestors: Sequence[str]) -> list[AuthorityPeriod]:
    """The periods that concern a person of a unit whose `ancestors` run from the root to the unit itself.

    On each day the rule of the nearest unit counts; what it leaves open is filled by the next one up.
    """
    by_unit: dict[str, list[AuthorityRule]] = {}
    for rule in rules:
        by_unit.setdefault(rule.unit_id, []).append(rule)
    found: list[AuthorityPeriod] = []
    for unit_id in reversed(ancestors):
        nearer = list(found)
        for rule in by_unit.get(unit_id, ()):
            found += [_period(rule, *gap) for gap in _gaps(rule.valid_from, rule.valid_to, nearer)]
    return sorted(found, key=lambda period: period.valid_from)


def _period(rule: AuthorityRule, since: date, until: date | None) -> AuthorityPeriod:
    return AuthorityPeriod(
        unit_id=rule.unit_id,
        office=rule.office,
        office_unit_id=rule.office_unit_id,
        valid_from=since,
        valid_to=until,
    )


def _gaps(since: date, until: date | None, taken: Sequence[AuthorityPeriod]) -> list[tuple[date, date | None]]:
    """What of a period no other one covers."""
    free: list[tuple[date, date | None]] = []
    for period in sorted(taken, key=lambda one: one.valid_from):
        if until is not None and period.valid_from > until:
            break
        if period.valid_to is not None and period.valid_to < since:
            continue
        if period.valid_from > since:
            free.append((since, period.valid_from - _DAY))
        if period.valid_to is None:
            return free
        since = period.valid_to + _DAY
    if until is None or since <= until:
        free.append((since, until))
    return free
