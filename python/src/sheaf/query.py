"""What a query finds: how many, page by page, as a data frame."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sheaf import frames
from sheaf.models import Asset, Diagnostic, Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pyarrow as pa

    from sheaf._http import Http

PAGE = 500
"""Assets on a page, at most."""


class Query:
    """What a query finds. Iterating asks for page after page, so that no more than one is held.

    ``count`` is how many the query finds as of the first page, ``warnings`` what the server has to say about the text.
    Iterating again asks again, but for the first page.
    """

    def __init__(self, http: Http, base: str, text: str, sort: str | None, limit: int | None) -> None:
        if limit is not None and limit < 0:
            msg = "`limit` must not be negative"
            raise ValueError(msg)
        self._http, self._base = http, base
        self._limit = limit
        self.text = text
        self.sort = sort
        size = PAGE if limit is None else max(1, min(PAGE, limit))
        # What is wrong with the query is told here, and not when it is used.
        self._size = size
        self._first = http.json("GET", f"{base}/assets", params={**self._params(), "limit": size})
        self.count: int = self._first["total"]
        self.warnings = tuple(Diagnostic.of(item, text) for item in self._first["warnings"])

    def _params(self) -> dict[str, str | int]:
        return {"q": self.text, **({"sort": self.sort} if self.sort else {})}

    def _raw_pages(self) -> Iterator[list[Json]]:
        yield self._first["items"]
        cursor = self._first["next_cursor"]
        if cursor is not None:
            params = {**self._params(), "cursor": cursor}
            for page in self._http.pages(f"{self._base}/assets", limit=self._size, params=params):
                yield page["items"]

    def pages(self) -> Iterator[list[Asset]]:
        """Yield the assets page by page, up to 500 each."""
        left = self._limit
        for items in self._raw_pages():
            taken = items if left is None else items[:left]
            if taken:
                yield [Asset.of(item) for item in taken]
            if left is not None:
                left -= len(taken)
                if left <= 0:
                    return

    def __iter__(self) -> Iterator[Asset]:
        for page in self.pages():
            yield from page

    def __len__(self) -> int:
        return self.count if self._limit is None else min(self.count, self._limit)

    def first(self) -> Asset | None:
        """Return the first asset, or ``None`` when nothing is found."""
        return next(islice(self, 1), None)

    def ids(self) -> list[str]:
        """Return the ids of all assets."""
        return [asset.id for asset in self]

    def to_pandas(self) -> pd.DataFrame:
        """Return a row for each asset; the metadata as columns ``meta.<name>``. Needs ``sheaf[pandas]``."""
        return frames.to_pandas((frames.asset_row(asset) for asset in self), frames.ASSET)

    def to_arrow(self) -> pa.Table:
        """Return a row for each asset; the metadata as columns ``meta.<name>``. Needs ``sheaf[arrow]``."""
        rows = [frames.asset_row(asset) for asset in self]
        return frames.to_arrow(lambda: rows, frames.ASSET)

    def __repr__(self) -> str:
        return f"<Query {self.text!r}: {self.count:,} found>"
