"""What a decision must hold."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.problems import ValidationFailed
from services.audit.domain.decision import checked_outcome

CODES = ("A3", "seal_missing")


@pytest.mark.parametrize(("asked", "reasons"), [("approve", ()), ("reject", ("A3",)), ("reject", CODES)])
def test_a_whole_decision_passes(asked: Any, reasons: tuple[str, ...]):
    """A yes needs no reason, a no has coded ones."""
    assert checked_outcome(asked, reasons, CODES) == asked


@pytest.mark.parametrize(
    ("asked", "reasons", "faults"),
    [
        ("reject", (), [("/reasons", "too-few")]),
        ("approve", ("A3",), [("/reasons", "contradiction")]),
        ("reject", ("A3", "nonsense"), [("/reasons/1", "not-allowed-value")]),
        ("reject", ("A3", "seal_missing", "A3"), [("/reasons/2", "duplicate")]),
        ("return", (), [("/outcome", "not-allowed-value")]),
        ("return", ("nonsense",), [("/outcome", "not-allowed-value"), ("/reasons/0", "not-allowed-value")]),
        (
            "approve",
            ("x", "x"),
            [("/reasons", "contradiction"), ("/reasons/0", "not-allowed-value"), ("/reasons/1", "not-allowed-value")],
        ),
    ],
)
def test_all_faults_of_a_decision_are_answered_together(
    asked: Any, reasons: tuple[str, ...], faults: list[tuple[str, str]]
):
    """Nobody has to send it again to find the next fault; the values are never repeated."""
    with pytest.raises(ValidationFailed) as refused:
        checked_outcome(asked, reasons, CODES)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == faults
    assert "nonsense" not in str([fault.params for fault in refused.value.errors])
