"""Shapes of lists of claims: items in the request, or rows of an uploaded list."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.lists import item_of
from chassis.tables import Row
from chassis.web import RequestModel
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import UploadId
from contracts.values.text import line_schema, one_line
from services.audit.api.claim_shapes import NotRelated, Statement
from services.audit.domain.facts import FACT_ZH
from services.audit.usecases.enter_claims import ImportClaims, Listed

MOST_ITEMS: Final = 500
Ref = Annotated[str, one_line(40), line_schema(40)]

# What a sheet may say for a fact, and for yes and no.
_FACT_OF: Final = {zh: fact.value for fact, zh in FACT_ZH.items()}
_ANSWER_OF: Final = {"是": True, "否": False}
_YES_OR_NO: Final = frozenset({"signed", "as_on_paper", "value.full_time", "value.foreign"})


class BatchItem(Statement):
    """One claim of a list."""

    ref: Ref | None = Field(default=None, description="Your own name for the item, given back with what became of it")


class ClaimBatchIn(RequestModel):
    """Up to 500 claims at once, or those of an uploaded list. Each is checked beside those before it; `validate_only`
    keeps nothing.

    A list is NDJSON, a line an item, or the first sheet of an XLSX with the members of an item as the names of its
    columns: `person_id`, `fact` (or its Chinese word), `material_id`, `value.date`, `value.date.calendar`. A row that
    cannot be read refuses the whole, by its number and column; without `ref` a row is named by its number.
    """

    mode: Literal["all_or_nothing", "each"] = "each"
    validate_only: bool = False
    items: list[BatchItem] = Field(default=[], max_length=MOST_ITEMS)
    upload_id: UploadId | None = Field(default=None, description="A list of up to 2,000 rows, in place of `items`")
    blob_ticket: str | None = Field(default=None, max_length=4000, description="Of that upload, which it proves")
    not_related: NotRelated = None

    @model_validator(mode="after")
    def _one_list(self) -> "ClaimBatchIn":
        if self.items and self.upload_id is not None:
            raise PydanticCustomError("contradiction", "one choice", {"other": "items"})
        if (self.upload_id is None) != (self.blob_ticket is None):
            raise PydanticCustomError("contradiction", "one needs the other", {"other": "upload_id"})
        return self

    def command(self, rows: Sequence[Row] = ()) -> ImportClaims:
        """The list in the words of the use case; ValidationFailed names rows that are no claim."""
        if not self.items and self.upload_id is None:
            raise ValidationFailed(errors=[FieldFault("/items", "too-few", {"min": 1})])
        placed = [(f"/items/{at}", item) for at, item in enumerate(self.items)]
        faults: list[FieldFault] = []
        for row in rows:
            if (item := item_of(row, BatchItem, faults, _typed)) is not None:
                placed.append((f"/rows/{row.number}", item))
        if faults:
            raise ValidationFailed(errors=faults)
        listed = [Listed(item.said_of(item.person_id), item.ref, place) for place, item in placed]
        return ImportClaims(listed, self.mode, self.not_related, self.validate_only)


def _typed(members: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the columns of one member as that member: `value.date` lies in `value`, and `value.date.calendar`
    stands beside the date that `value.date` gives."""
    told: dict[str, Any] = {}
    for name, cell in sorted(members.items()):
        *path, last = name.split(".")
        within = told
        for part in path:
            if not isinstance(within.setdefault(part, {}), dict):
                within[part] = {"value": within[part]}
            within = within[part]
        within[last] = _ANSWER_OF.get(cell, cell) if name in _YES_OR_NO else cell
    if isinstance(fact := told.get("fact"), str):
        told["fact"] = _FACT_OF.get(fact, fact)
    return told


class BatchItemOut(BaseModel):
    """What became of an item: its claim, or the problem that a request of its own would have met."""

    position: int
    ref: str | None
    claim_id: str | None
    problem: dict[str, Any] | None


class ClaimBatchOut(BaseModel):
    """An import; null `id` after `validate_only`, of which nothing stayed."""

    id: str | None
    kept: int
    items: list[BatchItemOut]
