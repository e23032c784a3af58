"""How one dossier goes through a special audit (专项审核): every state, every move, and what each asks for.

Source: seeds 000 and 002. A determination is in force only once the managing authority has approved it
(按干部管理权限审批), and it is never filed before the person saw it (反馈).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from contracts.problems import StateConflict


class Progress(StrEnum):
    """Where a dossier stands in its campaign."""

    PLANNED = "planned"
    FIRST_REVIEW = "first_review"
    COMPARE = "compare"
    SECOND_REVIEW = "second_review"
    INVESTIGATION_COLLECTION = "investigation_collection"
    COLLECTIVE_DETERMINATION = "collective_determination"
    FEEDBACK = "feedback"
    FEEDBACK_SIGNED = "feedback_signed"
    FEEDBACK_DISPUTED = "feedback_disputed"
    AUTHORITY_APPROVED = "authority_approved"
    FILED = "filed"
    BOUND = "bound"


class Move(StrEnum):
    """What takes a dossier on."""

    ASSIGN = "assign"
    """Two first reviewers are given the dossier."""
    OPEN_PAIR = "open_pair"
    """Both reviews are in: each may now be seen beside the other."""
    TAKE_UP = "take_up"
    """A second reviewer, who is neither of the two, takes the differences up."""
    INVESTIGATE = "investigate"
    """Something is to be asked, sought or collected; the rounds go on until there is an answer."""
    TABLE = "table"
    """The second review is done: the dossier goes before the meeting (上会)."""
    DECIDE = "decide"
    """The meeting has decided on each fact."""
    SIGN = "sign"
    """The person signed; or refused to sign before two witnesses."""
    DISPUTE = "dispute"
    """The person disputes in writing."""
    APPROVE = "approve"
    """The office that manages the person approves: the determinations are in force."""
    FILE = "file"
    """The forms are in the dossier."""
    BIND = "bind"
    """The unit's bound set is with the archive (装订成册, 集中保管)."""
    RETURN = "return"
    """The superior returns it for a new determination (返回重新认定)."""
    SEND_BACK = "send_back"
    """The leader's spot check (抽查) finds it otherwise before anything is in force: back to its second reviewer."""
    REOPEN = "reopen"
    """It is taken up once more, with a reason."""
    RELEASE = "release"
    """A reviewer went before both were in: the pair is given out anew."""
    VOID_PAIR = "void_pair"
    """A first reviewer of an opened pair is found to be a relative: neither sheet counts, two others review it."""
    RELEASE_SECOND = "release_second"
    """The second reviewer is found to be a relative: the pair stands, and another takes the differences up."""


MOVES: Mapping[tuple[Progress, Move], Progress] = {
    (Progress.PLANNED, Move.ASSIGN): Progress.FIRST_REVIEW,
    (Progress.FIRST_REVIEW, Move.RELEASE): Progress.PLANNED,
    (Progress.FIRST_REVIEW, Move.OPEN_PAIR): Progress.COMPARE,
    (Progress.COMPARE, Move.TAKE_UP): Progress.SECOND_REVIEW,
    (Progress.SECOND_REVIEW, Move.INVESTIGATE): Progress.INVESTIGATION_COLLECTION,
    (Progress.SECOND_REVIEW, Move.TABLE): Progress.COLLECTIVE_DETERMINATION,
    (Progress.INVESTIGATION_COLLECTION, Move.INVESTIGATE): Progress.INVESTIGATION_COLLECTION,
    (Progress.INVESTIGATION_COLLECTION, Move.TABLE): Progress.COLLECTIVE_DETERMINATION,
    (Progress.COLLECTIVE_DETERMINATION, Move.INVESTIGATE): Progress.INVESTIGATION_COLLECTION,
    (Progress.COLLECTIVE_DETERMINATION, Move.DECIDE): Progress.FEEDBACK,
    (Progress.FEEDBACK, Move.SIGN): Progress.FEEDBACK_SIGNED,
    (Progress.FEEDBACK, Move.DISPUTE): Progress.FEEDBACK_DISPUTED,
    (Progress.FEEDBACK_DISPUTED, Move.INVESTIGATE): Progress.INVESTIGATION_COLLECTION,
    (Progress.FEEDBACK_DISPUTED, Move.APPROVE): Progress.AUTHORITY_APPROVED,
    (Progress.FEEDBACK_SIGNED, Move.APPROVE): Progress.AUTHORITY_APPROVED,
    (Progress.COLLECTIVE_DETERMINATION, Move.SEND_BACK): Progress.SECOND_REVIEW,
    (Progress.FEEDBACK, Move.SEND_BACK): Progress.SECOND_REVIEW,
    (Progress.FEEDBACK_SIGNED, Move.SEND_BACK): Progress.SECOND_REVIEW,
    (Progress.FEEDBACK_DISPUTED, Move.SEND_BACK): Progress.SECOND_REVIEW,
    (Progress.AUTHORITY_APPROVED, Move.FILE): Progress.FILED,
    (Progress.FILED, Move.BIND): Progress.BOUND,
    (Progress.AUTHORITY_APPROVED, Move.RETURN): Progress.COLLECTIVE_DETERMINATION,
    (Progress.FILED, Move.RETURN): Progress.COLLECTIVE_DETERMINATION,
    (Progress.BOUND, Move.RETURN): Progress.COLLECTIVE_DETERMINATION,
    (Progress.FILED, Move.REOPEN): Progress.SECOND_REVIEW,
    (Progress.BOUND, Move.REOPEN): Progress.SECOND_REVIEW,
    (Progress.COMPARE, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.SECOND_REVIEW, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.INVESTIGATION_COLLECTION, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.COLLECTIVE_DETERMINATION, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.FEEDBACK, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.FEEDBACK_SIGNED, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.FEEDBACK_DISPUTED, Move.VOID_PAIR): Progress.PLANNED,
    (Progress.SECOND_REVIEW, Move.RELEASE_SECOND): Progress.COMPARE,
    (Progress.INVESTIGATION_COLLECTION, Move.RELEASE_SECOND): Progress.COMPARE,
    (Progress.COLLECTIVE_DETERMINATION, Move.RELEASE_SECOND): Progress.COMPARE,
    (Progress.FEEDBACK, Move.RELEASE_SECOND): Progress.COMPARE,
    (Progress.FEEDBACK_SIGNED, Move.RELEASE_SECOND): Progress.COMPARE,
    (Progress.FEEDBACK_DISPUTED, Move.RELEASE_SECOND): Progress.COMPARE,
}
"""Every move there is. What is not here is refused."""


def moved(state: Progress, move: Move) -> Progress:
    """The state after a move; StateConflict where there is no such move from here."""
    after = MOVES.get((state, move))
    if after is None:
        raise StateConflict(state=state.value)
    return after
