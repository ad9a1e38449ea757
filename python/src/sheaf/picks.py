"""Which of what matches goes into a batch: ``first``, ``last``, ``random``, ``top``, ``quota``, or ``everything``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sheaf.models import Json

Value = str | float | int | bool | None
"""A value of a field in a quota; ``None`` is the assets without it."""


@dataclass(frozen=True)
class Pick:
    """A pick, as the API takes it. Made by the functions of this module."""

    json: str | Json


everything = Pick("all")
"""All that matches."""


def first(count: int) -> Pick:
    """Pick the first ``count`` uploaded."""
    return Pick({"first": {"count": count}})


def last(count: int) -> Pick:
    """Pick the last ``count`` uploaded."""
    return Pick({"last": {"count": count}})


def random(count: int, *, seed: int | None = None) -> Pick:
    """Pick ``count`` at random, decided by the seed alone; the server makes one and keeps it when none is given."""
    return Pick({"random": _with(seed, count=count)})


def top(count: int, *, by: str, ascending: bool = False) -> Pick:
    """Pick those with the ``count`` greatest values of the field ``by``, or the least ones."""
    return Pick({"top": {"count": count, "by": by, "order": "asc" if ascending else "desc"}})


def quota(
    count: int,
    *,
    by: str,
    shares: Mapping[Any, float] | Iterable[tuple[Value, float]] | None = None,
    fill: bool = False,
    seed: int | None = None,
) -> Pick:
    """Pick ``count`` in shares for the values of the field ``by``, at random within each.

    ``shares`` are weights by value, such as ``{"rain": 2, "fog": 1, None: 1}``; equal ones for every value when left
    out. With ``fill`` what a value cannot fill is given to the others.
    """
    body = _with(seed, count=count, by=by, fill=fill)
    if shares is not None:
        pairs = shares.items() if isinstance(shares, Mapping) else shares
        body["quotas"] = [{"value": value, "share": share} for value, share in pairs]
    return Pick({"quota": body})


def _with(seed: int | None, **body: Any) -> Json:
    return body if seed is None else {**body, "seed": seed}
