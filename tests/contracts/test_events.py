"""The closed catalogue of events: owner, listeners, a sample each; good samples load, bad ones do not."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts import events
from contracts.events import DATA_MODELS, HEARS, Envelope, EventData

SAMPLES = Path(events.__file__).with_name("samples")
INVALID = sorted((SAMPLES / "invalid").glob("*.json"))


def envelope(path: Path) -> Envelope[EventData]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return Envelope[DATA_MODELS[told["type"]]].model_validate(told)  # pyright: ignore


@pytest.mark.parametrize("name", DATA_MODELS)
def test_each_type_has_a_sample_that_loads_and_stays(name: str):
    """A sample is a promise to listeners: what it says is what comes out again."""
    event = envelope(SAMPLES / "valid" / f"{name}.json")
    assert event.subject.endswith(event.data.subject_id())
    again = type(event).model_validate_json(event.model_dump_json())
    assert again == event


def test_there_is_no_sample_of_an_unknown_type():
    """A type that left the catalogue would leave its sample behind."""
    assert {path.stem for path in (SAMPLES / "valid").glob("*.json")} == set(DATA_MODELS)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_bad_sample_is_refused(path: Path):
    """Each holds one fault that a listener must notice."""
    with pytest.raises(ValidationError):
        envelope(path)


def test_an_unknown_member_is_passed_over():
    """A listener of today reads the event of a later speaker: new optional members stay in v1."""
    told = json.loads((SAMPLES / "valid" / "dangan.dossier.opened.v1.json").read_text(encoding="utf-8"))
    told["data"]["opened_by"] = told["later"] = "x"
    assert Envelope[events.DossierOpened].model_validate(told).data.state == "open"


@pytest.mark.parametrize("model", DATA_MODELS.values(), ids=DATA_MODELS)
def test_names_follow_the_catalogue(model: type[EventData]):
    """`resource.fact`, only [a-z0-9_.]; published only under its owner's name."""
    resource, fact = model.event_type.split(".")
    assert resource.replace("_", "").isalpha()
    assert fact.replace("_", "").isalpha()
    assert model.broker_subject() == f"dangan.{model.owner}.{model.event_type}.v1"
    assert model.owner in {*HEARS, "identity"}


def test_only_person_changed_carries_names():
    """No other event has a member for the name of a person."""
    named = {model.event_type for model in DATA_MODELS.values() if {"name", "former_names"} <= set(model.model_fields)}
    assert named == {"person.changed"}


def test_nobody_hears_itself():
    """A service knows what it said."""
    assert all(model.owner != listener for listener, heard in HEARS.items() for model in heard)


def test_news_of_a_person_told_before_numbers_and_authorities_still_loads():
    """What a speaker of an earlier release put into the stream: new members have defaults."""
    told = json.loads((SAMPLES / "valid" / "dangan.person.changed.v1.json").read_text(encoding="utf-8"))
    del told["data"]["id_index"], told["data"]["managing_authority"]
    person = Envelope[events.PersonChanged].model_validate(told).data
    assert (person.id_index, person.managing_authority) == (None, [])
