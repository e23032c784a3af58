"""What a transaction tells, written into the outbox just before its commit: all events by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from chassis.raw import RawConnection
from chassis.telemetry import Trace
from contracts.events import EventData
from contracts.values.ids import from_uuid

Told = tuple[type[EventData], Sequence[tuple[Mapping[str, Any], int]]]
"""Events of one type, each its `data` as JSON has it and its subject's version."""

# A change that renumbers a long category tells thousands.
_INSERT = "insert into outbox (event_id, subject, body) select * from unnest($1::uuid[], $2::text[], $3::bytea[])"


@dataclass(frozen=True)
class Speaker:
    """How this service signs its events: its name, deployment and public address."""

    service: str
    deployment: str
    public_url: str


async def write_events(
    connection: RawConnection, told: Sequence[Told], *, now: datetime, speaker: Speaker, trace: Trace
) -> None:
    """Put each into its envelope, in the order in which they were told."""
    keys: list[UUID] = []
    subjects: list[str] = []
    bodies: list[bytes] = []
    heads: dict[type[EventData], dict[str, Any]] = {}
    for kind, events in told:
        head = heads.get(kind) or heads.setdefault(kind, _head(kind, now, speaker, trace))
        subject, partition = kind.subject_member, kind.partition_member
        for data, version in events:
            key = uuid7()
            envelope = {
                **head,
                "id": from_uuid("evt", key),
                "subject": f"{kind.resource}/{data[subject]}",
                "partitionkey": (data.get(partition) if partition else None) or data[subject],
                "sequence": f"{version:020d}",
                "data": data,
            }
            keys.append(key)
            bodies.append(orjson.dumps(envelope))
        subjects += [kind.broker_subject()] * len(events)
    await connection.execute(_INSERT, keys, subjects, bodies)


def _head(kind: type[EventData], now: datetime, speaker: Speaker, trace: Trace) -> dict[str, Any]:
    """What the envelopes of one type share in this transaction."""
    head = {
        "specversion": "1.0",
        "source": f"/deployments/{speaker.deployment}/services/{speaker.service}",
        "type": kind.type_name(),
        "time": now,
        "datacontenttype": "application/json",
        "dataschema": f"{speaker.public_url}/schemas/events/{kind.type_name()}.json",
        "traceparent": trace.traceparent,
        "correlationid": trace.correlation_id,
        "causationid": trace.causation_id,
    }
    return {name: value for name, value in head.items() if value is not None}
