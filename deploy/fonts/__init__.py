"""The one text font that Dangan ships: Noto Serif SC Regular, whole, under the SIL Open Font License 1.1.

The file is not subset, because names hold rare characters. Documents are compared byte for byte, so the
font's digest is part of what makes a document repeatable: another file under this name draws other bytes.
"""

import hashlib
from pathlib import Path

FONTS_DIR = Path(__file__).parent
FONT_FILE = FONTS_DIR / "NotoSerifSC-Regular.ttf"
FONT_FAMILY = "Noto Serif SC"
FONT_SHA256 = "c358a69de3df5f423a8946a7b03e3126fb6ba116f1130a463455b4e39e1f0742"


def font_is_intact() -> bool:
    """Whether the shipped file is the one that documents were drawn with until now."""
    return hashlib.sha256(FONT_FILE.read_bytes()).hexdigest() == FONT_SHA256
