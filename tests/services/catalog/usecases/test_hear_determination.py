"""A determination that is in force changes the fact, with itself as the source, and its form is filed once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.inbox import take
from contracts.events import DeterminationApproved, Envelope
from contracts.events.audit import DeterminationForm
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import Provenance
from services.catalog.store import persons
from services.catalog.store.facts import current_facts
from services.catalog.usecases.hear_determination import hear_determination
from services.catalog.usecases.record_facts import RecordFacts, record_facts
from services.catalog.usecases.view_review import FindingFilter, view_findings
from tests.services.catalog.office import Kept, Office, page


def form(office: Office, **changes: Any) -> DeterminationForm:
    """The signed form of one page."""
    told: dict[str, Any] = {
        "material_id": new_id("mat"),
        "title": "干部人事档案专项审核认定表",
        "formed_on": PartialDate(value="2026-11-24"),
        "blob_unit_id": office.unit_id,
        "pages": [page()],
    }
    return DeterminationForm.model_validate({**told, **changes})


def approved(office: Office, kept: Kept, **changes: Any) -> DeterminationApproved:
    """A birth date that was determined."""
    told: dict[str, Any] = {
        "determination_id": new_id("det"),
        "campaign_dossier_id": new_id("cdo"),
        "dossier_id": kept.dossier_id,
        "person_id": kept.person_id,
        "unit_id": office.unit_id,
        "fact": "birth_date",
        "status": "determined",
        "date": PartialDate(value="1968-03"),
        "party": None,
        "text": None,
        "form": form(office),
    }
    return DeterminationApproved.model_validate({**told, **changes})


async def hear(office: Office, told: DeterminationApproved, version: int = 4, event_id: str | None = None) -> None:
    """Let the catalog hear of it as the inbox would."""
    event = Envelope[DeterminationApproved](
        id=event_id or new_id("evt"),
        source="/deployments/test/services/audit",
        type=DeterminationApproved.type_name(),
        subject=f"determinations/{told.determination_id}",
        time=datetime(2026, 11, 24, tzinfo=UTC),
        dataschema="about:blank",
        partitionkey=told.dossier_id,
        sequence=f"{version:020d}",
        data=told,
    )
    async with office.uow_for("catalog") as uow:
        if await take(uow, event):
            await hear_determination(event, uow, office.deps)


async def fact_of(office: Office, kept: Kept, kind: Any) -> Any:
    """The current fact of a kind."""
    async with office.uow() as uow:
        return (await current_facts(uow, kept.person_id)).one(kind)


async def test_the_birth_date_is_what_was_determined_and_says_so(office: Office):
    """The former one stays in the history; the person is told anew, and the form stands in class 5."""
    kept = await office.keep()
    before = await fact_of(office, kept, "birth_date")
    told = approved(office, kept)
    await hear(office, told)
    fact = await fact_of(office, kept, "birth_date")
    assert fact.date.value == "1968-03"
    assert (fact.provenance.kind, fact.provenance.determination_id) == ("determination", told.determination_id)
    assert before.date.value == "1970-01"
    assert [one["data"]["birth_date"]["value"] for one in await office.told(kept.person_id)][-1] == "1968-03"
    assert await office.numbers(kept) == [("5", 1, "干部人事档案专项审核认定表")]
    assert "person.determined" in await office.journal(kept.person_id)


async def test_all_determinations_of_a_dossier_name_one_form_which_is_filed_once(office: Office):
    kept = await office.keep()
    signed = form(office)
    for fact in ("birth_date", "work_start_date", "education"):
        await hear(office, approved(office, kept, fact=fact, form=signed))
    assert len(await office.numbers(kept)) == 1
    assert (await fact_of(office, kept, "work_start")).date.value == "1968-03"


async def test_a_word_that_is_told_twice_or_late_undoes_nothing(office: Office):
    """The version of the determination counts, not the order of the post."""
    kept = await office.keep()
    first = approved(office, kept)
    second = first.model_copy(update={"date": PartialDate(value="1967-10"), "form": form(office)})
    await hear(office, second, version=9)
    await hear(office, first, version=4)
    await hear(office, second, version=9)
    assert (await fact_of(office, kept, "birth_date")).date.value == "1967-10"
    assert len(await office.numbers(kept)) == 2


@pytest.mark.parametrize(
    ("members", "kind", "value"),
    [
        (
            {"fact": "party_join_date", "party": "中国共产党", "date": PartialDate(value="1990-06-12")},
            "party",
            {"party": "中国共产党", "joined": "1990-06-12"},
        ),
        ({"fact": "party_join_date", "party": "民建", "date": None}, "party", {"party": "民建", "joined": None}),
        ({"fact": "ethnicity", "text": "汉族", "date": None}, "ethnicity", {"text": "汉族"}),
        (
            {"fact": "native_place", "text": "一处没有收录的地方", "date": None},
            "native_place",
            {"text": "一处没有收录的地方"},
        ),
    ],
)
async def test_each_fact_comes_in_the_catalogs_shape(
    office: Office, members: dict[str, Any], kind: str, value: dict[str, Any]
):
    """Also a word that no list has: the office's word is taken as it is."""
    kept = await office.keep()
    await hear(office, approved(office, kept, **members))
    fact = await fact_of(office, kept, kind)
    shown = {name: fact.value[name] for name in ("party", "text") if fact.value.get(name)}
    if kind == "party":
        shown["joined"] = fact.date.value if fact.date else None
    assert shown == value


async def test_what_was_left_undetermined_stays_as_it_is_on_file(office: Office):
    kept = await office.keep()
    await hear(office, approved(office, kept, status="undetermined", date=None))
    assert (await fact_of(office, kept, "birth_date")).provenance.kind == "entry"
    assert len(await office.numbers(kept)) == 1


async def test_the_form_of_a_dossier_that_is_not_kept_here_is_refused(office: Office):
    """Nobody waits for ever: audit and transfer hear of it."""
    kept = await office.keep()
    told = approved(office, kept, dossier_id=new_id("dos"))
    await hear(office, told)
    assert await office.numbers(kept) == []
    assert [one["data"]["reasons"] for one in await office.told(told.form.material_id)] == [["dossier_unknown"]]


async def to_enter(office: Office, kept: Kept) -> list[Any]:
    """What the dossier's review asks to enter."""
    listed = await view_findings(
        kept.dossier_id, FindingFilter(["open"], None), None, 200, uow=office.uow(), deps=office.deps
    )
    return [finding.params["determinations"] for finding, _ in listed if finding.code == "CAT-018"]


async def test_of_two_audits_the_later_one_is_to_be_entered(office: Office):
    """What a later audit determined of the same fact takes the place of what nobody has entered."""
    kept = await office.keep()
    former, later = (approved(office, kept, fact="rewards", date=None) for _ in range(2))
    await hear(office, later)
    await hear(office, former)
    assert await to_enter(office, kept) == [[later.determination_id]]


async def test_what_the_catalog_keeps_line_by_line_is_a_finding_until_it_is_entered(office: Office):
    """Only what was determined anew; entered is what names the determination."""
    kept = await office.keep()
    told = approved(office, kept, fact="rewards", date=None)
    await hear(office, told)
    for other in ({"fact": "education", "status": "consistent"}, {"fact": "cadre_identity"}, {}):
        await hear(office, approved(office, kept, **other))
    assert await to_enter(office, kept) == [[told.determination_id]]
    async with office.uow() as uow:
        version = (await persons.get(uow, kept.person_id)).version
    where = Provenance("determination", determination_id=told.determination_id)
    entry = FactEntry(
        "reward",
        where,
        {"type": "reward", "text": "记三等功一次", "by": None},
        PartialDate(value="2010-03"),
        pointer="/facts/0",
    )
    await record_facts(RecordFacts(kept.person_id, version, [entry]), uow=office.uow(), keys=office.deps.keys)
    assert await to_enter(office, kept) == []
