"""What the server tells, as plain values: assets, counts, problems. None of them asks the server anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sheaf._pointed import from_utf16

Json = dict[str, Any]
"""An object of the API."""

_TIME = re.compile(r"(?P<head>.{19})(?:\.(?P<fraction>\d+))?(?P<zone>.*)", re.DOTALL)


def parse_time(text: str | None) -> datetime | None:
    """Read a time of the API; ``None`` stays ``None``."""
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        msg = f"`{text}` is not a time"
        raise ValueError(msg)
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    zone = "+00:00" if match["zone"] in ("Z", "z", "") else match["zone"]
    return datetime.fromisoformat(f"{match['head']}.{fraction}{zone}")


def moment(text: str) -> datetime:
    """Read a time of the API that is always there."""
    time = parse_time(text)
    if time is None:
        msg = "a time is missing"
        raise ValueError(msg)
    return time


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of something that was handed in."""

    path: str
    message: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Problem:
        """Read it out of the API's JSON."""
        return cls(path=str(data.get("path", "")), message=str(data.get("message", "")))


@dataclass(frozen=True)
class RowProblem:
    """A row or a file that was refused: where, why, and what to do."""

    code: str
    message: str
    hint: str | None = None
    row: int | None = None
    path: str | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> RowProblem:
        """Read it out of the API's JSON."""
        return cls(data["code"], data["message"], data.get("hint"), data.get("row"), data.get("path"))

    def __str__(self) -> str:
        parts = [self.path or "", f"row {self.row}" if self.row is not None else ""]
        place = ", ".join(part for part in parts if part) or "the whole"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.message}{hint} [{self.code}]"


@dataclass(frozen=True)
class Diagnostic:
    """What is the matter with a part of a query; ``span`` is the part, in characters of the text."""

    severity: str
    code: str
    message: str
    hint: str | None
    span: tuple[int, int]
    suggestions: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: Mapping[str, Any], query: str) -> Diagnostic:
        """Read it out of the API's JSON, which counts in UTF-16."""
        start, end = (from_utf16(query, at) for at in data["span"])
        suggestions = tuple(data.get("suggestions") or ())
        return cls(data["severity"], data["code"], data["message"], data.get("hint"), (start, end), suggestions)


@dataclass(frozen=True)
class Asset:
    """One uploaded piece of data, as it was when it was asked for.

    ``status`` is the furthest state of its tasks (``none``, ``pending``, ``claimed``, ``in_review``, ``rejected``,
    ``done``, ``blocked``, ``cancelled``); ``batches`` are the names of the batches that it is in.
    """

    id: str
    ordinal: int
    name: str
    reference_id: str | None
    media_type: str
    width: int | None
    height: int | None
    size: int | None
    status: str
    upload: str
    uploaded_at: datetime
    batches: tuple[str, ...]
    url: str | None
    excerpt: str | None
    metadata: Json = field(hash=False)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Asset:
        """Read it out of the API's JSON."""
        return cls(
            id=data["id"],
            ordinal=data["ordinal"],
            name=data["name"],
            reference_id=data["reference_id"],
            media_type=data["media_type"],
            width=data["width"],
            height=data["height"],
            size=data["size"],
            status=data["status"],
            upload=data["upload"]["name"],
            uploaded_at=moment(data["uploaded_at"]),
            batches=tuple(batch["name"] for batch in data["batches"]),
            url=data["url"],
            excerpt=data["excerpt"],
            metadata=data["metadata"],
        )


@dataclass(frozen=True)
class Field:
    """A field that queries can name; ``kinds`` are the kinds of its values, ``count`` the assets that have it."""

    name: str
    builtin: bool
    kinds: tuple[str, ...]
    count: int


_C = TypeVar("_C", bound="_Counts")


@dataclass(frozen=True)
class _Counts:
    """Whole numbers by name."""

    @classmethod
    def of(cls: type[_C], data: Mapping[str, Any]) -> _C:
        """Read it out of the API's JSON."""
        return cls(**{name: int(data.get(name, 0)) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class BatchCounts(_Counts):
    """Where a batch's tasks stand; a task needs as many judgements as the batch's overlap.

    ``members`` and ``done`` count tasks, ``pending``, ``claimed`` and ``submitted`` judgements, ``to_review`` and
    ``reviewing`` reviews, ``blocked`` what too many people passed on, ``cancelled`` what was not finished when the
    batch was cancelled.
    """

    members: int = 0
    pending: int = 0
    claimed: int = 0
    submitted: int = 0
    to_review: int = 0
    reviewing: int = 0
    blocked: int = 0
    done: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class UploadCounts(_Counts):
    """What became of what was received: ``received = added + updated + duplicates + refused``."""

    received: int = 0
    added: int = 0
    updated: int = 0
    duplicates: int = 0
    refused: int = 0
