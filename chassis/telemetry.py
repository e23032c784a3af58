"""Logs, request ids and W3C trace context. Logs carry constant event names and ids, never names of people."""

from __future__ import annotations

import logging
import random
import sys
import traceback
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from contracts.values.ids import is_id, new_id


@dataclass(frozen=True)
class Trace:
    """Where an act belongs: the request that began it, the event that caused it, and the W3C trace."""

    request_id: str | None = None
    traceparent: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None

    @staticmethod
    def begin(request_id: str | None = None, traceparent: str | None = None) -> Trace:
        """Trace of a request from outside; ids that are not of our form are replaced."""
        rid = request_id if request_id and is_id("req", request_id) else new_id("req")
        return Trace(rid, continue_trace(traceparent), rid)

    @staticmethod
    def of_event(event_id: str, traceparent: str | None, correlation_id: str | None) -> Trace:
        """Trace of handling an event."""
        return Trace(None, continue_trace(traceparent), correlation_id, event_id)


current_trace: ContextVar[Trace] = ContextVar("current_trace", default=Trace())  # noqa: B039  # frozen


_labels = random.Random()  # noqa: S311


def continue_trace(parent: str | None) -> str:
    """A `traceparent` with a span of our own: in the caller's trace if it sent one, else in a new one."""
    # Trace ids are labels, not secrets: a system call for each would be the dearest part of a small read.
    trace_id, flags = f"{_labels.getrandbits(128):032x}", "00"
    if parent:
        parts = parent.strip().split("-")
        if len(parts) == 4 and len(parts[1]) == 32 and _is_hex(parts[1]) and int(parts[1], 16):
            trace_id, flags = parts[1].lower(), parts[3] if len(parts[3]) == 2 and _is_hex(parts[3]) else "00"
    return f"00-{trace_id}-{f'{_labels.getrandbits(64):016x}'}-{flags}"


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)


def configure_logging(level: str, service: str) -> None:
    """JSON lines on stderr, with the service and the ids of the current trace."""

    def add_context(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        trace = current_trace.get()
        event["service"] = service
        if trace.request_id:
            event["request_id"] = trace.request_id
        if trace.causation_id:
            event["causation_id"] = trace.causation_id
        return event

    structlog.configure(
        processors=[
            add_context,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def place_of(error: BaseException) -> list[str]:
    """Where an error arose: our own frames and the last one, innermost first.

    The error's text is left out: that of a validation or database error repeats values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    kept = [frame for frame in frames[:-1] if "site-packages" not in frame.filename][-6:] + list(frames[-1:])
    return [f"{'/'.join(frame.filename.rsplit('/', 3)[-3:])}:{frame.lineno}" for frame in reversed(kept)]


log = structlog.get_logger()
