"""Assets and answers as flat rows, and rows as pandas and Arrow.

Columns are named as in the export as CSV: ``meta.<name>`` of the metadata, ``field.<id>`` of the answers.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sheaf._kinds import Kind, Schema, kind_of
from sheaf.models import Asset, Json, parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

Row = dict[str, Any]
Columns = dict[str, Kind]

ASSET: Columns = {
    "asset_id": "string",
    "ordinal": "int",
    "reference_id": "string",
    "name": "string",
    "media_type": "string",
    "url": "string",
    "width": "int",
    "height": "int",
    "size": "int",
    "status": "string",
    "upload": "string",
    "uploaded_at": "time",
    "batches": "strings",
}
EXPORT: Columns = {
    "asset_id": "string",
    "ordinal": "int",
    "reference_id": "string",
    "name": "string",
    "media_type": "string",
    "url": "string",
    "width": "int",
    "height": "int",
    "upload": "string",
    "uploaded_at": "time",
    "task_id": "string",
    "batch": "string",
    "status": "string",
    "annotator": "string",
    "agreement": "float",
    "merged_by": "string",
    "merged_annotators": "strings",
    "submission_id": "string",
    "submitted_at": "time",
    "seconds": "float",
    "taxonomy_version": "int",
    "annotations": "annotations",
}
_BATCH_ROWS = 10_000


def asset_row(asset: Asset) -> Row:
    """Return an asset as a flat row."""
    row: Row = {name: getattr(asset, "id" if name == "asset_id" else name) for name in ASSET}
    row["batches"] = list(asset.batches)
    return row | {f"meta.{name}": value for name, value in asset.metadata.items()}


def export_row(line: Json) -> Row:
    """Return a line of the export as a flat row."""
    asset, merged, response = line["asset"], line.get("merged") or {}, line["response"] or {}
    row: Row = {name: line.get(name, asset.get(name)) for name in EXPORT}
    row["asset_id"] = asset["id"]
    row["uploaded_at"] = parse_time(row["uploaded_at"])
    row["submitted_at"] = parse_time(row["submitted_at"])
    row["merged_by"], row["merged_annotators"] = merged.get("by"), merged.get("annotators")
    row["annotations"] = response.get("annotations")
    fields = {f"field.{name}": value for name, value in (response.get("fields") or {}).items()}
    return row | fields | {f"meta.{name}": value for name, value in asset["metadata"].items()}


def to_pandas(rows: Iterable[Row], fixed: Columns) -> pd.DataFrame:
    """Return the rows as a data frame: times are timestamps in UTC, whole numbers that may be missing are ``Int64``."""
    try:
        import pandas as pd  # noqa: PLC0415
    except ImportError as error:
        raise _missing("pandas", "pandas") from error
    columns: dict[str, list[Any]] = {name: [] for name in fixed}
    for count, row in enumerate(rows):
        for name, value in row.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = [None] * count
            column.append(value)
        for column in columns.values():
            if len(column) == count:
                column.append(None)
    series: dict[str, Any] = {}
    for name, values in _ordered(columns, fixed):
        kind = fixed.get(name)
        if kind == "time":
            series[name] = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        elif kind in _PANDAS:
            series[name] = pd.Series(values, dtype=_PANDAS[kind])
        else:
            series[name] = pd.Series(values, dtype=_dtype(values))
    return pd.DataFrame(series)


_PANDAS: dict[Kind | None, Any] = {
    "int": "Int64",
    "float": "float64",
    "strings": "object",
    "annotations": "object",
}


def _dtype(values: list[Any]) -> Any:
    """Return what pandas is to be told of a column that turned up; ``None`` when it finds out by itself."""
    if not values:
        return "object"
    # It would make floats of them, which do not hold every whole number.
    return "Int64" if {kind_of(value) for value in values} == {"int", "null"} else None


def to_arrow(rows: Callable[[], Iterable[Row]], fixed: Columns) -> pa.Table:
    """Return the rows as a table. ``rows`` is called twice: for the types of the columns, then for the values."""
    schema, batches = arrow_batches(rows, fixed)
    return pyarrow().Table.from_batches(list(batches), schema=schema)


def to_parquet(rows: Callable[[], Iterable[Row]], fixed: Columns, path: Path) -> None:
    """Write the rows into a Parquet file, holding 10,000 of them at a time."""
    pyarrow()
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema, batches = arrow_batches(rows, fixed)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def arrow_batches(rows: Callable[[], Iterable[Row]], fixed: Columns) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema of rows, and their batches. A field with values of several kinds is a column of JSON texts."""
    arrow = pyarrow()
    found = Schema(fixed)
    for row in rows():
        found.observe(row)
    columns: list[tuple[str, Kind]] = list(_ordered(found.kinds, fixed))
    schema = arrow.schema([(name, found.arrow_type(kind)) for name, kind in columns])

    def batch(held: list[Row]) -> pa.RecordBatch:
        arrays = [
            arrow.array([found.value(kind, row.get(name)) for row in held], type=found.arrow_type(kind))
            for name, kind in columns
        ]
        return arrow.RecordBatch.from_arrays(arrays, schema=schema)

    def batches() -> Iterator[pa.RecordBatch]:
        source = iter(rows())
        while held := list(islice(source, _BATCH_ROWS)):
            yield batch(held)

    return schema, batches()


def _ordered(columns: dict[str, Any], fixed: Columns) -> Iterator[tuple[str, Any]]:
    """Yield the fixed columns in their order, then the others by name, so that equal data has equal columns."""
    yield from ((name, columns[name]) for name in fixed)
    yield from ((name, columns[name]) for name in sorted(columns) if name not in fixed)


def pyarrow() -> Any:
    """Return pyarrow, or say how to install it."""
    try:
        import pyarrow as pa  # noqa: PLC0415
    except ImportError as error:
        raise _missing("pyarrow", "arrow") from error
    return pa


def _missing(library: str, extra: str) -> ImportError:
    return ImportError(f"this needs {library}: pip install 'sheaf[{extra}]'", name=library)
