"""The AsyncAPI 3 document of the events inside the house: channel, speaker, listeners, schema and sample of each."""

import json
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from contracts import events
from contracts.events import DATA_MODELS, HEARS, Envelope, EventData

Document = dict[str, Any]

SAMPLES: Final = Path(events.__file__).parent / "samples" / "valid"
_SCHEMAS: Final = "#/components/schemas/{model}"


def asyncapi() -> Document:
    """The whole document."""
    models = [DATA_MODELS[name] for name in sorted(DATA_MODELS)]
    payloads, schemas = _schemas(models)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dangan 档案: events",
            "version": "1",
            "description": (
                "CloudEvents 1.0, structured JSON, on NATS JetStream (stream `DANGAN`). Delivered at least once and in"
                " no promised order: `(source, id)` is the dedupe key, `sequence` the version of the subject."
                " A service publishes only under its own name."
            ),
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {_channel(model): _channel_of(model) for model in models},
        "operations": _operations(models),
        "components": {
            "messages": {model.__name__: _message(model, payloads[model]) for model in models},
            "schemas": schemas,
        },
    }


def _schemas(models: list[type[EventData]]) -> tuple[dict[type[EventData], Document], Document]:
    """The payload schema of each event, and the schemas that they refer to."""
    envelopes = {model: Envelope[model] for model in models}
    wanted = [(envelope, "validation") for envelope in envelopes.values()]
    references, definitions = models_json_schema(wanted, ref_template=_SCHEMAS)  # pyright: ignore[reportArgumentType]
    payloads = {model: references[(envelope, "validation")] for model, envelope in envelopes.items()}  # pyright: ignore
    return payloads, definitions["$defs"]


def _channel(model: type[EventData]) -> str:
    return model.__name__[0].lower() + model.__name__[1:]


def _channel_of(model: type[EventData]) -> Document:
    return {
        "address": model.broker_subject(),
        "messages": {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"}},
    }


def _operations(models: list[type[EventData]]) -> Document:
    operations: Document = {}
    for model in models:
        channel = {"$ref": f"#/channels/{_channel(model)}"}
        operations[f"{model.owner}Says{model.__name__}"] = {
            "action": "send",
            "channel": channel,
            "summary": f"{model.owner} says it",
        }
        for listener in sorted(HEARS):
            if model in HEARS[listener]:
                operations[f"{listener}Hears{model.__name__}"] = {
                    "action": "receive",
                    "channel": channel,
                    "summary": f"{listener} hears it by its durable consumer `{listener}`",
                }
    return operations


def _message(model: type[EventData], payload: Document) -> Document:
    message: Document = {
        "name": model.type_name(),
        "title": model.__name__,
        "summary": " ".join((model.__doc__ or "").split()),
        "contentType": "application/cloudevents+json",
        "payload": payload,
    }
    samples = sorted(SAMPLES.glob(f"{model.type_name()}*.json"))
    if samples:
        message["examples"] = [
            {"name": sample.stem, "payload": json.loads(sample.read_text(encoding="utf-8"))} for sample in samples
        ]
    return message
