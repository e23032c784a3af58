"""Draws names: surnames as frequent as they are, given names as usual as they were in the year of birth."""

from __future__ import annotations

import random

from cli.sample.vocabulary import Vocabulary
from contracts.values.id_number import check_character

# No province has this code, so that no sample number can be a living person's.
_NO_REGION = "990000"


def draw_name(rng: random.Random, words: Vocabulary, sex: str, born: int) -> str:
    """A whole name for someone of this sex who was born in that year."""
    usual = [given for given in words.given_names if given.sex == sex and given.born_from <= born <= given.born_to]
    given = rng.choices(usual, [candidate.weight for candidate in usual])[0]
    return words.surnames.draw(rng) + given.name


def id_number(rng: random.Random, birth_date: str, sex: str) -> str:
    """An identity number with a fitting check character and a region that does not exist."""
    order = rng.randrange(1, 499) * 2 + (1 if sex == "m" else 0)
    first_17 = f"{_NO_REGION}{birth_date.replace('-', '')}{order:03d}"
    return first_17 + check_character(first_17)
