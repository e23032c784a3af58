"""A faulty rule file stops the start, and says where and how to cure it."""

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.access.domain.view_request import MOVES
from services.access.rulebook import RULES_FOLDER, load_policy


def folder_with(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the shipped rules with one place changed."""
    for shipped in RULES_FOLDER.glob("*.toml"):
        text = shipped.read_text(encoding="utf-8")
        if shipped.name == file:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / shipped.name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_shipped_files_are_the_policy_of_the_sources():
    policy = load_policy()
    assert (policy.limits.min_viewers, policy.limits.party_member_required) == (2, True)
    assert [one.code for one in policy.purposes] == [
        "party_affairs", "personnel", "talent", "discipline", "history", "study", "other_work",
    ]  # fmt: skip
    [chain] = policy.chains
    assert [(step.role, step.unit, step.reaches) for step in chain.steps] == [
        ("approver", "requesting", "unit_approved"),
        ("leader", "subject", "approved"),
    ]
    assert all(step.reaches in MOVES for step in chain.steps)


FAULTS = [
    # file, old, new, what the message names
    ("viewing.toml", "min_viewers = 2", "min_viewer = 2", "min_viewer"),
    ("viewing.toml", "min_viewers = 2", "min_viewers = 0", "min_viewers"),
    ("viewing.toml", "max_viewers = 10", "max_viewers = 1", "max_viewers is below min_viewers"),
    ("viewing.toml", 'code = "talent"', 'code = "personnel"', "personnel occurs twice"),
    ("viewing.toml", 'check = "enough_viewers"', 'check = "enough"', "there is no test enough"),
    ("viewing.toml", 'check = "page_in_scope"', 'check = "grant_begun"', "no predicate makes the test page_in_scope"),
    ("viewing.toml", 'at = ["request", "view"]', 'at = ["request"]', "not_own_or_relative at view"),
    ("viewing.toml", 'categories = ["1", "2"]', 'categories = ["11"]', "categories"),
    ("approval_chains.toml", 'role = "leader"', 'role = "viewer"', "viewer may not decide"),
    ("approval_chains.toml", 'reaches = "unit_approved"', 'reaches = "approved"', "approved does not lead to approved"),
    ("approval_chains.toml", 'reaches = "approved"', 'reaches = "archive_checked"', "the last step reaches"),
    ("approval_chains.toml", 'id = "view-two-steps"', 'id = "v"\npurposes = ["study"]', "the last chain"),
    ("approval_chains.toml", "days = 3", "days = three", "TOML"),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), FAULTS)
def test_a_faulty_rule_stops_the_start(tmp_path: Path, file: str, old: str, new: str, named: str):
    with pytest.raises(RuleFileInvalid) as caught:
        load_policy(folder_with(tmp_path, file, old, new))
    assert named in str(caught.value)
    assert file in str(caught.value)


def test_a_changed_rule_has_another_digest(tmp_path: Path):
    changed = load_policy(folder_with(tmp_path, "viewing.toml", "max_days = 30", "max_days = 20"))
    assert changed.limits.max_days == 20
    assert changed.digest != load_policy().digest


def test_another_chain_serves_the_purposes_that_it_names(tmp_path: Path):
    """An office that wants the archive's own check for histories adds a chain, and changes no code."""
    more = '''[[chain]]
id = "view-history"
purposes = ["history"]
step = [
  { role = "approver", unit = "requesting", days = 3, reaches = "unit_approved" },
  { role = "approver", unit = "subject", days = 3, reaches = "archive_checked" },
  { role = "leader", unit = "subject", days = 3, reaches = "approved" },
]

[[chain]]
id = "view-two-steps"'''
    policy = load_policy(folder_with(tmp_path, "approval_chains.toml", '[[chain]]\nid = "view-two-steps"', more))
    assert len(policy.chain_for("history").steps) == 3
    assert len(policy.chain_for("study").steps) == 2
