"""The connection of one service to NATS: its own user, its own inbox, denied publishes made visible."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from prometheus_client import Counter

from chassis.settings import Settings
from chassis.telemetry import log

STREAM = "DANGAN"
CONNECT_SECONDS = 2.0
"""Longest single wait for the broker; whoever needs it asks again."""
BROKER_ERRORS = Counter("dangan_broker_errors_total", "Errors that the broker reported on the side", ["service"])


class Broker:
    """Connects when first asked and again after a loss; the service starts and serves without it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether the broker can be spoken to at this moment."""
        return self._client is not None and self._client.is_connected

    async def jetstream(self) -> JetStreamContext:
        """The JetStream context; raises what nats-py raises while the broker is away."""
        async with self._lock:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
        return cast("Any", self._client).jetstream(timeout=5)

    async def _connect(self) -> Client:
        settings = self._settings

        async def on_error(error: Exception) -> None:
            # A denied publish shows only here: the caller sees no more than a time-out.
            BROKER_ERRORS.labels(settings.nats_user).inc()
            log.warning("broker_error", error=type(error).__name__, detail=str(error)[:200])

        options: dict[str, Any] = {
            "user": settings.nats_user,
            "password": settings.nats_password,
            "inbox_prefix": f"_INBOX.{settings.nats_user}".encode(),
            "error_cb": on_error,
            "max_reconnect_attempts": -1,
            "reconnect_time_wait": 0.1,
            "allow_reconnect": True,
            "connect_timeout": 2,
        }
        # A cancellation that meets a refused connection is lost in asyncio.wait_for of Python 3.11, and nats-py
        # then tries for ever; the time-out brings it back, so that a stop never hangs on a broker that is away.
        async with asyncio.timeout(CONNECT_SECONDS):
            return await cast("Any", nats).connect(settings.nats_url, **options)

    async def close(self) -> None:
        """Leave."""
        if self._client is not None and not self._client.is_closed:
            await self._client.close()
