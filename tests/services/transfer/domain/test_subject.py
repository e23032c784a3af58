"""A number with its name, or a dossier; never a name alone."""

import pytest

from contracts.problems import PersonMismatch, StateConflict
from services.transfer.domain.refusals import SubjectForm
from services.transfer.domain.subject import (
    ByDossier,
    ByPerson,
    KnownDossier,
    KnownPerson,
    person_meant,
    require_open,
    subject_named,
)

DOSSIER = "dos_x"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((DOSSIER, None, None), ByDossier(DOSSIER)),
        ((None, "G0001", "王小明"), ByPerson("G0001", "王小明")),
        ((None, "G0001", " 王小明 "), ByPerson("G0001", "王小明")),
    ],
)
def test_a_subject_is_named_in_one_of_two_ways(given, named):
    assert subject_named(*given) == named


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ((None, None, None), [("/subject/person_no", "required"), ("/subject/name", "required")]),
        ((None, None, "王小明"), [("/subject/person_no", "required")]),
        ((None, "G0001", None), [("/subject/name", "required")]),
        ((DOSSIER, "G0001", None), [("/subject/person_no", "contradiction")]),
        ((DOSSIER, "G0001", "王小明"), [("/subject/person_no", "contradiction"), ("/subject/name", "contradiction")]),
    ],
)
def test_every_other_way_is_refused(given, faults):
    with pytest.raises(SubjectForm) as refused:
        subject_named(*given)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults


def person(*names: str) -> KnownPerson:
    return KnownPerson("per_x", "G0001", frozenset(names))


@pytest.mark.parametrize("name", ["王小明", "王晓明"])
def test_a_present_or_former_name_confirms_the_number(name):
    assert person_meant(ByPerson("G0001", name), [person("王小明", "王晓明")]).person_id == "per_x"


@pytest.mark.parametrize("heard", [[], [person("王小明")], [person("王大明"), person("王大明")]])
def test_a_name_that_does_not_agree_is_a_mismatch_whatever_the_reason(heard):
    """The answers are equal, so that they do not tell which numbers exist."""
    with pytest.raises(PersonMismatch) as refused:
        person_meant(ByPerson("G0001", "王大明"), heard)
    assert (refused.value.pointer, refused.value.params) == ("/subject", {})


def test_a_closed_dossier_takes_nothing():
    with pytest.raises(StateConflict) as refused:
        require_open(KnownDossier(DOSSIER, "A1", "per_x", "unt_x", "closed"))
    assert refused.value.params == {"state": "closed"}
