"""What the papers of a submission say."""

from dataclasses import replace
from datetime import UTC, date, datetime

from contracts.documents import Party
from contracts.documents import Subject as PersonOnPaper
from contracts.values.ids import new_id
from services.transfer.domain.papers import (
    Heading,
    ReturnTexts,
    issuing_year,
    provisional_of,
    receipt_of,
    return_note_of,
)
from tests.services.transfer.domain.builders import NOW, filed, item, rejected, submission

TEXTS = ReturnTexts({"A5": "字迹不清"}, "按所列代码退回", 30)
DIGESTS = ["a" * 64, "b" * 64]


def heading() -> Heading:
    issuer, sender = Party(unit_id=new_id("unt"), name="组织部"), Party(unit_id=new_id("unt"), name="财政局")
    person = PersonOnPaper(name="王小明")
    return Heading(new_id("sub"), NOW, issuer, sender, "李红梅", "ZZB", person, NOW, "engine 1")


def ended(fact):
    after = item().hear(fact)
    assert after is not None
    return after


def test_a_receipt_says_where_each_item_stands_with_its_pages_and_digests():
    one = ended(filed("4-1", 7))
    document = receipt_of(new_id("rcp"), 12, heading(), [one], {one.item_id: DIGESTS})
    assert document.number == "ZZB收〔2026〕0012号"
    (line,) = document.items
    assert (line.category, line.item_no, line.page_count, line.page_digests) == ("4-1", 7, 2, DIGESTS)
    assert (line.item_id, line.material_id) == (one.item_id, one.material_id)
    assert document.handed_in_by == "李红梅"


def test_a_return_note_gives_each_reason_with_its_sentence_and_a_last_day():
    one = ended(rejected("A5", "newer_code"))
    document = return_note_of(new_id("rtn"), 1, heading(), [one], {one.item_id: DIGESTS}, TEXTS)
    assert document.number == "ZZB退〔2026〕0001号"
    (line,) = document.items
    assert [(reason.code, reason.text) for reason in line.reasons] == [
        ("A5", "字迹不清"),
        ("newer_code", "按所列代码退回"),
    ]
    assert line.correct_by == date(2026, 12, 24)


def test_numbers_count_in_the_year_of_china():
    """New Year's Eve 16:00 UTC is New Year's Day in China."""
    at = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert issuing_year(at) == 2027
    one = ended(filed())
    document = receipt_of(new_id("rcp"), 1, replace(heading(), issued_at=at), [one], {one.item_id: DIGESTS})
    assert document.number == "ZZB收〔2027〕0001号"


def test_a_provisional_receipt_names_every_page_file():
    draft, one = submission(), item()
    slip = provisional_of(draft, [one], {one.item_id: DIGESTS}, "acc_x", NOW)
    assert slip["delivered_by"] == "acc_x"
    assert slip["delivered_at"] == "2026-11-24T01:00:00.000+00:00"
    assert slip["items"][0]["page_digests"] == DIGESTS
    assert slip["items"][0]["formed_on"]["value"] == "1987-05"
