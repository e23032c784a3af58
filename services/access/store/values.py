"""Between rows and the values of the domain, where several aggregates share a shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, column, false, select, table, true
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.columns import IdType
from chassis.identity import Roots
from services.access.domain.policy import Reached, Step, StepUnit
from services.access.domain.scope import Scope, ScopeKind

_UNIT_SCOPE = table(
    "unit_scope", column("unit_id", IdType("unt")), column("ancestors", ARRAY(IdType("unt"))), schema="access"
)


def scope_columns(scope: Scope) -> dict[str, Any]:
    """The columns of a scope."""
    return {
        "scope_kind": scope.kind,
        "categories": list(scope.categories),
        "material_ids": list(scope.material_ids),
    }


def scope_of(kind: str, categories: Sequence[str], material_ids: Sequence[str]) -> Scope:
    """The scope in such columns."""
    return Scope(cast("ScopeKind", kind), tuple(categories), tuple(material_ids))


def chain_column(chain: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps as they are kept with a request."""
    return [{"role": one.role, "unit": one.unit, "days": one.days, "reaches": one.reaches} for one in chain]


def chain_of(steps: Sequence[dict[str, Any]]) -> tuple[Step, ...]:
    """The steps that are kept with a request."""
    return tuple(
        Step(one["role"], cast("StepUnit", one["unit"]), one["days"], cast("Reached", one["reaches"])) for one in steps
    )


def within(unit: Any, roots: Roots) -> ColumnElement[bool]:
    """Whether a unit column is one of these roots or below one."""
    if roots == "*":
        return true()
    if not roots:
        return false()
    units = sorted(roots)
    below = select(_UNIT_SCOPE.c.unit_id).where(_UNIT_SCOPE.c.ancestors.overlap(units))
    return unit.in_(units) | unit.in_(below)
