"""Which characters a font can draw. A typesetter falls back in silence; a name must not."""

from functools import lru_cache
from pathlib import Path

# Laid out, never drawn: line ends and the marks that only join or direct.
_UNDRAWN = frozenset({0x09, 0x0A, 0x0D, 0x200B, 0x2060, 0xFEFF})


class GlyphMissing(Exception):
    """A character that no shipped font has; `name` says in whose text or which field it stands."""

    def __init__(self, name: str, char: str) -> None:
        super().__init__(name, char)
        self.name = name
        self.char = char

    def __str__(self) -> str:
        return f"{self.name}: U+{ord(self.char):04X}"


@lru_cache(maxsize=8)
def font_characters(font: Path) -> frozenset[int]:
    """The code points that the font's character map covers, planes beyond the first included."""
    from fontTools.ttLib import TTFont  # pyright: ignore[reportMissingTypeStubs]

    with TTFont(font, lazy=True) as face:
        return frozenset(face.getBestCmap() or ())


def missing_glyphs(text: str, font: Path) -> list[str]:
    """The characters of the text that the font lacks, each once, in order of appearance."""
    known = font_characters(font)
    return list(dict.fromkeys(c for c in text if ord(c) not in known and ord(c) not in _UNDRAWN))
