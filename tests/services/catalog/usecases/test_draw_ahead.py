"""What was drawn ahead counts only for the very document that it was made of."""

import asyncio
from typing import Any

import pytest

from contracts.documents import PrintDocument
from services.catalog.store.catalogue import Catalogue
from services.catalog.usecases.draw_ahead import DrawingAhead, Reading
from tests.contracts.documents.samples import catalogue


def read(**members: Any) -> Reading:
    """A catalogue as it was read."""
    document = catalogue(**members)
    found = Catalogue(document.dossier_id, document.dossier_no, 1, "r2018", "", "", "", document.person_name, ())
    return Reading(found, document)


class Pen:
    """Counts what it draws, and fails for one document."""

    def __init__(self, fails_for: PrintDocument | None = None) -> None:
        self.drawn: list[PrintDocument] = []
        self._fails_for = fails_for

    async def __call__(self, document: PrintDocument) -> bytes:
        self.drawn.append(document)
        if document == self._fails_for:
            raise ValueError("no glyph")
        return str(document.dossier_no).encode()


async def test_a_document_is_drawn_once_though_it_was_begun_ahead():
    """Begun twice and taken: one drawing."""
    pen, reading = Pen(), read()
    ahead = DrawingAhead(pen)
    ahead.begin("a", reading)
    await asyncio.sleep(0)
    ahead.begin("a", read())
    assert await ahead.take("a", read()) == b"QH-0042"
    assert len(pen.drawn) == 1
    assert ahead.reading("a") is None


async def test_a_change_in_between_is_drawn_anew():
    """The earlier drawing is of another state, and nobody gets it."""
    pen = Pen()
    ahead = DrawingAhead(pen)
    ahead.begin("a", read())
    await asyncio.sleep(0)
    assert await ahead.take("a", read(dossier_no="QH-0043")) == b"QH-0043"
    assert len(pen.drawn) == 2


async def test_what_fails_ahead_fails_in_its_own_turn_only():
    """The next one's fault does not stop this one."""
    bad = read(dossier_no="QH-0044")
    ahead = DrawingAhead(Pen(fails_for=bad.document))
    ahead.begin("b", bad)
    assert await ahead.take("a", read()) == b"QH-0042"
    with pytest.raises(ValueError, match="no glyph"):
        await ahead.take("b", bad)


async def test_a_few_are_kept_and_the_oldest_goes():
    """An order that was stopped leaves drawings behind; they do not pile up."""
    ahead = DrawingAhead(Pen())
    for number in range(9):
        ahead.begin(str(number), read())
    assert [ahead.reading(str(number)) is not None for number in range(9)] == [False, *8 * [True]]
    await asyncio.sleep(0)
