"""How much ink a page carries, measured on a small copy of it.

Done in Pillow: on an image of a tenth of a megapixel, libvips spends three times as long in setting up its
operations as in doing them, and this look is most of what a page check costs besides the decode.
"""

from typing import Any

from chassis.images.facts import BlankRule

_PAPER_SHARE = 0.9
_INK, _NONE = 255, 0


def ink_share(small: Any, rule: BlankRule) -> float:
    """The share of dots darker than the paper of the sheet and than the paper around them.

    `small` is an 8-bit libvips image, grey or RGB. The second condition forgives the shadow of a book fold
    and uneven light; the paper's own colour is the brightness that nine dots of ten stay below.
    """
    from PIL import Image, ImageChops, ImageFilter

    mode = "RGB" if small.bands == 3 else "L"
    page: Any = Image.frombuffer(mode, (small.width, small.height), small.write_to_memory()).convert("L")
    left, top = int(page.width * rule.border), int(page.height * rule.border)
    if page.width > 2 * left and page.height > 2 * top:
        page = page.crop((left, top, page.width - left, page.height - top))
    paper = _paper(page.histogram())
    around = page.filter(ImageFilter.BoxBlur(max(1, min(page.size) // 30)))
    dark = page.point([_INK if value < paper - rule.contrast else _NONE for value in range(256)])
    deeper: Any = ImageChops.subtract(around, page)
    local = deeper.point([_INK if value > rule.contrast / 2 else _NONE for value in range(256)])
    return ImageChops.darker(dark, local).histogram()[_INK] / (page.width * page.height)


def _paper(histogram: list[int]) -> int:
    below, enough = 0, sum(histogram) * _PAPER_SHARE
    for value, count in enumerate(histogram):
        below += count
        if below >= enough:
            return value
    return _INK
