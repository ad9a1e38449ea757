"""Carrying out an upload: begin it by its name, have its manifest read, send its files, finish it, fetch its report."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sheaf._http import LONG, Http
from sheaf._spool import spool
from sheaf.errors import Conflict, UploadFailed
from sheaf.models import Json, RowProblem
from sheaf.upload.files import Files
from sheaf.upload.manifest import describe, named_files, write_rows
from sheaf.upload.report import Line, Report, Upload, UploadProgress, reporter
from sheaf.upload.sources import Given, LocalFile, given

if TYPE_CHECKING:
    from sheaf.upload.manifest import Metadata

PROBLEMS_PAGE = 500


class Sender:
    """One upload of one project."""

    def __init__(
        self,
        http: Http,
        base: str,
        *,
        metadata: Metadata | None,
        root: Path | None,
        columns: Mapping[str, str] | None,
        workers: int,
        progress: bool | Report | None,
    ) -> None:
        if workers < 1:
            msg = "`workers` must be at least 1"
            raise ValueError(msg)
        self._http, self._base = http, base
        self._metadata, self._root = metadata, root
        self._columns = dict(columns or {})
        self._workers = workers
        self._tell = reporter(progress)
        self._rows = (0, 0)
        self._path = ""

    def run(self, what: Any, name: str | None, batch: Json | None) -> Upload:
        """Send it all and return what came of it."""
        source = given(what)
        if source.manifest is not None:
            if self._metadata is not None:
                msg = "a manifest has the metadata in its columns; `metadata` goes with files, rows and data frames"
                raise ValueError(msg)
            return self._with_manifest(source, name, batch, source.manifest)
        if source.rows is None and self._metadata is None:
            return self._send(source, name, batch, None, "")
        with spool("rows.jsonl") as path:
            with path.open("wb") as sink:
                made_name = self._spool(source, sink)
            return self._with_manifest(source, name or made_name, batch, path)

    def _spool(self, source: Given, sink: BinaryIO) -> str | None:
        """Lay the rows down, or what is said about files."""
        if source.rows is None:
            self._columns["file"] = "file"
            describe(source.files or (), self._metadata or {}, sink)
            return source.name
        if callable(self._metadata):
            msg = "a function as `metadata` goes with files; rows have their own"
            raise TypeError(msg)
        name, roles = write_rows(source.rows, self._metadata, self._root or Path(), sink)
        given_roles = set(self._columns.values())
        self._columns |= {
            column: role for column, role in roles.items() if column not in self._columns and role not in given_roles
        }
        return name

    def _with_manifest(self, source: Given, name: str | None, batch: Json | None, manifest: Path) -> Upload:
        # A manifest with nothing in it is none; the files it was to describe are sent all the same.
        if source.files is not None and manifest.stat().st_size == 0:
            return self._send(source, name, batch, None, "")
        file_name = source.manifest.name if source.manifest else "rows.jsonl"
        return self._send(source, name, batch, manifest, file_name)

    def _send(
        self, source: Given, name: str | None, batch: Json | None, manifest: Path | None, file_name: str
    ) -> Upload:
        body: Json = {"name": name or source.name, "source": "api"}
        if batch is not None:
            body["batch"] = batch
        upload = self._http.json("POST", f"{self._base}/uploads", body=body)
        self._path = f"{self._base}/uploads/{upload['id']}"
        try:
            files = source.files or ()
            if manifest is not None:
                preview = self._stage(manifest, file_name)
                self._commit()
                self._wait()
                if source.files is None:
                    files = self._named(manifest, preview, source)
            if files:
                rows = UploadProgress(rows=self._rows[0], rows_total=self._rows[1])
                Files(self._http, self._path, self._workers, self._tell, rows).send(files)
            done = self._http.json("POST", f"{self._path}/finish", body={})
        finally:
            if isinstance(self._tell, Line):
                self._tell.end()
        problems = self._problems() if done["counts"]["refused"] else ()
        return Upload.of(done, problems)

    def _problems(self) -> tuple[RowProblem, ...]:
        return tuple(RowProblem.of(item) for item in self._http.items(f"{self._path}/report", limit=PROBLEMS_PAGE))

    def _named(self, manifest: Path, preview: Json, source: Given) -> tuple[LocalFile, ...]:
        roles = {column["name"]: column["role"] for column in preview["columns"]}
        # A role that is given is taken from the column that was believed to have it.
        if "file" in self._columns.values():
            roles = {name: "meta" if role == "file" else role for name, role in roles.items()}
        roles |= self._columns
        column = next((name for name, role in roles.items() if role == "file"), None)
        if column is None:
            return ()
        root = self._root or (source.manifest.parent if source.manifest else Path())
        return tuple(named_files(manifest, preview["format"], column, root))

    def _stage(self, manifest: Path, file_name: str) -> Json:
        """Send the manifest; when the server is at one of this upload already, after that."""
        while True:
            try:
                return self._http.json(
                    "PUT",
                    f"{self._path}/manifest",
                    params={"filename": file_name},
                    content=lambda: manifest.open("rb"),
                    timeout=LONG,
                )
            except Conflict as error:
                if error.code != "job_running":
                    raise
                self._wait()

    def _commit(self) -> None:
        columns = [{"name": name, "role": role} for name, role in self._columns.items()]
        try:
            self._http.json("POST", f"{self._path}/manifest/commit", body={"columns": columns} if columns else {})
        except Conflict as error:
            # A first try whose answer was lost may have begun it, and it may have been read through since.
            job = self._http.json("GET", self._path)["job"]
            if error.code != "no_manifest" or job is None or job["state"] != "done":
                raise

    def _wait(self) -> None:
        """Wait until the server has read the manifest; one that was killed goes on with it when it is back."""
        pause = 0.02
        while True:
            job = self._http.json("GET", self._path)["job"]
            if job is None:
                msg = "the server has forgotten the manifest; run the upload again to go on"
                raise UploadFailed(msg)
            self._rows = (job["done"], job["total"] or job["done"])
            self._tell(UploadProgress(rows=self._rows[0], rows_total=self._rows[1]))
            if job["state"] == "done":
                return
            if job["state"] != "running":
                why = job["message"] or job["state"]
                msg = f"the server did not read the whole manifest: {why}"
                raise UploadFailed(msg)
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)
