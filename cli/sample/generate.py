"""One seed in, a whole sample out: units, cadres, families, dossiers and what stands on their pages."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

from cli.sample.careers import Life, draw_birth, draw_life
from cli.sample.families import draw_families
from cli.sample.model import Dossier, Material, Person, Sample, Unit
from cli.sample.names import draw_name, id_number
from cli.sample.sheets import pages_of
from cli.sample.trail import paper_trail
from cli.sample.vocabulary import Special, Vocabulary, vocabulary

CADRES = 200
IMAGED_DOSSIERS = 12
PAGES_EACH = 25
DEFAULT_SEED = 2026

_WOMEN = 0.38
_OF_A_HOUSE = 0.2
_KIN_DECLARED = 0.9


def generate(seed: int = DEFAULT_SEED, *, cadres: int = CADRES, imaged: int = IMAGED_DOSSIERS) -> Sample:
    """The sample of this seed: `cadres` persons with a dossier each, `imaged` of them with page images.

    The first persons are those of `data/people.toml`; they are in every sample that is large enough.
    """
    words = vocabulary()
    seats: Counter[str] = Counter()
    units = {unit.code: unit for unit in words.units}
    # Spread evenly, so that people of the special list and plain ones are among them.
    with_images = {cadres * number // imaged for number in range(imaged)}
    persons: list[Person] = []
    dossiers: list[Dossier] = []
    for index in range(cadres):
        rng = random.Random(f"{seed}:person:{index}")
        special = words.specials[index] if index < len(words.specials) else None
        person, life = _person(rng, words, index, special, seats, persons)
        persons.append(person)
        unit = units[person.unit]
        materials = paper_trail(rng, words, life, unit.kind)
        if index in with_images:
            materials = _with_pages(rng, person, _thinned(rng, materials), unit, f"{seed}:{person.person_no}")
        dossiers.append(Dossier(_dossier_no(index), person.person_no, unit.custodian, materials))
    kinships = draw_families(random.Random(f"{seed}:families"), persons)
    return Sample(seed, words.units, tuple(persons), kinships, tuple(dossiers))


def _person(
    rng: random.Random,
    words: Vocabulary,
    index: int,
    special: Special | None,
    seats: Counter[str],
    earlier: list[Person],
) -> tuple[Person, Life]:
    sex = special.sex if special is not None else ("f" if rng.random() < _WOMEN else "m")
    born = draw_birth(rng, sex)
    code = words.unit_weights.draw(rng)
    unit = next(unit for unit in words.units if unit.code == code)
    life = draw_life(rng, words, born, unit, seats)
    name = draw_name(rng, words, sex, born.year)
    ethnicity, native_place = words.ethnicities.draw(rng), words.native_places.draw(rng)
    if special is not None:
        name = special.name
        ethnicity, native_place = special.ethnicity or ethnicity, special.native_place or native_place
    elif (kinsman := _kinsman(rng, born.year, earlier)) is not None:
        # The same house: its surname, its native place. The families are found by these afterwards.
        name = kinsman.name[0] + name[1:]
        ethnicity, native_place = kinsman.ethnicity, kinsman.native_place
    birth_date = life.birth_date.isoformat()
    person = Person(
        person_no=f"{10000001 + index}",
        name=name,
        sex=sex,
        ethnicity=ethnicity,
        native_place=native_place,
        birth_date=birth_date,
        id_number=id_number(rng, birth_date, sex),
        work_start=life.work_start.isoformat(),
        party=life.party,
        party_applied=None if life.party_applied is None else life.party_applied.isoformat(),
        party_date=None if life.party_date is None else life.party_date.isoformat(),
        unit=unit.code,
        schools=life.schools,
        posts=life.posts,
        kin_complete=special is not None or rng.random() < _KIN_DECLARED,
    )
    return person, life


def _kinsman(rng: random.Random, born: int, earlier: list[Person]) -> Person | None:
    """At times a father or an elder brother among those drawn before; a small county has such houses."""
    if rng.random() > _OF_A_HOUSE:
        return None
    men = [(person, born - int(person.birth_date[:4])) for person in earlier if person.sex == "m"]
    fathers = [person for person, gap in men if gap in range(22, 35)]
    brothers = [person for person, gap in men if gap in range(1, 9)]
    fitting = fathers if fathers and rng.random() < 0.8 else brothers
    return rng.choice(fitting) if fitting else None


def _dossier_no(index: int) -> str:
    return f"QL-{index + 1:04d}"


def _thinned(rng: random.Random, materials: tuple[Material, ...]) -> tuple[Material, ...]:
    """Some of the materials, each of few pages, that have `PAGES_EACH` pages together.

    One of each kind is kept before a second one is, so that the dossier shows many classes.
    """
    order = sorted(range(len(materials)), key=lambda at: (_nth_of_kind(materials, at), rng.random()))
    kept: list[tuple[int, Material]] = []
    left = PAGES_EACH
    while left:
        if not order:
            at, last = kept.pop()
            kept.append((at, replace(last, page_count=last.page_count + left)))
            break
        at = order.pop(0)
        pages = min(materials[at].page_count, left, 4)
        kept.append((at, replace(materials[at], page_count=pages)))
        left -= pages
    return tuple(material for _, material in sorted(kept, key=lambda pair: pair[0]))


def _nth_of_kind(materials: tuple[Material, ...], at: int) -> int:
    return sum(earlier.kind == materials[at].kind for earlier in materials[:at])


def _with_pages(
    rng: random.Random, person: Person, materials: tuple[Material, ...], unit: Unit, seed: str
) -> tuple[Material, ...]:
    return tuple(
        replace(material, pages=pages_of(person, material, unit, f"{seed}:{number}"))
        for number, material in enumerate(materials)
    )
