"""Manifests: rows laid down as JSONL, and the files that a manifest names."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import posixpath
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from sheaf.rows import checked, line, missing
from sheaf.upload.sources import LocalFile

Metadata = Mapping[str, Any] | Callable[[str], "Mapping[str, Any] | None"]
ROLES = frozenset({"text", "url", "file", "name", "ref"})
"""Columns of rows that are what they are called."""
_CELL_MAX = 1 << 24


def describe(files: Iterable[LocalFile], metadata: Metadata, sink: BinaryIO) -> None:
    """Write a manifest that gives files their metadata."""
    for number, file in enumerate(files, start=1):
        if file.path.lower().endswith(".zip"):
            msg = f"`{file.path}` is an archive: give the metadata of its entries as rows with the column `file`"
            raise ValueError(msg)
        own = metadata(file.path) if callable(metadata) else metadata
        if own:
            sink.write(line(number, {"file": file.path, "metadata": own}))


def write_rows(
    rows: Iterable[Any], metadata: Mapping[str, Any] | None, root: Path, sink: BinaryIO
) -> tuple[str, dict[str, str]]:
    """Write rows as a manifest; return the name that their content gives them, and the roles that their columns have.

    What a program calls ``ref`` is one, also where the server would not guess so; a column of ``Path`` is of files.
    """
    digest, roles = hashlib.sha256(), dict[str, str]()
    for number, row in checked(rows):
        cells = dict(row)
        for name, value in row.items():
            if isinstance(value, PurePath):
                cells[name] = within(value, root, number)
                roles[str(name)] = "file"
            elif name in ROLES:
                roles[name] = name
        if metadata:
            own = {} if missing(cells.get("metadata")) else cells["metadata"] or {}
            if not isinstance(own, Mapping):
                msg = f"row {number}: `metadata` is a {type(own).__name__}, not a mapping"
                raise TypeError(msg)
            cells["metadata"] = {**{k: v for k, v in metadata.items() if missing(cells.get(k))}, **own}
        text = line(number, cells)
        digest.update(text)
        sink.write(text)
    return f"rows {digest.hexdigest()[:12]}", roles


def within(path: PurePath, root: Path, number: int) -> str:
    """Return the path of a row's file below the root, as it is called in the upload."""
    if path.is_absolute():
        try:
            path = path.relative_to(Path(os.path.abspath(root)))
        except ValueError:
            msg = f"row {number}: `{path}` is not below `{root}`; pass the folder that the files lie in as `root`"
            raise ValueError(msg) from None
    return path.as_posix()


def named_files(manifest: Path, form: str, column: str, root: Path) -> Iterator[LocalFile]:
    """Yield the files that a column names, below the root; what is not there is for the server to report."""
    seen: set[str] = set()
    for cell in _cells(manifest, form, column):
        # As the server spells it; what it refuses is not looked for.
        path = unicodedata.normalize("NFC", posixpath.normpath(cell.strip()))
        if path in seen or path == "." or path.startswith(("/", "../")) or path == ".." or "\\" in path:
            continue
        seen.add(path)
        file = root / cell.strip()
        if file.is_file():
            yield LocalFile(path, file, file.stat().st_size)


def _cells(manifest: Path, form: str, column: str) -> Iterator[str]:
    if form == "jsonl":
        with manifest.open("rb") as lines:
            for text in lines:
                try:
                    cell = json.loads(text).get(column)
                except (ValueError, AttributeError):
                    # A row that cannot be read is in the server's report.
                    continue
                if isinstance(cell, str):
                    yield cell
        return
    csv.field_size_limit(_CELL_MAX)
    with manifest.open(encoding="utf-8-sig", errors="replace", newline="") as text_file:
        delimiter = sniffed(text_file.read(1 << 16))
        text_file.seek(0)
        for row in csv.DictReader(text_file, delimiter=delimiter):
            cells = {(name or "").strip(): value for name, value in row.items() if isinstance(value, str)}
            if column in cells:
                yield cells[column]


def sniffed(head: str) -> str:
    """Return the delimiter of a CSV: what stands most often in its header outside of quotes, as the server finds it."""
    counts = dict.fromkeys(",;\t|", 0)
    quoted = named = False
    for char in head.removeprefix("\ufeff"):
        named = named or not char.isspace()
        if char == '"':
            quoted = not quoted
        elif char in "\n\r" and not quoted and named:
            break
        elif not quoted and char in counts:
            counts[char] += 1
    return max(counts, key=lambda char: counts[char])
