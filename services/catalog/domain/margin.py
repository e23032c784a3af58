"""The binding margin (装订边): whether a page can be punched as it is, or wants an edge added (加边)."""

from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["ok", "narrow", "needs_edge", "unmeasured"]
"""`narrow` is a warning; `unmeasured` is a scan that does not decode."""

NOT_OK: Final = ("narrow", "needs_edge")


@dataclass(frozen=True)
class MarginRule:
    """Millimetres from the left edge of the paper (R09: 20 to 25 mm; under 20 an edge is added)."""

    needs_edge_below_mm: float
    narrow_below_mm: float


@dataclass(frozen=True)
class MarginFacts:
    """What a scan shows: where the writing begins, and whether any stands where the holes are punched.

    `margin_mm` is None for a page without writing.
    """

    margin_mm: float | None
    ink_in_line: bool
    dpi: float


def judge_margin(facts: MarginFacts, rule: MarginRule) -> Verdict:
    """Whether the paper can be punched. Writing in the binding line needs an edge, however far the rest stands."""
    if facts.ink_in_line:
        return "needs_edge"
    if facts.margin_mm is None or facts.margin_mm >= rule.narrow_below_mm:
        return "ok"
    return "needs_edge" if facts.margin_mm < rule.needs_edge_below_mm else "narrow"
