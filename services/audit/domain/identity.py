"""Who is meant: one name (同名同姓), one sound (同音异字), several names (一人多名). Source: seed 000 (audit rules, 3).

The method: native place first, then birth, work start and party date, then the course of school and work, then the
family. Each part answers yes (compatible), no (contradicts) or cannot tell; the score only puts candidates in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeVar

from contracts.problems import FieldFault, ValidationFailed
from contracts.values.partial_date import PartialDate
from contracts.values.sound import sounds_of
from contracts.values.ternary import Ternary
from services.audit.domain.agreement import same_month

NameMatch = Literal["same_name", "other_name", "same_sound"]
"""How the names meet: the present ones are equal; one of several names is; or they only sound alike."""

MATCH_ORDER: Final[tuple[NameMatch, ...]] = ("same_name", "other_name", "same_sound")


class Part(StrEnum):
    """What is compared, in the order of the method."""

    NATIVE_PLACE = "native_place"
    BIRTH_DATE = "birth_date"
    WORK_START_DATE = "work_start_date"
    PARTY_JOIN_DATE = "party_join_date"
    SCHOOLS = "schools"
    UNITS = "units"
    FAMILY = "family"


class Outcome(StrEnum):
    """What was decided of two: one person, or two."""

    SAME_PERSON = "same_person"
    OTHER_PERSON = "other_person"


Suggestion = Literal["same_person", "other_person", "cannot_tell"]

DATES: Final = (Part.BIRTH_DATE, Part.WORK_START_DATE, Part.PARTY_JOIN_DATE)
COUNTED: Final = (*DATES, Part.SCHOOLS, Part.UNITS)
"""Of these, so many must be compatible as the rules say."""


@dataclass(frozen=True)
class Stay:
    """Time at a school or unit; a period that is not known may be any."""

    place: str
    begins: PartialDate | None = None
    ends: PartialDate | None = None

    def overlaps(self, other: Stay) -> Ternary:
        """Whether both were there at one time."""
        apart = _before(self.ends, other.begins) | _before(other.ends, self.begins)
        return ~apart


def _before(one: PartialDate | None, other: PartialDate | None) -> Ternary:
    return one.before(other) if one and other else Ternary.CANNOT_TELL


@dataclass(frozen=True)
class Profile:
    """What is known of somebody, or what a paper says of whom it means; several values where papers differ."""

    name: str
    other_names: tuple[str, ...] = ()
    native_places: tuple[str, ...] = ()
    births: tuple[PartialDate, ...] = ()
    work_starts: tuple[PartialDate, ...] = ()
    party_joins: tuple[PartialDate, ...] = ()
    schools: tuple[Stay, ...] = ()
    units: tuple[Stay, ...] = ()
    relatives: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every name."""
        return frozenset({self.name, *self.other_names})


@dataclass(frozen=True)
class IdentityRules:
    """Settings of the office. `points` of the parts and `name_points` of a full match add up to 100; `needed` of
    `COUNTED` prove one person beside the native place; dates up to `doubt_months` apart say nothing."""

    name_points: Mapping[NameMatch, int]
    points: Mapping[Part, int]
    needed: int
    doubt_months: int
    most_candidates: int
    digest: str


@dataclass(frozen=True)
class PartResult:
    """One part compared, with what either side says."""

    part: Part
    outcome: Ternary
    points: int
    said: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two profiles side by side. `score` is 0 to 100 and orders candidates; it decides nothing."""

    match: NameMatch
    parts: tuple[PartResult, ...]
    score: int
    needed: int

    @property
    def compatible(self) -> int:
        """How many of the counted parts are compatible."""
        return sum(one.outcome is Ternary.YES for one in self.parts if one.part in COUNTED)

    def outcome_of(self, part: Part) -> Ternary:
        """The answer of one part."""
        return next(one.outcome for one in self.parts if one.part is part)

    def proves(self, explained: bool = False) -> bool:
        """Whether both may be taken for one person: native place equal or explained, and enough beside it."""
        native = self.outcome_of(Part.NATIVE_PLACE) is Ternary.YES or explained
        return native and self.compatible >= self.needed

    @property
    def suggestion(self) -> Suggestion:
        """What the parts speak for. Nobody is told apart or taken for one where a part contradicts the others."""
        contradicted = any(self.outcome_of(part) is Ternary.NO for part in (Part.NATIVE_PLACE, *DATES))
        if self.proves():
            return "cannot_tell" if contradicted else "same_person"
        return "other_person" if contradicted else "cannot_tell"


def match_names(said: Profile, known: Profile) -> NameMatch | None:
    """How the names of both meet; None when they do not."""
    if said.name == known.name:
        return "same_name"
    if said.names & known.names:
        return "other_name"
    if _all_sounds(said) & _all_sounds(known):
        return "same_sound"
    return None


def _all_sounds(profile: Profile) -> frozenset[str]:
    return frozenset(sound for name in profile.names for sound in sounds_of(name))


def compare(said: Profile, known: Profile, rules: IdentityRules) -> Comparison | None:
    """Put two profiles side by side; None when not even a name connects them."""
    match = match_names(said, known)
    if match is None:
        return None
    parts = tuple(_parts(said, known, rules))
    score = rules.name_points[match] + sum(part.points for part in parts)
    return Comparison(match, parts, score, rules.needed)


def _parts(said: Profile, known: Profile, rules: IdentityRules) -> Iterable[PartResult]:
    def same_date(one: PartialDate, other: PartialDate) -> Ternary:
        return _same_date(one, other, rules.doubt_months)

    def told(part: Part, outcome: Ternary, ours: Iterable[str], theirs: Iterable[str]) -> PartResult:
        points = rules.points[part] if outcome is Ternary.YES else 0
        return PartResult(part, outcome, points, tuple(ours), tuple(theirs))

    places = said.native_places, known.native_places
    yield told(Part.NATIVE_PLACE, _any(_same_place, *places), *places)
    dates = (
        (Part.BIRTH_DATE, said.births, known.births),
        (Part.WORK_START_DATE, said.work_starts, known.work_starts),
        (Part.PARTY_JOIN_DATE, said.party_joins, known.party_joins),
    )
    for part, ours, theirs in dates:
        yield told(part, _any(same_date, ours, theirs), map(str, ours), map(str, theirs))
    for part, ours, theirs in ((Part.SCHOOLS, said.schools, known.schools), (Part.UNITS, said.units, known.units)):
        yield told(part, _met(ours, theirs), (stay.place for stay in ours), (stay.place for stay in theirs))
    shared = Ternary.YES if set(said.relatives) & set(known.relatives) else Ternary.CANNOT_TELL
    yield told(Part.FAMILY, shared, said.relatives, known.relatives)


T = TypeVar("T")


def _any(same: Callable[[T, T], Ternary], ours: Sequence[T], theirs: Sequence[T]) -> Ternary:
    """Yes if any pair is the same, no if all pairs differ; of nothing there is nothing to tell."""
    answers = [same(one, other) for one in ours for other in theirs]
    if any(answer is Ternary.YES for answer in answers):
        return Ternary.YES
    return Ternary.NO if answers and all(answer is Ternary.NO for answer in answers) else Ternary.CANNOT_TELL


def _same_date(one: PartialDate, other: PartialDate, doubt_months: int) -> Ternary:
    """To the month. A lunar date and its solar one lie up to two months apart, so that so little says nothing."""
    answer = same_month(one, other)
    if answer is Ternary.NO and one.month and other.month:
        apart = abs(12 * (one.year - other.year) + one.month - other.month)
        return Ternary.CANNOT_TELL if apart <= doubt_months else Ternary.NO
    return answer


_SUFFIXES: Final = str.maketrans("", "", "省市县区州盟旗 　")


def _same_place(one: str, other: str) -> Ternary:
    """湖南省长沙市, 湖南长沙 and 长沙 are one place; 湖南 holds it and cannot tell."""
    short, long = sorted((one.translate(_SUFFIXES) or one, other.translate(_SUFFIXES) or other), key=len)
    if long.endswith(short):
        return Ternary.YES
    return Ternary.CANNOT_TELL if long.startswith(short) else Ternary.NO


def _met(ours: Sequence[Stay], theirs: Sequence[Stay]) -> Ternary:
    """Yes when both were at one school or unit, unless at other times. Another one is no contradiction: papers name
    some stations of a life, not all."""
    common = [one.overlaps(other) for one in ours for other in theirs if _plain(one.place) == _plain(other.place)]
    return Ternary.YES if any(answer is not Ternary.NO for answer in common) else Ternary.CANNOT_TELL


def _plain(place: str) -> str:
    return "".join(place.split()).casefold()


def refuse_unproved(outcome: Outcome, compared: Comparison, explanation: str | None) -> None:
    """One person is decided only on proof; without it the paper goes back (other person), or one looks further."""
    if outcome is not Outcome.SAME_PERSON or compared.proves(explained=explanation is not None):
        return
    faults: list[FieldFault] = []
    if compared.outcome_of(Part.NATIVE_PLACE) is not Ternary.YES and explanation is None:
        faults.append(FieldFault("/explanation", "native-place-open"))
    if compared.compatible < compared.needed:
        params = {"needed": compared.needed, "found": compared.compatible}
        faults.append(FieldFault("/outcome", "identity-not-proven", params))
    raise ValidationFailed(errors=faults)
