"""Example claims; each builder takes the members that a test cares about."""

from __future__ import annotations

from typing import Any

from chassis.identity import Caller
from contracts.events import MaterialFiled, PageRef
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim, Evidence
from services.audit.domain.claim_entry import Entered
from services.audit.domain.facts import AuditFact, ClaimValue, DateClaim, PartyClaim, TextClaim
from services.audit.store.claims import KnownClaim
from services.audit.usecases.enter_claims import ImportClaims, Listed, enter_claim, import_claims
from tests.services.audit.office import Office, Subject, auditor


def lunar(value: str, written: str) -> PartialDate:
    """A lunar date with its conversion."""
    return PartialDate(value=value, as_written=written, calendar="lunar", qualifier="uncertain")


def day(value: str | PartialDate) -> DateClaim:
    """What a paper says of a date."""
    return DateClaim(date=PartialDate(value=value) if isinstance(value, str) else value)


def text(value: str) -> TextClaim:
    """What a paper says in a word."""
    return TextClaim(text=value)


def joined(**steps: str) -> PartyClaim:
    """The steps into the party that a paper names."""
    return PartyClaim(**{step: PartialDate(value=value) for step, value in steps.items()})


def claim(
    title: str,
    formed_on: str | None,
    value: str | ClaimValue,
    fact: AuditFact = AuditFact.BIRTH_DATE,
    **members: Any,
) -> Claim:
    """A claim of a birth date, signed, on a material of its own."""
    evidence = Evidence(
        title=title,
        kind=None,
        formed_on=PartialDate(value=formed_on) if formed_on else None,
        signed=True,
        material_id=members.pop("material_id", new_id("mat")),
    )
    told = day(value) if isinstance(value, str) else value
    return Claim(id=members.pop("id", new_id("clm")), fact=fact, value=told, evidence=evidence, **members)


async def filed_paper(office: Office, subject: Subject, title: str = "入团志愿书", **changes: Any) -> MaterialFiled:
    """A filed material of the subject with two pages, as audit has heard of it."""
    pages = [
        PageRef(
            page_id=new_id("pag"),
            digest=digest_of(new_id("pag").encode()),
            media_type="image/jpeg",
            bytes=9,
            width=8,
            height=8,
        )
        for _ in range(2)
    ]
    told: dict[str, Any] = {
        "material_id": new_id("mat"),
        "dossier_id": subject.dossier_id,
        "person_id": subject.person_id,
        "unit_id": subject.unit_id,
        "blob_unit_id": subject.unit_id,
        "title": title,
        "formed_on": PartialDate(value="1984-05"),
        "pages": pages,
        "category": "6",
        "item_no": 1,
        "page_count": 2,
        "filed_on": "2026-11-24",
        "basis": "r2018:11",
    }
    filed = MaterialFiled.model_validate({**told, **changes})
    assert await office.hear(filed) is None
    return filed


def body(subject: Subject, value: Any = "1968-03", fact: str = "birth_date", **members: Any) -> dict[str, Any]:
    """A claim as it is sent; on a household register unless a paper is named."""
    told = {"date": {"value": value}} if isinstance(value, str) else value
    paper = {} if "material_id" in members else {"title": "户口登记卡", "formed_on": {"value": "1984-05"}}
    return {"person_id": subject.person_id, "fact": fact, "value": told, "not_related": True, **paper, **members}


def entry(subject: Subject, value: str = "1968-03", **members: Any) -> Entered:
    """What a household register says of the subject's birth."""
    told: dict[str, Any] = {"title": "户口登记卡", "formed_on": PartialDate(value="1984-05"), **members}
    return Entered(subject.person_id, AuditFact.BIRTH_DATE, day(value), **told)


async def a_claim_on(office: Office, subject: Subject, entered: Entered | None = None) -> KnownClaim:
    """A claim that stands."""
    uow = office.acting(auditor(subject.unit_id), "claim:write")
    return await enter_claim(entered or entry(subject), True, uow=uow)


async def an_import_of(office: Office, subject: Subject) -> Caller:
    """Who imported one claim on the subject."""
    sender = auditor(subject.unit_id)
    await import_claims(
        ImportClaims([Listed(entry(subject), None, "/items/0")], "each", True), uow=office.acting(sender, "claim:write")
    )
    return sender
