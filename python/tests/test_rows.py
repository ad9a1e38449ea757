"""Cells as JSON: what is missing, and what numpy, pandas and Arrow put in its place."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sheaf
from sheaf.rows import frame_rows, line, plain

MISSING: list[Any] = [
    float("nan"),
    np.float32("nan"),
    np.float64("nan"),
    np.longdouble("nan"),
    np.array(np.nan),
    np.datetime64("NaT"),
    np.datetime64("NaT", "ns"),
    Decimal("NaN"),
    pd.NaT,
    pd.NA,
]


@pytest.mark.parametrize("nothing", MISSING, ids=lambda it: f"{type(it).__name__} {it}")
def test_what_is_missing_is_left_out_wherever_it_stands(nothing: object) -> None:
    row = {"ref": "a", "speed": nothing, "rig": {"id": nothing, "kind": None}, "list": [1, nothing]}
    assert json.loads(line(1, row)) == {"ref": "a", "rig": {"kind": None}, "list": [1, None]}


def test_values_of_libraries_are_those_of_json() -> None:
    for value, wanted in [
        (np.float32(0.5), 0.5),
        (np.longdouble(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.datetime64("2026-11-01T10:00:00", "ns"), "2026-11-01T10:00:00"),
        (np.array(["2026-11-01", "NaT"], dtype="M8[ns]"), ["2026-11-01T00:00:00", None]),
        (pd.Timestamp("2026-11-01", tz="UTC"), "2026-11-01T00:00:00+00:00"),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (datetime(2026, 11, 1, tzinfo=timezone.utc), "2026-11-01T00:00:00+00:00"),
        (date(2026, 11, 1), "2026-11-01"),
        (Decimal("1.5"), 1.5),
        # In one order in every process, because rows are told by what is in them.
        ({"d", "a", "c", "b", "e"}, ["a", "b", "c", "d", "e"]),
    ]:
        assert plain(value) == wanted, repr(value)
        assert type(plain(value)) is type(wanted), repr(value)
    for odd in (np.timedelta64(1, "ns"), pd.Timedelta(1), 1j, np.clongdouble(1), b"bytes", object()):
        with pytest.raises(TypeError, match="is not a value of JSON"):
            plain(odd)


def test_nulls_in_structs_of_a_table_are_missing() -> None:
    table = pa.Table.from_pylist([{"rig": {"id": 1}, "x": None}, {"rig": {"kind": "b"}, "x": 2}])
    assert list(frame_rows(table)) == [{"rig": {"id": 1}}, {"rig": {"kind": "b"}, "x": 2}]


def test_an_update_removes_nothing_that_is_missing(weather: sheaf.Project) -> None:
    weather.update({"rig": {"id": 1, "kind": "a"}}, query="hour<2")
    rows: list[dict[str, Any]] = [{"ref": "r0", "hour": np.float32("nan"), "weather": pd.NaT, "checked": True}]
    assert weather.update_rows(rows).updated == 1
    patches = [{"ref": "r0", "metadata": {"rig": {"id": 2}}}, {"ref": "r1", "metadata": {"hour": 9}}]
    assert weather.update_rows(pa.Table.from_pylist(patches)).updated == 2
    assert weather.update({"weather": float("nan"), "rig": {"id": np.nan}, "checked": 1}, query="hour:9").updated == 2
    found = {asset.reference_id: asset.metadata for asset in weather.query("rig.kind:a")}
    assert {ref: (it["hour"], it["weather"], it["rig"]) for ref, it in found.items()} == {
        "r0": (0, "rain", {"id": 2, "kind": "a"}),
        "r1": (9, "snow", {"id": 1, "kind": "a"}),
    }
    with pytest.raises(sheaf.Invalid, match="names no field"):
        weather.update({"weather": np.nan}, query="")


def test_metadata_for_all_fills_cells_that_are_missing(project: sheaf.Project) -> None:
    frame = pd.DataFrame(
        {
            "text": ["a", "b"],
            "site": ["south", None],
            "metadata": pd.Series([{"rig": 1}, np.nan], dtype="object"),
        }
    )
    project.upload(frame, metadata={"site": "north"}).raise_for_refused()
    assert {asset.excerpt: asset.metadata for asset in project.query()} == {
        "a": {"site": "south", "rig": 1},
        "b": {"site": "north"},
    }


def test_whole_numbers_of_which_some_are_missing_stay_whole(project: sheaf.Project) -> None:
    big = 2**60 + 1
    project.upload([{"text": "a", "n": big}, {"text": "b"}])
    column = project.query().to_pandas()["meta.n"]
    assert (str(column.dtype), column[0], column.isna().tolist()) == ("Int64", big, [False, True])
