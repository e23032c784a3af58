"""Draws `sounds.txt` from pypinyin's table of readings: `python -m tests.contracts.values.sounds` writes it anew."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from pathlib import Path

from pypinyin.pinyin_dict import pinyin_dict

FILE = Path(__file__).parents[3] / "contracts" / "values" / "sounds.txt"


def plain(reading: str) -> str:
    """`lǚ` → `lv`: as it is typed, without its tone."""
    letters = unicodedata.normalize("NFD", reading).replace("u\N{COMBINING DIAERESIS}", "v")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def drawn() -> str:
    """The text of the file: the usual reading of every character, an empty line, the other readings."""
    usual: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    for code, told in sorted(pinyin_dict.items()):
        first, *rest = dict.fromkeys(map(plain, told.split(",")))
        usual[first].append(chr(code))
        for reading in rest:
            others[reading].append(chr(code))
    parts = ("".join(f"{one}{''.join(signs)}\n" for one, signs in sorted(part.items())) for part in (usual, others))
    return "\n".join(parts)


if __name__ == "__main__":
    FILE.write_text(drawn(), encoding="utf-8")
