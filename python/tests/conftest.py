"""One server for all tests; those that kill one have their own. Every test has a project of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from server import TAXONOMY, Annotator, Api, Server

import sheaf

_numbers = count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server") / "data")
    with closing(server):
        server.start()
        server.set_up()
        yield server


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A server that may be killed."""
    server = Server(tmp_path / "data")
    with closing(server):
        server.start()
        server.set_up()
        yield server


@pytest.fixture(scope="session")
def client(server: Server) -> Iterator[sheaf.Client]:
    with sheaf.connect(server.url, server.key) as client:
        yield client


@pytest.fixture(scope="session")
def api(server: Server) -> Iterator[Api]:
    api = server.api()
    yield api
    api.close()


@pytest.fixture
def project(client: sheaf.Client) -> sheaf.Project:
    """A project of texts, with a taxonomy."""
    return client.project(f"texts {next(_numbers)}", create=True, media="text", taxonomy=TAXONOMY)


@pytest.fixture
def weather(project: sheaf.Project) -> sheaf.Project:
    """Twenty texts: the even ones of rain, the others of snow, from hour 0 to 19."""
    rows = [
        {"text": f"text {n}", "ref": f"r{n}", "weather": ["rain", "snow"][n % 2], "hour": n, "tags": ["a", str(n)]}
        for n in range(20)
    ]
    project.upload(rows, name="weather").raise_for_refused()
    return project


@pytest.fixture
def annotator(server: Server, project: sheaf.Project) -> Iterator[Annotator]:
    annotator = Annotator(server, project.id, f"nils{next(_numbers)}")
    yield annotator
    annotator.close()
