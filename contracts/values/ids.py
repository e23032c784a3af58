"""Ids: a prefix, an underscore and 26 Crockford base-32 characters of a UUIDv7 (interfaces.md, section 1).

In Python an id is a plain `str`; the annotated types below (`DossierId`, ...) are for signatures and pydantic
models, where they refuse an id of another kind with the fault `id-invalid`, which never repeats the value.
They are annotations of `str` rather than types of their own because a type checker allows no `NewType` over
an annotated type, and pydantic needs the annotation; a swapped id is refused at run time instead.

An id has one spelling: lower-case prefix, upper-case digits. `I`, `L`, `O` and `U` are not digits, and
look-alikes are not repaired, so that two different texts never name one resource.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from uuid_utils.compat import uuid7

_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS: Final = [high + low for high in _DIGITS for low in _DIGITS]
# Python reads base 32 by itself, with other letters; what is no digit of ours is refused before.
_BASE_32: Final = str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrstuv")
_SPELLING: Final = _DIGITS.encode().ljust(256, b"?")
_DIGITS_ONLY: Final = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
# 26 digits hold 130 bits, an id only 128: its first digit is 7 at the most.
_BODY_PATTERN: Final = "[0-7][0-9A-HJKMNP-TV-Z]{25}"

# Kinds of which every service has its own end in the owner's letter.
OWNER_LETTERS: Final = {"c": "catalog", "t": "transfer", "u": "audit", "x": "access"}
_SHARED: Final = ("tsk", "opn", "jnl")
_OWNED: Final = (
    "per dos vol mat pag gap pkg apr cmp rev clm det clr sub hov rcp rtn dun upl itm unt whk vrq grt vss"
    " lon cpy evt req acc fct fnd mga lrm srm cab inv prr prn chg rmv cdo clb cll clh scr bul vrp qrt alt fcq"
    " plg trn asg rvr"
    " idd"
    " ibp tnr bds"
    " snd mtg vot fbk apv ivg srv fbr tlk spc rpa"
)
PREFIXES: Final[frozenset[str]] = frozenset(_OWNED.split()) | {
    kind + letter for kind in _SHARED for letter in OWNER_LETTERS
}


class IdInvalid(ValueError):
    """A text is not an id of the kind that is wanted; the message never repeats the text."""


def new_id(prefix: str) -> str:
    """Make a new id, e.g. `new_id("sub")`. Ids made later sort later, to the millisecond."""
    return from_uuid(prefix, uuid7())


def from_uuid(prefix: str, value: uuid.UUID) -> str:
    """Spell a database key as the public id of its kind."""
    if prefix not in PREFIXES:
        raise IdInvalid("no such id prefix")
    return f"{prefix}_{_spelled(value.int)}"


def from_hexes(prefix: str, texts: Sequence[str]) -> list[str]:
    """Spell many database keys that are at hand as text, in the form that PostgreSQL writes a uuid.

    All of them at once, in one long number: a lane of 32 bytes each, in which the 26 digits of five bits are
    drawn apart, by halves, until each has a byte of its own. One by one costs nearly three times as much, and a
    catalogue holds hundreds.
    """
    if prefix not in PREFIXES:
        raise IdInvalid("no such id prefix")
    lanes = len(texts)
    keys = bytes.fromhex((32 * "0").join(("", *texts)).replace("-", ""))
    if len(keys) != 32 * lanes:
        raise IdInvalid("not a database key")
    number = int.from_bytes(keys)
    for digits in (16, 8, 4, 2, 1):
        lower = (32**digits - 1).to_bytes(2 * digits) * (lanes * 16 // digits)
        kept = number & int.from_bytes(lower)
        number = kept | (number ^ kept) << 3 * digits
    spelled = number.to_bytes(32 * lanes).translate(_SPELLING).decode()
    return [f"{prefix}_{spelled[at + 6 : at + 32]}" for at in range(0, 32 * lanes, 32)]


def _spelled(number: int) -> str:
    """Two digits at a time, and no loop: every list spells many ids."""
    pair = _PAIRS
    return (
        f"{pair[number >> 120]}{pair[number >> 110 & 1023]}{pair[number >> 100 & 1023]}{pair[number >> 90 & 1023]}"
        f"{pair[number >> 80 & 1023]}{pair[number >> 70 & 1023]}{pair[number >> 60 & 1023]}{pair[number >> 50 & 1023]}"
        f"{pair[number >> 40 & 1023]}{pair[number >> 30 & 1023]}{pair[number >> 20 & 1023]}{pair[number >> 10 & 1023]}"
        f"{pair[number & 1023]}"
    )


def to_uuid(text: str) -> uuid.UUID:
    """Read the database key out of an id of any kind; IdInvalid when the text is none."""
    prefix, underscore, body = text.partition("_")
    if not underscore or prefix not in PREFIXES:
        raise IdInvalid("not an id")
    if _DIGITS_ONLY.fullmatch(body) is None:
        raise IdInvalid("not an id")
    number = int(body.translate(_BASE_32), 32)
    if number >> 128:
        raise IdInvalid("not an id")
    return uuid.UUID(int=number)


def prefix_of(text: str) -> str:
    """The kind of an id, e.g. `sub`; IdInvalid when the text is no id."""
    to_uuid(text)
    return text.partition("_")[0]


def is_id(prefix: str, text: str) -> bool:
    """Whether the text is an id of this very kind."""
    try:
        return prefix_of(text) == prefix
    except IdInvalid:
        return False


@dataclass(frozen=True, slots=True)
class IdOf:
    """Annotation that admits ids with one of these prefixes only, e.g. `Annotated[str, IdOf("sub")]`.

    A wrong id is the fault `id-invalid` with the parameter `prefix`; the JSON schema carries the pattern.
    """

    prefix: str
    others: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := {self.prefix, *self.others} - PREFIXES:
            raise IdInvalid(f"no such id prefix: {sorted(unknown)}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kinds = "|".join((self.prefix, *self.others))
        kinds = f"({kinds})" if self.others else kinds
        return core_schema.custom_error_schema(
            core_schema.str_schema(pattern=f"^{kinds}_{_BODY_PATTERN}$", strict=True),
            custom_error_type="id-invalid",
            custom_error_message="not an id with the prefix {prefix}",
            custom_error_context={"prefix": self.prefix},
        )


# Catalog
PersonId = Annotated[str, IdOf("per")]
DossierId = Annotated[str, IdOf("dos")]
VolumeId = Annotated[str, IdOf("vol")]
StoreRoomId = Annotated[str, IdOf("srm")]
CabinetId = Annotated[str, IdOf("cab")]
InventoryId = Annotated[str, IdOf("inv")]
ProcessingRecordId = Annotated[str, IdOf("prr")]
ProcessingNeedId = Annotated[str, IdOf("prn")]
MaterialId = Annotated[str, IdOf("mat")]
PageId = Annotated[str, IdOf("pag")]
GapId = Annotated[str, IdOf("gap")]
FindingId = Annotated[str, IdOf("fnd")]
PackageId = Annotated[str, IdOf("pkg")]
FactId = Annotated[str, IdOf("fct")]
ManagingAuthorityId = Annotated[str, IdOf("mga")]
LrmxImportId = Annotated[str, IdOf("lrm")]
# Audit
AppraisalId = Annotated[str, IdOf("apr")]
CampaignId = Annotated[str, IdOf("cmp")]
CampaignDossierId = Annotated[str, IdOf("cdo")]
PledgeId = Annotated[str, IdOf("plg")]
TrainingId = Annotated[str, IdOf("trn")]
ReviewId = Annotated[str, IdOf("rev")]
ClaimId = Annotated[str, IdOf("clm")]
ClaimBatchId = Annotated[str, IdOf("clb")]
DeterminationId = Annotated[str, IdOf("det")]
VerificationReportId = Annotated[str, IdOf("vrp")]
InboundPreviewId = Annotated[str, IdOf("ibp")]
QuarantineId = Annotated[str, IdOf("qrt")]
AlterationId = Annotated[str, IdOf("alt")]
BoundSetId = Annotated[str, IdOf("bds")]
InvestigationId = Annotated[str, IdOf("ivg")]
MeetingId = Annotated[str, IdOf("mtg")]
FeedbackRoundId = Annotated[str, IdOf("fbr")]
SpotCheckId = Annotated[str, IdOf("spc")]
ClearanceId = Annotated[str, IdOf("clr")]
ClearanceListId = Annotated[str, IdOf("cll")]
IdentityDecisionId = Annotated[str, IdOf("idd")]
ScoreId = Annotated[str, IdOf("scr")]
BulletinId = Annotated[str, IdOf("bul")]
MaterialChangeId = Annotated[str, IdOf("chg")]
RemovalId = Annotated[str, IdOf("rmv")]
# Transfer
SubmissionId = Annotated[str, IdOf("sub")]
ItemId = Annotated[str, IdOf("itm")]
UploadId = Annotated[str, IdOf("upl")]
UnitId = Annotated[str, IdOf("unt")]
ReceiptId = Annotated[str, IdOf("rcp")]
ReturnNoteId = Annotated[str, IdOf("rtn")]
HandOverId = Annotated[str, IdOf("hov")]
DunningNoticeId = Annotated[str, IdOf("dun")]
WebhookId = Annotated[str, IdOf("whk")]
# Access
ViewRequestId = Annotated[str, IdOf("vrq")]
GrantId = Annotated[str, IdOf("grt")]
ViewSessionId = Annotated[str, IdOf("vss")]
LoanId = Annotated[str, IdOf("lon")]
CopyId = Annotated[str, IdOf("cpy")]
# Every part of the house
TaskId = Annotated[str, IdOf("tskc", ("tskt", "tsku", "tskx"))]
CatalogTaskId = Annotated[str, IdOf("tskc")]
TransferTaskId = Annotated[str, IdOf("tskt")]
AuditTaskId = Annotated[str, IdOf("tsku")]
AccessTaskId = Annotated[str, IdOf("tskx")]
OperationId = Annotated[str, IdOf("opnc", ("opnt", "opnu", "opnx"))]
CatalogOperationId = Annotated[str, IdOf("opnc")]
JournalEntryId = Annotated[str, IdOf("jnlc", ("jnlt", "jnlu", "jnlx"))]
EventId = Annotated[str, IdOf("evt")]
RequestId = Annotated[str, IdOf("req")]
AccountId = Annotated[str, IdOf("acc")]
