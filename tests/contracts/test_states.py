"""States in refusals are words of the caller's language, and codes in the answer's members."""

from typing import Any, get_args

import pytest

from chassis.problems import described
from contracts.operations import OperationState
from contracts.problems import STATE_CONFLICT, FieldFault, Lang
from contracts.states import STATES, in_words
from contracts.tasks import TaskState
from services.audit.domain.bound_set import BoundState
from services.audit.domain.campaign import CampaignState
from services.audit.domain.clearance import State as ClearanceState
from services.audit.domain.progress import Progress
from services.catalog.domain.inventory import InventoryState
from services.catalog.domain.material import MaterialState
from services.catalog.domain.processing import NeedState, RecordState
from services.catalog.domain.removal import RemovalState


@pytest.mark.parametrize("states", [
    TaskState, OperationState, MaterialState, InventoryState, NeedState, RecordState, RemovalState,
    CampaignState, Progress, BoundState, ClearanceState, ["superseded", "in_force", "undone"],
])  # fmt: skip
def test_each_state_has_its_word(states: Any):
    """In both languages; the Chinese one holds no Latin letter."""
    for state in get_args(states) or list(states):
        assert not any(char.isascii() and char.isalpha() for char in STATES[state].zh), state


def test_a_refusal_says_the_state_in_words_and_keeps_its_code():
    """Of the problem and of a single member."""
    fault = FieldFault("/items/0", "state-conflict", {"state": "merged"})
    said: list[tuple[Lang, str, str]] = [
        ("zh", "其间已被改动", "已并入另一份材料"),
        ("en", "changed since", "joined to another material"),
    ]
    for lang, word, other in said:
        told = described(STATE_CONFLICT, lang, public_url="", params={"state": "changed since"}, errors=[fault])
        assert word in told["detail"]
        assert other in told["errors"][0]["detail"]
        assert (told["state"], told["errors"][0]["params"]) == ("changed since", {"state": "merged"})


def test_what_has_no_word_is_shown_as_it_is():
    """A scheme's id, for example."""
    assert in_words({"state": "r2018"}, "zh") == {"state": "r2018"}
    assert in_words({"other": 1}, "zh") == {"other": 1}
