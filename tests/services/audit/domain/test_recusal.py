"""Nobody appraises their own material, nor a relative's."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import Recusal, ValidationFailed
from services.audit.domain.recusal import KinKnown, Relation, admit, relation_of

NOBODY, WHOLE = KinKnown(), KinKnown(complete=True)


@pytest.mark.parametrize(
    ("person", "of_person", "of_subject", "relation"),
    [
        ("subject", NOBODY, NOBODY, "related"),
        ("auditor", KinKnown({"subject"}), NOBODY, "related"),
        ("auditor", NOBODY, KinKnown({"auditor"}), "related"),
        ("auditor", WHOLE, KinKnown({"auditor"}), "related"),
        ("auditor", NOBODY, KinKnown({"somebody"}), "cannot_tell"),
        ("auditor", NOBODY, NOBODY, "cannot_tell"),
        ("auditor", WHOLE, NOBODY, "not_related"),
        ("auditor", NOBODY, KinKnown({"somebody"}, complete=True), "not_related"),
        (None, WHOLE, WHOLE, "cannot_tell"),
    ],
)
def test_a_relation_has_three_answers(person: str | None, of_person: KinKnown, of_subject: KinKnown, relation: str):
    """Either side's list can name the other; only a list declared complete says no."""
    assert relation_of(person, "subject", of_person, of_subject).value == relation


people = st.sampled_from(("a", "b", "c"))
lists = st.builds(KinKnown, st.frozensets(people), st.booleans())


@given(people, people, lists, lists)
def test_a_relation_is_the_same_from_either_side(one: str, other: str, of_one: KinKnown, of_other: KinKnown):
    """Who is related to whom does not depend on who asks."""
    assert relation_of(one, other, of_one, of_other) == relation_of(other, one, of_other, of_one)


@pytest.mark.parametrize(("relation", "declared"), list(product(Relation, (None, True, False))))
def test_who_is_not_known_to_be_unrelated_declares_it(relation: Relation, declared: bool | None):
    """Related: refused whatever they say. Cannot tell: they declare. Whoever says they are related is refused."""
    if relation is Relation.RELATED or declared is False:
        with pytest.raises(Recusal):
            admit(relation, declared)
    elif relation is Relation.CANNOT_TELL and declared is None:
        with pytest.raises(ValidationFailed) as refused:
            admit(relation, declared)
        assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/not_related", "required")]
    else:
        admit(relation, declared)
