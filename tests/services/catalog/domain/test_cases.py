"""The order by cases, annexes and pins (classification rules, section 3), and its properties."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values.partial_date import PartialDate
from services.catalog.domain.classification import content_rank
from services.catalog.domain.ordering import (
    PLAIN,
    Placed,
    arrange,
    arrangement_of,
    formed_key,
    is_leading_resume,
    number,
    renumber,
)
from services.catalog.domain.pinning import pins_for, with_pins
from services.catalog.domain.scheme import Scheme
from tests.services.catalog.domain.schemes import r2018

R2018 = r2018()
_KEYS = st.sampled_from(["00000000", "19870000", "19870500", "19870501", "19990101", "20230228"])


def _material(title: str, place: str, formed_on: str | None, sequence: int, **members: object) -> Placed:
    date = None if formed_on is None else PartialDate(value=formed_on)
    resume = is_leading_resume(title, place, R2018)
    placed = Placed(title, content_rank(title, place, R2018), formed_key(date), sequence, resume=resume)
    return replace(placed, **members)  # type: ignore[arg-type]


def _order(place: str, category: list[Placed], scheme: Scheme = R2018) -> list[str]:
    return [placed.material_id for placed in arrange(category, arrangement_of(place, scheme))]


@pytest.mark.parametrize("place", ["5", "8"])
def test_one_question_stands_by_the_ranks_of_the_manual(place: str):
    """Seed 000: 上级批复 → 结论 → 本人意见 → 调查报告 → 证明材料 → 检讨交待, whatever their dates; 复查结论 first."""
    titles = ["复查结论", "上级批复", "审查结论", "本人对结论的意见", "调查报告", "证明材料", "检讨书"]
    category = [_material(title, place, str(2000 - n), n) for n, title in enumerate(titles)]
    random.Random(4).shuffle(category)
    assert _order(place, category) == titles


def test_a_question_reviewed_repeatedly_has_its_latest_review_first_and_all_evidence_last():
    """web:dawindow 6493."""
    first = {"case_id": "甲案", "review_no": 1}
    second = {"case_id": "甲案", "review_no": 2}
    category = [
        _material("证明材料一", "5", "1958", 1, **first),
        _material("审查结论（1959）", "5", "1959", 2, **first),
        _material("批复（1959）", "5", "1959-06", 3, **first),
        _material("交待材料", "5", "1957", 4, **first),
        _material("证明材料三", "5", "1983", 5, **second),
        _material("审查结论（1984）", "5", "1984", 6, **second),
        _material("批复（1984）", "5", "1984-09", 7, **second),
        _material("证明材料二", "5", "1979", 8, **second),
        _material("复查结论", "5", "1985", 9, **second),
    ]
    assert _order("5", category) == [
        "复查结论",
        "批复（1984）",
        "审查结论（1984）",
        "批复（1959）",
        "审查结论（1959）",
        "交待材料",
        "证明材料一",
        "证明材料二",
        "证明材料三",
    ]


def test_different_questions_stand_in_order_of_their_first_review():
    """Each keeps together; what belongs to none is a group by itself."""
    category = [
        _material("处分决定（乙）", "8", "1999", 1, case_id="乙案"),
        _material("证明（甲）", "8", "2005", 2, case_id="甲案"),
        _material("处分决定（甲）", "8", "1990", 3, case_id="甲案"),
        _material("批复（乙）", "8", None, 4, case_id="乙案"),
        _material("诫勉书", "8", "1995", 5),
    ]
    assert _order("8", category) == ["处分决定（甲）", "证明（甲）", "诫勉书", "批复（乙）", "处分决定（乙）"]


def test_league_before_party_before_the_democratic_parties():
    """Category 6 (seed 000; web:szsunz 6488): by group, in it by rank, in it by time."""
    titles = [
        "入团志愿书", "入团申请书", "团员登记表", "入党志愿书", "入党申请书", "转正申请书", "入党积极分子考察材料",
        "党员登记表（1990）", "党员登记表（2000）", "民盟入盟申请表",
    ]  # fmt: skip
    category = [_material(title, "6", str(2010 - n), n) for n, title in enumerate(titles[:7])]
    category += [_material(titles[7], "6", "1990", 8), _material(titles[8], "6", "2000", 7)]
    category += [_material(titles[9], "6", "1960", 9)]
    category.reverse()
    assert _order("6", category) == titles


def test_an_annexed_report_follows_its_form_whatever_its_own_date():
    """9-2: it shares the form's time key. Where the form is not here, it stands by its own."""
    category = [
        _material("任免审批表（2001）", "9-2", "2001-05", 1),
        _material("考察材料（2001）", "9-2", "1999-01", 2, annex_of="任免审批表（2001）"),
        _material("任免审批表（2000）", "9-2", "2000", 3),
        _material("考察材料（孤）", "9-2", "2000-06", 4, annex_of="不在此处"),
    ]
    assert _order("9-2", category) == ["任免审批表（2000）", "考察材料（孤）", "任免审批表（2001）", "考察材料（2001）"]


def test_the_newest_resume_form_stands_first_only_where_the_scheme_says_so():
    """Option latest_resume_first: off, order, physical_only (the catalogue lists by time)."""
    dates = {"履历表一": "1980", "简历": "2020", "干部履历表二": "2010"}
    for option, expected in {
        "off": ["履历表一", "干部履历表二", "简历"],
        "order": ["干部履历表二", "履历表一", "简历"],
        "physical_only": ["履历表一", "干部履历表二", "简历"],
    }.items():
        scheme = replace(R2018, order=replace(R2018.order, latest_resume_first=option))  # type: ignore[arg-type]
        category = [
            Placed(title, 0, f"{date}0000", n, resume=is_leading_resume(title, "1", scheme))
            for n, (title, date) in enumerate(dates.items())
        ]
        assert _order("1", category, scheme) == expected


def test_only_what_was_moved_is_pinned():
    """A newcomer among the others finds its place by time, and the moved sheet stays behind its neighbour."""
    category = [Placed(name, 0, f"19{n}00000", n) for n, name in enumerate("abcdef", start=80)]
    pins = pins_for(list("aebcdf"), category, PLAIN)
    assert pins == {"e": "a"}
    later = [*with_pins(category, pins), Placed("x", 0, "19820500", 99)]
    assert _order("1", later) == list("aebcxdf")


@st.composite
def _categories(draw: st.DrawFn) -> list[Placed]:
    size = draw(st.integers(0, 14))
    names = [f"m{n}" for n in range(size)]
    others = st.none() | st.sampled_from([*names, "elsewhere"])
    found: list[Placed] = []
    for n, name in enumerate(names):
        pinned = draw(st.booleans())
        found.append(
            Placed(
                name,
                draw(st.integers(0, 7)),
                draw(_KEYS),
                n,
                case_id=draw(st.sampled_from([None, "甲", "乙"])),
                review_no=draw(st.sampled_from([None, 1, 2])),
                annex_of=draw(others),
                pinned=pinned,
                pin_after=draw(others) if pinned else None,
            )
        )
    return found


@given(_categories(), st.sampled_from(["1", "5"]), st.randoms())
def test_the_order_is_total_and_knows_no_arrival(category: list[Placed], place: str, chance: random.Random):
    """Each stands there once, cycles or not, whatever order they come in; numbers are dense."""
    arrangement = arrangement_of(place, R2018)
    numbers = number(category, arrangement)
    assert sorted(numbers.values()) == list(range(1, len(category) + 1))
    shuffled = list(category)
    chance.shuffle(shuffled)
    assert number(shuffled, arrangement) == numbers


@given(_categories(), st.sampled_from(["1", "8"]), st.randoms())
def test_any_wanted_order_can_be_pinned(category: list[Placed], place: str, chance: random.Random):
    """And the order that stands already needs no pin."""
    arrangement = arrangement_of(place, R2018)
    wanted = [placed.material_id for placed in category]
    chance.shuffle(wanted)
    pins = pins_for(wanted, category, arrangement)
    assert [placed.material_id for placed in arrange(with_pins(category, pins), arrangement)] == wanted
    natural = [placed.material_id for placed in arrange(with_pins(category, {}), arrangement)]
    assert pins_for(natural, category, arrangement) == {}


@given(_categories(), st.sampled_from(["1", "5"]))
def test_what_is_taken_out_and_put_back_stands_where_it_stood(category: list[Placed], place: str):
    """Removal closes the gap; the way back restores every number."""
    arrangement = arrangement_of(place, R2018)
    numbers = number(category, arrangement)
    for gone in category:
        rest = [placed for placed in category if placed is not gone]
        assert sorted(number(rest, arrangement).values()) == list(range(1, len(category)))
    settled = [replace(placed, item_no=numbers[placed.material_id]) for placed in category]
    assert renumber(settled, arrangement) == {}


@settings(max_examples=5)
@given(_categories(), st.sampled_from(["4-1", "5", "6", "9-2"]))
def test_a_thousand_permutations_give_one_order(category: list[Placed], place: str):
    """Byte for byte."""
    arrangement, chance = arrangement_of(place, R2018), random.Random(1000)
    expected = repr(arrange(category, arrangement)).encode()
    for _ in range(1000):
        chance.shuffle(category)
        assert repr(arrange(category, arrangement)).encode() == expected
