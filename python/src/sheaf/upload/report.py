"""How an upload goes, and what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sheaf.errors import UploadRefused
from sheaf.models import RowProblem, UploadCounts


@dataclass(frozen=True)
class UploadProgress:
    """How far an upload is: rows of its manifest that the server has read, files and bytes that were sent."""

    rows: int = 0
    rows_total: int = 0
    files: int = 0
    files_total: int = 0
    bytes: int = 0
    bytes_total: int = 0
    refused_files: int = 0

    def __str__(self) -> str:
        parts = []
        if self.rows_total:
            parts.append(f"{self.rows:,} of {self.rows_total:,} rows")
        if self.files_total:
            sent = f"{self.bytes / 1e6:,.1f} of {self.bytes_total / 1e6:,.1f} MB"
            parts.append(f"{self.files:,} of {self.files_total:,} files, {sent}")
        if self.refused_files:
            parts.append(f"{self.refused_files:,} refused")
        return "; ".join(parts)


@dataclass(frozen=True)
class Upload:
    """A finished upload. ``counts`` are those of the upload's whole life; ``problems`` are the first 10,000 refusals.

    ``batch_id`` is the batch that was made of it.
    """

    id: str
    name: str
    state: str
    counts: UploadCounts
    problems: tuple[RowProblem, ...]
    batch_id: str | None

    @classmethod
    def of(cls, data: Mapping[str, Any], problems: tuple[RowProblem, ...]) -> Upload:
        """Read it out of the API's JSON."""
        counts = UploadCounts.of(data["counts"])
        return cls(data["id"], data["name"], data["state"], counts, problems, data["batch_id"])

    def raise_for_refused(self) -> Upload:
        """Raise :class:`sheaf.UploadRefused` when anything was refused; otherwise return the upload itself."""
        if self.counts.refused:
            raise UploadRefused(str(self), self.problems)
        return self

    def __str__(self) -> str:
        counts = self.counts
        lines = [
            f"upload `{self.name}`: {counts.received:,} received, {counts.added:,} added, {counts.updated:,} updated, "
            f"{counts.duplicates:,} there before, {counts.refused:,} refused"
        ]
        lines += [str(problem) for problem in self.problems[:10]]
        if len(self.problems) > 10:
            lines.append(f"and {counts.refused - 10:,} more, see `problems`")
        return "\n  ".join(lines)


Report = Callable[[UploadProgress], object]


class Line:
    """Progress as one line on stderr, written over itself."""

    def __init__(self) -> None:
        self._width, self._last = 0, 0.0

    def __call__(self, progress: UploadProgress) -> None:
        """Write it, ten times a second at most."""
        now = time.monotonic()
        if now - self._last >= 0.1:
            self._last = now
            text = str(progress)
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


def reporter(progress: bool | Report | None) -> Report:
    """Return whom to tell: what was given, or a line for ``True``, and for ``None`` on a terminal."""
    if callable(progress):
        return progress
    if progress or (progress is None and sys.stderr.isatty()):
        return Line()
    return lambda _: None
