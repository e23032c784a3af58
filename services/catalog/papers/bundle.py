"""Many prints as one file: a ZIP written as it is sent, or a PDF with a bookmark for each dossier."""

import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def member_name(position: int, dossier_no: str) -> str:
    """Name of a print in a ZIP: its place and the dossier's number, nothing that a file system reads otherwise."""
    return f"{position:04d}-{_NOT_IN_A_NAME.sub('_', dossier_no)[:80]}.pdf"


class _Outlet(io.RawIOBase):
    """Takes what a ZIP writes, and gives it on: it cannot seek, so that nothing has to be kept."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = bytes(memoryview(data))  # pyright: ignore[reportArgumentType]  # a buffer
        self._waiting += chunk
        return len(chunk)

    def taken(self) -> bytes:
        """What was written since the last time."""
        chunk, self._waiting = bytes(self._waiting), bytearray()
        return chunk


async def zipped(files: AsyncIterator[tuple[str, bytes]]) -> AsyncIterator[bytes]:
    """The ZIP of these members, one after another: memory holds one of them. PDFs are compressed already."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        async for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP), content)
            yield outlet.taken()
    yield outlet.taken()


def merge_pdfs(files: Iterable[tuple[str, Path]], target: Path) -> None:
    """One PDF of these, a bookmark before each; for a worker, since all their objects are in memory at once."""
    from pypdf import PdfWriter

    with PdfWriter() as writer:
        for title, path in files:
            writer.append(str(path), outline_item=title, import_outline=False)
        writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
        writer.write(str(target))
