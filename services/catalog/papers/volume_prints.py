"""Spine label and cover of a dossier's volumes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from contracts.documents import CoverDocument, SheetGeometry, SpineLabelDocument, VolumeMark
from services.catalog.domain.form_rules import FormRules
from services.catalog.domain.volume import VolumeKind


@dataclass(frozen=True)
class Marked:
    """A volume of the dossier. A dossier that was not divided is one 正本."""

    kind: VolumeKind
    no: int
    thickness: float | None


@dataclass(frozen=True)
class Bound:
    """Whose volumes: exact name, native place and number, as the label must have them (seed 000)."""

    geometry: SheetGeometry
    dossier_no: str
    name: str
    native_place: str
    volumes: Sequence[Marked]
    today: date


def spine_labels(bound: Bound, rules: FormRules) -> SpineLabelDocument:
    """A strip for each volume, as wide as its box."""
    return SpineLabelDocument(
        engine=ENGINE,
        issued_at=day_of_print(bound.today),
        sheet=bound.geometry,
        dossier_no=bound.dossier_no,
        person_name=bound.name,
        native_place=bound.native_place,
        length=rules.label_length,
        labels=_marks(bound, rules),
    )


def covers(bound: Bound, rules: FormRules) -> CoverDocument:
    """A page for each volume."""
    return CoverDocument(
        engine=ENGINE,
        issued_at=day_of_print(bound.today),
        sheet=bound.geometry,
        dossier_no=bound.dossier_no,
        person_name=bound.name,
        volumes=_marks(bound, rules),
    )


def _marks(bound: Bound, rules: FormRules) -> list[VolumeMark]:
    volumes = bound.volumes or [Marked("original", 1, None)]
    several = {kind for kind in ("original", "duplicate") if sum(one.kind == kind for one in volumes) > 1}
    return [
        VolumeMark(
            kind=one.kind,
            no=one.no if one.kind in several else None,
            thickness=one.thickness or rules.label_thickness,
        )
        for one in volumes
    ]
