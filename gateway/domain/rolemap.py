"""Role mapping: which claims of which issuer give which role over which units.

The rules are data (`rolemap.toml`). This module decides what they give to one account; it reads no file,
no clock and no database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from contracts.roles import role_names, separation_conflict
from contracts.values.unit_path import UnitPath, UnitPathInvalid

EVERYWHERE: Final = "*"
Claim = Annotated[str, Field(min_length=1, max_length=255)]


class Rule(BaseModel):
    """One line of the mapping: who holds this claim at this issuer has this role over this unit and below.

    `group` is one of the token's groups, `client_id` its client; where both are given both must hold.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    issuer: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    group: Claim | None = None
    client_id: Claim | None = None
    role: str
    unit: str

    @field_validator("role")
    @classmethod
    def _known_role(cls, value: str) -> str:
        if value not in role_names():
            raise ValueError(f"no such role; roles.toml has {', '.join(role_names())}")
        return value

    @field_validator("unit")
    @classmethod
    def _unit_or_all(cls, value: str) -> str:
        try:
            return value if value == EVERYWHERE else UnitPath(value)
        except UnitPathInvalid as fault:
            raise ValueError('a path of unit codes such as "qinghe/education", or "*" for all') from fault

    @model_validator(mode="after")
    def _has_condition(self) -> Self:
        if self.group is None and self.client_id is None:
            raise ValueError("needs group or client_id; a rule for everybody is not allowed")
        return self

    def holds_for(self, issuer: str, groups: frozenset[str], client_id: str | None) -> bool:
        """Whether an account with these claims at this issuer falls under the rule."""
        return (
            self.issuer == issuer
            and (self.group is None or self.group in groups)
            and (self.client_id is None or self.client_id == client_id)
        )


class RoleMap(BaseModel):
    """The content of `rolemap.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: set[str] = set()
        for rule in self.rule:
            if rule.id in seen:
                raise ValueError(f"the rule id {rule.id} stands twice")
            seen.add(rule.id)
        for one, other in combinations(self.rule, 2):
            same = (one.issuer, one.group, one.client_id) == (other.issuer, other.group, other.client_id)
            if same and separation_conflict((one.role, other.role)):
                raise ValueError(
                    f"rules {one.id} and {other.id} give one claim the roles {one.role} and {other.role},"
                    " which nobody may hold together"
                )
        return self


@dataclass(frozen=True, slots=True)
class Post:
    """One role held over one unit and below, and the rule that gave it.

    `unit_id` is None while no unit with the rule's path is known: the post then opens nothing.
    """

    rule: str
    role: str
    unit: str
    unit_id: str | None


@dataclass(frozen=True, slots=True)
class Separated:
    """Two roles that one account may not hold together (三员分立), and the rules that gave them."""

    roles: tuple[str, str]
    rules: tuple[str, str]


def posts_of(
    role_map: RoleMap,
    issuer: str,
    groups: Iterable[str],
    client_id: str | None,
    unit_ids: Mapping[str, str],
) -> tuple[Post, ...] | Separated:
    """The posts that the rules give, in the order of the file; or why the account may hold none of them."""
    held = frozenset(groups)
    posts = tuple(
        Post(rule.id, rule.role, rule.unit, _unit_id(rule.unit, unit_ids))
        for rule in role_map.rule
        if rule.holds_for(issuer, held, client_id)
    )
    conflict = separation_conflict(post.role for post in posts)
    if conflict is None:
        return posts
    first, second = (next(post.rule for post in posts if post.role == role) for role in conflict)
    return Separated(conflict, (first, second))


def _unit_id(unit: str, unit_ids: Mapping[str, str]) -> str | None:
    return EVERYWHERE if unit == EVERYWHERE else unit_ids.get(unit)


def groups_of(claims: Mapping[str, Any], member: str) -> tuple[str, ...]:
    """Groups in a token: a list of texts, or one text; anything else gives none."""
    value = claims.get(member)
    if isinstance(value, str):
        return (value,)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
