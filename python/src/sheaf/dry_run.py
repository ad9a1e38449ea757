"""What a batch would hold, before it is made: the funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sheaf.models import Asset, Diagnostic, Json


@dataclass(frozen=True)
class FacetCount:
    """A value of a field: how many assets of the pool have it, and how many of the picked."""

    value: str
    pool: int
    picked: int


@dataclass(frozen=True)
class Fit:
    """A value of a quota: its share, and how many were wanted, available and picked."""

    value: str | float | bool | None
    share: float
    wanted: int
    available: int
    picked: int


@dataclass(frozen=True)
class DryRun:
    """What a recipe would pick now. ``matched`` minus ``excluded`` is ``available``; ``picked`` is a part of it.

    ``short_by`` is how many more were asked for than there are; ``seed`` is that of a random pick, to be handed in
    again for the same assets; ``excluded_by`` says which batches hold the excluded (an asset may be in several).
    """

    matched: int
    excluded: int
    available: int
    picked: int
    short_by: int
    seed: int | None
    excluded_by: dict[str, int] = field(hash=False)
    facets: dict[str, tuple[FacetCount, ...]] = field(hash=False)
    fit: tuple[Fit, ...] | None
    sample: tuple[Asset, ...]
    warnings: tuple[Diagnostic, ...]
    raw: Json = field(repr=False, compare=False)

    @classmethod
    def of(cls, data: Mapping[str, Any], query: str) -> DryRun:
        """Read it out of the API's JSON."""
        facets = {facet["field"]: tuple(FacetCount(**value) for value in facet["values"]) for facet in data["facets"]}
        fit = data.get("fit")
        return cls(
            matched=data["matched"],
            excluded=data["excluded"],
            available=data["available"],
            picked=data["picked"],
            short_by=data["short_by"],
            seed=data["seed"],
            excluded_by={item["batch"]["name"]: item["count"] for item in data["excluded_by"]},
            facets=facets,
            fit=None if fit is None else tuple(Fit(**item) for item in fit),
            sample=tuple(Asset.of(item) for item in data["sample"]),
            warnings=tuple(Diagnostic.of(item, query) for item in data["warnings"]),
            raw=dict(data),
        )

    def __str__(self) -> str:
        text = (
            f"{self.matched:,} match, {self.excluded:,} left out, {self.available:,} available, {self.picked:,} picked"
        )
        if self.short_by:
            text += f" ({self.short_by:,} fewer than asked for)"
        return text
