"""The signed record of a confirmed alteration is filed into the dossier, once."""

from datetime import UTC, datetime

from contracts.events import AlterationConfirmed, Envelope
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.usecases.file_alteration_record import file_alteration_record
from tests.services.catalog.office import Kept, Office, page

TITLE = "档案材料涂改情况登记表"


def told_of(office: Office, kept: Kept, dossier_id: str | None = None) -> AlterationConfirmed:
    """What audit tells once the organisation has confirmed an alteration."""
    return AlterationConfirmed(
        finding_id=new_id("alt"),
        dossier_id=dossier_id or kept.dossier_id,
        person_id=kept.person_id,
        unit_id=office.unit_id,
        fact="birth_date",
        verdict="slip",
        altered_material_id=new_id("mat"),
        material_id=new_id("mat"),
        title=TITLE,
        formed_on=PartialDate(value="2026-11-20"),
        blob_unit_id=office.unit_id,
        pages=[page()],
    )


async def hear(office: Office, told: AlterationConfirmed) -> None:
    """Let the catalog hear of it, under another id each time."""
    event = Envelope[AlterationConfirmed](
        id=new_id("evt"),
        source="/deployments/test/services/audit",
        type=told.type_name(),
        subject=f"alterations/{told.finding_id}",
        time=datetime(2026, 11, 24, tzinfo=UTC),
        dataschema="about:blank",
        partitionkey=told.dossier_id,
        sequence=f"{2:020d}",
        data=told,
    )
    async with office.uow_for("catalog") as uow:
        await file_alteration_record(event, uow, office.deps)


async def test_the_record_is_filed_once_however_often_it_is_told(office: Office):
    """In class 5, with its page; told as every filed material is."""
    kept = await office.keep()
    told = told_of(office, kept)
    await hear(office, told)
    await hear(office, told)
    assert await office.numbers(kept) == [("5", 1, TITLE)]
    (filed,) = await office.told(told.material_id)
    assert filed["type"] == "dangan.material.filed.v1"
    assert [one["page_id"] for one in filed["data"]["pages"]] == [told.pages[0].page_id]


async def test_a_dossier_that_is_not_here_takes_no_record(office: Office):
    """It is refused and told, never lost."""
    kept = await office.keep()
    told = told_of(office, kept, new_id("dos"))
    await hear(office, told)
    (refused,) = await office.told(told.material_id)
    assert (refused["type"], refused["data"]["reasons"]) == ("dangan.material.refused.v1", ["dossier_unknown"])
