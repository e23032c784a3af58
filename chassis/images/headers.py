"""File headers, read without decoding anything.

The dots that a header claims are checked here first: a few kilobytes of PNG can claim 30,000 × 30,000.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

JPEG = "image/jpeg"
PNG = "image/png"
TIFF = "image/tiff"
PDF = "application/pdf"
UNKNOWN = "application/octet-stream"
ACCEPTED = frozenset({JPEG, PNG})

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"%PDF-", PDF),
)
SNIFF_BYTES = 1024

# Start-of-frame markers; C4 (tables), C8 (reserved) and CC (arithmetic conditioning) are not frames.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


class Size(NamedTuple):
    """Dots as the header claims them."""

    width: int
    height: int


def sniff(first_bytes: bytes) -> str | None:
    """The media type that the first bytes show, or None when they show none that is known.

    A PDF may have junk before its mark.
    """
    for magic, media_type in _MAGIC:
        if first_bytes.startswith(magic):
            return media_type
    return PDF if b"%PDF-" in first_bytes[:SNIFF_BYTES] else None


def header_size(data: bytes, media_type: str) -> Size | None:
    """Width and height from the header of a JPEG or PNG; None when the header is not whole."""
    return _png_size(data) if media_type == PNG else _jpeg_size(data)


def ends_properly(data: bytes, media_type: str) -> bool:
    """Whether the closing mark is there; the decoders forgive its absence."""
    if media_type == PNG:
        return any(kind == b"IEND" for kind, _ in _png_chunks(data))
    return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")


def png_dpi(data: bytes) -> tuple[float, float] | None:
    """Dots per inch from pHYs; None when the chunk is missing or gives a shape, not a size."""
    for kind, body in _png_chunks(data):
        if kind == b"pHYs" and len(body) == 9:
            x, y, unit = struct.unpack(">IIB", body)
            return (x * 0.0254, y * 0.0254) if unit == 1 and x and y else None
        if kind == b"IDAT":
            break
    return None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _png_size(data: bytes) -> Size | None:
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    return Size(*struct.unpack_from(">II", data, 16))


def _jpeg_size(data: bytes) -> Size | None:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _JPEG_BARE:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            if marker in _JPEG_FRAMES:
                return _jpeg_frame(data, at)
            if marker == 0xDA or length < 2:
                return None
            at += 2 + length
    return None


def _jpeg_frame(data: bytes, at: int) -> Size | None:
    if at + 9 > len(data):
        return None
    height, width = struct.unpack_from(">HH", data, at + 5)
    return Size(width, height)
