"""Which service answers a path: by its first segment, for shared kinds by the letter in the id's prefix."""

import re
from dataclasses import dataclass
from typing import Final

from contracts.values.ids import OWNER_LETTERS

MIB: Final = 1024 * 1024
JSON_BODY_BYTES: Final = 1 * MIB
UPLOAD_BODY_BYTES: Final = 64 * MIB
MAX_PATH_BYTES: Final = 512
OWN: Final = "identity"
"""The gateway's own service: accounts, tasks list, documents."""

_OWNERS: Final[dict[str, str]] = {
    **dict.fromkeys(("persons", "dossiers", "materials", "pages", "removals"), "catalog"),
    **dict.fromkeys(("volumes", "store-rooms", "cabinets", "loose-sheets", "reprints", "labels"), "catalog"),
    **dict.fromkeys(("vocabularies",), "catalog"),
    **dict.fromkeys(("inventories", "processing-records", "processing-needs", "shelf-counts"), "catalog"),
    **dict.fromkeys(("gaps", "findings", "finding-counts"), "catalog"),
    **dict.fromkeys(("managing-authorities",), "catalog"),
    **dict.fromkeys(("reviews", "campaigns", "campaign-dossiers", "pledges", "trainings"), "audit"),
    **dict.fromkeys(("appraisals",), "audit"),
    **dict.fromkeys(("claims", "fact-matrices"), "audit"),
    **dict.fromkeys(("determinations", "meetings", "investigations"), "audit"),
    **dict.fromkeys(("superior-reviews", "superior-review-counts", "feedback-rounds", "spot-checks"), "audit"),
    **dict.fromkeys(("identity-candidates", "identity-decisions"), "audit"),
    **dict.fromkeys(("clearances", "inbound-previews", "scores", "score-bulletins"), "audit"),
    **dict.fromkeys(("consequence-bulletins", "bound-sets"), "audit"),
    **dict.fromkeys(("verification-reports", "quarantines", "alterations", "consequence-counts"), "audit"),
    **dict.fromkeys(("units", "submissions", "submission-items", "uploads", "receipts", "return-notes"), "transfer"),
    **dict.fromkeys(("view-requests", "grants", "usage-entries"), "access"),
    **dict.fromkeys(("me", "stream-tickets", "openapi.json"), OWN),
}
_PUBLIC: Final = frozenset({"openapi.json"})
"""Needs no token: it describes the addresses and holds nothing of anybody."""
_SHARED: Final = {"tasks": "tsk", "journal-entries": "jnl", "operations": "opn"}
_LISTS: Final = {"tasks": OWN, "operations": "catalog"}
"""Who answers for all owners; of operations there is one owner by now."""
_BODY_LIMITS: Final = {"uploads": UPLOAD_BODY_BYTES}

# Ids, nouns and nothing else: no dot segments, encoded slashes or empty segments, on which two parsers could differ.
# A dot stands only between two words, as in the code of a figure (`problem.birth_date`).
_PATH: Final = re.compile(r"/v1/([a-z][a-z.-]*)((?:/[A-Za-z0-9_-]+(?:\.[a-z0-9_]+)*)*)")


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes and how large its body may be, in bytes."""

    service: str
    body_limit: int
    public: bool = False


def route_of(raw_path: bytes) -> Route | None:
    """The route of a path as it came over the wire (without the query); None when there is none."""
    if len(raw_path) > MAX_PATH_BYTES:
        return None
    match = _PATH.fullmatch(raw_path.decode("latin-1"))
    if match is None:
        return None
    segment, rest = match.groups()
    service = _OWNERS.get(segment) or _shared_owner(segment, rest)
    if service is None:
        return None
    return Route(service, _BODY_LIMITS.get(segment, JSON_BODY_BYTES), segment in _PUBLIC)


def _shared_owner(segment: str, rest: str) -> str | None:
    prefix = _SHARED.get(segment)
    if prefix is None:
        return None
    if not rest:
        return _LISTS.get(segment)
    identifier = rest[1:].partition("/")[0]
    kind, letter = identifier[:3], identifier[3:4]
    return OWNER_LETTERS.get(letter) if kind == prefix and identifier[4:5] == "_" else None


def known_segments() -> dict[str, str]:
    """First segments and their owners, for the check against the OpenAPI documents."""
    return dict(_OWNERS)
