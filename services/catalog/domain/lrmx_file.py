"""An LRMX file (任免审批表 3.x): bytes to a tree of elements and back.

Nothing of the file is lost: elements that no field knows, attributes and order are kept. A DTD, an entity or a
processing instruction is refused, so that nothing outside the file is read and nothing grows in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from contracts.problems import FieldFault, ValidationFailed

ROOT: Final = "Person"
FAMILY: Final = "JiaTingChengYuan"
ITEM: Final = "Item"
_MOST_ELEMENTS: Final = 5000
_DEEPEST: Final = 12
_BOM: Final = b"\xef\xbb\xbf"
_DECLARATION: Final = re.compile(rb"^\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_CHINESE: Final = frozenset(("gbk", "gb2312", "gb18030", "cp936", "ms936"))


@dataclass(frozen=True)
class Element:
    """One element: its text before the first child, its children, and what follows it up to the next tag."""

    name: str
    text: str = ""
    children: tuple["Element", ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    tail: str = ""

    def child(self, name: str) -> "Element | None":
        """The first child of this name."""
        return next((one for one in self.children if one.name == name), None)

    @property
    def plain(self) -> str:
        """The text without white space at its ends: `<X/>`, `<X></X>` and a line break alone are all empty."""
        return self.text.strip()


def read_lrmx(content: bytes) -> Element:
    """The root element; refused with a fault that says what to do when it is no LRMX file."""
    root = _Reading().read(_decoded(content))
    if root.name != ROOT:
        raise _refused("", "xml-root", expected=ROOT)
    seen: set[str] = set()
    for one in root.children:
        if one.name in seen:
            raise _refused(f"/{ROOT}/{one.name}", "duplicate")
        seen.add(one.name)
    return root


def write_lrmx(root: Element) -> bytes:
    """The file in UTF-8."""
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + _written(replace(root, tail="")) + "\n").encode()


def _refused(pointer: str, code: str, **params: Any) -> ValidationFailed:
    return ValidationFailed(errors=[FieldFault(pointer, code, params)])


def _decoded(content: bytes) -> str:
    """The text in the encoding that the file declares; GBK is taken where it is declared, and never guessed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    else:
        declared = _DECLARATION.match(content.removeprefix(_BOM)[:200])
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in _CHINESE:
        name = "gb18030"
    elif name not in ("utf-8", "utf8", "utf-16", "us-ascii", "ascii"):
        raise _refused("", "encoding-unknown")
    try:
        text = content.removeprefix(_BOM).decode(name)
    except UnicodeDecodeError:
        raise _refused("", "encoding-invalid", encoding=name) from None
    # The text is Unicode now: what the declaration says of bytes no longer holds.
    return re.sub(r"^\s*<\?xml\s[^>]*\?>", "", text, count=1)


class _Reading:
    def __init__(self) -> None:
        self._open: list[tuple[str, dict[str, str], list[str], list[Element]]] = []
        self._count = 0
        self._root: Element | None = None
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.ExternalEntityRefHandler = self._forbidden
        parser.ProcessingInstructionHandler = self._forbidden
        self._parser = parser

    def read(self, text: str) -> Element:
        try:
            self._parser.Parse(text.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            raise _refused("", "xml-malformed", line=error.lineno) from None
        if self._root is None:
            raise _refused("", "xml-malformed", line=1)
        return self._root

    def _forbidden(self, *_: Any) -> int:
        raise _refused("", "xml-entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) >= _DEEPEST:
            raise _refused("", "too-many", max=_MOST_ELEMENTS)
        self._open.append((name, attributes, [], []))

    def _characters(self, text: str) -> None:
        if not self._open:
            return
        _, _, own, children = self._open[-1]
        if children:
            children[-1] = replace(children[-1], tail=children[-1].tail + text)
        else:
            own.append(text)

    def _end(self, name: str) -> None:
        _, attributes, text, children = self._open.pop()
        element = Element(name, "".join(text), tuple(children), attributes)
        if self._open:
            self._open[-1][3].append(element)
        else:
            self._root = element


def _written(element: Element) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attributes.items())
    inside = _escaped(element.text) + "".join(_written(child) for child in element.children)
    return f"<{element.name}{attributes}>{inside}</{element.name}>{_escaped(element.tail)}"


def _escaped(text: str) -> str:
    # A bare carriage return would come back as a line feed.
    return escape(text, {"\r": "&#13;"})
