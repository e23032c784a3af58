"""`deskew`: an A4 page of 300 dpi, from the file on the disk to the straight image's bytes, in one process."""

from __future__ import annotations

import functools
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.images import EnhanceSettings, enhance
from cli.sample.paper import page_image
from tests.bench.context import Context
from tests.bench.measure import ROUNDS, Row, compare

A4_300 = (2480, 3508)
SKEW = 2.3
ONLY_DESKEW = EnhanceSettings(clean_border=False, crop=False, despeckle="off")
"""What the floor does as well; the other operations have no bare call beside them."""
SEARCHED = 0.15


async def run(context: Context) -> Row:
    """Ours against OpenCV alone: decode, search the projection profile, turn the page, encode as we do."""
    times = max(1, int(context.seconds(3, 20) / ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.jpg"
        path.write_bytes(_skewed_page())

        async def ours() -> float:
            return _milliseconds(times, lambda: enhance(path, ONLY_DESKEW))

        async def floor() -> float:
            return _milliseconds(times, lambda: _bare(path))

        return await compare(
            "deskew", "straighten an A4 page of 300 dpi", "ms", floor=floor, ours=ours, goal=2.0, better="lower"
        )


def _milliseconds(times: int, work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1000


def _bare(path: Path) -> bytes:
    """The library calls with nothing around them, and the same encoder as ours."""
    import cv2
    import numpy as np
    from PIL import Image

    cv2.setNumThreads(1)
    page: Any = cv2.imread(str(path))
    height, width = page.shape[:2]
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=SEARCHED, fy=SEARCHED, interpolation=cv2.INTER_AREA)
    ink: Any = 255 - cv2.threshold(small, 0, 255, cv2.THRESH_OTSU)[1]
    centre = (ink.shape[1] / 2, ink.shape[0] / 2)

    def score(angle: float) -> float:
        turned = cv2.warpAffine(ink, cv2.getRotationMatrix2D(centre, angle, 1), ink.shape[::-1])
        return float(np.var(turned.sum(1, dtype=np.int64)))

    coarse = max((n / 2 for n in range(-10, 11)), key=score)
    angle = max((coarse + n / 10 for n in range(-5, 6)), key=score)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    straight = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    out = io.BytesIO()
    Image.fromarray(cv2.cvtColor(straight, cv2.COLOR_BGR2RGB)).save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


@functools.cache
def _skewed_page() -> bytes:
    from PIL import Image

    drawn = Image.open(io.BytesIO(page_image(["样例材料", *["王建国同志于一九八七年参加工作。" * 2] * 18], seed=7)))
    page = drawn.convert("RGB").resize(A4_300, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    page.rotate(-SKEW, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)).save(
        out, "JPEG", quality=90, dpi=(300, 300)
    )
    return out.getvalue()
