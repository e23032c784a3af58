"""Labels as a document and as PDF."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.barcodes import code128, qr_rows
from chassis.journal import canonical_json
from chassis.printing import compile_pdf
from contracts.documents import Label, LabelsDocument
from contracts.values.paper_number import paper_number, read_paper_number
from services.catalog.store.rooms import Cabinet
from services.catalog.store.volumes import ShownVolume, Volume

_KINDS = {"original": "正本", "duplicate": "副本"}
_LAYER = 1000
_CABINET = _LAYER * 1000


def slot_number(cabinet: Cabinet, layer: int, slot: int) -> str:
    """The number on the label of a slot: the cabinet's own, and the layer and slot in three digits each."""
    return paper_number("slot", cabinet.paper_no * _CABINET + layer * _LAYER + slot)


def read_slot_number(text: str) -> tuple[int, int, int] | None:
    """Paper number of the cabinet, layer and slot; None when it names a volume. PaperNumberInvalid if misread."""
    kind, body = read_paper_number(text)
    if kind != "slot":
        return None
    return body // _CABINET, body % _CABINET // _LAYER, body % _LAYER


def volume_digest(volume: Volume, dossier_no: str, name: str) -> str:
    """First 16 hex digits over what a volume's label says: another digest shows that the label is out of date.

    The volume's id, which no paper carries, goes in too, so that nobody can try names against it.
    """
    return _digest(
        {"volume": volume.volume_id, "dossier_no": dossier_no, "name": name, "kind": volume.kind, "no": volume.no}
    )


def slot_digest(cabinet: Cabinet, layer: int, slot: int) -> str:
    """The same for the label of a slot."""
    place = {"cabinet": cabinet.cabinet_id, "room": cabinet.room_code, "code": cabinet.code}
    return _digest({**place, "layer": layer, "slot": slot})


def _digest(state: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(state)).hexdigest()[:16]


def address(public_url: str, code: str, digest: str) -> str:
    """What the QR code holds. It opens nothing by itself: whoever follows it signs in and needs the right."""
    return f"{public_url.rstrip('/')}/v1/labels/{code}?digest={digest}"


def volume_label(shown: ShownVolume, public_url: str) -> Label:
    """Dossier number, name, 正本 or 副本 with its number, and the categories."""
    volume = shown.volume
    first, last = volume.first_category, volume.last_category
    categories = f"第{first}类" if first == last else f"第{first}–{last}类"
    kind = f"{_KINDS[volume.kind]} 第{volume.no}卷（共{shown.volumes_in_set}卷）"
    return Label(
        kind="volume",
        headline=shown.dossier_no,
        name=shown.name,
        note=f"{kind} {categories}",
        code=volume.code,
        address=address(public_url, volume.code, volume_digest(volume, shown.dossier_no, shown.name)),
    )


def slot_label(cabinet: Cabinet, layer: int, slot: int, public_url: str) -> Label:
    """Room, cabinet, layer and slot (库房·柜·层·格)."""
    code = slot_number(cabinet, layer, slot)
    return Label(
        kind="slot",
        headline=f"{cabinet.room_code}·{cabinet.code}",
        name=f"{layer}层 {slot}格",
        note="库房·柜·层·格",
        code=code,
        address=address(public_url, code, slot_digest(cabinet, layer, slot)),
    )


def draw_labels(document: LabelsDocument, fonts_dir: Path) -> bytes:
    """The PDF/A-3b. For a process pool; GlyphMissing names the text and the character that no shipped font has."""
    data = document.members()
    for label in data["labels"]:
        label["bars"], label["qr"] = code128(label["code"]), qr_rows(label["address"])
    return compile_pdf(document.source(), data, fonts_dir=fonts_dir, timestamp=document.issued_at)
