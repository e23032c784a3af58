"""A page image as events name it: by digest, never by content."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.values.digest import Digest
from contracts.values.ids import PageId

PageMediaType = Literal["image/jpeg", "image/png"]


def _absent(value: object) -> bool:
    """What most pages do not have is not written: an event names up to 2,000 of them in a message of 1 MiB."""
    return value is None


class PageRef(BaseModel):
    """One page of a material: which file, how large. The id is minted at reception and stays for good."""

    # A listener of today reads the event of a later speaker, so that an unknown member is passed over.
    model_config = ConfigDict(extra="ignore", frozen=True)

    page_id: PageId
    digest: Digest
    media_type: PageMediaType
    bytes: int = Field(gt=0, description="Size of the file")
    width: int = Field(gt=0, description="Pixels")
    height: int = Field(gt=0, description="Pixels")
    source_digest: Digest | None = Field(
        default=None, exclude_if=_absent, description="The TIFF or PDF that the image was drawn from"
    )
    source_page_no: int | None = Field(
        default=None, gt=0, exclude_if=_absent, description="Which page of that file it is"
    )

    @property
    def files(self) -> tuple[str, ...]:
        """Digests of the files that this page rests on: its image, and what that was drawn from."""
        return (self.digest,) if self.source_digest is None else (self.digest, self.source_digest)
