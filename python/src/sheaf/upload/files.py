"""Sending files over a few connections at once, each file from where the server has it."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING

from sheaf._http import LONG, Http
from sheaf.errors import Conflict, UploadFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheaf.models import Json
    from sheaf.upload.report import Report, UploadProgress
    from sheaf.upload.sources import LocalFile

PART = 8 * 1024 * 1024
"""Larger files are sent in parts of this size."""
_LISTED = 10_000


class Files:
    """Sends the files that the server does not have. A file that is refused is no error: it is in the report."""

    def __init__(self, http: Http, upload: str, workers: int, tell: Report, rows: UploadProgress) -> None:
        self._http, self._path = http, f"{upload}/files"
        self._workers, self._tell = workers, tell
        self._progress = rows
        self._lock, self._stop = Lock(), Event()

    def send(self, files: Iterable[LocalFile]) -> None:
        """Send them all; the first failure ends it, and the same again goes on."""
        there = {item["path"]: item for item in self._http.items(self._path, limit=_LISTED)}
        todo, total = [], 0
        for file in files:
            known = there.get(file.path)
            same = known is not None and known["size"] == file.size
            if known is not None and same and known["state"] == "done":
                continue
            start = known["received"] if known is not None and same and known["state"] == "partial" else 0
            todo.append((file, start))
            total += file.size - start
        self._progress = replace(self._progress, files_total=len(todo), bytes_total=total)
        with ThreadPoolExecutor(self._workers, thread_name_prefix="sheaf-upload") as pool:
            try:
                jobs = [pool.submit(self._file, file, start) for file, start in todo]
                wait(jobs, return_when=FIRST_EXCEPTION)
            finally:
                # Also when the person at the keyboard has had enough.
                self._stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
        for job in jobs:
            if not job.cancelled():
                job.result()

    def _file(self, file: LocalFile, start: int) -> None:
        offset = start
        with file.file.open("rb") as source:
            while True:
                source.seek(offset)
                block = source.read(min(PART, file.size - offset))
                if len(block) < min(PART, file.size - offset):
                    msg = f"`{file.file}` became shorter while it was sent"
                    raise UploadFailed(msg)
                try:
                    answer = self._part(file, offset, block)
                except Conflict as error:
                    if error.code != "bad_offset":
                        raise
                    # Another run got further, or an answer was lost.
                    offset = min(int(error.details.get("received", 0)), file.size)
                    continue
                state = answer["state"]
                if state == "partial":
                    offset = int(answer["received"])
                    self._count(bytes_sent=len(block))
                    if self._stop.is_set():
                        return
                    continue
                self._count(bytes_sent=file.size - offset, files=1, refused=state == "refused")
                return

    def _part(self, file: LocalFile, offset: int, block: bytes) -> Json:
        params: dict[str, str | int] = {"path": file.path, "size": file.size, "offset": offset}
        return self._http.json("PUT", self._path, params=params, content=lambda: block, timeout=LONG)

    def _count(self, bytes_sent: int, files: int = 0, refused: bool = False) -> None:
        with self._lock:
            now = self._progress
            self._progress = replace(
                now,
                bytes=now.bytes + bytes_sent,
                files=now.files + files,
                refused_files=now.refused_files + refused,
            )
            self._tell(self._progress)
