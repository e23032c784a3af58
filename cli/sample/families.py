"""Draws families among the cadres: who is married to whom, and who is whose parent, child or sibling."""

from __future__ import annotations

import random
from collections.abc import Sequence

from cli.sample.model import Kinship, Person

_INVERSE = {"spouse": "spouse", "sibling": "sibling", "parent": "child", "child": "parent"}


def draw_families(rng: random.Random, persons: Sequence[Person]) -> tuple[Kinship, ...]:
    """Every pair is told from both sides; nobody has two spouses, two fathers or two mothers."""
    ties: dict[tuple[str, str], str] = {}

    def tie(person: Person, relative: Person, relation: str) -> None:
        ties[person.person_no, relative.person_no] = relation
        ties[relative.person_no, person.person_no] = _INVERSE[relation]

    wives = _spouses(rng, persons, tie)
    _children(rng, persons, wives, ties, tie)
    _siblings(rng, persons, ties, tie)
    return tuple(Kinship(person, relative, relation) for (person, relative), relation in sorted(ties.items()))


def _year(person: Person) -> int:
    return int(person.birth_date[:4])


def _spouses(rng: random.Random, persons: Sequence[Person], tie) -> dict[str, Person]:
    """One cadre in five is married to another; answers each husband's wife."""
    women = [person for person in persons if person.sex == "f" and _year(person) <= 1998]
    wives: dict[str, Person] = {}
    for man in persons:
        if man.sex != "m" or _year(man) > 1998 or rng.random() > 0.22:
            continue
        fitting = [
            woman
            for woman in women
            if -3 <= _year(woman) - _year(man) <= 5
            and woman.name[0] != man.name[0]
            and woman.native_place[:2] == man.native_place[:2]
        ]
        if fitting:
            wife = rng.choice(fitting)
            women.remove(wife)
            wives[man.person_no] = wife
            tie(man, wife, "spouse")
    return wives


def _children(
    rng: random.Random, persons: Sequence[Person], wives: dict[str, Person], ties: dict[tuple[str, str], str], tie
) -> None:
    """A child has its father's surname, ethnicity and native place, and its mother when she is known."""
    has_father: set[str] = set()
    for father in persons:
        if father.sex != "m" or _year(father) > 1976:
            continue
        grown = [
            person
            for person in persons
            if person.name[0] == father.name[0]
            and person.native_place == father.native_place
            and person.ethnicity == father.ethnicity
            and 22 <= _year(person) - _year(father) <= 34
            and person.person_no not in has_father
            and (father.person_no, person.person_no) not in ties
        ]
        if not grown or rng.random() > 0.6:
            continue
        child = rng.choice(grown)
        has_father.add(child.person_no)
        tie(father, child, "child")
        mother = wives.get(father.person_no)
        if mother is not None and _year(child) - _year(mother) >= 20:
            tie(mother, child, "child")


def _siblings(rng: random.Random, persons: Sequence[Person], ties: dict[tuple[str, str], str], tie) -> None:
    """Brothers and sisters: one surname, one native place, some years apart, no known parents between them."""
    taken = {person for (person, _), relation in ties.items() if relation in {"parent", "sibling"}}
    for elder in persons:
        if elder.person_no in taken or rng.random() > 0.3:
            continue
        younger = [
            person
            for person in persons
            if person.person_no not in taken
            and person.name[0] == elder.name[0]
            and person.native_place == elder.native_place
            and person.ethnicity == elder.ethnicity
            and 1 <= _year(person) - _year(elder) <= 8
            and (elder.person_no, person.person_no) not in ties
        ]
        if younger:
            other = rng.choice(younger)
            taken |= {elder.person_no, other.person_no}
            tie(elder, other, "sibling")
