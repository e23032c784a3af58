"""Names that sound alike meet, whatever characters they are written with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.sound import MOST_SOUNDS, sounds_of
from tests.contracts.values.sounds import FILE, drawn


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "张玮"),
        ("张伟", "章炜"),
        ("王静", "汪婧"),
        ("余海波", "俞海波"),
        # A surname with a reading of its own, written down by somebody who heard it, or who read it.
        ("单立", "善丽"),
        ("单立", "丹丽"),
        ("曾红", "增宏"),
        ("吕萍", "侣平"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        # Outside the common plane.
        ("何𬱖", "何迪"),
    ],
)
def test_names_that_sound_alike_meet(one: str, other: str):
    """Tones do not count (seed 000: 同音异字)."""
    assert sounds_of(one) & sounds_of(other)


@pytest.mark.parametrize(("one", "other"), [("张伟", "张薇薇"), ("张伟", "王伟"), ("张", "张伟"), ("陈莉", "程莉")])
def test_names_that_sound_otherwise_do_not(one: str, other: str):
    assert not sounds_of(one) & sounds_of(other)


def test_a_name_has_every_reading_and_the_usual_one_alone_where_there_are_too_many():
    """单 has three; ten characters of two readings would have a thousand."""
    assert sounds_of("单") == {"dan", "shan", "chan"}
    assert sounds_of("曾曾曾曾曾曾曾") == {"ceng ceng ceng ceng ceng ceng ceng"}
    assert sounds_of("·") == frozenset()
    assert sounds_of("Li 李") == {"l i li"}


@given(st.text(max_size=12))
def test_any_text_has_few_sounds_and_always_the_same(text: str):
    """Also one that is no name; separators and case make no difference."""
    assert len(sounds_of(text)) <= MOST_SOUNDS
    assert sounds_of(f"·{text} ") == sounds_of(text)


def test_the_file_is_as_it_is_drawn():
    """Made anew from pypinyin's table, it is the same."""
    assert FILE.read_text(encoding="utf-8") == drawn()
