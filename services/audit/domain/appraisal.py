"""The appraisal of one material before filing: who has a voice, and when two of them decide (鉴别, 一人鉴别一人复核).

Two voices that agree decide. A person has one voice. The machine has one only where the rules ask for
fewer than two persons: its green says approve, its red says reject, and where it cannot tell it says
nothing. Three voices at the most, since of three two agree. See docs/adr for why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from contracts.events.audit import CheckResult
from contracts.problems import SamePersonTwice, StateConflict
from services.audit.domain.rulebook import Persons, ReturnCode
from services.audit.domain.verification import NOT_VERIFIED, Result, Verification

Outcome = Literal["approve", "reject"]
Standing = Literal["none", "approve", "reject", "split"]


class State(StrEnum):
    """What an appraisal waits for, or how it ended."""

    AWAITING_VERIFICATION = "awaiting_verification"
    FIRST_CHECK = "first_check"
    SECOND_CHECK = "second_check"
    THIRD_CHECK = "third_check"
    QUARANTINED = "quarantined"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self not in (State.ACCEPTED, State.REJECTED)


class Verdict(StrEnum):
    """What the automatic checks say together."""

    GREEN = "green"
    RED = "red"
    CANNOT_TELL = "cannot_tell"


MACHINE_VOICES: Mapping[tuple[Persons, Verdict], tuple[Outcome, ...]] = {
    (2, Verdict.GREEN): (),
    (2, Verdict.RED): (),
    (2, Verdict.CANNOT_TELL): (),
    (1, Verdict.GREEN): ("approve",),
    (1, Verdict.RED): ("reject",),
    (1, Verdict.CANNOT_TELL): (),
    (0, Verdict.GREEN): ("approve", "approve"),
    (0, Verdict.RED): ("reject",),
    (0, Verdict.CANNOT_TELL): (),
}
"""The voices of the machine. A red never ends an appraisal by itself: a person answers for each return."""

START: Mapping[tuple[Outcome, ...], State] = {
    (): State.FIRST_CHECK,
    ("approve",): State.SECOND_CHECK,
    ("reject",): State.SECOND_CHECK,
    ("approve", "approve"): State.ACCEPTED,
}

MOVES: Mapping[tuple[State, Standing, Outcome], State] = {
    (State.FIRST_CHECK, "none", "approve"): State.SECOND_CHECK,
    (State.FIRST_CHECK, "none", "reject"): State.SECOND_CHECK,
    (State.SECOND_CHECK, "approve", "approve"): State.ACCEPTED,
    (State.SECOND_CHECK, "approve", "reject"): State.THIRD_CHECK,
    (State.SECOND_CHECK, "reject", "reject"): State.REJECTED,
    (State.SECOND_CHECK, "reject", "approve"): State.THIRD_CHECK,
    (State.THIRD_CHECK, "split", "approve"): State.ACCEPTED,
    (State.THIRD_CHECK, "split", "reject"): State.REJECTED,
}
"""Every move there is: state, how the voices stand, and what the next person says."""

STEP_OF: Mapping[State, int] = {State.FIRST_CHECK: 1, State.SECOND_CHECK: 2, State.THIRD_CHECK: 3}


@dataclass(frozen=True)
class Voice:
    """What one person said, with coded reasons where it was a no."""

    account_id: str
    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Returned:
    """A return out of quarantine: the two who held it apart and let it go, and the coded reasons."""

    by: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Appraisal:
    """One material's appraisal. `machine` are the machine's voices, `voices` those of persons, in order."""

    state: State
    persons: Persons
    machine: tuple[Outcome, ...]
    voices: tuple[Voice, ...] = ()
    verification: Verification = Verification.NOT_NEEDED
    reported_by: str | None = None
    """Account of whoever recorded the report."""
    held_from: State | None = None
    """What it waited for when it was held apart."""
    returned: Returned | None = None

    @classmethod
    def begin(cls, persons: Persons, verdict: Verdict, *, verify: bool = False) -> Appraisal:
        """The appraisal as the automatic checks leave it; `verify`: its kind is filed only once it is verified."""
        machine = MACHINE_VOICES[persons, verdict]
        if not verify:
            return cls(START[machine], persons, machine)
        state = START[machine] if verdict is Verdict.RED else State.AWAITING_VERIFICATION
        return cls(state, persons, machine, verification=Verification.WANTED)

    @property
    def standing(self) -> Standing:
        """How the voices so far stand."""
        said: set[Outcome] = {*self.machine, *(voice.outcome for voice in self.voices)}
        if len(said) > 1:
            return "split"
        return said.pop() if said else "none"

    def decide(self, voice: Voice) -> Appraisal:
        """Add a person's voice. Refused: an appraisal that waits for no person, and a person's second voice."""
        if self.state not in STEP_OF:
            raise StateConflict(state=self.state.value)
        if any(earlier.account_id == voice.account_id for earlier in self.voices):
            raise SamePersonTwice()
        moved = MOVES[self.state, self.standing, voice.outcome]
        if moved is State.ACCEPTED and self.verification is Verification.WANTED:
            moved = State.AWAITING_VERIFICATION
        return replace(self, state=moved, voices=(*self.voices, voice))

    def reported(self, result: Result, account_id: str) -> Appraisal:
        """The appraisal once its report is there: it goes on, or ends in a return. Refused unless it waits for one."""
        if self.state is not State.AWAITING_VERIFICATION:
            raise StateConflict(state=self.state.value)
        if result == "refused":
            state, found = State.REJECTED, Verification.REFUSED
        else:
            # Persons who spoke have decided already: only an acceptance waits here.
            state, found = State.ACCEPTED if self.voices else START[self.machine], Verification.CONFIRMED
        return replace(self, state=state, verification=found, reported_by=account_id)

    def held_apart(self) -> Appraisal:
        """The appraisal while its material is held apart. Refused once it has ended, or is held apart already."""
        if not self.state.open or self.state is State.QUARANTINED:
            raise StateConflict(state=self.state.value)
        return replace(self, state=State.QUARANTINED, held_from=self.state)

    def let_go(self, returned: Returned | None) -> Appraisal:
        """The appraisal once its material is no longer held apart: on from where it was, or ended in a return."""
        if self.held_from is None:
            raise StateConflict(state=self.state.value)
        state = State.REJECTED if returned else self.held_from
        return replace(self, state=state, held_from=None, returned=returned)

    @property
    def outcome(self) -> Outcome | None:
        """What was decided; None while open."""
        if self.state.open:
            return None
        return "approve" if self.state is State.ACCEPTED else "reject"

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Accounts of the persons whose voices made the outcome, in the order in which they spoke.

        A refused report is answered for by whoever recorded it, a return out of quarantine by the two who acted.
        """
        if self.returned:
            return self.returned.by
        if self.verification is Verification.REFUSED and self.reported_by:
            return (self.reported_by,)
        return tuple(voice.account_id for voice in self.voices if voice.outcome == self.outcome)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return codes of all who rejected, once it is rejected; each one once, in the order of speaking."""
        if self.state is not State.REJECTED:
            return ()
        if self.returned:
            return self.returned.reasons
        if self.verification is Verification.REFUSED:
            return (NOT_VERIFIED,)
        given = (reason for voice in self.voices if voice.outcome == "reject" for reason in voice.reasons)
        return tuple(dict.fromkeys(given))


def verdict_of(checks: Sequence[CheckResult]) -> Verdict:
    """Red if any check fails, green if none leaves a question open.

    A check that the rules or the machine's ability set aside (`not_applicable`) leaves none.
    """
    outcomes = {check.outcome for check in checks}
    if "fail" in outcomes:
        return Verdict.RED
    return Verdict.CANNOT_TELL if "cannot_tell" in outcomes else Verdict.GREEN


def explain(appraisal: Appraisal, machine: Sequence[CheckResult], codes: Mapping[str, ReturnCode]) -> list[CheckResult]:
    """The checks as the decision leaves them: the machine's, then what persons answered for.

    Accepted by persons: the formalities pass, and each red or open check of the machine was overruled.
    Rejected: one failed check for each reason given. A report that confirmed is a check that passed.
    """
    answered: list[CheckResult] = []
    if appraisal.state is State.ACCEPTED and appraisal.voices:
        answered = [
            _by_person(check, "pass", remarks=[] if check.code == "formalities" else ["overruled"])
            for check in machine
            if check.code == "formalities" or check.outcome in ("fail", "cannot_tell")
        ]
    if appraisal.verification is Verification.CONFIRMED:
        answered.append(CheckResult(check="A2", code="verification", outcome="pass", by="person"))
    for reason in appraisal.reasons:
        code = codes[reason]
        answered.append(CheckResult(check=code.check, code=reason, outcome="fail", by="person", faults=[reason]))
    return [*machine, *answered]


def _by_person(check: CheckResult, outcome: Literal["pass", "fail"], remarks: list[str]) -> CheckResult:
    return CheckResult(check=check.check, code=check.code, outcome=outcome, by="person", remarks=remarks)
