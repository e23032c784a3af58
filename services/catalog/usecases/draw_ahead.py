"""Drawing ahead: while one print is kept, the next ones of its order are read and drawn already."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contracts.documents import CatalogueDocument
from services.catalog.store.catalogue import Catalogue

AHEAD = 3
"""One more than a service has processes to draw in, so that none of them waits while a print is kept."""
_MOST_WAITING = 8
"""Two orders at once, each with the print in hand and those ahead."""


@dataclass(frozen=True)
class Reading:
    """A catalogue as it was read, and the document that it makes."""

    found: Catalogue
    document: CatalogueDocument


class DrawingAhead:
    """Drawings by the id of what is drawn. One counts only for the very document that it was made of, so that a
    change in between is drawn anew; memory holds a few."""

    def __init__(self, draw: Callable[[CatalogueDocument], Awaitable[bytes]]) -> None:
        self._draw = draw
        self._begun: dict[str, tuple[Reading, asyncio.Task[bytes]]] = {}

    def begin(self, key: str, reading: Reading) -> None:
        """Start drawing, unless this very document is being drawn."""
        begun = self._begun.get(key)
        if begun and (begun[0] is reading or begun[0].document == reading.document):
            return
        self._drop(key)
        while len(self._begun) >= _MOST_WAITING:
            self._drop(next(iter(self._begun)))
        self._begun[key] = (reading, asyncio.create_task(self._drawn(reading.document)))

    def reading(self, key: str) -> Reading | None:
        """Of what something was begun under this id."""
        begun = self._begun.get(key)
        return begun[0] if begun else None

    async def take(self, key: str, reading: Reading) -> bytes:
        """The drawing of this document, begun now if it was not; what drawing raised is raised here."""
        self.begin(key, reading)
        _, task = self._begun.pop(key)
        return await task

    async def _drawn(self, document: CatalogueDocument) -> bytes:
        return await self._draw(document)

    def _drop(self, key: str) -> None:
        if key in self._begun:
            _, task = self._begun.pop(key)
            task.cancel()
            # What it raised matters to nobody any more.
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
