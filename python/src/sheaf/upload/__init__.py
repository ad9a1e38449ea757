"""Bringing assets in: what was named is sent in such a way that a second try adds nothing twice."""

from sheaf.upload.report import Upload, UploadProgress
from sheaf.upload.sender import Sender

__all__ = ["Sender", "Upload", "UploadProgress"]
