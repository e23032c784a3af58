"""Page files are looked at once it is known that the material can be appraised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.deps import Deps
from chassis.inbox import NotHeardYet
from contracts.events import Envelope, MaterialReceived
from services.audit.usecases.see_pages import see_pages
from tests.services.audit.office import Office, Subject, letter


class Counted:
    """The service's dependencies, counting what is given to the worker processes."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self.looks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deps, name)

    async def run_cpu(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """The same, counted."""
        self.looks += 1
        return await self._deps.run_cpu(work, *arguments)


async def test_no_page_is_decoded_before_person_and_dossier_are_heard_of(office: Office):
    """While either is missing the event goes back at the price of one query, however often it comes."""
    subject, deps = Subject(), Counted(office.deps)
    received = await office.received(subject)
    event = Envelope[MaterialReceived].model_validate_json(letter(received)[1])
    for told in (subject.person(), subject.dossier()):
        with pytest.raises(NotHeardYet):
            await see_pages(event, deps)  # pyright: ignore[reportArgumentType]
        assert deps.looks == 0
        await office.hear(told)
    (seen,) = await see_pages(event, deps)  # pyright: ignore[reportArgumentType]
    assert (seen.page_id, seen.decodes, deps.looks) == (received.pages[0].page_id, True, 1)
