"""Of which kind the values of a column are, and how Arrow holds each kind."""

from __future__ import annotations

import json
from typing import Any, Literal

Kind = Literal["null", "bool", "int", "float", "string", "time", "strings", "annotations", "json"]

_INT64 = 1 << 63
_NUMBERS = frozenset({"int", "float"})


def kind_of(value: Any) -> Kind:
    """Return the kind of a value out of JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -_INT64 <= value < _INT64 else "json"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "strings"
    return "json"


def joined(one: Kind, other: Kind) -> Kind:
    """Return the kind that holds the values of both."""
    if other in (one, "null"):
        return one
    if one == "null":
        return other
    return "float" if one in _NUMBERS and other in _NUMBERS else "json"


class Schema:
    """The columns of rows: those that are fixed, and those that turn up."""

    def __init__(self, fixed: dict[str, Kind]) -> None:
        self.kinds: dict[str, Kind] = dict(fixed)
        self._fixed = fixed

    def observe(self, row: dict[str, Any]) -> None:
        """Take a row into account."""
        for name, value in row.items():
            if name not in self._fixed:
                self.kinds[name] = joined(self.kinds.get(name, "null"), kind_of(value))

    @staticmethod
    def arrow_type(kind: Kind) -> Any:
        """Return the type of Arrow that holds a kind."""
        import pyarrow as pa  # noqa: PLC0415

        if kind == "annotations":
            return pa.list_(
                pa.struct(
                    [(name, Schema.arrow_type(inner)) for name, inner in _ANNOTATION.items()]
                    + [("vertices", pa.list_(pa.struct([("x", pa.float64()), ("y", pa.float64())])))]
                )
            )
        return {
            "null": pa.null(),
            "bool": pa.bool_(),
            "int": pa.int64(),
            "float": pa.float64(),
            "string": pa.string(),
            "time": pa.timestamp("ms", tz="UTC"),
            "strings": pa.list_(pa.string()),
            "json": pa.string(),
        }[kind]

    @staticmethod
    def value(kind: Kind, value: Any) -> Any:
        """Return a value as Arrow takes it."""
        if value is None:
            return None
        if kind == "json":
            return json.dumps(value, ensure_ascii=False)
        if kind == "float":
            return float(value)
        if kind == "annotations":
            return [{**item, "attributes": json.dumps(item["attributes"], ensure_ascii=False)} for item in value]
        return value


_ANNOTATION: dict[str, Kind] = {
    "uuid": "string",
    "type": "string",
    "label": "string",
    "attributes": "json",
    "left": "float",
    "top": "float",
    "width": "float",
    "height": "float",
    "start": "int",
    "end": "int",
    "text": "string",
}
"""Of every kind of annotation; what it does not have is null."""
