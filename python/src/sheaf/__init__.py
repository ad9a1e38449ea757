"""Sheaf, a self-hosted data-labelling desk, from Python.

>>> client = sheaf.connect("http://127.0.0.1:8765", key)                      # doctest: +SKIP
>>> project = client.project("cars", create=True)                             # doctest: +SKIP
>>> project.upload("photos/", metadata={"camera": "rear"})                    # doctest: +SKIP
>>> batch = project.batch("first", "camera:rear", pick=sheaf.random(1000, seed=7), launch=True)  # doctest: +SKIP
>>> frame = batch.wait().export().to_pandas()                                 # doctest: +SKIP
"""

from sheaf._version import __version__
from sheaf.batch import Batch
from sheaf.client import Client, connect
from sheaf.dry_run import DryRun
from sheaf.errors import (
    AnswerLost,
    ApiError,
    BadQuery,
    BatchCancelled,
    Conflict,
    ConnectionFailed,
    Forbidden,
    Invalid,
    NotFound,
    SheafError,
    TooMany,
    Unauthenticated,
    UpdateFailed,
    UploadFailed,
    UploadRefused,
    WaitTimeout,
)
from sheaf.export import Export
from sheaf.models import Asset, BatchCounts, Diagnostic, Field, Problem, RowProblem, UploadCounts
from sheaf.picks import Pick, everything, first, last, quota, random, top
from sheaf.project import Project
from sheaf.query import Query
from sheaf.said import AnswerReport, PrelabelReport, PrelabelSource, SaidProblem
from sheaf.updates import UpdateReport
from sheaf.upload import Upload, UploadProgress
from sheaf.watch import PersonProgress, Progress

__all__ = [
    "AnswerLost",
    "AnswerReport",
    "ApiError",
    "Asset",
    "BadQuery",
    "Batch",
    "BatchCancelled",
    "BatchCounts",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Diagnostic",
    "DryRun",
    "Export",
    "Field",
    "Forbidden",
    "Invalid",
    "NotFound",
    "PersonProgress",
    "Pick",
    "PrelabelReport",
    "PrelabelSource",
    "Problem",
    "Progress",
    "Project",
    "Query",
    "RowProblem",
    "SaidProblem",
    "SheafError",
    "TooMany",
    "Unauthenticated",
    "UpdateFailed",
    "UpdateReport",
    "Upload",
    "UploadCounts",
    "UploadFailed",
    "UploadProgress",
    "UploadRefused",
    "WaitTimeout",
    "__version__",
    "connect",
    "everything",
    "first",
    "last",
    "quota",
    "random",
    "top",
]
