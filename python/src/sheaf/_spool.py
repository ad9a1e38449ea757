"""A file that is there for as long as it is needed, and can be opened more than once on any system."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def spool(name: str) -> Iterator[Path]:
    """Give a name for a file in a folder of its own, which goes away in the end."""
    with tempfile.TemporaryDirectory(prefix="sheaf-") as folder:
        yield Path(folder) / name
