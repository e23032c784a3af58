"""The facts of the sample's cadres: what the catalog takes in, and enough for a form that looks real."""

from collections import Counter

import pytest

from cli.sample.facts import facts_of
from cli.sample.generate import DEFAULT_SEED, generate
from cli.sample.model import Sample
from contracts.values.ids import new_id
from services.catalog.api.fact_shapes import FactsIn
from services.catalog.rules.fact_file import fact_rules


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Sixty cadres are enough to find every kind of relative."""
    return generate(DEFAULT_SEED, cadres=60, imaged=0)


def lines_of(sample: Sample, number: int):
    """The lines of one cadre."""
    person, cadres = sample.persons[number], {one.person_no: one for one in sample.persons}
    units = {unit.code: unit for unit in sample.units}
    relatives = [(tie, cadres[tie.relative]) for tie in sample.kinships if tie.person == person.person_no]
    ids = {number: new_id("per") for number in cadres}
    return facts_of(sample.seed, person, units, relatives, ids.__getitem__)


def test_every_cadre_has_what_a_form_needs_and_the_catalog_takes_it(sample: Sample):
    """Each line has the shape of its kind, and each relative among the cadres a word that names the relation."""
    for number in range(len(sample.persons)):
        lines = lines_of(sample, number)
        FactsIn.model_validate({"facts": lines})
        kinds = Counter(line["kind"] for line in lines)
        assert {"work_start", "party", "health", "id_number", "education", "post", "resume", "family"} <= set(kinds)
        for line in lines:
            if "person_id" in line["value"]:
                assert fact_rules().relation_of(line["value"]["appellation"]) is not None


def test_a_seed_gives_the_same_facts(sample: Sample):
    """Ids of persons apart."""
    told = [{**line["value"], "person_id": None} for line in lines_of(sample, 3)]
    assert told == [{**line["value"], "person_id": None} for line in lines_of(sample, 3)]
