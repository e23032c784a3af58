"""How a campaign's report groups the ranks of its persons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from services.audit.domain.clearance import Words


@dataclass(frozen=True)
class RankGroup:
    """A group of ranks by the words that forms use for them."""

    id: str
    words: Words
    ranks: tuple[str, ...]


@dataclass(frozen=True)
class ReportRules:
    """The groups in the order of the report; `rest` is that of ranks which none names. `digest` is of the file."""

    groups: tuple[RankGroup, ...]
    rest: str
    digest: str

    @cached_property
    def of_rank(self) -> dict[str, str]:
        """Group by rank, as forms write it."""
        return {rank: group.id for group in self.groups for rank in group.ranks}

    def group_of(self, rank: str | None) -> str:
        """The group in which a rank is counted."""
        return self.of_rank.get(rank or "", self.rest)

    def ranks_of(self, group_id: str) -> tuple[str, ...]:
        """The words of a group; none for one that is not there."""
        return next((group.ranks for group in self.groups if group.id == group_id), ())
