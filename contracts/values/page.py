"""A page image as events name it: by digest, never by content."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.values.digest import Digest
from contracts.values.ids import PageId

PageMediaType = Literal["image/jpeg", "image/png"]


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
