"""Signed answers that are no documents: ids and codes under a signature, each with a `typ` of its own."""

from collections.abc import Mapping
from typing import Final

CLEARANCE_TYP: Final = "dangan-clearance+jws"
"""`typ` of a signed answer of the gate; it never passes for another paper of the house."""
AGENDA_TYP: Final = "dangan-agenda-check+jws"
"""`typ` of a signed list of a meeting; it never passes for a clearance."""

ANSWERS: Final[Mapping[str, str]] = {CLEARANCE_TYP: "任前审核结论 clearance", AGENDA_TYP: "上会名单审核 agenda check"}
"""Every one of them, as a person calls it."""
