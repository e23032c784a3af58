"""Shapes of batches over materials: items in the request, or rows of an uploaded list."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.lists import item_of
from chassis.tables import Row
from chassis.web import RequestModel
from contracts.operations import Operation
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import MaterialId, UploadId
from services.catalog.api.texts import CategoryCode, Remark, Title, Word
from services.catalog.usecases.order_batch import Batch, BatchItem

MOST_ITEMS = 500


class BatchItemIn(RequestModel):
    """One material. `version` is the one that you saw; without `category` the title's rule decides where it goes."""

    material_id: MaterialId
    version: int = Field(ge=1, strict=True)
    ref: Word | None = Field(default=None, description="Your own name for the item, given back with what became of it")
    category: CategoryCode | None = None
    title: Title | None = None


class BatchIn(RequestModel):
    """What to do with up to 500 materials, or with those of an uploaded list: NDJSON, or the first sheet of an XLSX
    with the members of an item as the names of its columns.

    `validate_only` does all of it and takes it back: nothing stays. A row of a list that cannot be read refuses the
    whole, by the number of the row; without `ref` a row is named by its number.
    """

    kind: Literal["refile", "retitle"]
    mode: Literal["all_or_nothing", "each"] = "each"
    validate_only: bool = False
    reason: Remark | None = Field(default=None, description="Why; needed to refile")
    items: list[BatchItemIn] = Field(default=[], max_length=MOST_ITEMS)
    upload_id: UploadId | None = Field(default=None, description="A list of up to 2,000 rows, in place of `items`")
    blob_ticket: str | None = Field(default=None, max_length=4000, description="Of that upload, which it proves")

    @model_validator(mode="after")
    def _fitting(self) -> "BatchIn":
        if self.kind == "refile" and self.reason is None:
            raise PydanticCustomError("required", "a reason is needed")
        if self.items and self.upload_id is not None:
            raise PydanticCustomError("contradiction", "one choice", {"other": "items"})
        if (self.upload_id is None) != (self.blob_ticket is None):
            raise PydanticCustomError("contradiction", "one needs the other", {"other": "upload_id"})
        return self

    def batch(self, rows: Sequence[Row] = ()) -> Batch:
        """The order; ValidationFailed names what single items or rows lack, or have too much of."""
        if not self.items and self.upload_id is None:
            raise ValidationFailed(errors=[FieldFault("/items", "too-few", {"min": 1})])
        faults: list[FieldFault] = []
        placed = [(f"/items/{at}", item) for at, item in enumerate(self.items)]
        for row in rows:
            if (item := item_of(row, BatchItemIn, faults, _typed)) is not None:
                placed.append((f"/rows/{row.number}", item))
        seen: set[str] = set()
        for pointer, item in placed:
            if item.material_id in seen:
                faults.append(FieldFault(f"{pointer}/material_id", "duplicate"))
            seen.add(item.material_id)
            if self.kind == "retitle" and item.title is None:
                faults.append(FieldFault(f"{pointer}/title", "required"))
            if self.kind == "retitle" and item.category is not None:
                faults.append(FieldFault(f"{pointer}/category", "contradiction", {"other": "kind"}))
        if faults:
            raise ValidationFailed(errors=faults)
        items = [
            BatchItem(one.material_id, one.version, one.category, one.title, one.ref, pointer)
            for pointer, one in placed
        ]
        return Batch(self.kind, self.mode, items, self.reason)


def _typed(members: Mapping[str, Any]) -> dict[str, Any]:
    """Cells of a sheet are texts: the version is a number there too."""
    version = members.get("version")
    if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) <= 18:
        return {**members, "version": int(version)}
    return dict(members)


class BatchItemOut(BaseModel):
    """What is found of an item before it is done; after `validate_only` also where it would stand in the end."""

    position: int
    ref: str | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None


class BatchOut(BaseModel):
    """The operation that does it, null after `validate_only`; and the items."""

    operation: Operation | None
    items: list[BatchItemOut]
