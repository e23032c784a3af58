"""The OpenAPI documents as the apps tell them, asked for once a worker: that takes seconds."""

from __future__ import annotations

from functools import cache

from cli.specs.openapi import Document, documents


@cache
def published() -> dict[str, Document]:
    """The document of each service and of the gateway, by name. Shared: read it only."""
    return documents()
