"""Servers that die in the middle and come back, connections that break: nothing is lost, nothing is doubled."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from threading import Thread

import pytest
from server import TAXONOMY, Server

import sheaf
from sheaf._http import Http


@pytest.fixture
def client(mortal: Server) -> Iterator[sheaf.Client]:
    with sheaf.connect(mortal.url, mortal.key) as client:
        yield client


def test_a_server_that_dies_while_files_are_sent(mortal: Server, client: sheaf.Client, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for n in range(400):
        (folder / f"{n:03}.txt").write_text(f"text {n}")
    project = client.project("texts", create=True, media="text")

    def kill(progress: sheaf.UploadProgress) -> None:
        if progress.files == 100 and not mortal.died:
            mortal.die_and_come_back()

    upload = project.upload(folder, metadata=lambda path: {"path": path}, progress=kill)
    assert (upload.counts.added, upload.counts.refused) == (400, 0)
    assert sorted(asset.metadata["path"] for asset in project.query()) == [f"{n:03}.txt" for n in range(400)]
    again = project.upload(folder, metadata=lambda path: {"path": path})
    assert (again.counts.added, project.query().count) == (400, 400)


def test_a_server_that_dies_while_it_reads_a_manifest(mortal: Server, client: sheaf.Client) -> None:
    project = client.project("rows", create=True, media="text")

    def kill(progress: sheaf.UploadProgress) -> None:
        if 0 < progress.rows < progress.rows_total and not mortal.died:
            mortal.die_and_come_back()

    rows = [{"text": f"text {n}", "n": n, "note": "x" * 300} for n in range(30_000)]
    upload = project.upload(rows, progress=kill)
    assert mortal.died, "the manifest was read before the server could be killed"
    assert upload.counts.added == 30_000
    assert project.query().count == 30_000
    # Without a reference rows are told by what is in them.
    again = project.upload(rows)
    assert (again.id, again.counts.added, again.counts.duplicates) == (upload.id, 30_000, 30_000)


def test_an_upload_that_was_given_up_goes_on(mortal: Server, client: sheaf.Client, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for n in range(60):
        (folder / f"{n:03}.txt").write_text(f"text {n}")
    project = client.project("texts", create=True, media="text")

    def kill(progress: sheaf.UploadProgress) -> None:
        if progress.files == 20:
            mortal.kill()

    with sheaf.connect(mortal.url, mortal.key, patience=0) as impatient, pytest.raises(sheaf.ConnectionFailed):
        impatient.project("texts").upload(folder, progress=kill, workers=2)
    mortal.start()
    sent: list[sheaf.UploadProgress] = []
    upload = project.upload(folder, progress=sent.append)
    assert (upload.counts.added, upload.counts.duplicates, project.query().count) == (60, 0, 60)
    assert sent[-1].files_total <= 40


def test_waiting_outlives_the_server(mortal: Server, client: sheaf.Client) -> None:
    project = client.project("rows", create=True, media="text", taxonomy=TAXONOMY)
    project.upload([{"text": "a"}])
    batch = project.batch("one", launch=True)
    states = []
    for progress in batch.watch(timeout=60, poll=0.1):
        states.append(progress.state)
        if len(states) == 1:
            mortal.kill()
            mortal.start()
            project.get_batch("one").cancel()
    assert states == ["in_progress", "cancelled"]


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes a request, says the same each time, and hangs up; and what it got."""
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as file:
                    # All of it: whoever hangs up before the end takes the answer back.
                    head = list(takewhile(lambda line: line != b"\r\n", file))
                    length = next((int(line[15:]) for line in head if line.lower().startswith(b"content-length:")), 0)
                    got.append(b"".join(head) + file.read(length))
                    connection.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", got
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


GATEWAY = b"HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "told", "repeated"),
    [
        (b"", "the connection broke .* may have been carried out", sheaf.ConnectionFailed),
        (GATEWAY, "the server answered 504 .* may have been carried out", sheaf.ApiError),
    ],
    ids=["no answer", "a gateway's"],
)
def test_what_must_not_be_done_twice_is_not_sent_twice(
    answer: bytes, told: str, repeated: type[sheaf.SheafError]
) -> None:
    with answering(answer) as (url, got), closing(Http(url, "key", timeout=5, patience=0.5)) as http:
        project = sheaf.Project(http, {"id": "prj_1", "name": "p", "media": "text"})
        with pytest.raises(sheaf.AnswerLost, match=told):
            project.batch("b")
        assert len(got) == 1
        batch = sheaf.Batch(http, project._base, {"id": "bat_1"})
        with pytest.raises(sheaf.AnswerLost, match=told):
            batch.append("q", pick=sheaf.first(100), exclude="batched")
        assert len(got) == 2
        with pytest.raises(repeated) as caught:
            project.query()
        assert not isinstance(caught.value, sheaf.AnswerLost)
        assert len(got) > 3
