"""Technical processing (技术加工): what paper needs, what is done to it, and who has to stand by."""

from typing import Final, Literal

from contracts.problems import SamePersonTwice, StateConflict

Op = Literal["fold", "trim", "mount", "add_edge", "remove_metal", "copy"]
"""折叠, 剪裁, 托裱, 加边, 去金属物, 复制 (seed 000)."""
Condition = Literal["intact", "torn", "faded", "mould", "eaten", "incomplete"]
"""完好, 破损, 褪色, 霉变, 虫蛀, 缺损."""
Damage = Literal["torn", "faded", "mould", "eaten", "incomplete"]
Proposal = Literal["repair", "copy", "supply"]
Cause = Literal["condition", "needs_edge"]
NeedState = Literal["open", "done", "withdrawn"]
RecordState = Literal["pending", "done"]

SECOND_PERSON: Final[frozenset[Op]] = frozenset({"trim"})
"""What cannot be undone needs a second person's word (seed 000: 切割不准确，损失无法弥补)."""


def first_state(op: Op) -> RecordState:
    """The state of a record when it is made."""
    return "pending" if op in SECOND_PERSON else "done"


def confirm(state: RecordState, done_by: str, account_id: str) -> RecordState:
    """The state once a second person stands for it; never the one who did it."""
    if state != "pending":
        raise StateConflict(state=state)
    if account_id == done_by:
        raise SamePersonTwice()
    return "done"
