"""What each of the five checks fails for (鉴别五项), and the code under which it goes back (seed 000; R09)."""

from __future__ import annotations

import pytest

from services.audit.domain.decision import checked_outcome
from tests.services.audit.builders import RULES

FAILURES = [
    # A1 是否属于归档范围
    ("A1", "no class rule takes it", "not_in_scope"),
    ("A1", "duplicate", "duplicate"),
    ("A1", "working paper", "working_paper"),
    # A2 签字盖章手续完备、办理完毕
    ("A2", "missing signature", "signature_missing"),
    ("A2", "missing seal", "seal_missing"),
    ("A2", "missing date", "date_missing"),
    ("A2", "missing approval; class 3 without the organisation's opinion", "approval_missing"),
    ("A2", "seal not legible", "seal_illegible"),
    ("A2", "seal of no unit of the directory", "seal_unknown_unit"),
    ("A2", "unfinished matter", "unfinished"),
    ("A2", "education or degree not verified", "not_verified"),
    ("A2", "copy without its date or seal (R09)", "copy_unmarked"),
    # A3 材料齐全完整
    ("A3", "missing pages", "pages_missing"),
    ("A3", "missing annex", "annex_missing"),
    ("A3", "half of a set: 任免表 without 考察材料", "set_incomplete"),
    # A4 对象明确，有无张冠李戴、错装混装
    ("A4", "another person's", "other_person"),
    ("A4", "错装混装", "mixed_materials"),
    ("A4", "name, birth, work start or party date differs from the dossier (R09)", "facts_differ"),
    # A5 字迹清晰、有无涂改、书写规范
    ("A5", "unreadable", "unreadable"),
    ("A5", "forbidden ink, pencil", "forbidden_ink"),
    ("A5", "alteration", "alteration"),
]


@pytest.mark.parametrize(("check", "fails_when", "code"), FAILURES, ids=[row[2] for row in FAILURES])
def test_each_failure_has_its_code_and_its_check(check: str, fails_when: str, code: str):
    """The department reads why, in both languages; an auditor may reject for it."""
    told = RULES.return_codes[code]
    assert told.check == check, fails_when
    assert told.zh
    assert told.en
    assert checked_outcome("reject", (code,), RULES.return_codes) == "reject"


def test_each_check_may_fail_without_a_finer_code():
    """A1 to A5 themselves."""
    assert all(RULES.return_codes[check].check == check for check in ("A1", "A2", "A3", "A4", "A5"))
