"""The one place where pyvips is imported, with the settings of a pool worker."""

import os
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def vips() -> Any:
    """The pyvips module: one thread (the pool gives the others), no operation cache, safe loaders only."""
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips

    pyvips.cache_set_max(0)
    pyvips.block_untrusted_set(True)
    return pyvips


def prepare_worker() -> None:
    """Initialiser of a worker process: pays for the import before the first page arrives."""
    vips()


def load(data: bytes, media_type: str, **options: Any) -> Any:
    """A lazy image over the bytes, by the loader of this very type; libvips never guesses."""
    image = vips().Image
    loader = image.pngload_buffer if media_type == "image/png" else image.jpegload_buffer
    return loader(data, **options)
