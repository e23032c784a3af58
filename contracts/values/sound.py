"""How a name sounds: its syllables without tones, so that 张玮, 章炜 and 张伟 meet (同音异字, seed 000).

A character with several readings gives several sounds: 单 is `shan` as a surname and `dan` elsewhere, and nobody who
listens knows which characters were meant. `sounds.txt` beside this module holds the readings, one syllable a line:
first the usual reading of every character, then, after an empty line, the others. It is made from pypinyin's table;
a test holds it to that.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import product
from math import prod
from pathlib import Path
from typing import Final

MOST_SOUNDS: Final = 64
"""Sounds of one name. A name that could be read in more ways (a long transliteration) has its usual reading alone."""

_READINGS: Final = Path(__file__).with_name("sounds.txt")
# What separates the parts of a name is not heard: 阿依古丽·买买提.
_SILENT: Final = frozenset("·・•‧∙⋅. -")


def sounds_of(name: str) -> frozenset[str]:
    """Every way to read a name, syllables joined by a space. Characters without a reading stand for themselves."""
    heard = [_syllables(sign) for sign in unicodedata.normalize("NFKC", name).casefold() if sign not in _SILENT]
    if not heard:
        return frozenset()
    if prod(map(len, heard)) > MOST_SOUNDS:
        return frozenset({" ".join(ways[0] for ways in heard)})
    return frozenset(" ".join(ways) for ways in product(*heard))


def _syllables(sign: str) -> tuple[str, ...]:
    """The readings of one character, the usual one first."""
    text = _text()
    found: list[str] = []
    at = -1 if sign.isascii() else text.find(sign)
    while at >= 0:
        line = text.rfind("\n", 0, at) + 1
        end = line
        while text[end].isascii():
            end += 1
        found.append(text[line:end])
        at = text.find(sign, at + 1)
    return tuple(found) or (sign,)


@cache
def _text() -> str:
    # One string of 45,000 characters, searched as it is: a table of them would take 40 times the memory.
    return _READINGS.read_text(encoding="utf-8")
