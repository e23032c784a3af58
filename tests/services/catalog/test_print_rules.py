"""Settings of forms and sheets are read strictly: a fault stops the start and says where."""

from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid, load_rules
from services.catalog import rules
from services.catalog.rules import load_scheme
from services.catalog.rules.print_file import PrintFile

FOLDER = Path(rules.__file__).parent
A4 = """paper = "a4"
binding = { side = "left", margin = 25 }
holes = { inset = 12, diameter = 5, from_bottom = [54, 137, 220] }
"""


def test_the_sheets_of_both_schemes_are_the_manuals():
    """A4, 25 mm at the left, three holes 12 mm from the edge, 83 mm apart from 54 mm up (seed 000)."""
    for name in ("r2018", "r2009"):
        page = load_scheme(FOLDER / "schemes" / f"{name}.toml")[0].printing.page
        assert (page.paper, page.side, page.margin) == ("a4", "left", 25)
        assert (page.hole_inset, page.hole_diameter, page.hole_heights) == (12, 5, (54, 137, 220))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from_bottom = [54, 137, 220]", "from_bottom = [54, 137, 295]", "print.page.holes.from_bottom"),
        (A4, A4.replace("a4", "16k").replace("220", "258"), "sheet of 260 mm"),
        ("from_bottom = [54, 137, 220]", "from_bottom = [137, 54, 220]", "must rise"),
        ('paper = "a4"', 'paper = "16k"', None),
        ('paper = "a4"', 'paper = "letter"', "print.page.paper"),
        ("inset = 12", "inset = 24", "binding.margin is too small"),
        ('side = "left"', 'side = "top"', "print.page.binding.side"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(tmp_path: Path, old: str, new: str, said: str | None):
    """Holes off the sheet, holes in the text, paper that nobody has; 16-K takes the same holes."""
    text = (FOLDER / "schemes" / "r2018.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "r2018.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if said is None:
        assert load_scheme(path)[0].printing.page.paper == "16k"
        return
    with pytest.raises(RuleFileInvalid) as refused:
        load_scheme(path)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('precision = "month"', 'precision = "year"', "age.precision"),
        ("family_rows = 7", "family_rowz = 7", "appointment_form"),
        ('deceased = "', 'deceased = "(', "appointment_form.deceased"),
        ("length = 220", "length = 400", "spine_label.length"),
    ],
)
def test_a_faulty_print_file_is_refused(tmp_path: Path, old: str, new: str, said: str):
    """Each fault names the key."""
    text = (FOLDER / "prints.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "prints.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as refused:
        load_rules(path, PrintFile)
    assert said in str(refused.value)
