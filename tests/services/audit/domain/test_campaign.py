"""A campaign's own states and groups, and the rule file behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from contracts.problems import StateConflict
from services.audit.campaign_file import RULES_FILE, load_campaign_rules
from services.audit.domain.campaign import (
    CAMPAIGN_MOVES,
    CampaignMove,
    CampaignState,
    campaign_moved,
    may_change_scope,
    may_give_out,
    waiting_for,
)
from services.audit.domain.progress import Progress

RULES = load_campaign_rules()


@pytest.mark.parametrize("state", CampaignState)
@pytest.mark.parametrize("move", CampaignMove)
def test_a_campaign_is_planned_then_runs_then_is_closed(state: CampaignState, move: CampaignMove):
    """Every other move is refused, and names the state."""
    if (state, move) in CAMPAIGN_MOVES:
        assert campaign_moved(state, move) is CAMPAIGN_MOVES[state, move]
    else:
        with pytest.raises(StateConflict) as refused:
            campaign_moved(state, move)
        assert refused.value.params["state"] == state.value


def test_dossiers_come_in_until_the_end_and_go_out_while_it_runs():
    """Before the start nobody reviews; after the end nothing comes in."""
    may_give_out(CampaignState.RUNNING)
    may_change_scope(CampaignState.PLANNED)
    may_change_scope(CampaignState.RUNNING)
    for refused in (
        lambda: may_give_out(CampaignState.PLANNED),
        lambda: may_give_out(CampaignState.CLOSED),
        lambda: may_change_scope(CampaignState.CLOSED),
    ):
        with pytest.raises(StateConflict):
            refused()


def test_every_state_waits_for_one_group_or_for_the_person():
    """The groups' counts and what lies with the person sum to the total: nothing is lost on the board."""
    counts = {state: n + 1 for n, state in enumerate(Progress)}
    told = waiting_for(RULES.teams, counts)
    assert set(told) == {"audit", "collection", "data_entry", "mounting", "boxing"}
    assert sum(told.values()) + counts[Progress.FEEDBACK] == sum(counts.values())


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('queue = "easy_first"', 'queue = "any"', "defaults.queue"),
        ("per_page = 1", "per_page = -1", "difficulty.per_page"),
        ("per_page = 1", "per_leaf = 1", "difficulty.per_page"),
        ('states = ["filed"]', 'states = ["bound"]', "team.4"),
        ('states = ["filed"]', 'states = ["field"]', "team.3.states"),
        ('kind = "mounting"', 'kind = "boxing"', "team.4"),
    ],
)
def test_a_wrong_rule_file_stops_the_start(tmp_path: Path, old: str, new: str, key: str):
    """It names the key at fault."""
    text = RULES_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "campaign.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_campaign_rules(path)
    assert refused.value.key.startswith(key)
