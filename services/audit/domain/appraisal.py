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

Outcome = Literal["approve", "reject"]
Standing = Literal["none", "approve", "reject", "split"]


class State(StrEnum):
    """What an appraisal waits for, or how it ended."""

    FIRST_CHECK = "first_check"
    SECOND_CHECK = "second_check"
    THIRD_CHECK = "third_check"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def open(self) -> bool:
        """Whether a person is still to decide."""
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
class Appraisal:
    """One material's appraisal. `machine` are the machine's voices, `voices` those of persons, in order."""

    state: State
    persons: Persons
    machine: tuple[Outcome, ...]
    voices: tuple[Voice, ...] = ()

    @classmethod
    def begin(cls, persons: Persons, verdict: Verdict) -> Appraisal:
        """The appraisal as the automatic checks leave it."""
        machine = MACHINE_VOICES[persons, verdict]
        return cls(START[machine], persons, machine)

    @property
    def standing(self) -> Standing:
        """How the voices so far stand."""
        said: set[Outcome] = {*self.machine, *(voice.outcome for voice in self.voices)}
        if len(said) > 1:
            return "split"
        return said.pop() if said else "none"

    def decide(self, voice: Voice) -> Appraisal:
        """Add a person's voice. Refused: an appraisal that has ended, and a person's second voice."""
        if not self.state.open:
            raise StateConflict(state=self.state.value)
        if any(earlier.account_id == voice.account_id for earlier in self.voices):
            raise SamePersonTwice()
        moved = MOVES[self.state, self.standing, voice.outcome]
        return replace(self, state=moved, voices=(*self.voices, voice))

    @property
    def outcome(self) -> Outcome | None:
        """What was decided; None while open."""
        if self.state.open:
            return None
        return "approve" if self.state is State.ACCEPTED else "reject"

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Accounts of the persons whose voices made the outcome, in the order in which they spoke."""
        return tuple(voice.account_id for voice in self.voices if voice.outcome == self.outcome)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return codes of all who rejected, once it is rejected; each one once, in the order of speaking."""
        if self.state is not State.REJECTED:
            return ()
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
    Rejected: one failed check for each reason given.
    """
    answered: list[CheckResult] = []
    if appraisal.state is State.ACCEPTED and appraisal.voices:
        answered = [
            _by_person(check, "pass", remarks=[] if check.code == "formalities" else ["overruled"])
            for check in machine
            if check.code == "formalities" or check.outcome in ("fail", "cannot_tell")
        ]
    for reason in appraisal.reasons:
        code = codes[reason]
        answered.append(CheckResult(check=code.check, code=reason, outcome="fail", by="person", faults=[reason]))
    return [*machine, *answered]


def _by_person(check: CheckResult, outcome: Literal["pass", "fail"], remarks: list[str]) -> CheckResult:
    return CheckResult(check=check.check, code=check.code, outcome=outcome, by="person", remarks=remarks)
