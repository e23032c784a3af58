"""Fill an LRMX file from the current facts: what it said and what still holds stays exactly as it was written."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from contracts.values.id_number import IdNumber
from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import Facts
from services.catalog.domain.lrmx_diff import PAIRED, entries_of_file
from services.catalog.domain.lrmx_file import FAMILY, ITEM, ROOT, Element, read_lrmx, write_lrmx
from services.catalog.domain.lrmx_form import FAMILY_MEMBERS, FORM_ONLY, LABELS, digits, form_of
from services.catalog.domain.lrmx_read import tell

_INDENT: Final = "\n  "


def write_form(
    facts: Facts, content: bytes | None, number: IdNumber | None, show_number: bool, photo: bytes | None
) -> bytes:
    """The form as a file: `content`, the one imported last, as far as it holds. Work for a worker."""
    base = read_lrmx(content) if content is not None else None
    picture = base64.b64encode(photo).decode() if photo else None
    filled = fill(facts, base, number=number, show_number=show_number, photo=picture)
    return content if filled is None and content is not None else write_lrmx(filled or Element(ROOT))


def fill(
    facts: Facts, base: Element | None, *, number: IdNumber | None, show_number: bool, photo: str | None
) -> Element | None:
    """The form filled in; None when the base says it all already and may leave as the bytes that it is.

    `base` is the file imported last; its order, its unknown elements and what belongs to the form itself are kept.
    Without `show_number` the number is left blank. `photo` is the photograph in base64.
    """
    root = base or Element(ROOT, _INDENT)
    stale = _stale(facts, root, number)
    form: dict[str, str] = {**form_of(facts), "ShenFenZheng": "", "ZhaoPian": photo or ""}
    if show_number and number is not None:
        form["ShenFenZheng"] = number.reveal()
    if not show_number and (held := root.child("ShenFenZheng")) and held.plain:
        stale.add("ShenFenZheng")
    if base is not None and not stale:
        return None
    children = [_told(one, form, facts) if one.name in stale else one for one in root.children]
    missing = [name for name in LABELS if root.child(name) is None and (base is None or name in stale)]
    return replace(root, children=tuple(_with_missing(children, missing, form, facts)))


def _stale(facts: Facts, root: Element, number: IdNumber | None) -> set[str]:
    """Elements of which the facts say something else, or something where the file is blank."""
    told = tell(root, "")
    changes = entries_of_file(told, facts, known_number=number)
    stale = {element for element, entries in changes.items() if entries}
    stale |= {pair for pair, element in PAIRED.items() if element in stale}
    form = form_of(facts)
    for element, text in form.items():
        owner = PAIRED.get(element, element)
        blank = owner not in told.fields and owner not in told.faults
        if text and blank and not (number is None and element == "ShenFenZheng"):
            stale.add(element)
    return stale


def _told(element: Element, form: Mapping[str, str], facts: Facts) -> Element:
    if element.name == FAMILY:
        return replace(_family(facts), attributes=element.attributes, tail=element.tail)
    return replace(element, text=form[element.name], children=())


def _with_missing(children: list[Element], missing: list[str], form: Mapping[str, str], facts: Facts) -> list[Element]:
    """Elements that the file does not have, each behind the one that stands before it in the form."""
    order = list(LABELS)
    for name in missing:
        text = "" if name in FORM_ONLY else form[name]
        made = _family(facts) if name == FAMILY else Element(name, text)
        before = {one: at for at, one in enumerate(order[: order.index(name)])}
        at = max((place + 1 for place, one in enumerate(children) if one.name in before), default=0)
        children.insert(at, replace(made, tail=_INDENT))
    if children and missing:
        children[-1] = replace(children[-1], tail="\n")
    return children


def _family(facts: Facts) -> Element:
    items: list[Element] = []
    for fact in facts.of("family"):
        born = fact.value["birth_date"]
        texts = {**fact.value, "birth_date": digits(PartialDate.model_validate(born)) if born else ""}
        cells = tuple(Element(name, texts[member] or "", tail="\n      ") for name, member in FAMILY_MEMBERS.items())
        cells = (*cells[:-1], replace(cells[-1], tail="\n    "))
        items.append(Element(ITEM, "\n      ", cells, tail="\n    "))
    if not items:
        return Element(FAMILY)
    items[-1] = replace(items[-1], tail=_INDENT)
    return Element(FAMILY, "\n    ", tuple(items))
