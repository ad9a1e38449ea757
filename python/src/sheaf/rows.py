"""Rows that a program has (mappings, a data frame, a table) as lines of JSON, as the server reads them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePath
from typing import Any

_FRAME_ROWS = 5_000


def is_frame(what: object) -> bool:
    """Whether something is a data frame of pandas or a table of Arrow. Neither is imported for that."""
    kind = type(what)
    module = kind.__module__.partition(".")[0]
    return (module == "pandas" and kind.__name__ == "DataFrame") or (
        module == "pyarrow" and kind.__name__ in ("Table", "RecordBatch")
    )


def frame_rows(frame: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a data frame or a table, a few thousand at a time."""
    if type(frame).__module__.partition(".")[0] == "pyarrow":
        for batch in frame.to_batches(_FRAME_ROWS) if hasattr(frame, "to_batches") else [frame]:
            # Every struct of a table has all fields, so a null in one is a missing cell and not a value.
            yield from (without_missing(row) for row in batch.to_pylist())
        return
    for start in range(0, len(frame), _FRAME_ROWS):
        for row in frame.iloc[start : start + _FRAME_ROWS].to_dict("records"):
            yield {str(name): value for name, value in row.items()}


def checked(rows: Iterable[Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows with their numbers, from 1; what is no mapping is a ``TypeError``."""
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            msg = f"row {number} is a {type(row).__name__}, not a mapping of columns to values"
            raise TypeError(msg)
        yield number, row


def line(number: int, row: Mapping[str, Any]) -> bytes:
    """Return a row as a line of JSON. Missing values (``None``, NaN, NaT) are left out."""
    try:
        clean = {str(name): plain(value) for name, value in row.items() if not missing(value)}
        return json.dumps(clean, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    except (TypeError, ValueError, UnicodeEncodeError) as error:
        msg = f"row {number} cannot be sent: {error}"
        raise TypeError(msg) from None


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: ``None``, NaN, or what pandas puts in its place."""
    if _dimensions(value) == 0:
        value = _out_of_numpy(value)
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, Decimal):
        return value.is_nan()
    # pandas.NaT and pandas.NA.
    return type(value).__name__ in ("NaTType", "NAType")


def without_missing(value: Any) -> Any:
    """Return a value without what is missing in its mappings, and in those that they hold."""
    if isinstance(value, Mapping):
        return {name: without_missing(inner) for name, inner in value.items() if not missing(inner)}
    if isinstance(value, (list, tuple)):
        return [without_missing(inner) for inner in value]
    # Lists of structs, as pandas reads them from a file of Parquet.
    if _dimensions(value):
        return without_missing(_out_of_numpy(value))
    return value


def plain(value: Any) -> Any:
    """Return a value as JSON has it. A mapping keeps its ``None``, and not what else is missing in it."""
    if isinstance(value, (str, bool, int)):
        return value
    # Before the times: pandas.NaT is one of them.
    if missing(value):
        return None
    if isinstance(value, float):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items() if inner is None or not missing(inner)}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        # A set has another order in each process, and rows are told by what is in them.
        return sorted((plain(inner) for inner in value), key=json.dumps)
    # Scalars and arrays of numpy.
    if hasattr(value, "tolist"):
        return plain(_out_of_numpy(value))
    msg = f"a {type(value).__name__} is not a value of JSON"
    raise TypeError(msg)


def _out_of_numpy(value: Any) -> Any:
    """Return scalars and arrays of numpy, and what is like them, as Python has them."""
    if type(value).__module__.partition(".")[0] == "numpy" and value.dtype.kind in _HELD:
        value = value.astype(_HELD[value.dtype.kind])
    return value.tolist()


_HELD = {"M": "M8[us]", "m": "m8[us]", "f": "f8", "c": "c16"}
"""As what Python has the kinds of numpy: finer times would become bare numbers, longer numbers stay numpy's own."""


def _dimensions(value: Any) -> int | None:
    """Return the dimensions of an array of numpy, 0 of a scalar, and ``None`` of everything else."""
    dimensions: int | None = getattr(value, "ndim", None) if hasattr(value, "tolist") else None
    return dimensions
