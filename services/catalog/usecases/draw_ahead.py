"""Drawing ahead: while one print is kept, the next ones of its order are drawn already."""

import asyncio
from collections.abc import Awaitable, Callable

from contracts.documents import PrintDocument

AHEAD = 2
"""As many as a service has processes to draw in."""
_MOST_WAITING = 8


class DrawingAhead:
    """Drawings by the id of what is drawn. One counts only for the very document that it was made of, so that a
    change in between is drawn anew; memory holds a few."""

    def __init__(self, draw: Callable[[PrintDocument], Awaitable[bytes]]) -> None:
        self._draw = draw
        self._begun: dict[str, tuple[PrintDocument, asyncio.Task[bytes]]] = {}

    def begin(self, key: str, document: PrintDocument) -> None:
        """Start drawing, unless this very document is being drawn."""
        if key in self._begun and self._begun[key][0] == document:
            return
        self._drop(key)
        while len(self._begun) >= _MOST_WAITING:
            self._drop(next(iter(self._begun)))
        self._begun[key] = (document, asyncio.create_task(self._drawn(document)))

    def has(self, key: str) -> bool:
        """Whether something was begun under this id."""
        return key in self._begun

    async def take(self, key: str, document: PrintDocument) -> bytes:
        """The drawing of this document, begun now if it was not; what drawing raised is raised here."""
        self.begin(key, document)
        _, task = self._begun.pop(key)
        return await task

    async def _drawn(self, document: PrintDocument) -> bytes:
        return await self._draw(document)

    def _drop(self, key: str) -> None:
        if key in self._begun:
            _, task = self._begun.pop(key)
            task.cancel()
            # What it raised matters to nobody any more.
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
