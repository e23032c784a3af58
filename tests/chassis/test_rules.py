"""A rule file is read strictly, and a fault names file, line, key and cure."""

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid, RuleModel, load_rules


class Kind(RuleModel):
    id: str
    persons: int


class Rules(RuleModel):
    min_dpi: int
    kind: list[Kind]


GOOD = 'min_dpi = 150\n\n[[kind]]\nid = "a"\npersons = 2\n\n[[kind]]\nid = "b"\npersons = 1\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_comes_with_its_digest(tmp_path: Path):
    """The digest is kept with what the rules decided."""
    rules, digest = load_rules(write(tmp_path, GOOD), Rules)
    assert [kind.id for kind in rules.kind] == ["a", "b"]
    assert len(digest) == 64


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "cure"),
    [
        ("persons = 1", "persns = 1", 7, "kind.1.persons", "Add"),
        ("persons = 1", "persons = 1\nextra = 1", 10, "kind.1.extra", "Remove"),
        ("min_dpi = 150", 'min_dpi = "fine"', 1, "min_dpi", "Correct"),
        ('id = "b"', "id = ", 8, "TOML", "spelling"),
        ("min_dpi = 150\n", "", None, "min_dpi", "Add"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, old: str, new: str, line: int | None, key: str, cure: str):
    """Whoever edits the file finds the line at once."""
    path = write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RuleFileInvalid) as refused:
        load_rules(path, Rules)
    assert (refused.value.line, refused.value.key) == (line, key)
    assert cure in refused.value.cure
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_or_not_utf8_says_so(tmp_path: Path):
    """An editor that saves GBK, a file that was moved: the same kind of answer."""
    gbk = tmp_path / "gbk.toml"
    gbk.write_bytes("min_dpi = 150\n# 材料".encode("gbk"))
    for path, key, line in ((gbk, "encoding", 2), (tmp_path / "none.toml", "file", None)):
        with pytest.raises(RuleFileInvalid) as refused:
            load_rules(path, Rules)
        assert (refused.value.key, refused.value.line) == (key, line)
