"""What an LRMX file tells, field by field, as values of facts. An empty or missing element tells nothing."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from contracts.problems import FieldFault
from contracts.values.id_number import IdNumber, IdNumberInvalid
from contracts.values.partial_date import NotADate, PartialDate, parse_typed
from services.catalog.domain.fact_values import SHAPES, as_json
from services.catalog.domain.facts import FactKind
from services.catalog.domain.lrmx_file import FAMILY, ITEM, ROOT, Element, read_lrmx
from services.catalog.domain.lrmx_form import COMMUNIST, FAMILY_MEMBERS, FORM_ONLY, LABELS, MODES

MOST_LINES: Final = 200
"""Lines of one field, or relatives; the form has room for a tenth of it."""
_NONE: Final = frozenset(("无", "(无)", "（无）"))
_RESUME: Final = re.compile(r"(\d{4}[.．年]\d{1,2}月?)\s*[-–—－~～]+\s*(\d{4}[.．年]\d{1,2}月?|至今)?\s*(\S.*)")
_GRADE: Final = "优秀|称职|合格|良好|基本称职|基本合格|不称职|不合格|不定等次|不确定等次"
_YEAR: Final = re.compile(rf"(\d{{4}})年?(?:度)?(?:年度)?(?:考核)?(?:结果)?(?:均?为)?({_GRADE})")
_TEXTS: Final[Mapping[str, FactKind]] = {
    "XingMing": "name",
    "MinZu": "ethnicity",
    "JiGuan": "native_place",
    "ChuShengDi": "birth_place",
    "JianKangZhuangKuang": "health",
    "ZhuanYeJiShuZhiWu": "technical_title",
    "ShuXiZhuanYeYouHeZhuanChang": "speciality",
}
_DATES: Final[Mapping[str, FactKind]] = {"ChuShengNianYue": "birth_date", "CanJiaGongZuoShiJian": "work_start"}


@dataclass(frozen=True)
class Told:
    """One fact that the file tells. `sort_date` is where an undated line of the résumé stands."""

    kind: FactKind
    value: Mapping[str, Any]
    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    sort_date: str | None = None
    number: IdNumber | None = None


@dataclass(frozen=True)
class Photo:
    """A photograph out of the file."""

    content: bytes
    digest: str
    media_type: str


@dataclass
class LrmxTold:
    """All that a file tells: facts by element (an empty list says that there is none), what is wrong by element,
    and the names of elements that no field knows."""

    fields: dict[str, list[Told]]
    faults: dict[str, list[FieldFault]]
    photo: Photo | None
    unknown: list[str]


class _Fault(Exception):
    def __init__(self, code: str, where: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.where, self.params = code, where, params


def read_form(content: bytes, blob_unit_id: str) -> LrmxTold:
    """Read a file and all its fields: work for a worker, since a file may have a megabyte."""
    return tell(read_lrmx(content), blob_unit_id)


def tell(root: Element, blob_unit_id: str) -> LrmxTold:
    """Read every field; a fault of one leaves the others."""
    told = LrmxTold({}, {}, None, [one.name for one in root.children if one.name not in LABELS])
    for element, read in _readers(root, told, blob_unit_id).items():
        try:
            found = read()
        except _Fault as fault:
            told.faults[element] = [FieldFault(f"/{ROOT}/{element}{fault.where}", fault.code, fault.params or None)]
            continue
        except ValidationError as error:
            told.faults[element] = [FieldFault(f"/{ROOT}/{element}", _code(error))]
            continue
        if found is not None:
            told.fields[element] = found
    return told


def _code(error: ValidationError) -> str:
    kind = error.errors(include_url=False, include_input=False)[0]["type"]
    return kind if kind in ("too-long", "control-character", "date-impossible") else "invalid"


def _readers(root: Element, told: LrmxTold, unit_id: str) -> dict[str, Callable[[], list[Told] | None]]:
    def line(element: str) -> str:
        found = root.child(element)
        return " ".join(found.text.split()) if found else ""

    def lines(element: str) -> list[str]:
        found = root.child(element)
        held = [text for part in (found.text if found else "").splitlines() if (text := part.strip())]
        if len(held) > MOST_LINES:
            raise _Fault("too-many", max=MOST_LINES)
        return held

    readers: dict[str, Callable[[], list[Told] | None]] = {}
    for element, kind in _TEXTS.items():
        readers[element] = lambda element=element, kind=kind: _text(kind, line(element))
    for element, kind in _DATES.items():
        readers[element] = lambda element=element, kind=kind: _date(kind, line(element))
    readers["XingBie"] = lambda: _sex(line("XingBie"))
    readers["RuDangShiJian"] = lambda: _party(line("RuDangShiJian"))
    for prefix, mode in MODES.items():
        readers[f"{prefix}_XueLi"] = lambda p=prefix, m=mode: _school("education", "level", p, "XueLi", m, line)
        readers[f"{prefix}_XueWei"] = lambda p=prefix, m=mode: _school("degree", "degree", p, "XueWei", m, line)
    readers["XianRenZhiWu"] = lambda: _text("post", line("XianRenZhiWu"))
    readers["JianLi"] = lambda: _resume(lines("JianLi"))
    readers["JiangChengQingKuang"] = lambda: _rewards(lines("JiangChengQingKuang"))
    readers["NianDuKaoHeJieGuo"] = lambda: _assessments(line("NianDuKaoHeJieGuo"))
    readers[FAMILY] = lambda: _family(root.child(FAMILY))
    readers["ShenFenZheng"] = lambda: _number(line("ShenFenZheng"))
    readers["ZhaoPian"] = lambda: _photo(root.child("ZhaoPian"), told, unit_id)
    return readers


def _fact(kind: FactKind, value: Mapping[str, Any], **members: Any) -> Told:
    return Told(kind, as_json(SHAPES[kind].model_validate(value)), **members)


def _text(kind: FactKind, text: str) -> list[Told] | None:
    if not text:
        return None
    return [_fact(kind, {"title" if kind == "post" else "text": text})]


def _partial(text: str, where: str = "") -> PartialDate:
    try:
        return parse_typed(text)
    except NotADate:
        raise _Fault("date-impossible", where) from None


def _date(kind: FactKind, text: str) -> list[Told] | None:
    return [_fact(kind, {"date": _partial(text)})] if text else None


def _sex(text: str) -> list[Told] | None:
    if not text:
        return None
    sex = {"男": "male", "女": "female"}.get(text)
    if sex is None:
        raise _Fault("invalid")
    return [_fact("sex", {"sex": sex})]


def _party(text: str) -> list[Told] | None:
    """A date is that of joining the Communist Party; a name is that of another party, or of none (无党派, 群众)."""
    parts = [part.strip() for part in re.split(r"[；;]", text) if part.strip()]
    if not parts:
        return None
    if not re.search(r"\d", parts[0]):
        return [_fact("party", {"party": parts[0], "also": parts[1] if len(parts) > 1 else None})]
    also = "；".join(parts[1:]) or None
    return [_fact("party", {"party": COMMUNIST, "joined_on": _partial(parts[0]), "also": also})]


def _school(
    kind: FactKind, member: str, prefix: str, what: str, mode: str, line: Callable[[str], str]
) -> list[Told] | None:
    level, school = line(f"{prefix}_{what}"), line(f"{prefix}_{what}_BiYeYuanXiaoXi")
    if level in _NONE or not level:
        if school:
            raise _Fault("required")
        return None
    return [_fact(kind, {"mode": mode, member: level, "school": school or None})]


def _resume(lines: Sequence[str]) -> list[Told] | None:
    if not lines:
        return None
    found: list[Told] = []
    stands_at = "00000000"
    for number, text in enumerate(lines):
        match = _RESUME.fullmatch(text)
        if match is None:
            found.append(_fact("resume", {"text": text}, sort_date=stands_at))
            continue
        since = _partial(match[1], f"/{number}")
        until = _partial(match[2], f"/{number}") if match[2] and match[2] != "至今" else None
        stands_at = since.sort_key
        found.append(_fact("resume", {"text": match[3]}, valid_from=since, valid_to=until))
    return found


def _rewards(lines: Sequence[str]) -> list[Told] | None:
    if not lines:
        return None
    if len(lines) == 1 and lines[0] in _NONE:
        return []
    return [_fact("reward", {"type": "stated", "text": text}) for text in lines]


def _assessments(text: str) -> list[Told] | None:
    """Years with their grades where the whole text is that; else the text as it stands."""
    if not text or text in _NONE:
        return None
    parts = [part for part in re.split(r"[，,、；;。\s]+", text) if part]
    matches = [_YEAR.fullmatch(part) for part in parts]
    years = [match[1] for match in matches if match]
    if len(years) == len(parts) == len(set(years)):
        told = [_fact("assessment", {"year": int(match[1]), "grade": match[2]}) for match in matches if match]
        return sorted(told, key=lambda one: one.value["year"])
    return [_fact("assessments_stated", {"text": text})]


def _family(element: Element | None) -> list[Told] | None:
    items = [item for item in (element.children if element else ()) if item.name == ITEM]
    if len(items) > MOST_LINES:
        raise _Fault("too-many", max=MOST_LINES)
    found: list[Told] = []
    for number, item in enumerate(items):
        texts = {name: " ".join(child.text.split()) for name in FAMILY_MEMBERS if (child := item.child(name))}
        if not any(texts.values()):
            continue
        for name in ("ChengWei", "XingMing"):
            if not texts.get(name):
                raise _Fault("required", f"/{number}/{name}")
        value: dict[str, Any] = {FAMILY_MEMBERS[name]: text or None for name, text in texts.items()}
        if born := texts.get("ChuShengRiQi"):
            value["birth_date"] = _partial(born, f"/{number}/ChuShengRiQi")
        found.append(_fact("family", value))
    return found or None


def _number(text: str) -> list[Told] | None:
    if not text:
        return None
    try:
        number = IdNumber(text)
    except IdNumberInvalid:
        raise _Fault("id-number-invalid") from None
    return [Told("id_number", {"masked": number.masked}, number=number)]


def _photo(element: Element | None, told: LrmxTold, unit_id: str) -> list[Told] | None:
    text = "".join(element.text.split()) if element else ""
    if not text:
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _Fault("base64-invalid") from None
    if content.startswith(b"\xff\xd8\xff"):
        media_type = "image/jpeg"
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        media_type = "image/png"
    else:
        raise _Fault("image-unknown")
    told.photo = Photo(content, hashlib.sha256(content).hexdigest(), media_type)
    value = {"digest": told.photo.digest, "media_type": media_type, "bytes": len(content), "blob_unit_id": unit_id}
    return [_fact("photo", value)]


KNOWN: Final = frozenset(LABELS) - FORM_ONLY
