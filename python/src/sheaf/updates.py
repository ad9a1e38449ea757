"""Changing the metadata of many assets: begun by one request, carried out in the background, waited for here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheaf.errors import UpdateFailed
from sheaf.models import Json, RowProblem
from sheaf.rows import missing

if TYPE_CHECKING:
    from sheaf._http import Http


@dataclass(frozen=True)
class UpdateReport:
    """What came of an update: ``done = updated + unchanged + refused``; ``problems`` has up to 10,000 refused rows."""

    id: str
    state: str
    done: int
    updated: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]

    def __str__(self) -> str:
        head = (
            f"{self.done:,} done: {self.updated:,} updated, {self.unchanged:,} as they were, {self.refused:,} refused"
        )
        return "\n  ".join([head, *(str(problem) for problem in self.problems[:10])])


def wait(http: Http, base: str, begun: Mapping[str, Any]) -> UpdateReport:
    """Ask for an update until it has ended."""
    path = f"{base}/metadata-updates/{begun['id']}"
    update: Json = dict(begun)
    pause = 0.02
    while update["state"] == "running":
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)
        update = http.json("GET", path)
    if update["state"] != "done":
        why = f": {update['message']}" if update["message"] else ""
        msg = f"the update was {update['state']}{why}; what it changed stays, the same again does the rest"
        raise UpdateFailed(msg)
    problems = http.items(f"{path}/report", limit=500) if update["refused"] else ()
    return UpdateReport(
        id=update["id"],
        state=update["state"],
        done=update["done"],
        updated=update["updated"],
        unchanged=update["unchanged"],
        refused=update["refused"],
        problems=tuple(RowProblem.of({**item, "path": None}) for item in problems),
    )


_KEYS = {"id": "id", "asset_id": "id", "ref": "ref", "reference_id": "ref"}


def patch_row(number: int, row: Mapping[str, Any]) -> Json:
    """Return a row of an update as the API takes it."""
    out: Json = {}
    fields: Json = {}
    for name, value in row.items():
        if missing(value):
            continue
        if name in _KEYS:
            out[_KEYS[name]] = value
        elif name == "metadata":
            out["metadata"] = value
        else:
            fields[str(name)] = value
    if "metadata" in out and fields:
        msg = f"row {number} has `metadata` and other columns; give one or the other"
        raise ValueError(msg)
    return {"metadata": fields, **out}
