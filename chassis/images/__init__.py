"""Page images: what a file is, whether it decodes, whether it is blank, and the watermark of a view.

Everything here is a plain function of bytes, picklable, and made for a process pool.
pyvips is imported at the first call, so that a service that draws nothing does not pay for it.
"""

from chassis.images.facts import BlankRule, Damage, ImageFacts, ImageLimits, ImageRefused
from chassis.images.headers import sniff
from chassis.images.inspection import inspect_image
from chassis.images.vips import prepare_worker
from chassis.images.watermark import watermark

__all__ = [
    "BlankRule",
    "Damage",
    "ImageFacts",
    "ImageLimits",
    "ImageRefused",
    "inspect_image",
    "prepare_worker",
    "sniff",
    "watermark",
]
