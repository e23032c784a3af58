"""Scheme files are read strictly: a fault stops the start and says where."""

import re
import shutil
from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.catalog import rules
from services.catalog.rules import load_catalog_rules

SHIPPED = Path(rules.__file__).with_name("schemes") / "r2018.toml"


def test_the_shipped_scheme_is_whole():
    """Ten categories, subclasses of 4 and 9, every row of the customer's table, and the print settings."""
    loaded = load_catalog_rules()
    scheme = loaded.schemes["r2018"]
    assert re.fullmatch("[0-9a-f]{64}", loaded.digests["r2018"])
    assert [c.no for c in scheme.categories] == list(range(1, 11))
    assert {c.no: len(c.subclasses) for c in scheme.categories if c.subclasses} == {4: 4, 9: 4}
    assert [c.no for c in scheme.categories if c.order_mode == "content"] == [5, 6, 8]
    assert [rule.order for rule in scheme.title_rules] == list(range(1, 43))
    assert (scheme.printing.blank_rows_category, scheme.printing.blank_rows_subclass) == (4, 3)
    assert scheme.printing.page_break == {3, 4, 9}
    assert scheme.queue.due_days == 14


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("due_days = 14", "due_days = 0", "queue.due_days"),
        ("due_days = 14", "due_dayz = 14", "queue"),
        ('pattern = \'档案审核专用\'', "pattern = '档案(审核专用'", "title_rule.1.pattern"),
        ("order = 2\n", "order = 1\n", "title_rule.order must rise"),
        ('order = 2\ncategory = "5"', 'order = 2\ncategory = "4"', "title_rule 2: no category 4"),
        ('order = 2\ncategory = "5"', 'order = 2\ncategory = "11"', "title_rule 2: no category 11"),
        ('no = 10\ncode = "other"', 'no = 9\ncode = "other"', "category.no must rise"),
        ('[[content_rank]]\ncategory = "5"', '[[content_rank]]\ncategory = "7"', "7 is not ordered by content"),
        ('code = "blank_form"', 'code = "duplicate"', "refusal_reason.code is repeated"),
        ('id = "r2018"', 'id = "r2018', "TOML"),
    ],
)  # fmt: skip
def test_a_faulty_scheme_stops_the_start(tmp_path: Path, old: str, new: str, said: str):
    """Each fault names the file and what is wrong in it."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "r2018.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_catalog_rules(tmp_path)
    assert "r2018.toml" in str(refused.value)
    assert said in str(refused.value)


def test_a_changed_file_has_another_digest(tmp_path: Path):
    """What decided can be told from the digest."""
    shutil.copy(SHIPPED, tmp_path / "r2018.toml")
    same = load_catalog_rules(tmp_path).digests
    with (tmp_path / "r2018.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert same == load_catalog_rules().digests
    assert load_catalog_rules(tmp_path).digests != same
