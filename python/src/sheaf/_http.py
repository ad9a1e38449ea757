"""The one place that talks HTTP: the key, retries, errors, pages. Everything else names addresses."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlsplit

import httpx

from sheaf._version import __version__
from sheaf.errors import AnswerLost, ApiError, ConnectionFailed, SheafError, api_error

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from sheaf.models import Json

    Content = Callable[[], bytes | BinaryIO]

LONG = 600.0
"""Seconds that a request may take in which the server reads a large file through."""
_BLOCK = 1 << 20
_UNTOLD = frozenset({502, 503, 504})
"""Of a proxy that got no answer, or of a server that lost its database: what became of the request is not told."""
_PASSING = _UNTOLD | {429}
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LOCAL = ("localhost", "::1")


class _Bearer(httpx.Auth):
    """Shows the key to the server and to nobody else."""

    def __init__(self, key: str) -> None:
        self.__header = f"Bearer {key}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self.__header
        yield request

    def __repr__(self) -> str:
        return "<a key>"


class Waits:
    """Waits longer and longer between tries, until the patience since the first failure is over."""

    def __init__(self, patience: float, at_least: int = 0) -> None:
        self._patience, self._at_least = patience, at_least
        self._until: float | None = None
        self._next, self._tries = 0.1, 0

    def again(self, at_least: float = 0.0) -> bool:
        """Sleep, and say whether another try is worth it."""
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._patience
        self._tries += 1
        # So that many clients do not come back in step.
        wait = max(at_least, self._next * random.uniform(0.75, 1.25))  # noqa: S311
        if now + wait > self._until and (self._patience <= 0 or self._tries > self._at_least):
            return False
        time.sleep(wait)
        self._next = min(self._next * 2, 5.0)
        return True


def part(text: str) -> str:
    """Return text as one part of an address."""
    return quote(text, safe="")


def read_url(url: str) -> str:
    """Return the address of a server without a slash at its end; a wrong one is a ``ValueError``."""
    pieces = urlsplit(url)
    if pieces.scheme not in ("http", "https") or not pieces.hostname:
        msg = "the address of the server must begin with http:// or https://, for example http://127.0.0.1:8765"
        raise ValueError(msg)
    if pieces.username is not None or pieces.password is not None:
        msg = "the address of the server has a user or a password in it; pass the key as `key`"
        raise ValueError(msg)
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        msg = f"the address of the server is none: {error}"
        raise ValueError(msg) from None
    return url.rstrip("/")


class Http:
    """A server and a key; safe to use from several threads."""

    def __init__(self, url: str, key: str, *, timeout: float, patience: float) -> None:
        self.url = read_url(url)
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            msg = "the key is empty, or has characters in it that no key has"
            raise ValueError(msg)
        self.patience = patience
        host = urlsplit(self.url).hostname or ""
        local = host in _LOCAL or host.startswith("127.")
        self._client = httpx.Client(
            base_url=self.url,
            auth=_Bearer(key),
            timeout=httpx.Timeout(timeout, connect=10.0),
            headers={"User-Agent": f"sheaf-python/{__version__}"},
            # A proxy of the environment does not reach this machine's own servers.
            trust_env=not local,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
        content: Content | None = None,
        kind: str = "application/octet-stream",
        once: bool = False,
        timeout: float | None = None,
        redirects: bool = False,
    ) -> httpx.Response:
        """Send a request and return the good answer; anything else is an exception.

        While the connection fails it is sent again, unless ``once`` says that a second time would do something else:
        then it is sent again only when it surely did not arrive, and is :class:`AnswerLost` when it may have.
        """
        waits = Waits(self.patience)
        more: dict[str, Any] = {} if timeout is None else {"timeout": httpx.Timeout(timeout, connect=10.0)}
        if body is not None:
            more["json"] = body
        while True:
            source = content() if content else None
            try:
                if source is not None:
                    more["content"] = source if isinstance(source, bytes) else _blocks(source)
                    more["headers"] = {"Content-Type": kind}
                answer = self._client.request(method, path, params=params, follow_redirects=redirects, **more)
            except httpx.TransportError as error:
                lost: Exception = error
                if once and not isinstance(error, _NOT_SENT):
                    msg = f"the connection broke before {method} {path} was answered; it may have been carried out"
                    raise AnswerLost(msg) from error
                if waits.again():
                    continue
            else:
                if answer.is_success:
                    return answer
                error_of = failure(answer)
                if once and answer.status_code in _UNTOLD:
                    msg = f"{error_of}; {method} {path} may have been carried out"
                    raise AnswerLost(msg) from error_of
                passes = answer.status_code in _PASSING or error_of.code == "file_busy"
                if passes and waits.again(_retry_after(answer)):
                    continue
                raise error_of
            finally:
                if source is not None and not isinstance(source, bytes):
                    source.close()
            msg = f"no connection to {self.url}: {type(lost).__name__}: {lost}"
            raise ConnectionFailed(msg) from lost

    def json(self, method: str, path: str, **more: Any) -> Json:
        """Send a request and return the object that is answered."""
        answer = self.send(method, path, **more)
        if not answer.content:
            return {}
        try:
            data = answer.json()
        except ValueError:
            raise _strange(answer) from None
        if not isinstance(data, dict):
            raise _strange(answer)
        return data

    def pages(self, path: str, *, limit: int, params: Mapping[str, str | int] | None = None) -> Iterator[Json]:
        """Yield the pages of a list."""
        asked: dict[str, str | int] = {**(params or {}), "limit": limit}
        while True:
            page = self.json("GET", path, params=asked)
            yield page
            if page["next_cursor"] is None:
                return
            asked["cursor"] = page["next_cursor"]

    def items(self, path: str, *, limit: int, params: Mapping[str, str | int] | None = None) -> Iterator[Json]:
        """Yield the items of a list, page after page."""
        for page in self.pages(path, limit=limit, params=params):
            yield from page["items"]

    @contextmanager
    def stream(
        self, path: str, *, params: Mapping[str, str | int] | None = None, timeout: float | None = None
    ) -> Iterator[httpx.Response]:
        """Open an answer to be read bit by bit; a broken connection is :class:`ConnectionFailed` at once."""
        read = httpx.Timeout(timeout, connect=10.0) if timeout else httpx.USE_CLIENT_DEFAULT
        try:
            with self._client.stream("GET", path, params=params, timeout=read) as answer:
                if not answer.is_success:
                    answer.read()
                    raise failure(answer)
                yield answer
        except httpx.TransportError as error:
            msg = f"the connection to {self.url} broke off: {type(error).__name__}"
            raise ConnectionFailed(msg) from error

    def download(self, path: str, params: Mapping[str, str | int], sink: BinaryIO) -> None:
        """Write an answer into a file, from its beginning again when the connection breaks."""
        waits = Waits(self.patience, at_least=3)
        while True:
            sink.seek(0)
            sink.truncate()
            try:
                with self.stream(path, params=params, timeout=LONG) as answer:
                    for block in answer.iter_bytes(_BLOCK):
                        sink.write(block)
                sink.flush()
            except ConnectionFailed:
                if not waits.again():
                    raise
            except ApiError as error:
                if error.status not in _PASSING or not waits.again():
                    raise
            else:
                return


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def failure(answer: httpx.Response) -> ApiError:
    """Return the exception for an answer that is not a good one."""
    try:
        error = answer.json()["error"]
        code = error["code"]
    except (ValueError, KeyError, TypeError):
        return _strange(answer)
    return api_error(answer.status_code, error) if code else _strange(answer)


def _strange(answer: httpx.Response) -> ApiError:
    message = f"the server answered {answer.status_code} with something that is not Sheaf's"
    hint = "is this the address of a Sheaf server?"
    return api_error(answer.status_code, {"code": "strange_answer", "message": message, "hint": hint})


def _retry_after(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0


__all__ = ["LONG", "Http", "SheafError", "Waits", "failure", "part", "read_url"]
