"""The short form of `make races`: a few pairs of each rule; and whoever counts them is proved."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.provision import Target
from tests.races.guards import GUARDS
from tests.races.judge import DONE, Outcome, Score, Terms, judge
from tests.races.run import RULES, Track, track

FIXED_SEED = 2026
PAIRS = 5
"""Of each rule, with either seed: about two hundred in all."""
BROKEN = {"versions": "fact.settled", "row-locks": "dossier.approved", "named-locks": "review.submitted"}
"""A rule that each guard alone keeps."""


async def test_of_two_at_once_one_wins(fresh_database: Target, keys_dir: Path, tmp_path: Path):
    """And without its guard each of three rules is found broken, or the pairs prove nothing."""
    fresh = secrets.randbelow(1_000_000)
    print(f"fresh seed {fresh}")  # shown when it fails
    async with track(fresh_database, keys_dir, tmp_path) as here:
        await here.prepare(RULES)
        found = [finding for seed in (FIXED_SEED, fresh) for finding in await _race_all(here, str(seed))]
        assert found == []
        for guard, rule_id in BROKEN.items():
            rule = next(one for one in RULES if one.id == rule_id)
            with GUARDS[guard]():
                score = await here.race(rule, PAIRS, str(FIXED_SEED))
            assert score.findings, f"nobody noticed that {guard} are gone"


async def _race_all(here: Track, seed: str) -> list[str]:
    scores = [await here.race(rule, PAIRS, seed) for rule in RULES]
    assert sum(score.pairs for score in scores) == PAIRS * len(RULES)
    return [finding for score in scores for finding in score.findings]


ONE = Terms(frozenset({"version-stale"}), once=("x.done",))
WON, LOST = Outcome("a", DONE), Outcome("b", "version-stale")


@pytest.mark.parametrize(
    ("outcomes", "effects", "verbs", "lost", "doubled", "findings"),
    [
        ([WON, LOST], ["a"], 1, 0, 0, 0),
        ([WON, LOST], [], 1, 1, 0, 1),
        ([WON, LOST], ["b"], 1, 1, 1, 2),
        ([WON, LOST], ["a", "b"], 1, 0, 1, 1),
        ([WON, LOST], ["a"], 2, 0, 1, 1),
        ([WON, LOST], ["a"], 0, 1, 0, 1),
        ([WON, Outcome("b", DONE)], ["a", "b"], 1, 0, 0, 1),
        ([LOST, LOST], [], 1, 0, 0, 1),
        ([WON, Outcome("b", "IntegrityError")], ["a"], 1, 0, 0, 1),
    ],
    ids=["as it must", "lost", "another's", "doubled", "noted twice", "not noted", "both", "nobody", "an error"],
)
def test_what_came_of_a_pair(
    outcomes: list[Outcome], effects: list[str], verbs: int, lost: int, doubled: int, findings: int
):
    score = Score()
    judge("x", outcomes, effects, {"x.done": verbs}, ONE, score)
    assert (score.pairs, score.lost, score.doubled, len(score.findings)) == (1, lost, doubled, findings)


def test_parts_of_a_rule_are_counted_together():
    told: dict[str, Any] = {"pairs": 1, "winners": Counter({1: 1}), "codes": Counter({"version-stale": 1})}
    score = Score(**told, lost=1, findings=["x"])
    score.add(Score(**told, doubled=2))
    assert (score.pairs, score.winners[1], score.codes["version-stale"]) == (2, 2, 2)
    assert (score.lost, score.doubled, score.ok) == (1, 2, False)
