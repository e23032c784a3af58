"""Page images: what a file is, whether it decodes, whether it is blank, the pages of a TIFF or PDF, and the watermark
of a view.

Everything here is a plain function of bytes, picklable, and made for a process pool.
pyvips is imported at the first call, so that a service that draws nothing does not pay for it.
"""

from chassis.images.enhance import Enhanced, EnhanceSettings, enhance
from chassis.images.facts import BlankRule, Damage, ImageFacts, ImageLimits, ImageRefused
from chassis.images.headers import sniff
from chassis.images.inspection import inspect_image
from chassis.images.margin import PageMargin, measure_margin
from chassis.images.sources import DrawnPage, SourceFacts, draw_page, look_into
from chassis.images.vips import prepare_worker
from chassis.images.watermark import watermark

__all__ = [
    "BlankRule",
    "Damage",
    "DrawnPage",
    "EnhanceSettings",
    "Enhanced",
    "ImageFacts",
    "ImageLimits",
    "ImageRefused",
    "PageMargin",
    "SourceFacts",
    "draw_page",
    "enhance",
    "inspect_image",
    "look_into",
    "measure_margin",
    "prepare_worker",
    "sniff",
    "watermark",
]
