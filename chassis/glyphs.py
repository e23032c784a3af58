"""Which characters a font can draw. A typesetter falls back in silence; a name must not."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from contracts import problems

# Laid out, never drawn: line ends and the marks that only join or direct.
_UNDRAWN = frozenset({0x09, 0x0A, 0x0D, 0x200B, 0x2060, 0xFEFF})


class GlyphMissing(Exception):
    """A character that no shipped font has. It may hold a person's name, so it is answered, never logged.

    `name` is the text that it stands in, `pointer` the place of that text in the data to be printed.
    A plain exception, because it crosses from a worker process; `refusal` is its face at the edge.
    """

    def __init__(self, name: str, char: str, pointer: str = "") -> None:
        super().__init__(name, char, pointer)
        self.name = name
        self.char = char
        self.pointer = pointer

    def __str__(self) -> str:
        return f"{self.pointer or 'text'}: U+{ord(self.char):04X}"

    def refusal(self) -> problems.GlyphMissing:
        """The same as a refusal of the problem catalogue."""
        return problems.GlyphMissing(where=self.name, char=self.char)


@lru_cache(maxsize=8)
def font_characters(font: Path) -> frozenset[int]:
    """The code points that the font's character map covers, planes beyond the first included."""
    from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]

    with TTFont(font, lazy=True) as face:
        return frozenset(face.getBestCmap() or ())


def missing_glyphs(text: str, fonts: Path) -> list[str]:
    """The characters of the text that no font has, each once, in order of appearance.

    `fonts` is a font file, or a directory of them.
    """
    known = _characters(fonts)
    if known.issuperset(text):
        return []
    return list(dict.fromkeys(c for c in text if c not in known))


def require_glyphs(data: Any, fonts: Path) -> None:
    """Raise `GlyphMissing` for the first character, in any string of this JSON-like value, without a glyph."""
    for pointer, text in _strings(data, ""):
        if missing := missing_glyphs(text, fonts):
            raise GlyphMissing(text, missing[0], pointer)


@lru_cache(maxsize=8)
def _characters(fonts: Path) -> frozenset[str]:
    """What need not be missed: characters with a glyph, and those that are never drawn."""
    files = sorted(fonts.glob("*.[ot]tf")) if fonts.is_dir() else [fonts]
    if not files:
        raise FileNotFoundError(f"no font file in {fonts}")
    return frozenset(map(chr, _UNDRAWN.union(*(font_characters(file) for file in files))))


def _strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, member in cast("Mapping[str, Any]", value).items():
            yield from _strings(member, f"{pointer}/{key}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for index, member in enumerate(cast("Sequence[Any]", value)):
            yield from _strings(member, f"{pointer}/{index}")
