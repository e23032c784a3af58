"""One look at a dossier: its rows made, the checks run, the required materials compared.

Pure, and made of what pickles cheaply, so that a worker can look through a long dossier.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from contracts.values.ids import from_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.domain.dossier_view import DossierView, Row
from services.catalog.domain.findings import Context, Found, find
from services.catalog.domain.gaps import GapRules, Piece, Profile, Standing, evaluate
from services.catalog.domain.ordering import Placed, is_leading_resume
from services.catalog.domain.scheme import Scheme, Side


class ReadRow(NamedTuple):
    """A filed material as it was read. `formed_on` is JSON; `digests` are those of its page images, `sides` what
    they show, None where all are printed sides."""

    material_id: UUID
    code: str
    item_no: int
    title: str
    original_title: str
    formed_on: str | None
    page_count: int
    from_paper: bool
    digests: Sequence[str] | None
    rank: int
    formed_key: str
    sequence: int
    case_id: str | None
    review_no: int | None
    annex_of: UUID | None
    pinned: bool
    pin_after: UUID | None
    sides: Sequence[Side] | None = None

    def row(self, scheme: Scheme) -> Row:
        """As the checks see it."""
        leads = scheme.order.latest_resume_first == "order" and self.code == "1"
        placed = Placed(
            material_id=from_uuid("mat", self.material_id),
            rank=self.rank,
            formed_key=self.formed_key,
            sequence=self.sequence,
            item_no=self.item_no,
            case_id=self.case_id,
            review_no=self.review_no,
            annex_of=_material(self.annex_of),
            pinned=self.pinned,
            pin_after=_material(self.pin_after),
            resume=leads and is_leading_resume(self.title, self.code, scheme),
        )
        return Row(
            material_id=placed.material_id,
            code=self.code,
            item_no=self.item_no,
            title=self.title,
            original_title=self.original_title,
            formed_on=None if self.formed_on is None else PartialDate.model_validate_json(self.formed_on),
            page_count=self.page_count,
            digests=tuple(self.digests or ()),
            from_paper=self.from_paper,
            placed=placed,
            sides=tuple(self.sides or ()),
        )


def _material(key: UUID | None) -> str | None:
    return None if key is None else from_uuid("mat", key)


@dataclass(frozen=True)
class Snapshot:
    """All that a look needs, as it was at one moment. `view` has no rows yet: they are made where the look is."""

    view: DossierView
    rows: Sequence[ReadRow]
    profile: Profile
    explained: Mapping[str, Collection[Piece]]


@dataclass(frozen=True)
class Seen:
    """What a look found: what is wrong, and how every rule stands that requires something."""

    found: Sequence[Found]
    standings: Sequence[Standing]


def look(snapshot: Snapshot, context: Context, required: GapRules) -> Seen:
    """Compare a dossier with the rules."""
    view = replace(snapshot.view, rows=tuple(row.row(context.scheme) for row in snapshot.rows))
    standings = evaluate(view, snapshot.profile, required, context.plain, snapshot.explained)
    return Seen(find(view, context), standings)
