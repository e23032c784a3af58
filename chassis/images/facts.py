"""What is known of a page image, and the ways in which a file is refused."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contracts.problems import FileDamaged, FileEncrypted, FileTypeRefused, Refusal, TooLarge

A4_INCHES = (210 / 25.4, 297 / 25.4)

_REFUSALS: dict[str, type[Refusal]] = {
    refusal.problem.code: refusal for refusal in (FileTypeRefused, FileDamaged, FileEncrypted, TooLarge)
}


class Damage(StrEnum):
    """How a file of an accepted type fails to be an image."""

    EMPTY = "empty"
    HEADER = "header"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"


class ImageRefused(Exception):
    """A file that is not taken in.

    `code` is the problem code (`file-type-refused`, `file-damaged`, `file-encrypted`, `too-large`); `params` fill that
    problem's texts and hold only what may be shown: a media type, a `Damage`, a limit; never bytes.
    """

    def __init__(self, code: str, params: dict[str, Any]) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}"

    def refusal(self, pointer: str | None = None) -> Refusal:
        """The same as a refusal of the problem catalogue, for the edge of a service."""
        return _REFUSALS[self.code](pointer=pointer, **self.params)


@dataclass(frozen=True)
class ImageLimits:
    """The largest file that is read at all: bytes as stored, pixels as the header says.

    100 million pixels admit an A3 page at 600 dpi (70 million).
    """

    max_bytes: int = 64 * 1024 * 1024
    max_pixels: int = 100_000_000


@dataclass(frozen=True)
class BlankRule:
    """When a page counts as wholly blank.

    `border` is the share of each side that is not looked at: scanner edges, and punched holes, whose
    outer rim lies 14.5 mm from an edge of 210 mm. A dot is ink when it is darker than the paper around it
    by `contrast` of 255. The page is blank when the share of ink is below `min_ink`; one signature in the
    middle of an A4 page is about ten times that.
    """

    border: float = 0.07
    contrast: int = 24
    min_ink: float = 0.0002


@dataclass(frozen=True)
class ImageFacts:
    """A page image as found, by content and never by name.

    Width and height are of the upright page, after the orientation its metadata asks for; dots per inch
    follow them, and are None where the file does not say. `ink` is the share of dots that carry ink.
    """

    media_type: str
    width: int
    height: int
    dpi_x: float | None
    dpi_y: float | None
    decodes: bool
    blank: bool
    ink: float
    damage: Damage | None = None

    @property
    def dpi(self) -> float | None:
        """The lower of the two declared resolutions, or None."""
        if self.dpi_x is None or self.dpi_y is None:
            return None
        return min(self.dpi_x, self.dpi_y)

    @property
    def dpi_on_a4(self) -> float:
        """The resolution this many dots give on an A4 sheet, whatever the metadata claims."""
        short, long = sorted((self.width, self.height))
        return min(short / A4_INCHES[0], long / A4_INCHES[1])
