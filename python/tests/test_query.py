"""Queries: counts, pages, frames, and errors that point at their place."""

from __future__ import annotations

import pyarrow as pa
import pytest

import sheaf


def test_counts_and_assets(weather: sheaf.Project) -> None:
    found = weather.query("weather = rain AND hour > 5")
    assert (found.count, len(found), found.warnings) == (7, 7, ())
    assert [asset.metadata["hour"] for asset in found] == [6, 8, 10, 12, 14, 16, 18]
    first = found.first()
    assert first is not None
    assert (first.reference_id, first.upload, first.status, first.batches) == ("r6", "weather", "none", ())
    assert first.uploaded_at.tzinfo is not None
    assert weather.content(first) == b"text 6"
    assert found.ids()[0] == first.id
    assert repr(found) == "<Query 'weather = rain AND hour > 5': 7 found>"


def test_pages_sort_and_limit(weather: sheaf.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheaf.query.PAGE", 6)
    found = weather.query(sort="-hour")
    assert [len(page) for page in found.pages()] == [6, 6, 6, 2]
    assert [asset.metadata["hour"] for asset in found] == list(range(19, -1, -1))
    some = weather.query(sort="hour", limit=8)
    assert (some.count, len(some)) == (20, 8)
    assert [asset.metadata["hour"] for asset in some] == list(range(8))
    assert list(weather.query(limit=0)) == []
    with pytest.raises(ValueError, match="limit"):
        weather.query(limit=-1)


def test_nothing_found(weather: sheaf.Project) -> None:
    found = weather.query("hour>99")
    assert (found.count, list(found), found.first()) == (0, [], None)
    frame = found.to_pandas()
    assert (len(frame), "asset_id" in frame.columns, str(frame["uploaded_at"].dtype)[:10]) == (0, True, "datetime64")
    assert found.to_arrow().num_rows == 0


def test_an_empty_library(project: sheaf.Project) -> None:
    assert project.query().count == 0
    assert list(project.export(unanswered=True)) == []
    assert project.export().to_pandas().empty
    assert project.export().to_arrow().num_rows == 0


def test_frames_have_metadata_as_columns(weather: sheaf.Project) -> None:
    found = weather.query("hour<4")
    frame = found.to_pandas()
    assert list(frame["meta.hour"]) == [0, 1, 2, 3]
    assert list(frame["reference_id"]) == ["r0", "r1", "r2", "r3"]
    table = found.to_arrow()
    assert table.schema.field("meta.hour").type == pa.int64()
    assert table.schema.field("meta.tags").type == pa.list_(pa.string())
    assert table.schema.field("uploaded_at").type == pa.timestamp("ms", tz="UTC")
    assert table.column("meta.tags").to_pylist() == [["a", str(n)] for n in range(4)]
    assert list(frame.columns) == table.column_names


def test_values_of_several_kinds_are_json_in_arrow(project: sheaf.Project) -> None:
    project.upload([{"text": "a", "x": 1, "y": 1}, {"text": "b", "x": "two", "y": 2.5}, {"text": "c", "z": {"k": [1]}}])
    table = project.query().to_arrow()
    assert table.column("meta.x").to_pylist() == ["1", '"two"', None]
    assert table.column("meta.y").to_pylist() == [1.0, 2.5, None]
    assert table.column("meta.z").to_pylist() == [None, None, '{"k": [1]}']


def test_a_bad_query_points_at_its_places(weather: sheaf.Project) -> None:
    text = "\U0001f600 wether:rain AND ("
    with pytest.raises(sheaf.BadQuery) as caught:
        weather.query(text)
    error = caught.value
    assert (error.code, error.query) == ("bad_query", text)
    assert [item.code for item in error.diagnostics][:1] == ["unknown_field"]
    # In characters of the text, although the server counts in UTF-16.
    assert error.span is not None
    assert text[slice(*error.span)] == "wether"
    lines = str(error).splitlines()
    assert lines[1:3] == [f"  {text}", lines[2]]
    assert lines[2].startswith("    ^^^^^^ ")
    assert "weather" in lines[2]


def test_every_verb_tells_of_a_bad_query(weather: sheaf.Project) -> None:
    with pytest.raises(sheaf.BadQuery):
        weather.dry_run("hour>")
    with pytest.raises(sheaf.BadQuery):
        weather.batch("bad", "hour>")
    with pytest.raises(sheaf.BadQuery):
        list(weather.export("hour>"))
    with pytest.raises(sheaf.BadQuery):
        weather.export("hour>").to_pandas()
    with pytest.raises(sheaf.BadQuery):
        weather.update({"x": 1}, query="hour>")


def test_warnings_are_told(weather: sheaf.Project) -> None:
    (warning, *_) = weather.query("hour:1 and hour:1").warnings
    assert (warning.severity, warning.code) == ("warning", "lowercase_keyword")


def test_fields(weather: sheaf.Project) -> None:
    fields = {field.name: field for field in weather.fields()}
    assert (fields["hour"].count, fields["hour"].kinds, fields["hour"].builtin) == (20, ("number",), False)
    assert fields["uploaded"].builtin
