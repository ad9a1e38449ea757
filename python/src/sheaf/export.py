"""Answers on their way out: line by line, as a data frame, as a file."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, cast

from sheaf import frames
from sheaf._http import LONG, Http

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from sheaf.models import Json

Merge = Literal["majority", "reviewer"]
FileFormat = Literal["jsonl", "csv", "coco", "label-studio", "yolo", "voc", "ground-truth", "parquet"]


@dataclass(frozen=True)
class Wanted:
    """Which answers are exported, and what with them."""

    query: str
    batch: str | None
    _: KW_ONLY
    unanswered: bool
    merged: Merge | None
    prelabels: bool


class Export:
    """The answers of a project, a batch or a query, as of the moment when they are asked for.

    Nothing is asked for before one of the verbs is used, and each use asks anew. Files are written beside their name
    and get it when they are whole, so that a name never has half an export.
    """

    def __init__(self, http: Http, base: str, wanted: Wanted) -> None:
        self._http, self._path = http, f"{base}/export"
        self._params: dict[str, str | int] = {"q": wanted.query, "answers": "all" if wanted.unanswered else "labelled"}
        if wanted.batch is not None:
            self._params["batch"] = wanted.batch
        if wanted.merged is not None:
            self._params["merged"] = wanted.merged
        self._lines = {**self._params, "format": "jsonl"}
        if wanted.prelabels:
            self._lines["with"] = "prelabels"

    def __iter__(self) -> Iterator[Json]:
        """Yield each line as the server writes it (see the manual, the export as JSONL), while it arrives.

        A connection that breaks in the middle is :class:`ConnectionFailed`; begin again then, or write a file, which
        does that by itself.
        """
        with self._http.stream(self._path, params=self._lines, timeout=LONG) as answer:
            yield from (cast("dict[str, Any]", json.loads(line)) for line in _lines(answer.iter_bytes()))

    def to_pandas(self) -> pd.DataFrame:
        """Return a row for each answer; see the manual for the columns. Needs ``sheaf[pandas]``."""
        with self._spooled() as spool:
            return frames.to_pandas(_rows(spool), frames.EXPORT)

    def to_arrow(self) -> pa.Table:
        """Return a row for each answer; see the manual for the columns. Needs ``sheaf[arrow]``."""
        frames.pyarrow()
        with self._spooled() as spool:
            return frames.to_arrow(lambda: _rows(spool), frames.EXPORT)

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write a Parquet file with the columns of :meth:`to_arrow`, never holding more than 10,000 rows."""
        frames.pyarrow()
        with self._spooled() as spool, _whole(path) as part:
            frames.to_parquet(lambda: _rows(spool), frames.EXPORT, part)
        return Path(path)

    def to_jsonl(self, path: str | os.PathLike[str]) -> Path:
        """Write the export as JSONL, one answer a line, everything in it."""
        return self._file(self._lines, path)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the export as CSV, as the server makes it: cells that a spreadsheet would run are made harmless."""
        return self.to_file("csv", path)

    def to_coco(self, path: str | os.PathLike[str]) -> Path:
        """Write the boxes and polygons of an image project as COCO."""
        return self.to_file("coco", path)

    def to_file(self, form: FileFormat, path: str | os.PathLike[str]) -> Path:
        """Write a file in any format that the server has (see the manual, formats); ``yolo`` and ``voc`` are zips.

        :raises sheaf.Invalid: ``bad_format``: the project's media have no place in it, or there is no such format.
        """
        return self._file({**self._params, "format": form}, path)

    def _file(self, params: dict[str, str | int], path: str | os.PathLike[str]) -> Path:
        with _whole(path) as part, part.open("wb") as sink:
            self._http.download(self._path, params, sink)
        return Path(path)

    @contextmanager
    def _spooled(self) -> Iterator[BinaryIO]:
        """Lay the export down in a temporary file, which can be read twice."""
        with tempfile.TemporaryFile(prefix="sheaf-export-") as spool:
            self._http.download(self._path, {**self._params, "format": "jsonl"}, cast("BinaryIO", spool))
            yield cast("BinaryIO", spool)

    def __repr__(self) -> str:
        return f"<Export {self._params}>"


def _rows(spool: BinaryIO) -> Iterator[frames.Row]:
    spool.seek(0)
    return (frames.export_row(json.loads(line)) for line in spool)


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield lines that end with a line feed and nothing else, as JSONL means them."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    if rest:
        yield rest


@contextmanager
def _whole(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a name beside the wanted one, and move the file when it is whole."""
    target = Path(path)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        # As any new file; a temporary one is its owner's only.
        part.chmod(0o666 & ~_umask())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
