"""Page images by the hundred: one drawn page, made different by a comment that no reader shows."""

from __future__ import annotations

import functools

from cli.sample.paper import page_image


@functools.cache
def _drawn() -> bytes:
    return page_image(["样例材料", "本页用于性能测量"], seed=7)


def distinct_page(number: int | str) -> bytes:
    """A 150-dpi A4 JPEG whose digest is its own: the number stands in a JPEG comment."""
    comment = str(number).encode()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    page = _drawn()
    return page[:2] + segment + page[2:]
