"""A server and a key."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sheaf._http import Http
from sheaf.errors import Conflict, NotFound
from sheaf.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

    from sheaf.models import Json

URL = ("SHEAF_URL", "SHEAF_SERVER")
KEY = ("SHEAF_API_KEY", "SHEAF_KEY")
"""Names in the environment: the package's, and the command line's, which means the same."""


def connect(url: str | None = None, key: str | None = None, *, timeout: float = 60.0, patience: float = 30.0) -> Client:
    """Connect to a server, and make sure that it takes the key.

    ``url`` is its address (or ``SHEAF_URL``), ``key`` an API key, made in the account's settings (or
    ``SHEAF_API_KEY``); what the command line uses, ``SHEAF_SERVER`` and ``SHEAF_KEY``, is taken as well. ``timeout`` is
    how many seconds an answer may take, ``patience`` how many a broken connection is tried again before it is an error.

    :raises ValueError: no address or no key is given, or one that cannot be.
    :raises sheaf.ConnectionFailed: there is no server at the address.
    :raises sheaf.Unauthenticated: the server does not take the key.
    """
    url = url if url is not None else _environment(URL)
    key = key if key is not None else _environment(KEY)
    if not url:
        msg = "no server is given: pass `url`, or set SHEAF_URL"
        raise ValueError(msg)
    if not key:
        msg = "no API key is given: make one in the account's settings, and pass `key`, or set SHEAF_API_KEY"
        raise ValueError(msg)
    # A server that is not there is told at once: the address may be wrong.
    http = Http(url, key, timeout=timeout, patience=0)
    client = Client(http)
    try:
        client.check()
        http.patience = patience
    except BaseException:
        client.close()
        raise
    return client


def _environment(names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)


class Client:
    """A server and a key; made by :func:`connect`. Safe to use from several threads; closes with ``with``."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._http.url

    def check(self) -> None:
        """Make sure that the server is there and takes the key."""
        self._http.json("GET", "/api/projects", params={"limit": 1})

    def projects(self) -> Iterator[Project]:
        """Yield the projects that the key's owner works in, by name."""
        for item in self._http.items("/api/projects", limit=500):
            yield Project(self._http, item)

    def project(
        self,
        name: str,
        *,
        create: bool = False,
        media: str = "image",
        taxonomy: Mapping[str, Any] | None = None,
        instructions: str | None = None,
    ) -> Project:
        """Return a project by its name or id; with ``create`` it is made when it is not there.

        ``media`` (``image`` or ``text``), ``taxonomy`` and ``instructions`` are those of a new project; one that is
        there stays as it is.

        :raises sheaf.NotFound: there is no such project, or the key's owner is not in it.
        :raises sheaf.Forbidden: making projects is for admins.
        """
        found = self._find(name)
        if found is not None:
            return found
        if not create:
            hint = "pass create=True to make it"
            raise NotFound(404, {"code": "not_found", "message": f"there is no project `{name}`", "hint": hint})
        body: Json = {"name": name, "media": media}
        if taxonomy is not None:
            body["taxonomy"] = dict(taxonomy)
        if instructions is not None:
            body["instructions"] = instructions
        try:
            return Project(self._http, self._http.json("POST", "/api/projects", body=body))
        except Conflict:
            # Somebody else was faster, or the answer to a first try was lost.
            found = self._find(name)
            if found is None:
                raise
            return found

    def _find(self, name: str) -> Project | None:
        projects = [project for project in self.projects() if name in (project.name, project.id)]
        # An id is nobody's name, but a name may be written like an id.
        return min(projects, key=lambda project: project.id != name, default=None)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.url}>"
