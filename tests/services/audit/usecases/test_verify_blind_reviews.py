"""The proof after the fact: what a hand in the database leaves behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import new_id, to_uuid
from services.audit.usecases.verify_blind_reviews import BlindProof, verify_blind_reviews
from tests.services.audit.blind import Pair, a_pair
from tests.services.audit.office import Office
from tests.services.audit.usecases.test_submit_review import both_drafted, draft, submit

Hand = Callable[[Office, Pair], Awaitable[object]]
SWAP = "update audit.review set sheet = jsonb_set(sheet, '{facts,0,altered}', 'true') where id = $1"


async def opened(office: Office) -> Pair:
    """A pair whose sheets are both in."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    await submit(office, pair.li, pair.li_review)
    await submit(office, pair.wang, pair.wang_review)
    return pair


async def proof_of(office: Office, pair: Pair) -> BlindProof:
    """What the command would say."""
    return await verify_blind_reviews(pair.dossier.campaign_id, uow=office.deps.as_service())


def outcomes(proof: BlindProof) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Outcome and faults by review."""
    return {one.review_id: (one.proven.outcome, one.proven.faults) for one in proof.checked}


async def test_an_untouched_campaign_proves_itself(office: Office):
    """Both sheets fit their commitments; a pair that is not opened is counted and not looked into."""
    pair = await opened(office)
    waiting = await a_pair(office, campaign_id=pair.dossier.campaign_id)
    await draft(office, waiting.li, waiting.li_review)
    await submit(office, waiting.li, waiting.li_review)
    proof = await proof_of(office, pair)
    assert outcomes(proof) == {pair.li_review: ("unchanged", ()), pair.wang_review: ("unchanged", ())}
    assert (proof.count("unchanged"), proof.count("changed"), proof.pairs_not_opened) == (2, 0, 1)
    verbs = [verb for verb, _, _ in await office.journal(pair.dossier.campaign_id)]
    assert verbs == ["campaign.blindness_verified"]


async def test_of_two_at_once_the_one_that_began_first_may_come_second(office: Office, monkeypatch: pytest.MonkeyPatch):
    """Both wait for one another; the one that opens the pair read its time before the other handed in."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    first = await submit(office, pair.li, pair.li_review)
    enter = UnitOfWork.__aenter__

    async def begun_before(uow: UnitOfWork) -> UnitOfWork:
        await enter(uow)
        uow.now = (first.submitted_at or uow.now) - timedelta(milliseconds=3)
        return uow

    with monkeypatch.context() as early:
        early.setattr(UnitOfWork, "__aenter__", begun_before)
        opened = await submit(office, pair.wang, pair.wang_review)
    assert (opened.opened, opened.submitted_at) == (True, first.submitted_at)
    proof = await proof_of(office, pair)
    assert outcomes(proof) == {pair.li_review: ("unchanged", ()), pair.wang_review: ("unchanged", ())}


async def change_sheet(office: Office, pair: Pair) -> None:
    """A word of the sheet is another."""
    await office.admin.execute(SWAP, to_uuid(pair.li_review))


async def change_commitment(office: Office, pair: Pair) -> None:
    """The journal's row commits to something else."""
    await office.admin.execute(
        "update audit.journal set commitment = sha256('x') where resource = $1 and verb = 'review.submitted'",
        pair.li_review,
    )


async def remove_row(office: Office, pair: Pair) -> None:
    """The row that review points to is gone."""
    await office.admin.execute("update audit.review set journal_id = uuidv7() where id = $1", to_uuid(pair.li_review))


async def change_writer(office: Office, pair: Pair) -> None:
    """The sheet is said to be another's."""
    await office.admin.execute(
        "update audit.review set account_id = $2 where id = $1", to_uuid(pair.li_review), to_uuid(new_id("acc"))
    )


async def open_early(office: Office, pair: Pair) -> None:
    """The opening lies before the submission."""
    await office.admin.execute(
        "update audit.journal set at = at - interval '1 hour' where resource = $1 and verb = 'pair.opened'",
        pair.dossier.id,
    )


async def close_other(office: Office, pair: Pair) -> None:
    """Only one of the two is open."""
    await office.admin.execute("update audit.review set opened = false where id = $1", to_uuid(pair.wang_review))


@pytest.mark.parametrize(
    ("hand", "faults"),
    [
        (change_sheet, ("sheet_differs",)),
        (change_commitment, ("sheet_differs",)),
        (remove_row, ("journal_missing",)),
        (change_writer, ("journal_differs", "sheet_differs")),
        (open_early, ("opened_before",)),
        (close_other, ("opened_alone",)),
    ],
)
async def test_a_hand_in_the_database_shows(office: Office, hand: Hand, faults: tuple[str, ...]):
    """By the superuser, past every policy: the proof names the review and what speaks against it."""
    pair = await opened(office)
    await hand(office, pair)
    assert outcomes(await proof_of(office, pair))[pair.li_review] == ("changed", faults)


async def test_a_removed_salt_is_no_proof_either_way(office: Office):
    """An erasure takes the salt away: neither unchanged nor changed."""
    pair = await opened(office)
    await office.admin.execute(
        """delete from audit.journal_salt s using audit.review r where r.id = $1 and s.journal_id = r.journal_id""",
        to_uuid(pair.li_review),
    )
    assert outcomes(await proof_of(office, pair)) == {
        pair.li_review: ("cannot_tell", ()),
        pair.wang_review: ("unchanged", ()),
    }


async def test_a_campaign_that_never_was_is_not_found(office: Office):
    """No proof of nothing."""
    with pytest.raises(NotFound):
        await verify_blind_reviews(new_id("cmp"), uow=office.deps.as_service())
