"""A query with its mistakes underlined, as the command line prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sheaf.models import Diagnostic


def from_utf16(text: str, at: int) -> int:
    """Return the index into ``text`` of a place in UTF-16 code units, in which the server counts."""
    units = 0
    for index, char in enumerate(text):
        if units >= at:
            return index
        units += 2 if ord(char) > 0xFFFF else 1
    return len(text)


def pointed(query: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Return the query once, then each place underlined with what is the matter there."""
    lines = ["  " + query.translate({10: " ", 13: " ", 9: " "})]
    for item in diagnostics:
        start, end = item.span
        hint = f" ({item.hint})" if item.hint else ""
        lines.append("  " + " " * start + "^" * max(1, end - start) + f" {item.message}{hint}")
    return "\n".join(lines)
