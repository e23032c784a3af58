"""Bytes by digest: a content-addressed store, a local directory by default, any S3 by settings.

An address is (unit, SHA-256): the same file handed in by two units is stored twice, so that no answer and
no file system entry tells one unit what another has.
"""

from chassis.blobs.incoming import Incoming
from chassis.blobs.store import BlobMissing, BlobStore, ScrubReport, open_blob_store

__all__ = ["BlobMissing", "BlobStore", "Incoming", "ScrubReport", "open_blob_store"]
