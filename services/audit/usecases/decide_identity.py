"""Decide whether a material, or a newly entered person, is a person of the catalog; and take that back."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

from chassis.keys import KeyRing
from chassis.sealing import seal
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events import IdentityResolved
from contracts.problems import FieldFault, Recusal, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.identity import Comparison, IdentityRules, Outcome, Profile, compare, refuse_unproved
from services.audit.domain.recusal import Relation, admit
from services.audit.store import claims, heard, identity
from services.audit.store.tables_identity import IdentityDecisionRow
from services.audit.usecases.discredit_claims import disown_claims, own_claims
from services.audit.usecases.identity_profiles import About, SubjectKnown, profiles_of, subject_of
from services.audit.usecases.recuse import caller_relations

NameKind = Literal["former", "variant"]


@dataclass(frozen=True)
class DecideIdentity:
    """`explanation` says why the native places differ. `keep_name_as`: the subject's name is kept with the
    candidate, as a former name (曾用名) or as another spelling of it. `not_related` is the caller's declaration."""

    about: About
    candidate_id: str
    outcome: Outcome
    reason: str
    explanation: str | None = None
    keep_name_as: NameKind | None = None
    not_related: bool | None = None


@dataclass(frozen=True)
class UndoIdentity:
    """Why a decision does not hold."""

    decision_id: str
    seen_version: int
    reason: str


async def decide_identity(
    command: DecideIdentity, *, uow: UnitOfWork, rules: IdentityRules, keys: KeyRing
) -> IdentityDecisionRow:
    """One decision about two, in force until it is undone; the catalog is told and keeps the name."""
    async with uow:
        if earlier := await uow.replay_of():
            return await identity.get(uow, earlier)
        subject = await subject_of(uow, command.about)
        # Of two who decide about one subject at once, the second finds what the first decided.
        await uow.lock(subject.id)
        compared = await _compared(uow, command, subject, rules)
        relation = await _admitted(uow, command, subject)
        refuse_unproved(command.outcome, compared, command.explanation)
        if await identity.reversed_in_force(uow, subject.id, command.candidate_id):
            raise StateConflict(state="decided")
        row = _row(uow, command, subject, compared, rules.digest)
        row.relation, row.declared_not_related = relation.value, command.not_related
        await identity.add(uow, row)
        if _disowned(row, subject) and row.material_id and row.dossier_id:
            await disown_claims(uow, row.material_id, row.dossier_id)
        _tell(uow, row, keys)
        uow.record("identity.decided", row.id, row.version, committed(row))
        await uow.remember(row.id)
        return row


async def undo_identity(command: UndoIdentity, *, uow: UnitOfWork, keys: KeyRing) -> IdentityDecisionRow:
    """Take a decision back; the catalog takes back what it did, and the two may be decided anew."""
    async with uow:
        if await uow.replay_of():
            return await identity.get(uow, command.decision_id)
        row = await identity.get(uow, command.decision_id)
        if row.dossier_id:  # held before the row, as by a dossier that moves
            await uow.lock(row.dossier_id)
        row = await identity.get(uow, command.decision_id, lock=True)
        await refuse_relatives_of(uow, row)
        await check_version(uow, row.id, row.version, command.seen_version)
        if row.state != "in_force":
            raise StateConflict(state=row.state)
        row.version, row.state = row.version + 1, "undone"
        row.undone_by, row.undone_at, row.undone_reason = uow.caller.account_id, uow.now, command.reason
        await identity.save(uow, row)
        if row.outcome == Outcome.OTHER_PERSON.value and row.material_id and row.dossier_id:
            await own_claims(uow, row.material_id, row.candidate_id, row.dossier_id, command.reason)
        _tell(uow, row, keys)
        uow.record("identity.undone", row.id, row.version, committed(row), changed=("state",))
        await uow.remember(row.id)
        return row


def _disowned(row: IdentityDecisionRow, subject: SubjectKnown) -> bool:
    """Whether a paper is not that person's in whose dossier it lies: what it says counts no more for them."""
    return row.outcome == Outcome.OTHER_PERSON.value and row.candidate_id == subject.owner_id


async def refuse_relatives_of(uow: UnitOfWork, row: IdentityDecisionRow) -> None:
    """Recusal where the caller is one of the two, or related to one."""
    relations = await caller_relations(uow, [one for one in (row.candidate_id, row.person_id) if one])
    if Relation.RELATED in relations.values():
        raise Recusal()


async def _compared(
    uow: UnitOfWork, command: DecideIdentity, subject: SubjectKnown, rules: IdentityRules
) -> Comparison:
    """How the two compare at this moment; refused where the candidate is not seen, or no name connects them."""
    persons = {one.person_id: one for one in await heard.list_persons(uow, [command.candidate_id])}
    if not persons or command.candidate_id == subject.id:
        raise ValidationFailed(errors=[FieldFault("/candidate_id", "unknown-reference")])
    known = await profiles_of(uow, persons, without_material=command.about.material_id)
    compared = compare(subject.profile, known[command.candidate_id], rules)
    if compared is None:
        raise ValidationFailed(errors=[FieldFault("/candidate_id", "no-common-name")])
    if command.keep_name_as and subject.profile.name in known[command.candidate_id].names:
        raise ValidationFailed(errors=[FieldFault("/keep_name_as", "duplicate")])
    if command.keep_name_as and command.outcome is not Outcome.SAME_PERSON:
        raise ValidationFailed(errors=[FieldFault("/keep_name_as", "contradiction", {"other": "outcome"})])
    return compared


async def _admitted(uow: UnitOfWork, command: DecideIdentity, subject: SubjectKnown) -> Relation:
    """Nobody decides about their own or a relative's papers, nor about a person whom they review blind."""
    both = {subject.owner_id, command.candidate_id}
    relations = set((await caller_relations(uow, both)).values())
    order = (Relation.RELATED, Relation.CANNOT_TELL, Relation.NOT_RELATED)
    relation = next(one for one in order if one in relations)
    admit(relation, command.not_related)
    if await claims.persons_under_blind_review(uow, both):
        raise StateConflict(state="pair open")
    return relation


def _row(
    uow: UnitOfWork, command: DecideIdentity, subject: SubjectKnown, compared: Comparison, digest: str
) -> IdentityDecisionRow:
    return IdentityDecisionRow(
        id=new_id("idd"),
        unit_id=subject.unit_id,
        version=1,
        material_id=command.about.material_id,
        person_id=command.about.person_id,
        candidate_id=command.candidate_id,
        dossier_id=subject.dossier_id,
        outcome=command.outcome.value,
        state="in_force",
        match=compared.match,
        score=compared.score,
        parts=[asdict(part) for part in compared.parts],
        said=said_of(subject.profile),
        name=subject.profile.name if command.keep_name_as else None,
        name_kind=command.keep_name_as,
        reason=command.reason,
        explanation=command.explanation,
        rules_digest=digest,
        relation=Relation.NOT_RELATED.value,
        declared_not_related=None,
        decided_by=uow.caller.account_id,
        decided_at=uow.now,
        undone_reason=None,
    )


def said_of(profile: Profile) -> dict[str, Any]:
    """A profile as JSON keeps it."""
    told = asdict(profile)
    for member in ("births", "work_starts", "party_joins"):
        told[member] = [date.value for date in told[member]]
    for member in ("schools", "units"):
        told[member] = [
            {**stay, **{name: stay[name].value if stay[name] else None for name in ("begins", "ends")}}
            for stay in told[member]
        ]
    return told


def _tell(uow: UnitOfWork, row: IdentityDecisionRow, keys: KeyRing) -> None:
    """The event holds no name: one that is to be kept is sealed for the catalog, under the decision's id."""
    sealed = seal(keys, row.name.encode(), context=row.id) if row.name else None
    told = IdentityResolved(
        decision_id=row.id,
        unit_id=row.unit_id,
        outcome=cast("Any", row.outcome),
        state=cast("Any", row.state),
        person_id=row.candidate_id,
        other_person_id=row.person_id,
        material_id=row.material_id,
        dossier_id=row.dossier_id,
        name_kind=cast("NameKind | None", row.name_kind),
        sealed_name=base64.b64encode(sealed.content).decode() if sealed else None,
        sealed_by=sealed.key_id if sealed else None,
        decided_by=row.undone_by or row.decided_by,
    )
    uow.tell(told, version=row.version)


def committed(row: IdentityDecisionRow) -> dict[str, Any]:
    """What the journal commits to: who was meant, how it compared, and how it stands."""
    shown = {"material_id", "person_id", "candidate_id", "outcome", "state", "score", "parts", "name", "name_kind"}
    return row.model_dump(include={*shown, "reason", "explanation", "rules_digest", "undone_reason"})
