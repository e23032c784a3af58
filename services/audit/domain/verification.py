"""Verification of education and degrees before filing (先验证学历、学位证书再进档, seed 000).

A certificate waits until the report of whoever issued or registers it is there. A report that confirms lets the
appraisal go on; one that refuses ends it with the return code `not_verified`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

NOT_VERIFIED: Final = "not_verified"
"""The return code of a certificate that its report refused."""

Result = Literal["confirmed", "refused"]


class Verification(StrEnum):
    """How it stands with the report on one material."""

    NOT_NEEDED = "not_needed"
    WANTED = "wanted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
