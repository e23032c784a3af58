"""From the outcomes of its items to a submission's signed papers, on the real database."""

import asyncio
import random
from itertools import permutations

import pytest

from chassis.documents import read_document
from contracts.documents import ReceiptDocument, ReturnNoteDocument
from contracts.events import MaterialRefiled
from contracts.values.ids import new_id
from services.transfer.domain.item import Filed, Item
from services.transfer.store import items, papers
from tests.services.transfer.desk import NAME, Desk
from tests.support.shuffling import SEEDS, Told, deliver_shuffled


async def papers_of(desk: Desk, submission_id: str):
    """Receipt and return note of a submission, verified."""
    found = []
    async with desk.uow() as uow:
        for kind in ("receipt", "return_note"):
            listed = await papers.list_of(uow, kind, submission_id)
            assert len(listed) <= 1
            found.append(listed[0] if listed else None)
    keys = [desk.deps.keys.public_jwk("receipt")]
    return [(paper, read_document(paper.jws, keys).document) if paper else (None, None) for paper in found]


async def test_a_mixed_submission_closes_with_one_receipt_and_one_return_note(desk: Desk):
    submission, items = await desk.delivered(3)
    for item, kind in zip(items, ("filed", "rejected", "refused"), strict=True):
        for event in desk.story_of(item, kind):
            assert await desk.hear(event) is None
    after = await desk.submission(submission.submission_id)
    assert after.state == "closed"
    (receipt, filed), (note, returned) = await papers_of(desk, submission.submission_id)
    assert isinstance(filed, ReceiptDocument)
    assert isinstance(returned, ReturnNoteDocument)
    assert [(line.item_id, line.category, line.item_no) for line in filed.items] == [(items[0].item_id, "9-2", 1)]
    assert filed.items[0].page_digests == [f"{0:064x}"]
    assert [(line.item_id, [reason.code for reason in line.reasons]) for line in returned.items] == [
        (items[1].item_id, ["A5"]),
        (items[2].item_id, ["duplicate"]),
    ]
    assert (filed.issuer.name, filed.sender.name, filed.person.name) == ("县委组织部", "县财政局", NAME)
    assert (receipt.number, note.number, filed.number, returned.number) == (
        1, 1, f"ZZB收〔{receipt.year}〕0001号", f"ZZB退〔{note.year}〕0001号",
    )  # fmt: skip


async def test_what_happened_is_told_once(desk: Desk):
    submission, items = await desk.delivered(2)
    for item, kind in zip(items, ("filed", "rejected"), strict=True):
        for event in desk.story_of(item, kind) * 2:
            assert await desk.hear(event) is None
    told = await desk.told(submission.submission_id)
    kinds = [event["type"].removeprefix("dangan.").removesuffix(".v1") for event in told]
    assert kinds == ["material.received", "material.received", "material.returned", "receipt.issued"]
    returned, issued = told[2:]
    assert (returned["item_id"], returned["reasons"]) == (items[1].item_id, ["A5"])
    assert (issued["filed"], issued["returned"]) == (1, 1)
    assert issued["version"] == (await desk.submission(submission.submission_id)).version
    assert returned["version"] > told[1]["version"]
    assert (await desk.verbs(submission.submission_id))[-3:] == [
        "submission.followed",
        "submission.followed",
        "submission.closed",
    ]


@pytest.mark.parametrize(("kind", "papers_there"), [("filed", (True, False)), ("rejected", (False, True))])
async def test_a_paper_without_items_is_not_issued(desk: Desk, kind, papers_there):
    submission, (item,) = await desk.delivered(1)
    for event in desk.story_of(item, kind):
        await desk.hear(event)
    found = await papers_of(desk, submission.submission_id)
    assert tuple(paper is not None for paper, _ in found) == papers_there


async def test_every_order_of_the_facts_ends_in_the_same_papers(desk: Desk):
    """Each order of the facts of two items, each fact twice."""
    for number, order in enumerate(permutations(range(3)), 1):
        submission, (first, second) = await desk.delivered(2)
        facts = [*desk.story_of(first, "filed"), *desk.story_of(second, "rejected")]
        for index in order:
            for _ in range(2):
                assert await desk.hear(facts[index]) is None
        (receipt, filed), (note, returned) = await papers_of(desk, submission.submission_id)
        assert (receipt.number, note.number) == (number, number)
        assert [line.item_id for line in filed.items] == [first.item_id]
        assert [line.item_id for line in returned.items] == [second.item_id]


async def test_outcomes_at_once_close_a_submission_once(desk: Desk):
    """All facts of six items at the same moment, shuffled and doubled; numbers stay without a gap."""
    chance = random.Random(7)
    closed = []
    for round_ in range(3):
        submission, items = await desk.delivered(6)
        facts = [
            event
            for item in items
            for event in desk.story_of(item, ("filed", "rejected", "refused")[item.position % 3])
        ] * 2
        chance.shuffle(facts)
        answers = await asyncio.gather(*(desk.hear(event) for event in facts))
        waiting = [event for event, answer in zip(facts, answers, strict=True) if answer is not None]
        for event in waiting:
            assert await desk.hear(event) is None
        (receipt, filed), (note, returned) = await papers_of(desk, submission.submission_id)
        ids = [line.item_id for line in (*filed.items, *returned.items)]
        assert sorted(ids) == sorted(item.item_id for item in items)
        closed.append((receipt.number, note.number))
        assert round_ + 1 == len(closed)
        told = [event["type"] for event in await desk.told(submission.submission_id)]
        assert told.count("dangan.receipt.issued.v1") == 1
        assert told.count("dangan.material.returned.v1") == 4
    assert sorted(closed) == [(1, 1), (2, 2), (3, 3)]


async def test_the_same_event_delivered_twice_takes_effect_once(desk: Desk):
    submission, (item, _) = await desk.delivered(2)
    event_id = new_id("evt")
    before = (await desk.submission(submission.submission_id)).version
    for _ in range(2):
        assert await desk.hear(desk.filed(item), event_id=event_id) is None
    assert (await desk.submission(submission.submission_id)).version == before + 1


async def test_a_contradicting_outcome_goes_to_the_dead_letters_and_changes_nothing(desk: Desk):
    submission, (item, _) = await desk.delivered(2)
    await desk.hear(desk.filed(item))
    event, event_id = desk.appraised(item, "rejected", "A1"), new_id("evt")
    answers = [await desk.hear(event, event_id=event_id) for _ in range(5)]
    assert answers[-1] is None
    assert all(answer is not None for answer in answers[:-1])
    reason = await desk.admin.fetchval(
        "select reason from transfer.dead_letter where body like $1::bytea", f"%{event_id}%".encode()
    )
    assert reason == "OutcomeContradicts: state-conflict"
    assert [one.state for one in await desk.items_of(submission.submission_id)] == ["filed", "pending"]


async def test_a_material_of_an_old_paper_catalogue_concerns_no_submission(desk: Desk):
    _, (item,) = await desk.delivered(1)
    entered = desk.filed(item).model_copy(update={"item_id": None, "submission_id": None})
    assert await desk.hear(entered) is None
    assert (await desk.items_of(item.submission_id))[0].state == "pending"


async def test_another_material_is_not_taken_for_the_item(desk: Desk):
    _, (item,) = await desk.delivered(1)
    other = desk.filed(item).model_copy(update={"material_id": new_id("mat")})
    assert await desk.hear(other) is not None
    assert (await desk.items_of(item.submission_id))[0].state == "pending"


async def test_a_closing_waits_until_the_person_is_heard_of(desk: Desk):
    """A submission by dossier may end before the catalog's word on the person came."""
    submission, (item,) = await desk.delivered(1)
    await desk.admin.execute("delete from transfer.heard_person where person_no = $1", desk.cadre.person_no)
    event, event_id = desk.filed(item), new_id("evt")
    assert await desk.hear(event, event_id=event_id) is not None
    assert (await desk.items_of(submission.submission_id))[0].state == "pending"
    assert await desk.hear(desk.cadre.person()) is None
    assert await desk.hear(event, event_id=event_id) is None
    assert (await desk.submission(submission.submission_id)).state == "closed"


async def test_each_item_stands_in_exactly_one_paper(desk: Desk):
    submission, items = await desk.delivered(2)
    for item, kind in zip(items, ("filed", "refused"), strict=True):
        for event in desk.story_of(item, kind):
            await desk.hear(event)
    (receipt, _), (note, _) = await papers_of(desk, submission.submission_id)
    stands = [(item.receipt_id, item.return_note_id) for item in await desk.items_of(submission.submission_id)]
    assert stands == [(receipt.paper_id, None), (None, note.paper_id)]


async def test_an_item_that_a_paper_names_is_a_version_further_and_in_the_journal(desk: Desk):
    """Of two filed items the first had ended before; the closing changes it all the same."""
    submission, (first, second) = await desk.delivered(2)
    await desk.hear(desk.filed(first, item_no=1))
    (before, _) = await desk.items_of(submission.submission_id)
    await desk.hear(desk.filed(second, item_no=2))
    after = (await desk.items_of(submission.submission_id))[0]
    assert (before.receipt_id, after.version) == (None, before.version + 1)
    assert after.receipt_id is not None
    rows = await desk.admin.fetch(
        "select verb, version, changed from transfer.journal where resource = $1 order by id", first.item_id
    )
    assert [(row["verb"], row["version"]) for row in rows][-2:] == [
        ("submission_item.filed", before.version),
        ("submission_item.named", after.version),
    ]
    assert rows[-1]["changed"] == ["receipt_id"]


async def test_the_papers_name_who_handed_in(desk: Desk):
    submission, (item,) = await desk.delivered(1)
    await desk.hear(desk.filed(item))
    (_, document), _ = await papers_of(desk, submission.submission_id)
    assert document.handed_in_by == desk.clerk.name


def _refiled(item: Item, category: str, item_no: int) -> MaterialRefiled:
    told = {"material_id": item.material_id, "item_id": item.item_id, "submission_id": item.submission_id}
    ids = {"dossier_id": new_id("dos"), "person_id": new_id("per"), "unit_id": new_id("unt")}
    place = {"from_category": "9-2", "from_item_no": 1, "category": category, "item_no": item_no, "page_count": 2}
    return MaterialRefiled.model_validate(
        {**told, **ids, **place, "title": item.title, "formed_on": None, "reason": "renumbered"}
    )


@pytest.mark.parametrize("order", list(permutations([3, 4, 5])))
async def test_a_filed_item_follows_its_material(desk: Desk, order: tuple[int, ...]):
    """Also after its submission has closed, and in whatever order; the signed receipt stays as it is."""
    submission, (item,) = await desk.delivered(1)
    for event in desk.story_of(item, "filed"):
        await desk.hear(event, version=2)
    before = await papers_of(desk, submission.submission_id)
    for version in order:
        assert await desk.hear(_refiled(item, "9-2", version), version=version) is None
    assert await desk.hear(desk.filed(item), version=2) is None
    after = await desk.submission(submission.submission_id)
    async with desk.uow() as uow:
        (moved,) = await items.list_of(uow, submission.submission_id)
    assert isinstance(moved.ending, Filed)
    assert (moved.ending.place.category, moved.ending.place.item_no, moved.ending.place.page_count) == ("9-2", 5, 2)
    assert after.state == "closed"
    assert await papers_of(desk, submission.submission_id) == before


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_life_in_any_order_ends_at_the_last_place(desk: Desk, seed: int):
    """Accepted, filed, moved three times; each heard twice."""
    submission, (item,) = await desk.delivered(1)
    accepted, filed = desk.story_of(item, "filed")
    moves: list[Told] = [(_refiled(item, "9-2", 3), 3), (_refiled(item, "4-1", 1), 4), (_refiled(item, "9-2", 2), 5)]
    await deliver_shuffled(desk.hear, [(accepted, 1), (filed, 2), *moves], seed)
    async with desk.uow() as uow:
        (moved,) = await items.list_of(uow, submission.submission_id)
    assert isinstance(moved.ending, Filed)
    assert (moved.ending.place.category, moved.ending.place.item_no, moved.place_version) == ("9-2", 2, 5)
    assert (await desk.submission(submission.submission_id)).state == "closed"
    assert [paper is not None for paper, _ in await papers_of(desk, submission.submission_id)] == [True, False]


async def test_a_move_that_is_heard_before_the_filing_is_waited_for(desk: Desk):
    """It is wanted again after a while, and nothing has changed meanwhile."""
    submission, (item,) = await desk.delivered(1)
    assert await desk.hear(_refiled(item, "3", 1), version=3) is not None
    async with desk.uow() as uow:
        (waiting,) = await items.list_of(uow, submission.submission_id)
    assert waiting.state == "pending"
