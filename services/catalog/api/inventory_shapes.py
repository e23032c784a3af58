"""Shapes of an inventory (检查核对), its lines and its register."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import CabinetId, UnitId
from services.catalog.api.texts import Remark
from services.catalog.domain.inventory import InventoryState, Outcome, Result
from services.catalog.store.inventories import Range, Register
from services.catalog.store.inventory_lines import Line, Settlement
from services.catalog.store.volumes import Spot
from services.catalog.usecases.scan_volumes import Scanned

Code = Annotated[str, Field(pattern=r"^[0-9]{20}$", description="As scanned from a label")]


class InventoryIn(RequestModel):
    """A unit, or layers of a cabinet."""

    unit_id: UnitId | None = Field(default=None, description="All volumes of this unit")
    cabinet_id: CabinetId | None = Field(default=None, description="What stands in this cabinet")
    first_layer: int | None = Field(default=None, ge=1, le=99, strict=True)
    last_layer: int | None = Field(default=None, ge=1, le=99, strict=True)
    note: Remark | None = None

    @model_validator(mode="after")
    def _one_scope(self) -> "InventoryIn":
        layers = (self.first_layer, self.last_layer)
        whole = self.unit_id is not None and self.cabinet_id is None and layers == (None, None)
        shelf = self.unit_id is None and self.cabinet_id is not None and None not in layers
        if not whole and not shelf:
            other = {"other": "unit_id; cabinet_id, first_layer, last_layer"}
            raise PydanticCustomError("contradiction", "one scope", other)
        if (self.first_layer or 0) > (self.last_layer or 0):
            raise PydanticCustomError("contradiction", "rising", {"other": "first_layer, last_layer"})
        return self

    def shelf(self) -> Range | None:
        """The layers, if it is of a cabinet."""
        if self.cabinet_id is None or self.first_layer is None or self.last_layer is None:
            return None
        return Range(self.cabinet_id, self.first_layer, self.last_layer)


class ShelfRange(BaseModel):
    """Layers of a cabinet. The codes are null for a reader who does not see the room."""

    cabinet_id: str
    room_code: str | None
    cabinet_code: str | None
    first_layer: int
    last_layer: int


class InventoryOut(BaseModel):
    """A row of the register: 日期, 范围, 应有, 实有, 缺, 错位, 未知, 未处理, 核对人."""

    id: str
    unit_id: str
    version: int
    year: int
    no: int
    shelf: ShelfRange | None = Field(description="Null: the whole unit")
    state: InventoryState
    note: str | None
    expected: int
    found: int
    missing: int
    misplaced: int
    unknown: int
    unsettled: int = Field(description="Differences that nobody has settled or noted yet")
    started_at: datetime
    started_by: str
    checkers: list[str] = Field(description="Accounts that have confirmed; two are needed")
    closed_at: datetime | None
    closed_by: str | None

    @classmethod
    def of(cls, row: Register) -> "InventoryOut":
        inventory = row.inventory
        shelf = inventory.range
        return cls(
            id=inventory.inventory_id,
            unit_id=inventory.unit_id,
            version=inventory.version,
            year=inventory.year,
            no=inventory.no,
            shelf=ShelfRange(
                cabinet_id=shelf.cabinet_id,
                room_code=row.room_code,
                cabinet_code=row.cabinet_code,
                first_layer=shelf.first_layer,
                last_layer=shelf.last_layer,
            )
            if shelf
            else None,
            state=inventory.state,
            note=inventory.note,
            expected=row.expected,
            found=row.found,
            missing=row.missing,
            misplaced=row.misplaced,
            unknown=row.unknown,
            unsettled=row.unsettled,
            started_at=inventory.started_at,
            started_by=inventory.started_by,
            checkers=row.checkers,
            closed_at=inventory.closed_at,
            closed_by=inventory.closed_by,
        )


class InventoryList(BaseModel):
    """One page of the register, the latest first."""

    items: list[InventoryOut]
    next_page_token: str | None


class SlotOut(BaseModel):
    """A slot on a shelf."""

    cabinet_id: str
    layer: int
    slot: int

    @classmethod
    def of(cls, spot: Spot | None) -> "SlotOut | None":
        return None if spot is None else cls(cabinet_id=spot.cabinet_id, layer=spot.layer, slot=spot.slot)


class LineOut(BaseModel):
    """One volume of an inventory, or a number that is none of the unit's."""

    code: str
    volume_id: str | None
    dossier_no: str | None
    name: str | None
    expected: bool
    expected_at: SlotOut | None = Field(description="Where it was to stand when the inventory started")
    seen: SlotOut | None = Field(description="The slot where it was scanned; null when only the volume was")
    seen_at: datetime | None
    seen_by: str | None
    scans: int
    result: Result
    outcome: Outcome | None
    note: str | None
    settled_at: datetime | None
    settled_by: str | None

    @classmethod
    def of(cls, line: Line) -> "LineOut":
        return cls(
            code=line.code,
            volume_id=line.volume_id,
            dossier_no=line.dossier_no,
            name=line.name,
            expected=line.expected,
            expected_at=SlotOut.of(line.expected_at),
            seen=SlotOut.of(line.seen_at_spot),
            seen_at=line.seen_at,
            seen_by=line.seen_by,
            scans=line.scans,
            result=line.result,
            outcome=line.outcome,
            note=line.note,
            settled_at=line.settled_at,
            settled_by=line.settled_by,
        )


class LineList(BaseModel):
    """One page of lines, in the order of their numbers."""

    items: list[LineOut]
    next_page_token: str | None


class ScanIn(RequestModel):
    """A volume's label, and that of its slot where that was scanned too."""

    code: Code
    slot_code: Code | None = None

    def scanned(self) -> Scanned:
        """The command's part."""
        return Scanned(self.code, self.slot_code)


class ScansIn(RequestModel):
    """One scan, or a lot."""

    scans: list[ScanIn] = Field(min_length=1, max_length=500)


class ScansOut(BaseModel):
    """What became of each number, in the order of the scans, each once."""

    items: list[LineOut]


class SettlementIn(RequestModel):
    """How one difference ended; what is only explained needs the explanation."""

    code: Code
    outcome: Literal["found_later", "moved_back", "place_corrected", "explained"]
    note: Remark | None = None

    @model_validator(mode="after")
    def _explained(self) -> "SettlementIn":
        if self.outcome == "explained" and self.note is None:
            raise PydanticCustomError("contradiction", "note", {"other": "outcome, note"})
        return self

    def settlement(self) -> Settlement:
        """The command's part."""
        return Settlement(self.code, self.outcome, self.note)


class SettlementsIn(RequestModel):
    """Differences that have ended: all or none are taken."""

    settlements: list[SettlementIn] = Field(min_length=1, max_length=200)
