"""Uploads: folders, files, manifests, rows and frames; what is refused; the same again."""

from __future__ import annotations

import zlib
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from struct import pack

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import sheaf
from sheaf.upload.manifest import sniffed

_names = count(1)


def png(shade: int) -> bytes:
    """A picture of 2 by 2 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compress(bytes([0, shade, shade, 0, shade, shade]))
    header = chunk(b"IHDR", pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def images(client: sheaf.Client) -> sheaf.Project:
    return client.project(f"images {next(_names)}", create=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    for n, path in enumerate(["b/1.png", "a.png", "b/2.png", ".hidden.png", ".git/x.png"]):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(n))
    return folder


def names(project: sheaf.Project) -> list[str]:
    return sorted(asset.name for asset in project.query())


def test_a_folder_with_metadata_for_all(images: sheaf.Project, photos: Path) -> None:
    told: list[sheaf.UploadProgress] = []
    upload = images.upload(photos, metadata={"camera": "rear", "rig": {"id": 7}}, progress=told.append)
    assert (upload.name, upload.state, upload.counts.added, upload.problems) == ("photos", "finished", 3, ())
    assert names(images) == ["a.png", "b/1.png", "b/2.png"]
    assert images.query("camera:rear rig.id:7").count == 3
    assert (told[-1].files, told[-1].files_total, told[-1].bytes) == (3, 3, told[-1].bytes_total)
    again = images.upload(photos, metadata={"camera": "rear", "rig": {"id": 7}})
    assert (again.id, again.counts.added, images.query().count) == (upload.id, 3, 3)


def test_metadata_file_by_file(images: sheaf.Project, photos: Path) -> None:
    images.upload(
        [photos / "b", photos / "a.png"], metadata=lambda path: {"side": 1} if path.startswith("b/") else None
    )
    assert names(images) == ["a.png", "b/1.png", "b/2.png"]
    assert images.query("side:1").count == 2


def test_rows_may_name_files(images: sheaf.Project, photos: Path) -> None:
    rows = [
        {"picture": photos.absolute() / "b/1.png", "ref": "one", "hour": 3},
        {"picture": Path("a.png"), "ref": "two", "hour": 4},
        {"picture": Path("gone.png"), "ref": "three", "hour": 5},
    ]
    upload = images.upload(rows, root=photos, name="rows")
    assert (upload.counts.added, upload.counts.refused) == (2, 1)
    assert [(item.code, item.path, item.row) for item in upload.problems] == [("missing_content", "gone.png", 3)]
    found = {asset.reference_id: (asset.name, asset.metadata) for asset in images.query()}
    assert found == {"one": ("b/1.png", {"hour": 3}), "two": ("a.png", {"hour": 4})}
    with pytest.raises(ValueError, match=r"row 1: .* is not below"):
        images.upload(rows, root=photos / ".git", name="rows")


@pytest.mark.parametrize("head", ["file_name;ref;speed\n", "\ufefffile_name;ref;speed\n"])
def test_a_manifest_with_its_files(images: sheaf.Project, photos: Path, head: str) -> None:
    manifest = photos / "list.csv"
    manifest.write_text(head + "./b/1.png;one;51.5\na.png;two;3\na.png;two;4\n", "utf-8")
    upload = images.upload(manifest, columns={"ref": "ref"})
    assert (upload.name, upload.counts.added, upload.counts.refused) == ("list.csv", 2, 1)
    assert [item.code for item in upload.problems] == ["duplicate_reference"]
    assert [asset.name for asset in images.query("speed>50")] == ["b/1.png"]


def test_columns_can_be_given_a_role(project: sheaf.Project, tmp_path: Path) -> None:
    manifest = tmp_path / "notes.jsonl"
    manifest.write_text('{"message": "hello", "id": "7"}\n')
    refused = project.upload(manifest, name="as it seems")
    assert [item.code for item in refused.problems] == ["missing_content"]
    project.upload(manifest, name="as it is", columns={"message": "text"}).raise_for_refused()
    assert [(asset.reference_id, asset.excerpt) for asset in project.query()] == [("7", "hello")]


def test_a_data_frame_and_a_table(project: sheaf.Project) -> None:
    frame = pd.DataFrame(
        {
            "text": ["one", "two", "three"],
            "ref": ["a", "b", "c"],
            "speed": [1.5, np.nan, 3.0],
            "count": pd.array([1, None, 3], dtype="Int64"),
            "at": pd.to_datetime(["2026-11-01T10:00:00Z", "NaT", "2026-11-03T10:00:00Z"]),
            "vector": [np.array([1, 2]), None, np.array([3, 4])],
            "seen": [True, False, True],
        }
    )
    upload = project.upload(frame)
    assert (upload.counts.added, upload.name[:5]) == (3, "rows ")
    found = {asset.reference_id: asset.metadata for asset in project.query()}
    assert found["b"] == {"seen": False}
    assert (found["a"]["speed"], found["a"]["count"], found["a"]["vector"]) == (1.5, 1, [1, 2])
    assert project.query("at:2026-11-01").count == 1
    # The same rows are the same upload.
    assert project.upload(frame).id == upload.id
    assert project.query().count == 3
    table = pa.table({"text": ["one"], "ref": ["a"], "speed": [9.0]})
    assert project.upload(table, name="table").counts.updated == 1
    assert project.query("speed:9").count == 1


def test_names_of_rows_mean_what_they_say(project: sheaf.Project) -> None:
    upload = project.upload([{"text": "1", "ref": "a"}, {"text": "2", "ref": "a"}, {"text": 3, "ref": 7}], name="rows")
    assert [(item.row, item.code) for item in upload.problems] == [(2, "duplicate_reference")]
    assert [(asset.reference_id, asset.excerpt) for asset in project.query()] == [("a", "1"), ("7", "3")]
    project.upload([{"text": "4", "ref": "note", "key": "b"}], columns={"key": "ref"})
    assert [asset.metadata for asset in project.query("ref:b")] == [{"ref": "note"}]


def test_rows_with_common_metadata(project: sheaf.Project) -> None:
    when = datetime(2026, 11, 1, tzinfo=timezone.utc)
    rows = ({"text": f"t{n}", "rig": n} if n else {"text": "t0", "metadata": {"at": when}} for n in range(3))
    project.upload(rows, metadata={"rig": "all", "site": "north"})
    found = {asset.excerpt: asset.metadata for asset in project.query()}
    assert found["t0"] == {"rig": "all", "site": "north", "at": "2026-11-01T00:00:00+00:00"}
    assert found["t2"] == {"rig": 2, "site": "north"}


def test_refused_rows_are_told_one_by_one(project: sheaf.Project, tmp_path: Path) -> None:
    manifest = tmp_path / "rows.csv"
    manifest.write_text("text,ref,hour\na,1,2\nb,2\nc,1,3\n,9,4\n")
    upload = project.upload(manifest, columns={"ref": "ref"})
    assert (upload.counts.received, upload.counts.added, upload.counts.refused) == (4, 1, 3)
    problems = {item.row: item for item in upload.problems}
    assert {row: item.code for row, item in problems.items()} == {
        2: "ragged_row",
        3: "duplicate_reference",
        4: "missing_content",
    }
    assert problems[2].hint
    with pytest.raises(sheaf.UploadRefused, match=r"row 2: .*ragged_row") as caught:
        upload.raise_for_refused()
    assert caught.value.problems == upload.problems


def test_refused_files_are_told(images: sheaf.Project, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(png(1)[:40])
    (tmp_path / "fine.png").write_bytes(png(2))
    upload = images.upload([tmp_path / "broken.png", tmp_path / "fine.png"])
    assert upload.name == "broken.png and 1 more"
    assert [(item.path, item.code) for item in upload.problems] == [("broken.png", "broken_image")]
    assert names(images) == ["fine.png"]


def test_straight_into_a_batch(project: sheaf.Project) -> None:
    upload = project.upload([{"text": "a"}, {"text": "b"}], batch="straight", launch=True)
    batch = project.get_batch("straight")
    assert (batch.id, batch.state, batch.counts.members) == (upload.batch_id, "in_progress", 2)


def test_what_cannot_be_uploaded_is_refused_before_anything_is_sent(project: sheaf.Project, tmp_path: Path) -> None:
    for what, error, said in [
        ([], ValueError, "nothing"),
        (tmp_path, ValueError, "no files"),
        (tmp_path / "gone", FileNotFoundError, "gone"),
        ({"text": "a"}, TypeError, "dict"),
        (b"bytes", TypeError, "bytes"),
        (7, TypeError, "int"),
        ([{"text": "a"}, "b.txt"], TypeError, "row 2"),
        ([{"text": object()}], TypeError, "row 1"),
        ([{"text": "a", "x": float("inf")}], TypeError, "row 1"),
        ([{"text": "\ud800"}], TypeError, "row 1"),
        ([__file__, {"text": "a"}], TypeError, "together"),
    ]:
        with pytest.raises(error, match=said):
            project.upload(what)
    with pytest.raises(ValueError, match="batch"):
        project.upload(__file__, launch=True)
    with pytest.raises(ValueError, match="workers"):
        project.upload(__file__, workers=0)
    manifest = tmp_path / "m.csv"
    manifest.write_text("text\na\n")
    with pytest.raises(ValueError, match="columns"):
        project.upload(manifest, metadata={"a": 1})
    assert list(project._http.items(f"{project._base}/uploads", limit=10)) == []


def test_what_is_no_manifest_is_told(project: sheaf.Project, tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("1,2,3\n4,5,6\n")
    with pytest.raises(sheaf.Invalid) as caught:
        project.upload(manifest)
    assert (caught.value.code, [problem.path for problem in caught.value.problems]) == ("bad_manifest", ["manifest"])


def test_ten_thousand_rows(project: sheaf.Project) -> None:
    told: list[sheaf.UploadProgress] = []
    rows = ({"text": f"text number {n}", "ref": f"r{n}", "n": n, "mod": n % 7} for n in range(10_000))
    upload = project.upload(rows, name="many", progress=told.append)
    assert (upload.counts.added, upload.counts.refused) == (10_000, 0)
    assert (told[-1].rows, told[-1].rows_total) == (10_000, 10_000)
    assert project.query("mod:0").count == len(range(0, 10_000, 7))
    frame = project.query("n<1200").to_pandas()
    assert sorted(frame["meta.n"]) == list(range(1200))
    table = project.export(unanswered=True).to_arrow()
    assert (table.num_rows, table.column("meta.n").to_pylist()) == (10_000, list(range(10_000)))


def test_large_files_go_in_parts(images: sheaf.Project, tmp_path: Path) -> None:
    # A text chunk that no reader looks at makes the picture larger than one part.
    body = png(3)
    padding = b"tEXtnote\0" + b"x" * (17 * 1024 * 1024)
    chunk = pack(">I", len(padding) - 4) + padding + pack(">I", zlib.crc32(padding))
    file = tmp_path / "large.png"
    file.write_bytes(body[:33] + chunk + body[33:])
    told: list[sheaf.UploadProgress] = []
    images.upload(file, progress=told.append).raise_for_refused()
    assert [progress.files for progress in told] == [0, 0, 1]
    assert told[-1].bytes == file.stat().st_size
    (asset,) = images.query()
    assert images.content(asset) == file.read_bytes()


def test_delimiters_are_found_as_the_server_finds_them() -> None:
    for head, wanted in [
        ("a,b,c\n1;2;3", ","),
        ("a;b\n", ";"),
        ("a\tb\n", "\t"),
        ('"a,b,c";d\n', ";"),
        ("\n\na;b\n", ";"),
    ]:
        assert sniffed(head) == wanted, head
