"""How a batch is chosen, as the API takes it: which assets, what is left out, and the pick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from sheaf.models import Asset, Json
from sheaf.picks import Pick, everything

if TYPE_CHECKING:
    Exclude = str | Iterable["str | Named"] | None
    Assets = Iterable[str | Asset]


class Named(Protocol):
    """A batch, as far as leaving it out needs one."""

    @property
    def name(self) -> str:
        """Its name."""


SCOPES = {"batched": "any", "any": "any", "none": "none", "launched": "launched", "production": "production"}
SCOPES["submitted"] = "submitted"


def recipe(query: str | None, assets: Assets | None, pick: Pick, exclude: Exclude) -> Json:
    """Return the recipe. ``exclude`` is a scope, or batches (or their names) as a list."""
    if not isinstance(pick, Pick):
        msg = "`pick` must be made by sheaf.first, last, random, top or quota, or be sheaf.everything"
        raise TypeError(msg)
    out: Json = {"pick": pick.json, "exclude": {"batched": _batched(exclude)}}
    if query is not None:
        out["query"] = query
    if assets is not None:
        out["assets"] = asset_ids(assets)
    return out


def asset_ids(assets: Assets) -> list[str]:
    """Return the ids of assets."""
    if isinstance(assets, str):
        msg = "`assets` must be a list of assets or of their ids, not one text"
        raise TypeError(msg)
    return [asset.id if isinstance(asset, Asset) else asset for asset in assets]


def _batched(exclude: Exclude) -> str | list[str]:
    if exclude is None:
        return "none"
    if isinstance(exclude, str):
        if exclude not in SCOPES:
            known = ", ".join(f"`{name}`" for name in SCOPES)
            msg = f"`exclude` is one of {known}, or a list of batches; for a batch of this name pass [{exclude!r}]"
            raise ValueError(msg)
        return SCOPES[exclude]
    return [batch if isinstance(batch, str) else batch.name for batch in exclude]


__all__ = ["SCOPES", "Named", "asset_ids", "everything", "recipe"]
