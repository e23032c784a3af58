"""The least formalities of each form (手续完备): what a person looks for on the page before it is filed.

Which form needs which is a rule of the office (`rules/appraisal.toml`); what was found is the person's answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.problems import FieldFault

Found = Literal["present", "missing", "not_applicable"]
"""What a person found of one formality."""


@dataclass(frozen=True)
class Formality:
    """One formality, and the return code for a form that lacks it."""

    code: str
    zh: str
    en: str
    return_code: str


@dataclass(frozen=True)
class Form:
    """A form by the titles that it goes by, with what it must carry at least; `source` says where that stands."""

    id: str
    zh: str
    patterns: tuple[re.Pattern[str], ...]
    needs: tuple[str, ...]
    source: str

    def matches(self, plain: str) -> bool:
        """Whether a title without white space and book-title marks is of this form."""
        return any(pattern.search(plain) for pattern in self.patterns)


def needed(plain_title: str, forms: Sequence[Form], known: Mapping[str, Formality]) -> tuple[Formality, ...]:
    """The least formalities of a title: those of every form that it matches, each once, in the order of the rules."""
    codes = dict.fromkeys(code for form in forms if form.matches(plain_title) for code in form.needs)
    return tuple(known[code] for code in codes)


def faults_of(found: Mapping[str, Found], wanted: Sequence[Formality], *, approves: bool) -> list[FieldFault]:
    """What is wrong with a person's answers; nothing where none were given, as whoever decides answers for all.

    Answers are whole: each formality of the form, and no other. Whoever approves leaves none missing.
    """
    if not found:
        return []
    codes = [one.code for one in wanted]
    faults = [
        FieldFault(f"/formalities/{code}", "not-allowed-value", {"allowed": ", ".join(codes)})
        for code in found
        if code not in codes
    ]
    faults += [FieldFault(f"/formalities/{code}", "required") for code in codes if code not in found]
    if approves:
        faults += [
            FieldFault(f"/formalities/{code}", "contradiction", {"other": "/outcome"})
            for code in codes
            if found.get(code) == "missing"
        ]
    return faults


def reasons_of(found: Mapping[str, Found], wanted: Sequence[Formality]) -> tuple[str, ...]:
    """The return codes of what is missing, each once."""
    return tuple(dict.fromkeys(one.return_code for one in wanted if found.get(one.code) == "missing"))
