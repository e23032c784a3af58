"""Patterns of rule files: they must compile, and be done with any title in a moment.

Python's matcher tries every way in which a pattern can be cut up. `(登记表)*`, once it stands inside another `*`, has
more ways than anybody waits for: one such line in a rule file would hold up everybody's filing. What makes that
possible can be seen from the pattern alone, so it is refused when the file is read, the same way every time.
"""

import importlib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from chassis.rules import RuleFault

# The parser that `re` itself uses. It has no public name; the release of Python is fixed (pyproject.toml).
_PARSER: Final[Any] = importlib.import_module("re._parser")

MOST_OPEN: Final = 2
"""Open repeats (`*`, `+`) that one match may go through. Each multiplies the work by the length of the title, and so
does the search for a beginning: two of them leave a title of 200 characters at some milliseconds."""
CLOSED: Final = 20
"""A repeat that ends by this count is no open one: `.{0,6}`."""
MOST_ROUNDS: Final = 3
"""How often something that can itself be matched in several ways may be repeated: `(市|省){1,2}`."""

_REPEATS: Final = frozenset(("MAX_REPEAT", "MIN_REPEAT"))
_NESTED = (
    "重复之中又有重复或选择，遇到某些题名会极慢 a repeat holds another repeat, or a choice: some titles take for ever",
    "去掉外层或内层的 * + {}；单字的选择写成 [甲乙]。"
    "Take away the outer or the inner repeat; write a choice of single characters as [甲乙].",
)
_REFERENCE = (
    "引用前面的分组，遇到某些题名会极慢 it refers back to a group: some titles take for ever",
    "写出要匹配的文字。Write out the text that is meant.",
)
_MANY = (
    f"不限次数的重复超过 {MOST_OPEN} 个，遇到长题名会很慢 more than {MOST_OPEN} open repeats: long titles take long",
    f"改用有上限的重复，如 .{{0,6}}。Give repeats an end of {CLOSED} or less, as in .{{0,6}}.",
)


def check_pattern(pattern: str) -> str:
    """The pattern itself; RuleFault, with the cure, when it does not compile or may run for ever."""
    try:
        re.compile(pattern)
        parsed = _PARSER.parse(pattern)
    except (re.error, OverflowError, RecursionError) as fault:
        reason = f"正则不合语法 the pattern does not compile: {fault}"
        raise RuleFault((), reason, "改正括号或转义。Correct brackets or escapes.") from None
    if _open_repeats(parsed) > MOST_OPEN:
        raise RuleFault((), *_MANY)
    return pattern


def _open_repeats(sequence: Iterable[Any]) -> int:
    """Open repeats on the way through a sequence that has most of them; RuleFault for what is never allowed.

    What stands before a look-ahead multiplies its work; what comes after does not, since it is never looked at again.
    """
    passed, worst = 0, 0
    for op, argument in sequence:
        found = _of_node(str(op), argument)
        if str(op) in ("ASSERT", "ASSERT_NOT"):
            worst = max(worst, passed + found)
        else:
            passed += found
    return max(passed, worst)


def _of_node(op: str, argument: Any) -> int:
    if op in _REPEATS:
        return _of_repeat(*argument)
    if op == "BRANCH":
        return max(_open_repeats(branch) for branch in argument[1])
    if op in ("GROUPREF", "GROUPREF_EXISTS"):
        raise RuleFault((), *_REFERENCE)
    return sum(_open_repeats(inner) for inner in _inner(op, argument))


def _inner(op: str, argument: Any) -> list[Any]:
    """What a group, a look-ahead or an atomic group holds; a character holds nothing."""
    if op == "SUBPATTERN":
        return [argument[-1]]
    if op in ("ASSERT", "ASSERT_NOT"):
        return [argument[1]]
    return [argument] if op == "ATOMIC_GROUP" else [argument[2]] if op == "POSSESSIVE_REPEAT" else []


def _of_repeat(_: int, most: Any, body: Any) -> int:
    inside = _open_repeats(body)
    if (int(most) > MOST_ROUNDS and _has_choice(body)) or (int(most) > 1 and inside):
        raise RuleFault((), *_NESTED)
    return inside + (int(most) > CLOSED)


def _has_choice(sequence: Iterable[Any]) -> bool:
    """Whether one text can be matched by it in several ways, or in several lengths."""
    for op, argument in sequence:
        name = str(op)
        if name == "BRANCH" or (name in _REPEATS and argument[0] != argument[1]):
            return True
        deeper = [argument[2]] if name in _REPEATS else _inner(name, argument)
        if any(_has_choice(inner) for inner in deeper):
            return True
    return False


def _checked(pattern: re.Pattern[str]) -> re.Pattern[str]:
    check_pattern(pattern.pattern)
    return pattern


PatternText = Annotated[str, Field(min_length=1), AfterValidator(check_pattern)]
"""A pattern of a rule file, as text."""
RulePattern = Annotated[re.Pattern[str], AfterValidator(_checked)]
"""The same, compiled."""
