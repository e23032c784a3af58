"""`shelf.toml` is read strictly: a fault stops the start and says where."""

from datetime import timedelta
from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid, load_rules
from services.catalog import rules
from services.catalog.rules import load_catalog_rules
from services.catalog.rules.shelf_file import ShelfFile

SHIPPED = Path(rules.__file__).with_name("shelf.toml")


def test_the_shipped_file_is_whole():
    """Boxes as sold, binding every two years, fourteen labels on a sheet; its digest is kept."""
    loaded = load_catalog_rules()
    assert (loaded.shelf.volume.limit, loaded.shelf.volume.boxes_mm) == (300, (25, 35, 45))
    assert (loaded.shelf.folder_within, loaded.shelf.bound_within) == (timedelta(days=15), timedelta(days=730))
    assert loaded.shelf.label.columns * loaded.shelf.label.rows == 14
    assert len(loaded.digests["shelf"]) == 64


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("most_pages = 300", "most_pages = 3", "volume.most_pages"),
        ("most_pages", "most_sheets", "volume.most_pages"),
        ("[25, 35, 45]", "[35, 25, 45]", "volume.boxes_mm"),
        ("bound_days = 730", "bound_days = 0", "loose.bound_days"),
        ("settle_days = 30", "settle_days = 0", "inventory.settle_days"),
        ("rows = 7", "rows = 8", "label.columns"),
        ("width = 99.1", "width = 104.1", "label.columns"),
    ],
)
def test_a_fault_names_file_line_and_key(tmp_path: Path, old: str, new: str, key: str):
    """So that the office finds it."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "shelf.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_rules(path, ShelfFile)
    assert refused.value.key == key
    assert str(path) in str(refused.value)
