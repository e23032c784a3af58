"""A person's photograph as a form carries it: upright, small, and the same bytes each time."""

import io

_DOTS = (480, 640)


def portrait(content: bytes) -> bytes:
    """A JPEG of at most 480 × 640 dots, enough for 40 × 53 mm at 300 dpi; nothing of the file's metadata is kept.

    With a JFIF header, without which text documents do not know it for a picture.
    """
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail(_DOTS)
    shown = io.BytesIO()
    image.save(shown, "JPEG", quality=88)
    return shown.getvalue()
