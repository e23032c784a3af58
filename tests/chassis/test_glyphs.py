"""A character that the shipped font lacks is found before anything is printed."""

from fontTools.ttLib import TTFont

from chassis.glyphs import missing_glyphs
from deploy.fonts import FONT_FAMILY, FONT_FILE, FONTS_DIR, font_is_intact


def test_the_shipped_font_is_the_one_that_documents_are_drawn_with() -> None:
    assert font_is_intact()
    assert TTFont(FONT_FILE)["name"].getDebugName(1) == FONT_FAMILY
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS_DIR / "OFL.txt").read_text()


def test_rare_characters_of_names_are_there() -> None:
    """Beyond the first plane too: 𬍛 and 𫖯 stand in names of today."""
    assert missing_glyphs("喆堃淼鑫镕㛃䶮𬍛𫖯·〔2026〕（一）\n", FONT_FILE) == []


def test_a_missing_character_is_named_once_in_order() -> None:
    assert missing_glyphs("𠮷田𠮷\U0001f600", FONT_FILE) == ["𠮷", "\U0001f600"]
