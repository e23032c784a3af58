"""A change that is only tried (`validate_only`): every check and every statement, and then nothing of it stays."""

from __future__ import annotations

from typing import Any


class Tried(Exception):
    """Raised within the transaction when all went well, so that it is rolled back; `result` is the answer."""

    def __init__(self, result: Any) -> None:
        super().__init__("only tried")
        self.result = result
