# python-docx has private names in its API and no types for its XML.
# pyright: basic
"""Form grids in DOCX: cells that span columns and rows, as the printed form has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.office_files import fill, set_widths

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import _Cell


@dataclass(frozen=True)
class Spot:
    """A cell: its text and how far it reaches. A label stands in the middle, text at the left."""

    text: str
    across: int = 1
    down: int = 1
    label: bool = False
    picture: bytes | None = None


def label(text: str, across: int = 1, down: int = 1) -> Spot:
    """A heading of the form."""
    return Spot(text, across, down, label=True)


def draw_grid(word: "Word", widths: Sequence[float], rows: Sequence[Sequence[Spot]], heights: Sequence[float]) -> None:
    """A ruled table of these columns; each row names only the cells that begin in it. Millimetres; rows may grow."""
    from docx.enum.table import WD_ROW_HEIGHT_RULE
    from docx.shared import Mm

    table = word.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    grid = [list(row.cells) for row in table.rows]
    set_widths(grid, widths)
    for row, height in zip(table.rows, heights, strict=True):
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
    taken: set[tuple[int, int]] = set()
    for y, spots in enumerate(rows):
        x = 0
        for spot in spots:
            while (y, x) in taken:
                x += 1
            taken |= {(y + down, x + across) for down in range(spot.down) for across in range(spot.across)}
            cell = grid[y][x].merge(grid[y + spot.down - 1][x + spot.across - 1])
            _write(cell, spot, sum(widths[x : x + spot.across]))
            x += spot.across


def _write(cell: "_Cell", spot: Spot, width: float) -> None:
    if spot.picture is None:
        fill(cell, spot.text, middle=spot.label)
        return
    import io

    from docx.shared import Mm

    cell.paragraphs[0].add_run().add_picture(io.BytesIO(spot.picture), width=Mm(width - 5))
