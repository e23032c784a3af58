"""`enums.toml`: words in two languages for the codes that the contracts fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

from pydantic import Field, RootModel, model_validator

from chassis.rules import RuleFault, RuleModel, load_rules
from contracts.events.audit import CheckOutcome
from contracts.events.catalog import KinRelation, RefilingReason
from contracts.operations import OperationState
from contracts.roles import role_names
from contracts.tasks import TaskState
from services.catalog.domain.inventory import Outcome, Result
from services.catalog.domain.processing import Condition, Op, Proposal
from services.catalog.domain.scheme import Label
from services.catalog.domain.volume import VolumeKind
from services.catalog.rules.scheme_file import LabelText

_FILE = Path(__file__).with_name("enums.toml")

CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "kin_relation": get_args(KinRelation),
    "task_state": get_args(TaskState),
    "operation_state": get_args(OperationState),
    "refiling_reason": get_args(RefilingReason),
    "check_outcome": get_args(CheckOutcome),
    "role": role_names(),
    "volume_kind": get_args(VolumeKind),
    "inventory_result": get_args(Result),
    "inventory_outcome": get_args(Outcome),
    "processing_op": get_args(Op),
    "material_condition": get_args(Condition),
    "condition_proposal": get_args(Proposal),
}
"""The enums that are served, each with the codes of its contract."""


@dataclass(frozen=True)
class EnumWords:
    """One enum: its name and the words of its codes, in the order of the contract."""

    title: Label
    words: Mapping[str, Label]


class _Enum(RuleModel):
    title: LabelText
    codes: dict[str, LabelText] = Field(min_length=1)


class EnumFile(RootModel[dict[str, _Enum]]):
    """All enums that are served."""

    @model_validator(mode="after")
    def _codes_are_the_contracts(self) -> "EnumFile":
        for name, codes in CODES.items():
            if name not in self.root:
                raise RuleFault((name,), "缺少此枚举 this enum is missing", "补上。Add it.")
            if odd := sorted(set(self.root[name].codes) ^ set(codes)):
                reason = f"与合约不符 differs from the contract: {', '.join(odd)}"
                raise RuleFault((name, "codes"), reason, "列出合约的全部代码。List exactly the contract's codes.")
        if odd := sorted(set(self.root) - set(CODES)):
            raise RuleFault((odd[0],), "没有此枚举 no contract has this enum", "删去。Remove it.")
        return self


def load_enums(path: Path = _FILE) -> tuple[dict[str, EnumWords], str]:
    """The enums by name, and the file's digest."""
    read, digest = load_rules(path, EnumFile)
    enums = {
        name: EnumWords(read.root[name].title.label(), {code: read.root[name].codes[code].label() for code in codes})
        for name, codes in CODES.items()
    }
    return enums, digest
