"""What can go wrong. Everything that this package raises on its own account is a :class:`SheafError`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sheaf._pointed import pointed
from sheaf.models import Diagnostic, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sheaf.models import RowProblem


class SheafError(Exception):
    """Everything that this package raises on its own account."""


class ConnectionFailed(SheafError):
    """The server could not be reached, or the connection broke and did not come back in time."""


class AnswerLost(ConnectionFailed):
    """What became of a request that must not be sent twice is not known: it may have been carried out.

    The connection broke after it was sent, or there was a 502, 503 or 504 in the place of its answer.
    """


class ApiError(SheafError):
    """The server said no.

    ``code`` is stable and for programs; ``message`` and ``hint`` are for people; ``problems`` are the places of what
    was handed in (``path``) with what is wrong there; ``span`` is where in a query, in characters.
    """

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(error.get("code", ""))
        self.message = str(error.get("message", ""))
        hint = error.get("hint")
        self.hint = None if hint is None else str(hint)
        details = error.get("details")
        self.details: dict[str, Any] = details if isinstance(details, dict) else {}
        self.request_id = str(error.get("request_id") or "")
        self.problems = tuple(Problem.of(item) for item in self.details.get("problems") or ())
        self.span: tuple[int, int] | None = None
        super().__init__(self._text())

    def _text(self) -> str:
        text = f"{self.message} ({self.hint})" if self.hint else self.message
        for problem in self.problems:
            if problem.path:
                text += f"\n  {problem.path}: {problem.message}"
        return f"{text} [{self.status} {self.code}]"

    def __reduce__(self) -> tuple[Any, ...]:
        error = {"code": self.code, "message": self.message, "hint": self.hint, "details": self.details}
        return (type(self), (self.status, {**error, "request_id": self.request_id}))


class Unauthenticated(ApiError):
    """401: no key, a wrong one, or one that was revoked."""


class Forbidden(ApiError):
    """403: the key's owner may not do this."""


class NotFound(ApiError):
    """404: there is no such thing, or the key's owner may not know of it."""


class Conflict(ApiError):
    """409: something else is in the way; ``code`` says what, such as ``name_taken`` or ``bad_state``."""


class Invalid(ApiError):
    """400 or 422: what was handed in is wrong; ``problems`` say where."""


class TooMany(ApiError):
    """429: too often, also after waiting."""


class BadQuery(Invalid):
    """422 ``bad_query``: the query has errors. Its text underlines each of them.

    ``query`` is the text, ``diagnostics`` all that is wrong with it, ``span`` the place of the first error.
    """

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(status, error)
        self.query = str(self.details.get("query", ""))
        found = self.details.get("diagnostics") or ()
        self.diagnostics = tuple(Diagnostic.of(item, self.query) for item in found)
        errors = [item for item in self.diagnostics if item.severity == "error"]
        self.span = (errors or [*self.diagnostics])[0].span if self.diagnostics else None
        self.args = (f"the query has errors\n{pointed(self.query, self.diagnostics)}",)


class UploadFailed(SheafError):
    """The server did not read the whole manifest. What it took in stays; the same upload again goes on."""


class UploadRefused(SheafError):
    """Some of an upload was refused; raised when one asks for it. ``problems`` are the first of them."""

    def __init__(self, text: str, problems: tuple[RowProblem, ...]) -> None:
        super().__init__(text)
        self.problems = problems

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (str(self), self.problems))


class UpdateFailed(SheafError):
    """An update of metadata ended before it was through. What it changed stays; the same again does the rest."""


class BatchCancelled(SheafError):
    """A batch that was waited for was cancelled."""


class WaitTimeout(SheafError, TimeoutError):
    """What was waited for did not come in time."""


def api_error(status: int, error: Mapping[str, Any]) -> ApiError:
    """Return the exception for an answer of the server."""
    if error.get("code") == "bad_query":
        return BadQuery(status, error)
    kinds: dict[int, type[ApiError]] = {
        400: Invalid,
        401: Unauthenticated,
        403: Forbidden,
        404: NotFound,
        409: Conflict,
        422: Invalid,
        429: TooMany,
    }
    return kinds.get(status, ApiError)(status, error)
