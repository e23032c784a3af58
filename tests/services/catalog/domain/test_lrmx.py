"""LRMX files: read, compared with the facts, written; nothing of a file is lost, and nothing outside it is read."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import ValidationFailed
from contracts.values.id_number import IdNumber
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry, Stamp, plan_changes
from services.catalog.domain.facts import Facts, Provenance
from services.catalog.domain.lrmx_diff import entries_of_file
from services.catalog.domain.lrmx_export import fill
from services.catalog.domain.lrmx_file import Element, read_lrmx, write_lrmx
from services.catalog.domain.lrmx_form import form_of
from services.catalog.domain.lrmx_read import tell

FILES = Path(__file__).with_name("lrmx")
FULL = (FILES / "full.lrmx").read_bytes()
SPARSE = (FILES / "sparse.lrmx").read_bytes()
NUMBER = IdNumber("990000196803150114")
NOBODY = Facts(new_id("per"), ())


def recorded(facts: Facts, entries: list[FactEntry]) -> Facts:
    """The facts after these lines."""
    stamp = Stamp(facts.person_id, new_id("req"), datetime.now(UTC), "acc", [new_id("fct") for _ in entries])
    plan = plan_changes(facts, entries, stamp)
    assert plan.faults == ()
    return plan.after


def imported(facts: Facts, content: bytes) -> Facts:
    """The facts after this file was imported whole."""
    told = tell(read_lrmx(content), new_id("unt"))
    assert told.faults == {}
    changes = entries_of_file(told, facts, known_number=NUMBER if facts.one("id_number") else None)
    return recorded(facts, [entry for entries in changes.values() for entry in entries])


def exported(facts: Facts, base: Element | None, number: IdNumber | None = None) -> Element | None:
    """The form filled in from these facts, the number shown."""
    return fill(facts, base, number=number, show_number=True, photo=None)


def texts(root: Element) -> dict[str, str]:
    """Plain text of every element, relatives as lines."""
    told = {one.name: one.plain for one in root.children if one.name != "JiaTingChengYuan"}
    family = root.child("JiaTingChengYuan")
    rows = [item for item in family.children if any(cell.plain for cell in item.children)] if family else []
    told["JiaTingChengYuan"] = "\n".join(" ".join(f"{cell.name}={cell.plain}" for cell in row.children) for row in rows)
    return {name: text for name, text in told.items() if text}


@pytest.mark.parametrize("content", [FULL, SPARSE], ids=["full", "sparse"])
def test_a_file_that_was_imported_goes_out_as_the_bytes_that_it_was(content: bytes):
    """Nothing changed since, so nothing is rewritten."""
    after = imported(NOBODY, content)
    number = NUMBER if content is FULL else None
    assert exported(after, read_lrmx(content), number) is None


def test_every_field_of_the_form_becomes_a_fact_and_comes_back():
    """Export of facts alone, without the file, has the same text in every field that facts fill."""
    after = imported(NOBODY, FULL)
    made = exported(after, None, NUMBER)
    assert made is not None
    again = read_lrmx(write_lrmx(made))
    held, told = texts(read_lrmx(FULL)), texts(again)
    of_the_form = {"NiRenZhiWu", "NiMianZhiWu", "RenMianLiYou", "ChengBaoDanWei", "JiSuanNianLingShiJian"}
    of_the_form |= {"TianBiaoShiJian", "TianBiaoRen", "Version", "DaoLingNianYue"}
    assert {name: text for name, text in held.items() if name not in of_the_form} == {
        **told,
        "JiaTingChengYuan": told["JiaTingChengYuan"].replace("199605", "1996.05"),
    }
    assert told["JianLi"] == held["JianLi"]
    assert form_of(imported(NOBODY, write_lrmx(made))) == form_of(after)


def test_a_second_import_changes_nothing():
    """Every field agrees with what the first one left."""
    after = imported(NOBODY, FULL)
    told = tell(read_lrmx(FULL), new_id("unt"))
    assert not any(entries_of_file(told, after, known_number=NUMBER).values())


def test_what_is_known_more_exactly_agrees():
    """A day where the form has the month; a blank cell of a relative says nothing against the known one."""
    entered = Provenance("entry")
    known = [
        FactEntry("birth_date", entered, {"date": {"value": "1990-01-15"}}),
        FactEntry("work_start", entered, {"date": {"value": "2012-07-01"}}),
    ]
    facts = recorded(NOBODY, known)
    changes = entries_of_file(tell(read_lrmx(SPARSE), new_id("unt")), facts, known_number=None)
    assert (changes["ChuShengNianYue"], changes["CanJiaGongZuoShiJian"]) == ([], [])
    coarser = recorded(NOBODY, [FactEntry("birth_date", entered, {"date": {"value": "1990"}})])
    assert entries_of_file(tell(read_lrmx(SPARSE), ""), coarser, known_number=None)["ChuShengNianYue"] != []


def test_only_what_changed_is_rewritten():
    """Order, unknown elements, the form's own fields and the spelling of all else stay as they were."""
    after = imported(NOBODY, FULL)
    entry = FactEntry("health", Provenance("entry"), {"text": "一般"})
    made = exported(recorded(after, [entry]), read_lrmx(FULL), NUMBER)
    assert made is not None
    changed = FULL.replace("<JianKangZhuangKuang>健康<".encode(), "<JianKangZhuangKuang>一般<".encode())
    assert read_lrmx(write_lrmx(made)) == read_lrmx(changed)


def test_the_resume_keeps_its_order_also_where_a_line_has_no_date():
    """A note in brackets stands behind the line that it belongs to."""
    after = imported(NOBODY, FULL)
    lines = [fact.value["text"] for fact in after.of("resume")]
    assert lines[2].startswith("（其间")
    assert after.of("resume")[-1].valid_to is None


def test_a_relative_who_changed_takes_the_place_of_the_former_row():
    """Rows before it stay; those behind it keep the file's order; who left the list is withdrawn."""
    after = imported(NOBODY, FULL)
    content = FULL.replace("共青团员".encode(), "中共党员".encode())
    start, end = content.index("<Item>\n      <ChengWei>父亲".encode()), content.rindex(b"</Item>") + 7
    later = imported(after, content[:start] + content[end:])
    assert [fact.value["name"] for fact in later.of("family")] == ["李梅", "王·小"]
    assert later.of("family")[0].fact_id == after.of("family")[0].fact_id
    assert later.of("family")[1].value["political_status"] == "中共党员"


def test_odd_but_common_spellings_are_understood():
    """`1990.01`, a line break within a tag, 至今, a second party, a full sentence of assessments, no rewards."""
    after = imported(NOBODY, SPARSE)
    form = form_of(after)
    assert (form["XingMing"], form["ChuShengNianYue"], form["RuDangShiJian"]) == ("张伟", "199001", "201506；民建")
    assert form["QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi"] == "某大学 法学院"
    assert (form["NianDuKaoHeJieGuo"], form["JiangChengQingKuang"]) == ("近三年均为称职以上", "")
    assert [fact.valid_to for fact in after.of("resume")][1] is None


@pytest.mark.parametrize("name", ["GBK", "gb2312", "GB18030"])
def test_gbk_is_taken_where_it_is_declared(name: str):
    """And 𠮷 survives in GB 18030."""
    told = SPARSE.decode().replace("张伟", "张𠮷" if name == "GB18030" else "张伟")
    content = f'<?xml version="1.0" encoding="{name}"?>\n{told}'.encode("gb18030")
    name_told = read_lrmx(content).child("XingMing")
    assert name_told is not None
    assert name_told.plain in told


ENTITY = b'<!DOCTYPE Person [<!ENTITY x SYSTEM "file:///etc/passwd">]><Person><XingMing>&x;</XingMing></Person>'
LAUGHS = b'<!DOCTYPE Person [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Person><XingMing>&b;</XingMing></Person>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ENTITY, "xml-entities"),
        (LAUGHS, "xml-entities"),
        (b"<!DOCTYPE Person><Person/>", "xml-entities"),
        (b'<?xml-stylesheet href="x"?><Person/>', "xml-entities"),
        (b"", "xml-malformed"),
        (b"<Person><XingMing></Person>", "xml-malformed"),
        (b"<Person><XingMing>&nbsp;</XingMing></Person>", "xml-malformed"),
        (b"PK\x03\x04", "xml-malformed"),
        (b"<Ren/>", "xml-root"),
        (b"<Person><MinZu/><MinZu/></Person>", "duplicate"),
        ("<Person><XingMing>张</XingMing></Person>".encode("gbk"), "encoding-invalid"),
        (b'<?xml version="1.0" encoding="big5"?><Person/>', "encoding-unknown"),
        (b"<Person>" + b"<A>" * 20 + b"</A>" * 20 + b"</Person>", "too-many"),
        (b"<Person>" + b"".join(b"<A%d/>" % at for at in range(6000)) + b"</Person>", "too-many"),
    ],
)
def test_what_is_no_plain_form_is_refused_with_its_own_code(content: bytes, code: str):
    """A DTD, an entity, another root, a byte that the declared encoding does not have."""
    with pytest.raises(ValidationFailed) as refused:
        read_lrmx(content)
    assert refused.value.errors[0].code == code


@pytest.mark.parametrize(
    ("element", "text", "code"),
    [
        ("ChuShengNianYue", "199013", "date-impossible"),
        ("ChuShengNianYue", "一九九〇年", "date-impossible"),
        ("XingBie", "M", "invalid"),
        ("ShenFenZheng", "990000196803150113", "id-number-invalid"),
        ("ZhaoPian", "不是图片", "base64-invalid"),
        ("ZhaoPian", base64.b64encode(b"GIF89a").decode(), "image-unknown"),
        ("XingMing", "王" * 101, "too-long"),
        ("JianLi", "1990.13--1991.01 某局", "date-impossible"),
        ("RuDangShiJian", "（2015.06）", "date-impossible"),
        ("RuDangShiJian", "中共党员2015年", "date-impossible"),
        ("QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "某大学", "required"),
        ("JianLi", "1990.01--1990.02 某局\n" * 201, "too-many"),
        ("JiaTingChengYuan", "<Item><ChengWei>子</ChengWei></Item>" * 201, "too-many"),
        ("JiaTingChengYuan", "<Item><ChengWei>子</ChengWei></Item>", "required"),
    ],
)
def test_a_field_at_fault_leaves_the_others(element: str, text: str, code: str):
    """The fault stands at its element; what else the file tells is told."""
    told = tell(read_lrmx(f"<Person><MinZu>汉族</MinZu><{element}>{text}</{element}></Person>".encode()), "")
    assert [fault.code for faults in told.faults.values() for fault in faults] == [code]
    assert told.fields["MinZu"][0].value == {"text": "汉族"}


plain = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=30)
names = st.from_regex(r"[A-Z][A-Za-z0-9_]{0,20}", fullmatch=True)
trees = st.recursive(
    st.builds(Element, names, plain, st.just(()), st.dictionaries(names, plain, max_size=2), plain),
    lambda children: st.builds(Element, names, plain, st.lists(children, max_size=4).map(tuple), tail=plain),
    max_leaves=12,
)


@given(st.lists(trees, max_size=6, unique_by=lambda one: one.name))
def test_any_tree_is_read_as_it_was_written(children: list[Element]):
    """Elements, attributes, text and what stands between them."""
    root = Element("Person", "\n", tuple(children))
    assert read_lrmx(write_lrmx(root)) == root


words = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)
months = st.builds(lambda year, month: f"{year}{month:02d}", st.integers(1950, 2020), st.integers(1, 12))


@given(
    st.fixed_dictionaries(
        {"XingMing": words},
        optional={
            "MinZu": words,
            "JiGuan": words,
            "ChuShengNianYue": months,
            "RuDangShiJian": months | words,
            "ZhuanYeJiShuZhiWu": words,
            "ZaiZhiJiaoYu_XueLi": words,
            "ZaiZhiJiaoYu_XueWei": words,
            "XianRenZhiWu": words,
            "JiangChengQingKuang": st.lists(words, min_size=1, max_size=4, unique=True).map("\n".join),
            "JianLi": st.lists(st.tuples(months, words), min_size=1, max_size=5).map(
                lambda rows: "\n".join(f"{month[:4]}.{month[4:]}--  {text}" for month, text in rows)
            ),
        },
    )
)
def test_import_and_export_are_each_others_inverse(fields: dict[str, str]):
    """The file's bytes come back from its import; the facts' form comes back from their export."""
    body = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    content = f"<Person>{body}</Person>".encode()
    after = imported(NOBODY, content)
    assert exported(after, read_lrmx(content)) is None
    made = exported(after, None)
    assert made is not None
    assert form_of(imported(NOBODY, write_lrmx(made))) == form_of(after)
