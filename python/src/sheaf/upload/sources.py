"""What was named for an upload, as files with their paths in it, as a manifest file, or as rows."""

from __future__ import annotations

import os
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sheaf.rows import frame_rows, is_frame

MANIFESTS = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})


@dataclass(frozen=True)
class LocalFile:
    """A file here, and its path in the upload."""

    path: str
    file: Path
    size: int


@dataclass(frozen=True)
class Given:
    """What was named: exactly one of the three."""

    name: str | None
    files: tuple[LocalFile, ...] | None = None
    manifest: Path | None = None
    rows: Iterable[Any] | None = None


def given(what: Any) -> Given:
    """Tell what was named. Nothing to send is a ``ValueError``, what cannot be sent a ``TypeError``."""
    if is_frame(what):
        return Given(None, rows=frame_rows(what))
    if isinstance(what, (str, os.PathLike)):
        return _of_paths([Path(cast("str", what))])
    if isinstance(what, (bytes, bytearray, Mapping)) or not isinstance(what, Iterable):
        msg = f"cannot upload a {type(what).__name__}; give paths, rows, a data frame, or the path of a manifest"
        raise TypeError(msg)
    return _of_items(iter(what))


def _of_items(items: Iterator[Any]) -> Given:
    first = next(items, None)
    if first is None:
        msg = "there is nothing in what was given to upload"
        raise ValueError(msg)
    if isinstance(first, (str, os.PathLike)):
        paths = [first, *items]
        for path in paths:
            if not isinstance(path, (str, os.PathLike)):
                msg = f"paths and a {type(path).__name__} cannot be uploaded together"
                raise TypeError(msg)
        return _of_paths([Path(path) for path in paths])
    return Given(None, rows=_chained(first, items))


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _of_paths(named: list[Path]) -> Given:
    for path in named:
        if not path.exists():
            msg = f"there is no file or folder `{path}`"
            raise FileNotFoundError(msg)
    first = named[0].resolve().name
    name = first if len(named) == 1 else f"{first} and {len(named) - 1} more"
    if len(named) == 1 and named[0].suffix.lower() in MANIFESTS and named[0].is_file():
        return Given(name, manifest=named[0])
    found: dict[str, LocalFile] = {}
    for path in named:
        if path.is_dir():
            _walk(path, path.resolve().name if len(named) > 1 else "", found)
        else:
            _add(path.name, path, found)
    if not found:
        msg = f"there are no files in `{named[0]}`" if len(named) == 1 else "there are no files in what was named"
        raise ValueError(msg)
    return Given(name, files=tuple(found[path] for path in sorted(found)))


def _walk(folder: Path, prefix: str, found: dict[str, LocalFile]) -> None:
    """Take in a folder, without hidden files, and without folders behind links."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        inner = f"{prefix}/{entry.name}" if prefix else entry.name
        if entry.is_dir():
            if entry.is_symlink():
                warnings.warn(f"`{entry}` is a link to a folder and is left out", stacklevel=2)
            else:
                _walk(entry, inner, found)
        elif entry.is_file():
            _add(inner, entry, found)


def _add(path: str, file: Path, found: dict[str, LocalFile]) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        msg = f"the name of `{path!r}` is not UTF-8; rename it"
        raise ValueError(msg) from None
    # As the server spells it.
    path = unicodedata.normalize("NFC", path)
    if path in found:
        msg = f"`{found[path].file}` and `{file}` would both be `{path}` in the upload"
        raise ValueError(msg)
    found[path] = LocalFile(path, file, file.stat().st_size)
