"""What is said already: pre-labels, and answers of people elsewhere, from rows and frames."""

from __future__ import annotations

import json
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from server import TAXONOMY, Annotator, Api

import sheaf


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "ref": f"r{n}",
            "score": n / 10,
            "annotations": [{"type": "span", "label": "car", "start": 0, "end": 2, "text": "te"}],
            "fields": {"tone": ["good", "bad"][n % 2]},
        }
        for n in range(count)
    ]


def test_rows_are_written_once_and_what_is_wrong_is_told(weather: sheaf.Project, api: Api) -> None:
    wrong = {"ref": "r0", "fields": {"tone": "awful"}}
    report = weather.prelabels([*rows(4), wrong, {"ref": "nobody", "fields": {}}], source="m1", dry_run=True)
    assert (report.rows, report.added, report.refused, report.dry_run) == (6, 4, 2, True)
    assert weather.prelabel_sources() == []
    report = weather.prelabels([*rows(4), wrong], source="m1")
    assert (report.rows, report.added, report.refused) == (5, 4, 1)
    assert [(it.row, it.path) for it in report.problems] == [(5, "response.fields.tone")]
    assert "row 5, `response.fields.tone`: " in str(report)
    again = weather.prelabels(rows(4), source="m1")
    assert (again.added, again.unchanged, again.refused) == (0, 4, 0)
    assert weather.prelabel_sources() == [sheaf.PrelabelSource("m1", 4)]

    first = weather.query("ref:r1").first()
    assert first is not None
    shown = api.call("GET", f"/api/projects/{weather.id}/assets/{first.id}")["prelabels"]
    assert [(it["source"], it["score"], it["response"]["fields"]) for it in shown] == [("m1", 0.1, {"tone": "bad"})]
    assert weather.delete_prelabels("m1") == 4
    assert weather.prelabel_sources() == []


def test_a_frame_names_assets_as_queries_show_them(weather: sheaf.Project) -> None:
    ids = list(weather.query("weather:rain").ids())
    frame = pd.DataFrame({"asset_id": ids, "score": 0.5, "source": "m2", "fields": [{"tone": "good"}] * 10})
    report = weather.prelabels(frame)
    assert (report.rows, report.added) == (10, 10)
    frame = pd.DataFrame({"id": ids, "score": 0.25, "fields": [{}] * 10})
    assert weather.prelabels(frame, source="m2").replaced == 10


def test_what_is_no_row_is_told_before_anything_is_sent(weather: sheaf.Project) -> None:
    with pytest.raises(ValueError, match="row 1 has `response` and `fields`"):
        weather.prelabels([{"ref": "r0", "response": {}, "fields": {}}], source="m")
    with pytest.raises(TypeError, match="row 2 is a str"):
        weather.prelabels([{"ref": "r0", "fields": {}}, "r1"], source="m")
    assert weather.prelabel_sources() == []


def test_annotators_begin_with_them_and_exports_have_them(
    weather: sheaf.Project, annotator: Annotator, tmp_path: Path
) -> None:
    weather.prelabels(rows(20), source="m1")
    batch = weather.batch("b", "hour<3", prelabels="m1", launch=True)
    assert batch.raw["prelabels"] == "m1"
    annotator.answer(3)
    lines = list(batch.export(prelabels=True))
    assert {line["prelabel"]["source"] for line in lines} == {"m1"}
    assert sorted(line["prelabels"][0]["score"] for line in lines) == [0.0, 0.1, 0.2]
    assert "prelabels" not in next(iter(batch.export()))
    written = batch.export(prelabels=True).to_jsonl(tmp_path / "a.jsonl").read_text()
    assert [json.loads(line)["asset"]["id"] for line in written.splitlines()] == [line["asset"]["id"] for line in lines]
    assert len(batch.export(prelabels=True).to_pandas()) == 3

    tasks = json.loads(batch.export().to_file("label-studio", tmp_path / "ls.json").read_text())
    assert len(tasks) == 3
    with pytest.raises(sheaf.Invalid) as caught:
        batch.export().to_file("yolo", tmp_path / "a.zip")
    assert caught.value.code == "bad_format"
    assert not zipfile.is_zipfile(tmp_path / "a.zip")


def test_answers_of_people_elsewhere_are_answers(weather: sheaf.Project) -> None:
    def given(who: str, tone: str) -> list[dict[str, Any]]:
        rows = [{"ref": f"r{n}", "annotator": who, "fields": {"tone": tone, "score": n}} for n in range(4)]
        return [{**row, "answered_at": datetime(2024, 5, 31, 12, tzinfo=timezone.utc)} for row in rows]

    both = [*given("kim@x.org", "good"), *given("lee, in CVAT", "bad")]
    assert weather.bring_answers(both, batch="old", dry_run=True).added == 8
    assert weather.query("is:labelled").count == 0
    wrong = {"ref": "r0", "fields": {"tone": "good", "score": 1}}
    report = weather.bring_answers([*both, wrong], batch="old")
    assert (report.rows, report.added, report.unchanged, report.refused) == (9, 8, 0, 1)
    assert [(it.row, it.path) for it in report.problems] == [(9, "annotator")]
    batch = weather.get_batch("old")
    assert (batch.id, batch.state, batch.counts.done) == (report.batch_id, "completed", 4)
    assert weather.query('annotator:"lee, in CVAT"').count == 4
    lines = list(batch.export())
    assert {(line["annotator"], line["response"]["fields"]["tone"]) for line in lines} == {
        ("kim@x.org", "good"),
        ("lee, in CVAT", "bad"),
    }
    assert weather.bring_answers(pd.DataFrame(both), batch="old").unchanged == 8


def test_an_export_as_arrow_comes_in_as_answers(
    client: sheaf.Client, weather: sheaf.Project, annotator: Annotator, tmp_path: Path
) -> None:
    batch = weather.batch("b", "weather:rain", launch=True)
    annotator.answer(4)
    table = batch.export().to_arrow()
    fields = pa.StructArray.from_arrays(
        [table.column(f"field.{name}").combine_chunks() for name in ("tone", "score")], ["tone", "score"]
    )
    table = table.select(["reference_id", "annotator", "submitted_at", "annotations"]).append_column("fields", fields)
    table = table.rename_columns(["ref", "annotator", "answered_at", "annotations", "fields"])

    other = client.project(f"{weather.name}, again", create=True, media="text", taxonomy=TAXONOMY)
    other.upload([{"text": asset.excerpt, "ref": asset.reference_id} for asset in weather.query()], name="again")
    report = other.bring_answers(table, batch="b")
    assert (report.added, report.problems) == (4, ())

    def said(project: sheaf.Project) -> dict[str, Any]:
        return {line["asset"]["reference_id"]: (line["submitted_at"], line["response"]) for line in project.export()}

    assert said(other) == said(weather)
    # The same by way of a file, and of rows that a program made of it.
    pq.write_table(table, tmp_path / "answers.parquet")
    assert other.bring_answers(pd.read_parquet(tmp_path / "answers.parquet"), batch="b").unchanged == 4
    rows = [{"response": row, **{key: row.pop(key) for key in list(row)[:3]}} for row in table.to_pylist()]
    assert other.bring_answers(rows, batch="b").unchanged == 4


def test_boxes_and_polygons_of_one_table(client: sheaf.Client, api: Api) -> None:
    attributes = [{"name": name, "type": "boolean"} for name in ("hidden", "far")]
    label = {"name": "car", "color": "#3366cc", "tools": ["box", "polygon"], "attributes": attributes}
    project = client.project("cars", create=True, taxonomy={"labels": [label], "fields": []})
    project.upload([{"url": "https://example.org/1.png", "ref": "a"}]).raise_for_refused()
    box = {"type": "box", "label": "car", "left": 1.0, "top": 2.0, "width": 3.0, "height": 4.0}
    corners = [{"x": 0.5, "y": 1.0}, {"x": 5.0, "y": 1.0}, {"x": 2.0, "y": 6.0}]
    marks: list[dict[str, Any]] = [
        {"uuid": "1", **box, "attributes": {"hidden": True}},
        {"uuid": "2", "type": "polygon", "label": "car", "vertices": corners, "attributes": {"far": False}},
        {"uuid": "3", **box},
    ]
    report = project.prelabels(pa.Table.from_pylist([{"ref": "a", "annotations": marks}]), source="m")
    assert (report.added, report.problems) == (1, ())
    (asset,) = project.query()
    (shown,) = api.call("GET", f"/api/projects/{project.id}/assets/{asset.id}")["prelabels"]
    assert shown["response"]["annotations"] == [*marks[:2], {**marks[2], "attributes": {}}]
    # What is no JSON is told at its place, as everything is.
    wrong = project.prelabels([{"ref": "a", "annotations": [{**box, "attributes": "{"}]}], source="m")
    assert [it.path for it in wrong.problems] == ["response.annotations[0].attributes"]
