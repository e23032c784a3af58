"""A page (页) of a material: its scan may be replaced, its place in the material changed; its id stays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.problems import FieldFault, StateConflict, ValidationFailed
from contracts.values.page import PageRef

OPEN_STATES = frozenset({"queued", "filed"})
"""States of a material whose pages may be worked on."""


@dataclass(frozen=True)
class Page:
    """One page with the scan that is shown now.

    `blob_unit_id` is the unit under which the files lie; `scan_no` counts the scans of this page from 1 on;
    `version` rises with every change of the page, be it a new scan, an enhanced image or a rejection.
    """

    page_id: str
    material_id: str
    material_state: str
    unit_id: str
    dossier_id: str
    person_id: str
    blob_unit_id: str
    page_no: int
    version: int
    scan_no: int
    scan: PageRef

    def rescanned(self, scan: PageRef) -> "Page":
        """The same page with another scan; ValidationFailed when it is the very same file."""
        self.check_open()
        if scan.digest == self.scan.digest:
            raise ValidationFailed(errors=[FieldFault("/blob_ticket", "duplicate")])
        return replace(self, scan=scan, scan_no=self.scan_no + 1, version=self.version + 1)

    def changed(self) -> "Page":
        """The page after something about it was written down."""
        return replace(self, version=self.version + 1)

    def check_open(self) -> None:
        """Pages of a material that was refused or removed are left as they are."""
        if self.material_state not in OPEN_STATES:
            raise StateConflict(state=self.material_state)


def check_order(wanted: Sequence[str], present: Sequence[str]) -> None:
    """A new order names each page of the material once; ValidationFailed points at what does not fit."""
    known, seen = set(present), set[str]()
    faults: list[FieldFault] = []
    for position, page_id in enumerate(wanted):
        if page_id not in known:
            faults.append(FieldFault(f"/page_ids/{position}", "unknown-reference"))
        elif page_id in seen:
            faults.append(FieldFault(f"/page_ids/{position}", "duplicate"))
        seen.add(page_id)
    if not faults and len(seen) < len(known):
        faults.append(FieldFault("/page_ids", "too-few", {"min": len(known)}))
    if faults:
        raise ValidationFailed(errors=faults)
