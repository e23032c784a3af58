"""Who may not handle or see a dossier: the person concerned and their relatives (viewing rules, section 2).

Decided from what the catalog tells of persons and kin, with three answers: related, not related, cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from contracts.values.ternary import Ternary

Declaration = Literal["not_related", "related"]
Finding = Literal["not_related", "not_verified"]
"""How far a statement was verified when it was made; `not_verified` rests on the declaration alone."""


@dataclass(frozen=True)
class KinList:
    """Known relatives of one person; with `complete` a person who is not in it is no relative."""

    relatives: frozenset[str] = frozenset()
    complete: bool = False


@dataclass(frozen=True)
class KinKnowledge:
    """What has been heard of the kin of the persons in question, by person id."""

    lists: Mapping[str, KinList] = field(default_factory=dict[str, KinList])

    def related(self, person_id: str | None, subject_id: str) -> Ternary:
        """Whether a person is the subject or a relative. Without a known person nothing can be told."""
        if person_id is None:
            return Ternary.CANNOT_TELL
        if person_id == subject_id:
            return Ternary.YES
        own, theirs = self._of(person_id), self._of(subject_id)
        if subject_id in own.relatives or person_id in theirs.relatives:
            return Ternary.YES
        return Ternary.NO if own.complete or theirs.complete else Ternary.CANNOT_TELL

    def _of(self, person_id: str) -> KinList:
        return self.lists.get(person_id, KinList())


@dataclass(frozen=True)
class Statement:
    """What is known of one person's relation to the subject, and what was declared where nothing is known."""

    known: Ternary
    declared: Declaration | None = None

    @property
    def must_recuse(self) -> bool:
        """Known or declared relatives stand back; a declaration never outweighs knowledge."""
        return self.known is Ternary.YES or self.declared == "related"

    @property
    def needs_declaration(self) -> bool:
        """Where nothing can be told, the person must say so themselves."""
        return self.known is Ternary.CANNOT_TELL and self.declared is None

    @property
    def finding(self) -> Finding:
        """What an approver is shown."""
        return "not_related" if self.known is Ternary.NO else "not_verified"
