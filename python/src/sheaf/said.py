"""What is said already: pre-labels, of models, before people label; answers that people gave elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheaf import rows as row_lines
from sheaf._http import LONG, Http
from sheaf._spool import spool

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheaf.models import Json

_KEYS = {"id": "asset_id", "ref": "reference_id"}
_SAID = ("annotations", "fields")


@dataclass(frozen=True)
class SaidProblem:
    """A row that was refused: its number, from 1, the place in it, why, and what to do."""

    row: int
    path: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        place = f"row {self.row}, `{self.path}`" if self.path else f"row {self.row}"
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True)
class PrelabelReport:
    """What came of the rows; ``problems`` has the first 1,000 that were refused."""

    rows: int
    added: int
    replaced: int
    unchanged: int
    refused: int
    problems: tuple[SaidProblem, ...]
    dry_run: bool

    def __str__(self) -> str:
        would = ", if it were written" if self.dry_run else ""
        head = (
            f"{self.rows:,} pre-labels: {self.added:,} added, {self.replaced:,} replaced, "
            f"{self.unchanged:,} as they were, {self.refused:,} refused{would}"
        )
        return "\n  ".join([head, *(str(problem) for problem in self.problems[:10])])


@dataclass(frozen=True)
class AnswerReport:
    """What came of the rows, which are in batch ``batch_id``; ``problems`` has the first 1,000 that were refused."""

    rows: int
    added: int
    unchanged: int
    refused: int
    problems: tuple[SaidProblem, ...]
    batch_id: str | None
    dry_run: bool

    def __str__(self) -> str:
        counts = f"{self.added:,} added, {self.unchanged:,} as they were, {self.refused:,} refused"
        head = f"{self.rows:,} answers: {counts}" + (", if it were written" if self.dry_run else "")
        return "\n  ".join([head, *(str(problem) for problem in self.problems[:10])])


@dataclass(frozen=True)
class PrelabelSource:
    """A model or tool, and of how many assets it says something."""

    source: str
    assets: int


def put_prelabels(http: Http, path: str, rows: Any, source: str | None, *, dry_run: bool) -> PrelabelReport:
    """Send rows; what is there already stays as it is, so that they can be sent again."""
    answer = _put(http, path, rows, {} if source is None else {"source": source}, dry_run=dry_run)
    counts = {name: answer[name] for name in ("rows", "added", "replaced", "unchanged", "refused", "dry_run")}
    return PrelabelReport(**counts, problems=_problems(answer))


def put_answers(http: Http, path: str, rows: Any, batch: str, *, dry_run: bool) -> AnswerReport:
    """Send rows; what is there already stays as it is, so that they can be sent again."""
    answer = _put(http, path, rows, {"batch": batch}, dry_run=dry_run)
    counts = {name: answer[name] for name in ("rows", "added", "unchanged", "refused", "dry_run", "batch_id")}
    return AnswerReport(**counts, problems=_problems(answer))


def _put(http: Http, path: str, rows: Any, params: Mapping[str, str], *, dry_run: bool) -> Json:
    given: Iterable[Any] = row_lines.frame_rows(rows) if row_lines.is_frame(rows) else rows
    with spool("rows.jsonl") as file:
        with file.open("wb") as sink:
            for number, row in row_lines.checked(given):
                sink.write(row_lines.line(number, as_sent(number, row)))
        return http.json(
            "PUT",
            path,
            params={**params, "dry_run": "true" if dry_run else "false"},
            content=lambda: file.open("rb"),
            kind="application/jsonl",
            timeout=LONG,
        )


def _problems(answer: Json) -> tuple[SaidProblem, ...]:
    return tuple(SaidProblem(**problem) for problem in answer["problems"])


def as_sent(number: int, row: Mapping[str, Any]) -> Json:
    """Return a row as the API takes it: short names made long, ``annotations`` and ``fields`` put into the response.

    Annotations out of a table, such as an export as Arrow, have what other kinds of annotations have as nulls.
    """
    out: Json = {}
    response: Json = {}
    for name, value in row.items():
        if row_lines.missing(value):
            continue
        if name in _SAID:
            response[name] = _part(name, value)
        elif name == "response" and isinstance(value, Mapping):
            out[name] = {key: _part(key, inner) for key, inner in value.items() if not row_lines.missing(inner)}
        else:
            out[_KEYS.get(name, str(name))] = value
    if response and "response" in out:
        msg = f"row {number} has `response` and `{next(iter(response))}`; give one or the other"
        raise ValueError(msg)
    if response:
        out["response"] = response
    return out


def _part(name: str, given: Any) -> Any:
    """Return a part of a response; annotations with what they have alone, and attributes that are a JSON text read."""
    if name != "annotations":
        return given
    given = row_lines.without_missing(given)
    return [_annotation(item) for item in given] if isinstance(given, list) else given


def _annotation(given: Any) -> Any:
    if isinstance(given, dict) and isinstance(given.get("attributes"), str):
        try:
            return {**given, "attributes": json.loads(given["attributes"])}
        except ValueError:
            # The server tells of it, with the others that are wrong.
            return given
    return given


def sources(http: Http, path: str) -> list[PrelabelSource]:
    """Return whose pre-labels there are, by name."""
    return [PrelabelSource(item["source"], item["n_assets"]) for item in http.json("GET", path)["items"]]
