"""Recusal answers related, not related or cannot tell; the third asks for a declaration."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.ternary import Ternary
from services.access.domain.recusal import KinKnowledge, KinList, Statement

YES, NO, CANNOT = Ternary.YES, Ternary.NO, Ternary.CANNOT_TELL


def kin(**lists: tuple[set[str], bool]) -> KinKnowledge:
    return KinKnowledge({person: KinList(frozenset(names), complete) for person, (names, complete) in lists.items()})


@pytest.mark.parametrize(
    ("person", "knowledge", "related"),
    [
        ("subject", kin(), YES),
        (None, kin(subject=(set(), True)), CANNOT),
        ("viewer", kin(), CANNOT),
        ("viewer", kin(subject=({"viewer"}, False)), YES),
        ("viewer", kin(viewer=({"subject"}, False)), YES),
        ("viewer", kin(subject=({"other"}, False)), CANNOT),
        ("viewer", kin(subject=({"other"}, True)), NO),
        ("viewer", kin(viewer=(set(), True)), NO),
        # One list says so: the other's silence, even where it is complete, does not unsay it.
        ("viewer", kin(subject=(set(), True), viewer=({"subject"}, False)), YES),
    ],
)
def test_who_is_related(person: str | None, knowledge: KinKnowledge, related: Ternary):
    assert knowledge.related(person, "subject") is related


people = st.sampled_from(["a", "b", "c"])
lists = st.builds(KinList, st.frozensets(people), st.booleans())


@given(st.dictionaries(people, lists), people, people)
def test_being_related_goes_both_ways(known: dict[str, KinList], one: str, other: str):
    knowledge = KinKnowledge(known)
    assert knowledge.related(one, other) is knowledge.related(other, one)


@given(st.dictionaries(people, lists), people, people, people)
def test_more_kin_never_makes_a_relative_a_stranger(known: dict[str, KinList], one: str, other: str, third: str):
    """Learning of one more relative can end a not-related, never a related."""
    before = KinKnowledge(known).related(one, other)
    grown = known.get(one, KinList())
    more = {**known, one: KinList(grown.relatives | {third}, grown.complete)}
    if before is YES:
        assert KinKnowledge(more).related(one, other) is YES


@pytest.mark.parametrize(
    ("known", "declared", "recuse", "ask", "finding"),
    [
        (YES, None, True, False, "not_verified"),
        (YES, "not_related", True, False, "not_verified"),
        (NO, None, False, False, "not_related"),
        (NO, "not_related", False, False, "not_related"),
        (NO, "related", True, False, "not_related"),
        (CANNOT, None, False, True, "not_verified"),
        (CANNOT, "not_related", False, False, "not_verified"),
        (CANNOT, "related", True, False, "not_verified"),
    ],
)
def test_a_declaration_fills_what_nobody_knows(
    known: Ternary, declared: str | None, recuse: bool, ask: bool, finding: str
):
    one = Statement(known, declared)  # type: ignore[arg-type]
    assert (one.must_recuse, one.needs_declaration, one.finding) == (recuse, ask, finding)
