"""Scheme files are read strictly: a fault stops the start and says where."""

import re
import shutil
from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid, load_rules
from services.catalog import rules
from services.catalog.rules import load_catalog_rules
from services.catalog.rules.enum_file import CODES, load_enums
from services.catalog.rules.title_file import TitleFile

SHIPPED = Path(rules.__file__).with_name("schemes") / "r2018.toml"


@pytest.mark.parametrize("scheme_id", ["r2018", "r2009"])
def test_the_shipped_scheme_is_whole(scheme_id: str):
    """Ten categories, subclasses of 4 and 9, every row of the customer's table, and the print settings."""
    loaded = load_catalog_rules()
    scheme = loaded.schemes[scheme_id]
    assert re.fullmatch("[0-9a-f]{64}", loaded.digests[scheme_id])
    assert [c.no for c in scheme.categories] == list(range(1, 11))
    assert {c.no: len(c.subclasses) for c in scheme.categories if c.subclasses} == {4: 4, 9: 4}
    assert [c.no for c in scheme.categories if c.order_mode == "content"] == [5, 6, 8]
    assert [rule.order for rule in scheme.title_rules] == list(range(1, 43))
    assert (scheme.printing.blank_rows_category, scheme.printing.blank_rows_subclass) == (4, 3)
    assert scheme.printing.page_break == {3, 4, 9}
    assert scheme.queue.due_days == 14
    assert (scheme.order.latest_resume_first, scheme.page_rule) == ("off", "include_cover")
    assert scheme.required_columns == {"title", "formed_on", "page_count"}
    assert all(rule.source and rule.examples for rule in scheme.title_rules)
    assert all(overlap.source and overlap.because for overlap in scheme.overlaps)


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("due_days = 14", "due_days = 0", "queue.due_days", "greater than or equal to 1"),
        ("due_days = 14", "due_dayz = 14", "queue.due_days", "required"),
        ('pattern = \'档案审核专用\'', "pattern = '档案(审核专用'", "title_rule.1.pattern", "does not compile"),
        ("pattern = '档案审核专用'", "pattern = '(档案审核*专用?)+'", "title_rule.1.pattern", "take for ever"),
        ("resume_pattern = '履历表'", "resume_pattern = '(履历|履历表)*'", "order.resume_pattern", "take for ever"),
        ("pattern = '复查结论'", "pattern = '.*复查.*结论.*'", "content_rank.0.pattern", "2 open repeats"),
        ("order = 2\n", "order = 1\n", "title_rule.1.order", "must rise"),
        ('order = 2\ncategory = "5"', 'order = 2\ncategory = "4"', "title_rule.1.category", "no category 4"),
        ('order = 2\ncategory = "5"', 'order = 2\ncategory = "11"', "title_rule.1.category", "no category 11"),
        ('no = 10\ncode = "other"', 'no = 9\ncode = "other"', "category.9.no", "must rise"),
        ('[[content_rank]]\ncategory = "5"', '[[content_rank]]\ncategory = "7"', "content_rank.0.category",
         "7 不按内容排列"),
        ('code = "blank_form"', 'code = "duplicate"', "refusal_reason.7.code", "is repeated"),
        ("pattern = '档案审核专用'", "pattern = '审核专用本'", "title_rule.1.examples", "by rule 11"),
        ('examples = ["录用体检表", ', 'examples = ["录用审批表", ', "overlap.0.examples", "by rule 37"),
        ("over = [11]", "over = [111]", "overlap.1.over", "no title rule 111"),
        ('latest_resume_first = "off"', 'latest_resume_first = "on"', "order.latest_resume_first", "physical_only"),
        ('["blank", "liner"]', '["blank", "printed"]', "numbering.uncounted_sides.1", "'liner'"),
        ('page_rule = "include_cover"', 'page_rule = "all"', "numbering.page_rule", "exclude_cover"),
        ('["title", "formed_on", "page_count"]', '["title", "copies"]', "catalogue.required_columns.1", "formed_on"),
        ("from_bottom = [54, 137, 220]", "from_bottom = [54, 137, 296]", "print.page.holes.from_bottom.2", "less than"),
        ('id = "r2018"', 'id = "r2018', "TOML", "line"),
        ('id = "r2018"', 'id = "r2009"', "id", "is not the file's name"),
    ],
)  # fmt: skip
def test_a_faulty_scheme_stops_the_start(tmp_path: Path, old: str, new: str, key: str, said: str):
    """Each fault names file, line, key and cure."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "r2018.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_catalog_rules(tmp_path)
    fault = refused.value
    assert fault.file.name == "r2018.toml"
    assert fault.key == key
    assert said in fault.reason
    assert fault.cure


@pytest.mark.parametrize(
    ("old", "new", "line_holds"),
    [
        ('order = 11\ncategory = "9-2"', 'order = 11\ncategory = "9"', 'category = "9"'),
        ("over = [11]", "over = [111]", "over = [111]"),
        ("order = 40\n", "order = 39\n", "order = 39"),
        ("pattern = '居留'", "pattern = '(居留+)+'", "pattern = '(居留+)+'"),
    ],
)
def test_a_fault_between_keys_names_its_line(tmp_path: Path, old: str, new: str, line_holds: str):
    """The line that the refusal names is the one to correct."""
    text = SHIPPED.read_text(encoding="utf-8").replace(old, new, 1)
    (tmp_path / "r2018.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_catalog_rules(tmp_path)
    assert refused.value.line is not None
    assert line_holds in text.splitlines()[refused.value.line - 1]


def test_a_changed_file_has_another_digest(tmp_path: Path):
    """What decided can be told from the digest."""
    shutil.copy(SHIPPED, tmp_path / "r2018.toml")
    same = load_catalog_rules(tmp_path).digests
    with (tmp_path / "r2018.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert same["r2018"] == load_catalog_rules().digests["r2018"]
    assert load_catalog_rules(tmp_path).digests != same


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('codes.spouse = { zh = "配偶", en = "Spouse" }\n', "", "kin_relation.codes"),
        ("codes.spouse =", "codes.consort =", "kin_relation.codes"),
        ("[role]", "[post]", "role"),
    ],
)
def test_words_of_an_enum_are_exactly_the_contracts_codes(tmp_path: Path, old: str, new: str, key: str):
    """A code without a word, or a word without a code, stops the start."""
    shipped = Path(rules.__file__).with_name("enums.toml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "enums.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_enums(tmp_path / "enums.toml")
    assert refused.value.key == key
    assert load_enums()[0].keys() == CODES.keys()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"履歷" = "履历"', '"履歷" = "入黨"', "variants.履歷"),
        ("longest = 40", "longest = 4", "longest"),
        ('"2014年度考核登记表"], ["平时', '"2014年考核登记表"], ["平时', "rewrite.1.examples"),
    ],
)
def test_a_rewriting_that_does_not_end_stops_the_start(tmp_path: Path, old: str, new: str, key: str):
    """A variant that would be rewritten again, or an example that does not come out, is refused."""
    shipped = Path(rules.__file__).with_name("titles.toml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "titles.toml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_rules(tmp_path / "titles.toml", TitleFile)
    assert refused.value.key == key
