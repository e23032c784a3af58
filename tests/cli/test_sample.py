"""A sample is a plausible county, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypinyin import lazy_pinyin

from chassis.glyphs import missing_glyphs
from cli.sample.generate import CADRES, IMAGED_DOSSIERS, PAGES_EACH, generate
from cli.sample.loader import load_sample, phases
from cli.sample.model import Dossier, Page, Person, Sample
from cli.sample.months import AS_OF, first_of
from cli.sample.paper import page_image
from cli.sample.sheets import chinese_date
from contracts.values.id_number import IdNumber
from contracts.values.partial_date import PartialDate
from deploy.fonts import FONT_FILE
from services.catalog.domain.classification import suggest_category
from services.catalog.rules import DEFAULT_SCHEME, load_catalog_rules
from tests.support.county import County

SAMPLE = generate()
SMALL = st.integers(0, 2**32).map(lambda seed: generate(seed, cadres=40, imaged=2))


def pages_of(sample: Sample) -> list[Page]:
    return [page for dossier in sample.dossiers for material in dossier.materials for page in material.pages]


def dossier_of(sample: Sample, person: Person) -> Dossier:
    return next(dossier for dossier in sample.dossiers if dossier.person_no == person.person_no)


def draw(page: Page) -> bytes:
    return page_image(page.lines, page.seed, seal=page.seal)


def test_the_sample_has_the_size_that_is_promised():
    """25 units, 200 cadres with a dossier each, 12 of them with about 300 page images."""
    assert len(SAMPLE.units) == 25
    assert len(SAMPLE.persons) == len(SAMPLE.dossiers) == CADRES
    assert sum(dossier.imaged for dossier in SAMPLE.dossiers) == IMAGED_DOSSIERS
    assert len(pages_of(SAMPLE)) == IMAGED_DOSSIERS * PAGES_EACH == 300


def test_the_same_seed_gives_the_same_people_and_papers():
    assert generate(7, cadres=30, imaged=1) == generate(7, cadres=30, imaged=1)
    assert generate(7, cadres=30, imaged=1) != generate(8, cadres=30, imaged=1)


def test_all_page_images_together_stay_below_60_megabytes():
    """The last page of each material is its largest, for it bears the seal: thirty of them stand for all."""
    largest = [page for page in pages_of(SAMPLE) if page.seal is not None][:30]
    assert max(len(draw(page)) for page in largest) * len(pages_of(SAMPLE)) < 60_000_000


def test_a_page_is_the_same_bytes_for_the_same_seed_and_another_for_another():
    """Byte identity: the duplicate check of audit works on digests."""
    page = pages_of(SAMPLE)[0]
    assert draw(page) == draw(page)
    assert draw(page) != page_image(page.lines, "another", seal=page.seal)


def test_no_two_pages_of_the_sample_are_the_same():
    """Every page has its own seed, so that none is taken for a duplicate of another."""
    seeds = Counter(page.seed for page in pages_of(SAMPLE))
    assert seeds.most_common(1)[0][1] == 1
    digests = {hashlib.sha256(draw(page)).digest() for page in pages_of(SAMPLE)[:12]}
    assert len(digests) == 12


@pytest.mark.parametrize(("dpi", "size"), [(150, (1240, 1754)), (300, (2481, 3507))])
def test_a_page_is_a4_at_the_resolution_that_is_asked_for(dpi: int, size: tuple[int, int]):
    for image_format in ("JPEG", "PNG"):
        image = Image.open(BytesIO(page_image(["干部履历表", "姓名｜张伟"], 1, dpi, image_format=image_format)))
        assert image.format == image_format
        assert image.size == size
        assert tuple(round(value) for value in image.info["dpi"]) == (dpi, dpi)


def test_a_page_has_ink_where_it_has_text_and_only_specks_where_it_has_none():
    """What the checks of audit look for: a written page is not blank, an empty sheet is."""

    def ink(lines: list[str]) -> int:
        image = Image.open(BytesIO(page_image(lines, 3))).convert("L")
        return sum(image.histogram()[:90])

    assert ink(["自传", "我志愿加入组织。" * 20]) > 3000
    assert ink([]) < 300


def test_surnames_are_as_frequent_as_they_are():
    """王, 李 and 张 are each some seven in a hundred; over many samples they lead."""
    surnames = Counter(person.name[0] for seed in range(10) for person in generate(seed, cadres=200, imaged=1).persons)
    total = sum(surnames.values())
    assert {surname for surname, _ in surnames.most_common(4)} >= {"王", "李", "张"}
    assert all(0.045 < surnames[surname] / total < 0.12 for surname in "王李张")


def test_there_are_people_of_the_same_name_and_of_the_same_sound():
    """Who picks a person by name or by sound alone must be wrong at times (seed 000)."""
    sounds: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for person in SAMPLE.persons:
        sounds[tuple(lazy_pinyin(person.name))].append(person.name)
    alike = [names for names in sounds.values() if len(names) > 1]
    assert sum(len(names) for names in alike) >= 30
    assert sum(len(set(names)) < len(names) for names in alike) >= 3
    assert sum(len(set(names)) > 1 for names in alike) >= 8


def test_every_name_can_be_drawn_and_one_lies_outside_the_common_plane():
    names = [person.name for person in SAMPLE.persons]
    assert missing_glyphs("".join(names), FONT_FILE) == []
    assert any(ord(character) > 0xFFFF for name in names for character in name)
    assert any("·" in name for name in names)


def test_an_identity_number_fits_its_person_and_belongs_to_no_region():
    for person in SAMPLE.persons:
        number = IdNumber(person.id_number)
        assert number.birth_date.isoformat() == person.birth_date
        assert number.sex == {"m": "male", "f": "female"}[person.sex]
        assert person.id_number.startswith("99")
    assert len({person.id_number for person in SAMPLE.persons}) == CADRES


@settings(max_examples=15, deadline=None)
@given(SMALL)
def test_a_life_is_told_in_an_order_that_can_be_true(sample: Sample):
    """Born, schooled, at work, in the party at 18 or later, one post after the other, none after today."""
    for person in sample.persons:
        born, work = date.fromisoformat(person.birth_date), date.fromisoformat(person.work_start)
        assert 16 <= work.year - born.year <= 30
        assert work <= AS_OF
        assert person.posts[0].since >= person.work_start[:7]
        assert [post.until for post in person.posts] == [*(post.since for post in person.posts[1:]), None]
        assert all(school.since < school.until for school in person.schools)
        assert all(school.until <= person.work_start[:7] for school in person.schools if school.full_time)
        if person.party_date is not None:
            assert person.party_applied is not None
            assert born.year + 18 <= int(person.party_applied[:4])
            assert person.party_applied < person.party_date < AS_OF.isoformat()


@settings(max_examples=15, deadline=None)
@given(SMALL)
def test_no_paper_is_older_than_its_person_or_younger_than_the_sample(sample: Sample):
    """Materials stand in the order of their making; the API's own type takes every date."""
    for person in sample.persons:
        dossier = dossier_of(sample, person)
        for material in dossier.materials:
            PartialDate(value=material.formed_on)
            assert int(material.formed_on[:4]) >= int(person.birth_date[:4]) + 15
            assert first_of(material.formed_on) <= AS_OF
            assert material.page_count >= 1
            assert len(material.pages) in {0, material.page_count}


@settings(max_examples=15, deadline=None)
@given(SMALL)
def test_party_papers_belong_to_members_and_follow_the_admission(sample: Sample):
    """The application form is of the day of the branch meeting; a request to become full member a year later."""
    for person in sample.persons:
        papers = {material.kind: material for material in dossier_of(sample, person).materials}
        form = papers.get("party_application")
        if form is not None:
            assert person.party == "中共党员"
            assert person.party_date is not None
            assert person.party_date.startswith(form.formed_on)
        if "congress" in papers:
            assert person.post.rank == "正科级"


def test_no_post_has_more_holders_than_seats():
    holders = Counter((person.unit, person.post.title) for person in SAMPLE.persons)
    assert all(count == 1 for (_, title), count in holders.items() if title in {"局长", "镇长", "校长", "院长"})


def test_families_are_told_from_both_sides_and_nobody_has_two_spouses():
    inverse = {"spouse": "spouse", "sibling": "sibling", "parent": "child", "child": "parent"}
    told = {(tie.person, tie.relative): tie.relation for tie in SAMPLE.kinships}
    persons = {person.person_no: person for person in SAMPLE.persons}
    assert all(told[relative, person] == inverse[relation] for (person, relative), relation in told.items())
    spouses = Counter(person for (person, _), relation in told.items() if relation == "spouse")
    assert max(spouses.values()) == 1
    assert {"spouse", "sibling", "parent", "child"} == set(told.values())
    for (person, relative), relation in told.items():
        gap = int(persons[relative].birth_date[:4]) - int(persons[person].birth_date[:4])
        assert relation != "child" or gap >= 20
        assert relation != "spouse" or persons[person].sex != persons[relative].sex


def test_dossier_and_person_numbers_are_used_once():
    assert len({dossier.dossier_no for dossier in SAMPLE.dossiers}) == CADRES
    assert len({person.person_no for person in SAMPLE.persons}) == CADRES


def test_a_unit_stands_below_one_that_was_named_before_and_has_a_custodian():
    """Units can be created in their order, and every dossier has a keeper."""
    seen: set[str] = set()
    for unit in SAMPLE.units:
        assert unit.parent is None or unit.parent in seen
        seen.add(unit.code)
    assert {unit.custodian for unit in SAMPLE.units} <= seen


@pytest.mark.parametrize(
    ("date", "signed"),
    [
        ("2019-03-12", "二〇一九年三月十二日"),
        ("1987-05", "一九八七年五月"),
        ("1987", "一九八七年"),
        ("2000-10-20", "二〇〇〇年十月二十日"),
        ("2011-12-31", "二〇一一年十二月三十一日"),
    ],
)
def test_a_date_is_signed_in_chinese_with_what_is_known_of_it(date: str, signed: str):
    assert chinese_date(date) == signed


def test_every_title_finds_the_category_that_the_sample_says():
    """The catalogue's own rules file each paper where the sample expects it: none is queued, none misplaced."""
    scheme = load_catalog_rules().schemes[DEFAULT_SCHEME]
    papers = {(material.title, material.category) for dossier in SAMPLE.dossiers for material in dossier.materials}
    found = {title: suggest_category(title, scheme) for title, _ in papers}
    placed = {title: None if suggestion is None else suggestion.category for title, suggestion in found.items()}
    assert {title: category for title, category in papers if placed[title] != category} == {}
    assert len({category for _, category in papers}) >= 14


async def test_a_sample_that_is_loaded_again_changes_nothing(county: County):
    """A loading that was broken off is taken up by its keys: the same ids, and no row twice."""
    archivist = county.signed_in("archivist")
    loaded = await load_sample(county.sample, admin=county.signed_in("system-admin"), archivist=archivist)
    assert loaded == county.loaded
    first = county.sample.dossiers[0]
    card = await archivist.get(f"/v1/dossiers/{loaded.dossiers[first.dossier_no]}")
    assert (card["material_count"], card["person"]["person_no"]) == (len(first.materials), first.person_no)


async def test_progress_is_told_to_the_last_piece(county: County):
    """Each phase ends at the total that was announced."""
    told: Counter[str] = Counter()

    def advance(phase: str, count: int) -> None:
        told[phase] += count

    accounts = (county.signed_in("system-admin"), county.signed_in("archivist"))
    await load_sample(county.sample, admin=accounts[0], archivist=accounts[1], advance=advance)
    assert +told == {phase: total for phase, total in phases(county.sample).items() if total}
