"""Exports, compared with what was handed in over the HTTP API."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from server import Annotator, Api

import sheaf


@pytest.fixture
def answered(weather: sheaf.Project, annotator: Annotator) -> tuple[sheaf.Batch, list[dict[str, Any]]]:
    batch = weather.batch("b", "weather:rain", launch=True)
    return batch, annotator.answer(4)


def test_lines_are_those_of_the_server(
    weather: sheaf.Project, answered: tuple[sheaf.Batch, list[dict[str, Any]]], api: Api, tmp_path: Path
) -> None:
    batch, given = answered
    raw = api.text(f"/api/projects/{weather.id}/export?format=jsonl")
    lines = list(weather.export())
    assert lines == [json.loads(line) for line in raw.splitlines()]
    assert {line["asset"]["id"]: line["response"] for line in lines} == {it["asset"]: it["response"] for it in given}
    assert batch.export().to_jsonl(tmp_path / "a.jsonl").read_text() == raw
    by_hand = api.text(f"/api/projects/{weather.id}/export?format=csv")
    assert weather.export().to_csv(tmp_path / "a.csv").read_bytes().decode() == by_hand
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.jsonl"]


def test_frames_have_what_was_handed_in(
    weather: sheaf.Project, answered: tuple[sheaf.Batch, list[dict[str, Any]]], annotator: Annotator, tmp_path: Path
) -> None:
    batch, given = answered
    frame = batch.export().to_pandas()
    assert len(frame) == 4
    rows = frame.set_index("asset_id")
    for item in given:
        row = rows.loc[item["asset"]]
        assert row["annotations"] == item["response"]["annotations"]
        assert (row["field.tone"], row["field.score"]) == ("good", item["response"]["fields"]["score"])
        assert (row["task_id"], row["annotator"], row["seconds"]) == (item["task"], annotator.email, 1.5)
        assert (row["batch"], row["meta.weather"]) == ("b", "rain")
    table = batch.export().to_arrow()
    assert table.column_names == list(frame.columns)
    assert table.column("asset_id").to_pylist() == list(frame["asset_id"])
    assert table.column("submitted_at").to_pylist() == [at.to_pydatetime() for at in frame["submitted_at"]]
    mark = table.column("annotations").to_pylist()[0][0]
    wanted = given[0]["response"]["annotations"][0]
    assert {name: mark[name] for name in ("type", "label", "start", "end", "text", "uuid")} == {
        name: wanted[name] for name in ("type", "label", "start", "end", "text", "uuid")
    }
    assert (mark["left"], mark["attributes"]) == (None, "{}")
    written = weather.export().to_parquet(tmp_path / "a.parquet")
    assert pq.read_table(written).equals(table)
    with weather.export().to_csv(tmp_path / "a.csv").open(newline="") as file:
        header = next(csv.reader(file))
    assert {"asset_id", "field.tone", "meta.weather"} <= set(header) & set(frame.columns)


def test_what_has_no_answer_and_one_answer_a_task(
    weather: sheaf.Project, answered: tuple[sheaf.Batch, list[dict[str, Any]]]
) -> None:
    batch, _ = answered
    assert len(batch.export(unanswered=True).to_pandas()) == 10
    frame = weather.export("hour<6", unanswered=True).to_pandas()
    assert sorted(frame["status"]) == ["done"] * 3 + ["none"] * 3
    assert frame["submitted_at"].isna().sum() == 3
    merged = batch.export(merged="majority").to_arrow()
    assert (merged.num_rows, set(merged.column("merged_by").to_pylist()) - {None}) != (0, set())


def test_an_export_of_nothing_has_its_columns(weather: sheaf.Project, tmp_path: Path) -> None:
    weather.batch("b")
    export = weather.export()
    assert list(export) == []
    assert export.to_jsonl(tmp_path / "none.jsonl").read_bytes() == b""
    table = pq.read_table(export.to_parquet(tmp_path / "none.parquet"))
    assert (table.num_rows, table.schema.field("seconds").type) == (0, pa.float64())
    assert table.column_names == list(export.to_pandas().columns)


def test_a_refused_export_leaves_no_file(weather: sheaf.Project, tmp_path: Path) -> None:
    target = tmp_path / "a.coco.json"
    target.write_text("kept")
    with pytest.raises(sheaf.Invalid) as caught:
        weather.export().to_coco(target)
    assert caught.value.code == "bad_format"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["kept"]
    with pytest.raises(FileNotFoundError):
        weather.export().to_csv(tmp_path / "no folder" / "a.csv")


def test_parquet_is_written_in_groups(
    weather: sheaf.Project,
    answered: tuple[sheaf.Batch, list[dict[str, Any]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert answered
    monkeypatch.setattr("sheaf.frames._BATCH_ROWS", 3)
    file = pq.ParquetFile(weather.export(unanswered=True).to_parquet(tmp_path / "a.parquet"))
    assert (file.metadata.num_row_groups, file.metadata.num_rows) == (7, 20)
    assert file.read().column("meta.hour").to_pylist() == list(range(20))


def test_libraries_that_are_not_there_are_named(weather: sheaf.Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, extra in [("pandas", "pandas"), ("pyarrow", "arrow")]:
        monkeypatch.setitem(__import__("sys").modules, name, None)
        with pytest.raises(ImportError, match=rf"sheaf\[{extra}\]"):
            weather.export().to_pandas() if name == "pandas" else weather.export().to_arrow()
