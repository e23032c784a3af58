"""Draws the state machines of the special audit into its guide, from the very tables that the services decide by."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from contracts.states import STATES
from services.audit.domain.bound_set import BOUND_MOVES, BoundState
from services.audit.domain.campaign import CAMPAIGN_MOVES, CampaignState
from services.audit.domain.progress import MOVES, Progress

GUIDE: Final = Path(__file__).parents[2] / "docs" / "guide" / "special-audit.md"

_Moves = Mapping[tuple[Any, Any], Any]
MACHINES: Final[Mapping[str, tuple[StrEnum, _Moves]]] = {
    "campaign": (CampaignState.PLANNED, CAMPAIGN_MOVES),
    "campaign-dossier": (Progress.PLANNED, MOVES),
    "bound-set": (BoundState.COMPILING, BOUND_MOVES),
}
"""The name that stands in the page, where it begins, and every move there is."""

_PLACE = re.compile(r"(<!-- drawn: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def drawn(begins: StrEnum, moves: _Moves) -> str:
    """A Mermaid diagram: the states with their words, and the moves between them."""
    states = list(dict.fromkeys([begins, *(state for pair, after in moves.items() for state in (pair[0], after))]))
    lines = ["stateDiagram-v2", *(f'  state "{_word(state)}" as {state}' for state in states), f"  [*] --> {begins}"]
    lines += [f"  {state} --> {after}: {move}" for (state, move), after in moves.items()]
    ways_on = {state for state, _ in moves}
    lines += [f"  {state} --> [*]" for state in states if state not in ways_on]
    return "\n".join(["```mermaid", *lines, "```", ""])


def guide() -> str:
    """The guide as it should stand; a page with a place for a machine that nobody knows is refused by its name."""
    return _PLACE.sub(lambda found: found[1] + drawn(*MACHINES[found[2]]) + found[3], GUIDE.read_text("utf-8"))


def _word(state: StrEnum) -> str:
    return f"{STATES[state].zh} {state}"
