"""What a view request asks for: listed materials, categories, or the whole dossier (viewing rules, section 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

ScopeKind = Literal["materials", "categories", "whole"]

CATEGORY_PATTERN: Final = r"^(10|[1-9])(-[1-9][0-9]?)?$"
"""A category of the ten, or a subclass of one: `1`, `4-1`, `9-2`."""


@dataclass(frozen=True)
class Scope:
    """The part of a dossier that a request names. `categories` may hold a category or a subclass."""

    kind: ScopeKind
    categories: tuple[str, ...] = ()
    material_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        filled = {"materials": self.material_ids, "categories": self.categories, "whole": ("whole",)}[self.kind]
        strange = {"materials": self.categories, "categories": self.material_ids}.get(
            self.kind, (*self.categories, *self.material_ids)
        )
        if not filled or strange or not all(re.match(CATEGORY_PATTERN, category) for category in self.categories):
            raise ValueError("a scope names what its kind says, and nothing else")

    def covers(self, material_id: str, category: str) -> bool:
        """Whether a material is part of what was asked for.

        A category covers its subclasses. Categories are read anew at each view, so that a material filed
        into a granted category later can be seen, and one filed out of it no longer.
        """
        if self.kind == "whole":
            return True
        if self.kind == "materials":
            return material_id in self.material_ids
        return any(category == wanted or category.startswith(f"{wanted}-") for wanted in self.categories)

    def lies_within(self, categories: tuple[str, ...]) -> bool:
        """Whether every category asked for is one of these or a subclass; listed materials are not judged."""
        return all(
            any(asked == allowed or asked.startswith(f"{allowed}-") for allowed in categories)
            for asked in self.categories
        )
