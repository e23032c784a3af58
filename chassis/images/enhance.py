"""The enhanced image (高清图像) of a scan: turned, straightened, freed of the scanner's black and of specks.

Only what the trade allows: nothing inside writing, seal or photograph is changed, the look of the paper stays, and
the scan itself is never touched (digitization rules: processing on the enhanced set only). Each operation is told
with its parameters and with what it found. Runs in a worker process.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chassis.images.border import Sheet, ink, look_at
from chassis.images.deskew import find_angle, turned
from chassis.images.pixels import MM_PER_INCH, cv, encode, grey, np, read_upright, reckoned_dpi

Despeckle = Literal["off", "light"]
Turn = Literal[0, 90, 180, 270]

_SMALL_DPI = 75
_SPECK_CONTRAST = 40
_WHOLLY = 0.98


@dataclass(frozen=True)
class EnhanceSettings:
    """What to do. Millimetres are on the paper, angles in degrees, `turn` counts clockwise.

    A speck is a dark dot up to `speck_mm` across with nothing else dark within `speck_clear_mm`: full stops,
    dotted lines and the dots of a printed photograph stand closer to others and stay.
    """

    turn: Turn = 0
    deskew: bool = True
    clean_border: bool = True
    crop: bool = True
    despeckle: Despeckle = "light"
    max_angle: float = 5.0
    min_angle: float = 0.2
    border_depth_mm: float = 60.0
    speck_mm: float = 0.25
    speck_clear_mm: float = 1.5


@dataclass(frozen=True)
class Enhanced:
    """The image and what was done to get it, in order."""

    content: bytes
    media_type: str
    width: int
    height: int
    operations: list[dict[str, Any]]


def enhance(path: Path, settings: EnhanceSettings) -> Enhanced:
    """Make the enhanced image of a JPEG or PNG, in the type of the scan; `ImageRefused` when it does not decode."""
    page = read_upright(path)
    work = _Work(page.dots, reckoned_dpi(page), settings)
    work.turn()
    work.find_black()
    work.clean_border()
    work.deskew()
    work.crop()
    work.despeckle()
    dpi = (page.dpi[1], page.dpi[0]) if page.dpi and settings.turn in (90, 270) else page.dpi
    height, width = work.dots.shape[:2]
    return Enhanced(encode(work.dots, dpi, page.media_type), page.media_type, width, height, work.operations)


class _Work:
    """A page under the hands of the operations; `sheet` is a small copy that goes along with it."""

    def __init__(self, dots: Any, dpi: float, settings: EnhanceSettings) -> None:
        self.dots = dots
        self.operations: list[dict[str, Any]] = []
        self._dpi = dpi
        self._settings = settings
        self._sheet: Sheet
        self._paper: Any

    def _did(self, op: str, params: dict[str, Any], found: dict[str, Any]) -> None:
        self.operations.append({"op": op, "params": params, "found": found})

    def turn(self) -> None:
        """Turn the page by quarters."""
        if self._settings.turn:
            self.dots = np().ascontiguousarray(np().rot90(self.dots, -self._settings.turn // 90))
            self._did("turn", {"degrees": self._settings.turn}, {})

    def find_black(self) -> None:
        """Look at a small copy: where is paper, of which colour, and where the scanner's black."""
        scale = min(1.0, _SMALL_DPI / self._dpi)
        small = cv().resize(self.dots, None, fx=scale, fy=scale, interpolation=cv().INTER_AREA)
        self._sheet = look_at(grey(small), self._dpi * scale, self._settings.border_depth_mm)
        clear = grey(small) >= self._sheet.paper - 10
        colour = np().median(small[clear], axis=0)
        self._paper = [int(value) for value in np().atleast_1d(colour)]

    def clean_border(self) -> None:
        """Paint the black around the sheet in the colour of its paper."""
        if not self._settings.clean_border or not self._sheet.black.any():
            return
        self.dots = self.dots.copy()
        self._paint(self._sheet.black)
        share = float(self._sheet.black.mean())
        self._sheet.small[self._sheet.black > 0] = self._sheet.paper
        self._did("clean_border", {"depth_mm": self._settings.border_depth_mm}, {"share": round(share, 4)})

    def _paint(self, small_mask: Any) -> None:
        height, width = self.dots.shape[:2]
        mask = cv().resize(small_mask, (width, height), interpolation=cv().INTER_NEAREST)
        self.dots[mask > 0] = self._paper if self.dots.ndim == 3 else self._paper[0]

    def deskew(self) -> None:
        """Turn the page so that its lines lie level; on a larger sheet, so that no corner is lost."""
        settings, sheet = self._settings, self._sheet
        self._size = self.dots.shape[:2]
        if not settings.deskew:
            return
        seen = np().where(sheet.black > 0, np().uint8(sheet.paper), sheet.small)
        angle = find_angle(seen, settings.max_angle)
        params = {"max_angle": settings.max_angle, "min_angle": settings.min_angle}
        if abs(angle) < settings.min_angle:
            self._did("deskew", params, {"angle": 0.0})
            return
        self.dots = turned(self.dots, angle, self._paper)
        self._sheet = sheet._replace(
            small=turned(sheet.small, angle, sheet.paper),
            black=turned(sheet.black, angle, 1, smooth=False),
        )
        self._did("deskew", params, {"angle": angle})

    def crop(self) -> None:
        """Cut off rows and columns that are black all along, and of the larger sheet those where nothing stands."""
        if not self._settings.crop:
            return
        height, width = self.dots.shape[:2]
        rows, columns = self._sheet.small.shape
        spare_rows = (height - self._size[0]) * rows // height // 2
        spare_columns = (width - self._size[1]) * columns // width // 2
        standing = ink(self._sheet)
        top, bottom = _edges(standing, self._sheet.black, spare_rows)
        left, right = _edges(standing.T, self._sheet.black.T, spare_columns)
        if not (top or bottom or left or right):
            return
        down, across = height / rows, width / columns
        cut = {
            "left": int(left * across),
            "top": int(top * down),
            "right": int(right * across),
            "bottom": int(bottom * down),
        }
        self.dots = self.dots[cut["top"] : height - cut["bottom"], cut["left"] : width - cut["right"]]
        self._did("crop", {}, cut)

    def despeckle(self) -> None:
        """Paint lonely specks in the colour of the paper."""
        settings = self._settings
        if settings.despeckle == "off":
            return
        dark = (grey(self.dots) < self._sheet.paper - _SPECK_CONTRAST).astype("uint8")
        speck, clear = self._dots_of(settings.speck_mm), self._dots_of(settings.speck_clear_mm)
        reach = cv().dilate(dark, np().ones((2 * clear + 1,) * 2, "uint8"))
        _, labels, stats, _ = cv().connectedComponentsWithStats(reach, connectivity=8, ltype=cv().CV_32S)
        wide, high = stats[:, cv().CC_STAT_WIDTH], stats[:, cv().CC_STAT_HEIGHT]
        lonely = (wide <= speck + 2 * clear) & (high <= speck + 2 * clear)
        lonely[0] = False
        found = int(lonely.sum())
        if found:
            self.dots = np().array(self.dots)
            halo = np().ones((3, 3), "uint8")
            for label in np().flatnonzero(lonely):
                x, y = stats[label, cv().CC_STAT_LEFT], stats[label, cv().CC_STAT_TOP]
                here = (slice(y, y + high[label]), slice(x, x + wide[label]))
                mask = cv().dilate(dark[here] * (labels[here] == label).astype("uint8"), halo)
                self.dots[here][mask > 0] = self._paper if self.dots.ndim == 3 else self._paper[0]
        params = {"level": settings.despeckle, "speck_mm": settings.speck_mm, "clear_mm": settings.speck_clear_mm}
        self._did("despeckle", params, {"specks": found})

    def _dots_of(self, mm: float) -> int:
        return max(1, round(mm / MM_PER_INCH * self._dpi))


def _edges(standing: Any, black: Any, spare: int) -> tuple[int, int]:
    """How many rows may go at the start and at the end: those black all along, then up to `spare` empty ones."""
    wholly = black.mean(axis=1) >= _WHOLLY
    empty = ~standing.any(axis=1)

    def count(rows: list[int]) -> int:
        gone = 0
        for row in rows:
            if not wholly[row] and not (empty[row] and gone < spare):
                break
            gone += 1
        return gone

    order = list(range(len(wholly)))
    start = count(order[: len(order) // 2])
    return start, count(order[: len(order) // 2 : -1])
