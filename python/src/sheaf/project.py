"""A project: its library, and everything that is begun from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheaf import rows as row_lines
from sheaf import said
from sheaf._http import LONG, Http, part
from sheaf._spool import spool
from sheaf.batch import Batch, as_text
from sheaf.dry_run import DryRun
from sheaf.errors import NotFound
from sheaf.export import Export, Merge, Wanted
from sheaf.models import Asset, Field, Json
from sheaf.picks import Pick, everything
from sheaf.query import Query
from sheaf.recipe import asset_ids, recipe
from sheaf.updates import UpdateReport, patch_row, wait
from sheaf.upload import Sender, Upload

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from typing import TypeAlias

    import pandas as pd
    import pyarrow as pa

    from sheaf.recipe import Assets, Exclude
    from sheaf.said import AnswerReport, PrelabelReport, PrelabelSource
    from sheaf.upload.manifest import Metadata
    from sheaf.upload.report import Report

    PathLike: TypeAlias = str | os.PathLike[str]
    Rows: TypeAlias = Iterable[Mapping[str, Any]] | pd.DataFrame | pa.Table


class Project:
    """A project, as it was when it was asked for; ``raw`` has all that the server says."""

    def __init__(self, http: Http, data: Json) -> None:
        self._http = http
        self.raw: Json = data

    @property
    def id(self) -> str:
        """The id, which never changes."""
        return str(self.raw["id"])

    @property
    def name(self) -> str:
        """The name."""
        return str(self.raw["name"])

    @property
    def media(self) -> str:
        """What its assets are: ``image`` or ``text``."""
        return str(self.raw["media"])

    @property
    def _base(self) -> str:
        return f"/api/projects/{part(self.id)}"

    def refresh(self) -> Project:
        """Ask the server how the project is now."""
        self.raw = self._http.json("GET", self._base)
        return self

    # The library

    def upload(
        self,
        what: PathLike | Iterable[PathLike] | Rows,
        *,
        name: str | None = None,
        metadata: Metadata | None = None,
        root: PathLike | None = None,
        columns: Mapping[str, str] | None = None,
        batch: str | None = None,
        launch: bool = False,
        workers: int = 4,
        progress: bool | Report | None = None,
    ) -> Upload:
        """Bring assets in, and return what came of it. The same again goes on where it stopped and adds nothing twice.

        ``what`` is a folder, a file, several of them, a manifest (``.csv``, ``.tsv``, ``.jsonl``), rows as mappings, or
        a data frame of pandas or a table of Arrow. Rows and columns have the names of a manifest: ``text``, ``url`` or
        ``file`` for the content, ``name``, ``ref`` for your own unique key, everything else is metadata (see the
        manual, uploading).

        ``name`` is the upload's; files give it theirs, rows the hash of what is in them. ``metadata`` is given to every
        file or row that has none of that name itself, or asked for each file with its path in the upload. ``root`` is
        the folder of the files that rows or a manifest name. ``columns`` gives columns a role (``{"picture":
        "file"}``). ``batch`` has a batch of that name made of all of the upload, and ``launch`` launches it.
        ``progress`` is a function that is told how far it is, or whether a line is written to stderr (when left out: if
        that is a terminal).

        Refused rows and files are no exception but in ``upload.problems``; ``upload.raise_for_refused()`` makes them
        one.

        :raises FileNotFoundError, ValueError, TypeError: what was given cannot be uploaded; nothing was sent.
        :raises sheaf.Invalid: the server refuses it as a whole, for example a manifest that is none (``bad_manifest``).
        :raises sheaf.UploadFailed: the manifest was not read to its end.
        :raises sheaf.ConnectionFailed: the connection broke for longer than the client's patience.
        """
        plan = None if batch is None else {"name": batch, "launch": launch}
        if launch and plan is None:
            msg = "`launch` needs the name of a `batch`"
            raise ValueError(msg)
        sender = Sender(
            self._http,
            self._base,
            metadata=metadata,
            root=None if root is None else Path(root),
            columns=columns,
            workers=workers,
            progress=progress,
        )
        return sender.run(what, name, plan)

    def query(self, query: str = "", *, sort: str | None = None, limit: int | None = None) -> Query:
        """Return what a query finds: its ``count``, its assets one by one or in pages, as a data frame.

        ``sort`` is a field, with ``-`` before it the other way round; in upload order when left out. ``limit`` is how
        many assets are wanted at most.

        :raises sheaf.BadQuery: the query has errors; the text underlines them, ``diagnostics`` has their places.
        """
        return Query(self._http, self._base, query, sort, limit)

    def fields(self) -> list[Field]:
        """Return the fields that queries can name, up to 1,000 of the metadata."""
        answer = self._http.json("GET", f"{self._base}/fields", params={"limit": 1000})
        return [Field(item["name"], item["builtin"], tuple(item["kinds"]), item["count"]) for item in answer["items"]]

    def content(self, asset: Asset | str) -> bytes:
        """Return the content of an asset. One that lies at a URL of its own is not here: :class:`sheaf.NotFound`."""
        path = f"{self._base}/assets/{_id(asset)}/content"
        return self._http.send("GET", path, redirects=True, timeout=LONG).content

    def update(
        self, metadata: Mapping[str, Any], *, query: str | None = None, assets: Assets | None = None
    ) -> UpdateReport:
        """Change the metadata of what a query finds, or of a list of assets, and wait until it is done.

        ``metadata`` is a merge patch: fields that it names get the value, ``None`` removes a field, mappings are
        merged, the rest stays. NaN and NaT are no values and change nothing. The empty query is the whole library.
        """
        if (query is None) == (assets is None):
            msg = "give either `query` or `assets`"
            raise ValueError(msg)
        patch = row_lines.plain(dict(metadata))
        which: Json = {"query": query} if assets is None else {"assets": asset_ids(assets)}
        begun = self._http.json("POST", f"{self._base}/metadata-updates", body={**which, "metadata": patch})
        return wait(self._http, self._base, begun)

    def update_rows(self, rows: Rows) -> UpdateReport:
        """Change the metadata of one asset a row, and wait until it is done.

        A row names its asset by ``id`` (or ``asset_id``) or ``ref`` (or ``reference_id``); the other columns are the
        fields that get a value, or ``metadata`` is a merge patch as in :meth:`update`. Missing cells change nothing,
        nor do nulls in the structs of an Arrow table, which has all fields in each.
        """
        source = row_lines.frame_rows(rows) if row_lines.is_frame(rows) else rows
        with spool("update.jsonl") as path:
            with path.open("wb") as sink:
                for number, row in row_lines.checked(source):
                    sink.write(row_lines.line(number, patch_row(number, row)))
            if path.stat().st_size == 0:
                msg = "there are no rows"
                raise ValueError(msg)
            begun = self._http.json(
                "POST",
                f"{self._base}/metadata-updates",
                content=lambda: path.open("rb"),
                kind="application/jsonl",
                timeout=LONG,
            )
        return wait(self._http, self._base, begun)

    # What was said already

    def prelabels(self, rows: Rows, *, source: str | None = None, dry_run: bool = False) -> PrelabelReport:
        """Write what a model or another tool says of assets, each in the place of what its source said before.

        A row, of mappings or a data frame, names its asset by ``id`` (or ``asset_id``), ``ref`` (or ``reference_id``),
        or ``upload`` and ``path``. It says ``annotations`` or ``fields`` or both, or a ``response`` that has them, and
        how sure it is as ``score``. ``source`` is the name of the model or tool, for rows that have none of their own.
        Nulls in annotations are left out, and their ``attributes`` may be a JSON text, as in exports as Arrow.

        Refused rows are no exception but in the report. With ``dry_run`` nothing is written.
        """
        return said.put_prelabels(self._http, f"{self._base}/prelabels", rows, source, dry_run=dry_run)

    def prelabel_sources(self) -> list[PrelabelSource]:
        """Return whose pre-labels there are, by name."""
        return said.sources(self._http, f"{self._base}/prelabels")

    def delete_prelabels(self, source: str) -> int:
        """Remove everything that a source says, and return of how many assets that was. Answers stay as they are.

        :raises sheaf.NotFound: it says nothing, maybe because a first try, whose answer was lost, has removed it.
        """
        return int(self._http.json("DELETE", f"{self._base}/prelabels", params={"source": source})["deleted"])

    def bring_answers(self, rows: Rows, *, batch: str, dry_run: bool = False) -> AnswerReport:
        """Bring in what people answered in another tool: into a batch of that name, whose tasks are done.

        A row names its asset as for :meth:`prelabels`, and its ``annotator``: who gave the answer there. It says
        ``annotations`` or ``fields`` or both, or a ``response`` that has them, and may say when: ``answered_at``, with
        a time zone. Annotations may be those of an export as Arrow. A row sent again changes nothing.

        Refused rows are no exception but in the report. With ``dry_run`` nothing is written.
        """
        return said.put_answers(self._http, f"{self._base}/answers", rows, batch, dry_run=dry_run)

    # Batches

    def dry_run(
        self,
        query: str | None = None,
        *,
        assets: Assets | None = None,
        pick: Pick = everything,
        exclude: Exclude = None,
        facets: Iterable[str] = (),
        sample: int = 0,
    ) -> DryRun:
        """Return what a batch would hold: how many match, are left out, are available and are picked. Nothing is made.

        ``facets`` are fields whose values are counted in the pool and the picked (at most 20), ``sample`` how many of
        the picked assets are shown (at most 200). The rest is as for :meth:`batch`.
        """
        body: Json = {
            "recipe": recipe(query, assets, pick, exclude),
            "facets": list(facets),
            "sample": sample,
        }
        return DryRun.of(self._http.json("POST", f"{self._base}/select", body=body), query or "")

    def batch(
        self,
        name: str,
        query: str | None = None,
        *,
        assets: Assets | None = None,
        pick: Pick = everything,
        exclude: Exclude = None,
        launch: bool = False,
        overlap: int | None = None,
        review_levels: int | None = None,
        priority: int | None = None,
        due_at: datetime | None = None,
        kind: str | None = None,
        prelabels: str | None = None,
    ) -> Batch:
        """Make a batch, and with ``launch`` put it into the annotators' queue.

        ``query`` and ``assets`` say which assets (with neither the whole library), ``exclude`` what is left out:
        ``batched`` (whatever is in a batch), ``launched``, ``production``, ``submitted``, or a list of batches;
        ``pick`` is one of :func:`sheaf.first`, ``last``, ``random``, ``top``, ``quota``. ``overlap`` is how many people
        judge each task, ``review_levels`` how many reviews follow. ``prelabels`` names the source whose pre-labels
        annotators begin with.

        To have a batch that is there, use :meth:`get_batch`.

        :raises sheaf.Conflict: ``name_taken``: there is a batch of this name; ``nothing_picked`` and the like.
        :raises sheaf.BadQuery: the query has errors.
        :raises sheaf.AnswerLost: the connection broke before the answer; the batch may be there, look with
        :meth:`get_batch`.
        """
        options = {
            "overlap": overlap,
            "review_levels": review_levels,
            "priority": priority,
            "kind": kind,
            "prelabels": prelabels,
        }
        body: Json = {key: value for key, value in options.items() if value is not None}
        if due_at is not None:
            body["due_at"] = as_text(due_at)
        body |= {"name": name, "launch": launch, "recipe": recipe(query, assets, pick, exclude)}
        return Batch(self._http, self._base, self._http.json("POST", f"{self._base}/batches", body=body, once=True))

    def batches(self, *, archived: bool = False) -> Iterator[Batch]:
        """Yield the batches, newest first; with ``archived`` the archived ones instead."""
        params = {"archived": "true"} if archived else None
        for item in self._http.items(f"{self._base}/batches", limit=200, params=params):
            yield Batch(self._http, self._base, item)

    def get_batch(self, name: str) -> Batch:
        """Return a batch by its name or id.

        :raises sheaf.NotFound: there is none.
        """
        for archived in (False, True):
            for batch in self.batches(archived=archived):
                if name in (batch.name, batch.id):
                    return batch
        raise NotFound(404, {"code": "not_found", "message": f"there is no batch `{name}` in project `{self.name}`"})

    # Answers

    def export(
        self, query: str = "", *, unanswered: bool = False, merged: Merge | None = None, prelabels: bool = False
    ) -> Export:
        """Return the answers for what a query finds (everything when left out), to be read line by line or as a whole.

        With ``unanswered`` what has no answer is in it, too; ``merged`` gives one answer a task, by ``majority`` or by
        the ``reviewer``, instead of every one that stands. With ``prelabels`` each line has what all sources say of the
        asset as well; columns and files other than JSONL do not.
        """
        what = Wanted(query, None, unanswered=unanswered, merged=merged, prelabels=prelabels)
        return Export(self._http, self._base, what)

    # Settings

    @property
    def taxonomy(self) -> Json | None:
        """What may be answered, in the API's shape; ``None`` when there is none yet. Asks the server each time."""
        found = self._http.json("GET", f"{self._base}/taxonomy")["taxonomy"]
        return None if found is None else dict(found)

    def set_taxonomy(self, taxonomy: Mapping[str, Any]) -> Project:
        """Put a new version of the taxonomy in force: ``{"labels": [...], "fields": [...]}``, see docs/api.md."""
        version = self._http.json("GET", f"{self._base}/taxonomy")["version"]
        body = {"base_version": version, "taxonomy": dict(taxonomy)}
        self._http.json("PUT", f"{self._base}/taxonomy", body=body, once=True)
        return self.refresh()

    def __repr__(self) -> str:
        return f"<Project {self.name!r} ({self.media})>"


def _id(asset: Asset | str) -> str:
    return part(asset.id if isinstance(asset, Asset) else asset)
