"""Ids have one spelling, carry a UUIDv7 and never pass for an id of another kind."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.values import ids

ZERO = "0" * 26
LAST = "7" + "Z" * 25
prefixes = st.sampled_from(sorted(ids.PREFIXES))


@given(prefixes, st.uuids())
def test_an_id_and_its_uuid_are_two_spellings_of_one_thing(prefix: str, value: uuid.UUID):
    text = ids.from_uuid(prefix, value)
    assert ids.to_uuid(text) == value
    assert ids.prefix_of(text) == prefix
    assert len(text) == len(prefix) + 27


@given(prefixes, st.lists(st.uuids(), max_size=40))
def test_many_are_spelled_at_once_as_each_alone(prefix: str, values: list[uuid.UUID]):
    """As PostgreSQL writes them, in the order given."""
    assert ids.from_hexes(prefix, [str(value) for value in values]) == [ids.from_uuid(prefix, v) for v in values]


@pytest.mark.parametrize("texts", [["00"], [str(uuid.UUID(int=7)) + "00"], [str(uuid.UUID(int=7)), "0"], ["zz" * 16]])
def test_what_is_no_key_is_not_spelled(texts: list[str]):
    """A lane too short or too long would move all ids behind it."""
    with pytest.raises(ValueError):  # noqa: PT011  # IdInvalid, or what Python says of a digit that is none
        ids.from_hexes("mat", texts)


@given(st.uuids(), st.uuids())
def test_ids_sort_as_their_uuids_do(one: uuid.UUID, other: uuid.UUID):
    """Keyset paging sorts by the database key; the ids that callers see keep that order."""
    assert (ids.from_uuid("sub", one) < ids.from_uuid("sub", other)) == (one < other)


def test_a_new_id_is_a_uuid_of_version_7():
    assert ids.to_uuid(ids.new_id("sub")).version == 7


def test_new_ids_differ():
    assert len({ids.new_id("evt") for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, ZERO),
        (1, "0" * 25 + "1"),
        (31, "0" * 25 + "Z"),
        (2**128 - 1, LAST),
    ],
)
def test_the_encoding_is_big_endian_crockford(value: int, text: str):
    assert ids.from_uuid("dos", uuid.UUID(int=value)) == f"dos_{text}"


WRONG = [
    "",
    "dos",
    "dos_",
    ZERO,
    f"dos_{ZERO}0",
    f"dos_{ZERO[1:]}",
    f"dos_8{ZERO[1:]}",
    f"dos_{ZERO[1:]}U",
    f"dos_{ZERO[1:]}I",
    f"dos_{ZERO[1:]}a",
    f"DOS_{ZERO}",
    f"xyz_{ZERO}",
    f"dos-{ZERO}",
    f" dos_{ZERO}",
    f"dos_{ZERO}\n",
    "dos_" + "０" * 26,
]


@pytest.mark.parametrize("text", WRONG)
def test_a_text_that_is_no_id_is_refused(text: str):
    with pytest.raises(ids.IdInvalid):
        ids.to_uuid(text)
    assert not ids.is_id("dos", text)
    with pytest.raises(ValidationError):
        TypeAdapter(ids.DossierId).validate_python(text)


def test_an_id_of_another_kind_is_refused_without_repeating_it():
    submission = ids.new_id("sub")
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(ids.DossierId).validate_python(submission)
    [fault] = caught.value.errors(include_input=False, include_url=False)
    assert fault["type"] == "id-invalid"
    assert fault["ctx"] == {"prefix": "dos"}
    assert submission not in json.dumps(fault)


def test_a_task_id_may_be_of_any_service_but_of_no_other_kind():
    adapter = TypeAdapter(ids.TaskId)
    for letter in ids.OWNER_LETTERS:
        assert adapter.validate_python(f"tsk{letter}_{ZERO}")
    with pytest.raises(ValidationError):
        adapter.validate_python(f"opnx_{ZERO}")


def test_the_json_schema_tells_the_form():
    schema = TypeAdapter(ids.SubmissionId).json_schema()
    assert schema == {"type": "string", "pattern": "^sub_[0-7][0-9A-HJKMNP-TV-Z]{25}$"}


@pytest.mark.parametrize("value", [7, None, b"dos_" + ZERO.encode(), uuid.UUID(int=0)])
def test_what_is_no_text_is_no_id(value: object):
    with pytest.raises(ValidationError):
        TypeAdapter(ids.DossierId).validate_python(value)


def test_an_unknown_prefix_is_an_error_of_the_programmer():
    with pytest.raises(ids.IdInvalid):
        ids.new_id("xyz")
    with pytest.raises(ids.IdInvalid):
        ids.IdOf("xyz")


def test_the_prefixes_are_the_closed_list_of_the_interfaces():
    """A new prefix is a change of the contract: it is added here on purpose, or not at all."""
    owned = "per dos vol mat pag gap pkg apr cmp rev clm det clr sub hov rcp rtn dun upl itm unt whk vrq grt vss"
    owned += " lon cpy evt req acc fct fnd mga lrm srm cab inv prr prn chg rmv cdo clb cll clh scr bul"
    owned += " ibp tnr bds"
    owned += " snd mtg vot fbk apv ivg srv fbr tlk spc rpa"
    owned += " idd alt asg fcq plg rvr trn"
    owned += " vrp qrt"
    shared = {kind + letter for kind in ("tsk", "opn", "jnl") for letter in "ctux"}
    assert set(owned.split()) | shared == ids.PREFIXES
