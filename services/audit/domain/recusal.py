"""Whether a person may appraise: never their own material, nor a relative's (回避).

Decided from persons and kin as heard, with three answers. Where they do not suffice, the person declares.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from contracts.problems import FieldFault, Recusal, ValidationFailed


class Relation(StrEnum):
    """How an account stands to the subject of a dossier."""

    RELATED = "related"
    NOT_RELATED = "not_related"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class KinKnown:
    """A person's relatives as heard: `complete` once the archivist has declared the list complete."""

    person_ids: Collection[str] = ()
    complete: bool = False


def relation_of(person_id: str | None, subject_id: str, of_person: KinKnown, of_subject: KinKnown) -> Relation:
    """How `person_id`, the person behind an account (None: not known), stands to the subject.

    Either list may name the other; one complete list that does not is enough to say no.
    """
    if person_id is None:
        return Relation.CANNOT_TELL
    if person_id == subject_id or subject_id in of_person.person_ids or person_id in of_subject.person_ids:
        return Relation.RELATED
    if of_person.complete or of_subject.complete:
        return Relation.NOT_RELATED
    return Relation.CANNOT_TELL


def admit(relation: Relation, declared_not_related: bool | None) -> None:
    """Let a person decide, or refuse.

    Where nobody can tell, the person declares to be neither the subject nor a relative. Whoever declares
    to be one is refused, whatever the lists say.
    """
    if relation is Relation.RELATED or declared_not_related is False:
        raise Recusal()
    if relation is Relation.CANNOT_TELL and declared_not_related is None:
        raise ValidationFailed(errors=[FieldFault("/not_related", "required")])
