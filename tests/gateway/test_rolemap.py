"""Which posts the role mapping gives, and which mappings are refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.domain.rolemap import Post, RoleMap, Separated, groups_of, posts_of

UNITS = {"qinghe": "unt_root", "qinghe/edu": "unt_edu"}


def rule(id: str, role: str, unit: str = "*", **condition: Any) -> dict[str, Any]:
    return {"id": id, "issuer": "sso", "role": role, "unit": unit, **(condition or {"group": "g"})}


def role_map(*rules: dict[str, Any]) -> RoleMap:
    return RoleMap.model_validate({"rule": list(rules)})


def posts(mapping: RoleMap, issuer: str = "sso", groups: tuple[str, ...] = ("g",), client: str | None = None):
    return posts_of(mapping, issuer, groups, client, UNITS)


def test_a_group_gives_a_role_over_a_unit():
    """The path of the rule becomes the unit's id."""
    mapping = role_map(rule("r1", "submitter", "qinghe/edu"))
    assert posts(mapping) == (Post("r1", "submitter", "qinghe/edu", "unt_edu"),)


def test_a_star_is_every_unit():
    """`*` needs no unit to be known."""
    assert posts(role_map(rule("r1", "auditor"))) == (Post("r1", "auditor", "*", "*"),)


def test_a_unit_not_heard_of_opens_nothing():
    """The post stays visible with its rule, and has no unit."""
    assert posts(role_map(rule("r1", "auditor", "qinghe/none"))) == (Post("r1", "auditor", "qinghe/none", None),)


def test_a_rule_of_one_issuer_never_holds_for_another():
    """A group of the same name at another issuer gives nothing."""
    assert posts(role_map(rule("r1", "auditor")), issuer="embedded") == ()


def test_group_and_client_must_both_hold():
    """Two conditions of one rule are an 'and'."""
    mapping = role_map(rule("r1", "hr_system", group="g", client_id="hr"))
    assert posts(mapping, client="hr")
    assert posts(mapping, client="other") == ()
    assert posts(mapping, groups=(), client="hr") == ()


def test_rules_add_up_in_the_order_of_the_file():
    """Several rules may hold; none takes away."""
    mapping = role_map(rule("r1", "archivist"), rule("r2", "viewer"), rule("r3", "leader", group="other"))
    assert [post.rule for post in posts(mapping)] == ["r1", "r2"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("system_admin", "security_admin"),
        ("security_admin", "security_auditor"),
        ("system_admin", "security_auditor"),
        ("system_admin", "viewer"),
        ("archivist", "security_auditor"),
    ],
)
def test_separated_roles_of_one_account_give_nothing_at_all(one: str, other: str):
    """三员分立: who falls under two such rules holds no post, and both rules are named."""
    mapping = role_map(rule("r1", one, group="a"), rule("r2", other, group="b"))
    verdict = posts(mapping, groups=("a", "b"))
    assert isinstance(verdict, Separated)
    assert set(verdict.roles) == {one, other}
    assert set(verdict.rules) == {"r1", "r2"}
    assert len(posts(mapping, groups=("a",))) == 1


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ([], "at least 1 item"),
        ([rule("r1", "boss")], "no such role"),
        ([rule("r1", "auditor", "/qinghe")], "a path of unit codes"),
        ([rule("r1", "auditor", "")], "a path of unit codes"),
        ([rule("r1", "auditor") | {"group": None}], "needs group or client_id"),
        ([rule("r1", "auditor", group="")], "at least 1 character"),
        ([rule("R 1", "auditor")], "should match pattern"),
        ([rule("r1", "auditor"), rule("r1", "viewer")], "stands twice"),
        ([rule("r1", "auditor") | {"colour": "red"}], "not permitted"),
        ([rule("r1", "system_admin"), rule("r2", "viewer")], "nobody may hold together"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(bad: list[dict[str, Any]], said: str):
    """Unknown roles, keys and repeated ids stop the load."""
    with pytest.raises(ValidationError, match=said):
        role_map(*bad)


@pytest.mark.parametrize(
    ("claims", "groups"),
    [
        ({"groups": ["a", "b"]}, ("a", "b")),
        ({"groups": "a"}, ("a",)),
        ({"groups": ["a", 7, None]}, ("a",)),
        ({"groups": {"a": True}}, ()),
        ({}, ()),
    ],
)
def test_groups_are_texts(claims: dict[str, Any], groups: tuple[str, ...]):
    """What is no text is no group."""
    assert groups_of(claims, "groups") == groups
