"""A title as the catalogue writes it: normalised and rewritten, while the paper's own wording is kept beside it.

Only form is changed: width, white space, enclosing 《》, words of forms in traditional or variant characters, dates in
Chinese numerals, and what the rule file rewrites. A name in a title keeps its characters (seed 000: no homophone, no
simplification of a name), so variants are replaced by whole words of forms and never one by one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.catalog.domain.classification import suggest_category
from services.catalog.domain.scheme import Scheme

Wording = Literal["as_written", "rewritten", "supplied"]

_ZERO: Final = "〇○零0"
_DIGITS: Final = {**dict.fromkeys(_ZERO, "0"), **{c: str(n) for n, c in enumerate("一二三四五六七八九", start=1)}}
_WIDE: Final = {
    **{code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))},
    ord("("): "（",
    ord(")"): "）",
    ord("〈"): "《",
    ord("〉"): "》",
}
# Radicals that stand for a character in texts read by a machine (⼈ for 人).
_RADICAL: Final = re.compile("[\u2e80-\u2fd5]")
# The year must be of this or the last century: 一二三四年级 is no date.
_YEAR: Final = re.compile(
    f"(?<![{_ZERO}一二三四五六七八九0-9])((?:一九|二[〇○零0]|1九|一9|2[〇○零])[{_ZERO}一二三四五六七八九0-9]{{2}})(?=年)"
)
_MONTH: Final = re.compile(r"(?<=\d{4}年)([一二三四五六七八九十]{1,2})(?=月)")
_DAY: Final = re.compile(r"(?<=\d月)([一二三四五六七八九十]{1,3})(?=[日号])")
_SPACE: Final = re.compile(r"\s+")
_LATIN_GAP: Final = re.compile(r"(?<=[!-~]) (?=[!-~])")
_ENDS: Final = " 。；;，,、：:"
_BRACKETED: Final = re.compile(r"（[^（）]*）$")
_ISSUER: Final = re.compile(r"^[^关《]{2,60}(?=关于)")
_ROUNDS: Final = 8
_MOST: Final = 200


@dataclass(frozen=True)
class Rewrite:
    """What the rule file writes another way: `pattern` becomes `replacement`."""

    pattern: re.Pattern[str]
    replacement: str


@dataclass(frozen=True)
class TitleForm:
    """How this office's catalogue writes titles: `longest` in characters, before a shorter one is proposed."""

    longest: int
    variants: Mapping[str, str]
    rewrites: tuple[Rewrite, ...]


def catalogue_title(original: str, form: TitleForm) -> str:
    """The catalogue's form of a title. Writing it twice changes nothing more; it is empty only if `original` is."""
    title = original
    for _ in range(_ROUNDS):
        rewritten = _once(title, form)
        if rewritten == title:
            break
        title = rewritten
    return title if len(title) <= _MOST else original


def wording(title: str, original: str, form: TitleForm) -> Wording:
    """Where the catalogue's title comes from: the paper's words, the same in the catalogue's form, or supplied."""
    if title == original:
        return "as_written"
    return "rewritten" if title == catalogue_title(original, form) else "supplied"


def propose_shorter(title: str, scheme: Scheme, form: TitleForm) -> str | None:
    """A shorter title for one that is over-long (section 5), for the archivist to take or leave; None if none is known.

    The remark in brackets at the end goes first, then who issued it before 关于. A proposal that would be filed
    elsewhere is none.
    """
    if len(title) <= form.longest:
        return None
    found = suggest_category(title, scheme)
    shorter = title
    for part in (_BRACKETED, _ISSUER):
        shorter = part.sub("", shorter)
        if shorter and len(shorter) <= form.longest:
            same = suggest_category(shorter, scheme)
            alike = (found.category if found else None) == (same.category if same else None)
            return shorter if alike else None
    return None


def _once(title: str, form: TitleForm) -> str:
    text = unicodedata.normalize("NFC", title)
    text = _RADICAL.sub(lambda hit: unicodedata.normalize("NFKC", hit[0]), text).translate(_wide(text))
    text = _plain_spaces(text)
    for written, wanted in form.variants.items():
        text = text.replace(written, wanted)
    text = _YEAR.sub(lambda hit: "".join(_DIGITS.get(char, char) for char in hit[1]), text)
    text = _DAY.sub(_numbered(31), _MONTH.sub(_numbered(12), text))
    text = _without_marks(text.strip(_ENDS))
    for rewrite in form.rewrites:
        text = rewrite.pattern.sub(rewrite.replacement, text)
    return text or title


def _wide(text: str) -> Mapping[int, int | str]:
    """Brackets are widened in a Chinese title only."""
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text)
    return _WIDE if chinese else {code: to for code, to in _WIDE.items() if code > 0x7F}


def _plain_spaces(text: str) -> str:
    """No white space, but one blank inside Latin text."""
    single = _SPACE.sub(" ", text)
    gaps = {gap.start() for gap in _LATIN_GAP.finditer(single)}
    return "".join(char for at, char in enumerate(single) if char != " " or at in gaps)


def _without_marks(text: str) -> str:
    """Book-title marks that enclose the whole title say nothing; inside it they name another document."""
    inner = text[1:-1]
    return inner if text[:1] == "《" and text[-1:] == "》" and "《" not in inner and inner else text


def _numbered(highest: int) -> Callable[[re.Match[str]], str]:
    def write(hit: re.Match[str]) -> str:
        number = _count(hit[1])
        return str(number) if number and number <= highest else hit[1]

    return write


def _count(numeral: str) -> int | None:
    """一 … 三十一 as a number; None for what is none."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int(_DIGITS[ones]) if len(ones) == 1 else None
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return None
    return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)
