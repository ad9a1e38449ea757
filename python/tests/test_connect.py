"""Connecting: addresses, keys, the environment, and that keys are shown to nobody."""

from __future__ import annotations

import logging
import pickle
import traceback

import httpx
import pytest
from server import Server

import sheaf


def test_a_wrong_key_is_told_without_showing_it(server: Server) -> None:
    key = "sheaf_wrong_" + "secret_key"
    with pytest.raises(sheaf.Unauthenticated) as caught:
        sheaf.connect(server.url, key)
    assert (caught.value.status, caught.value.code) == (401, "unauthenticated")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert key not in shown


@pytest.mark.parametrize("key", ["", "two words", "schl\u00fcssel", "line\nfeed"])
def test_what_is_no_key_is_refused_here(server: Server, key: str) -> None:
    with pytest.raises(ValueError, match="key") as caught:
        sheaf.connect(server.url, key)
    assert key == "" or key not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:8765", "ftp://host", "http://", "http://me:secret@host", "http://host:port"]
)
def test_what_is_no_address_is_refused_here(url: str) -> None:
    with pytest.raises(ValueError, match=r"server") as caught:
        sheaf.connect(url, "key")
    assert "secret" not in str(caught.value)


def test_the_environment_has_both(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SHEAF_URL", "SHEAF_SERVER", "SHEAF_API_KEY", "SHEAF_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="SHEAF_URL"):
        sheaf.connect()
    monkeypatch.setenv("SHEAF_URL", server.url + "/")
    with pytest.raises(ValueError, match="SHEAF_API_KEY"):
        sheaf.connect()
    monkeypatch.setenv("SHEAF_KEY", "that of the command line")
    monkeypatch.setenv("SHEAF_API_KEY", server.key)
    with sheaf.connect() as client:
        assert client.url == server.url


def test_nobody_at_the_address(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port + 1}"
    with pytest.raises(sheaf.ConnectionFailed, match=url):
        sheaf.connect(url, "key")


def test_something_else_at_the_address(server: Server) -> None:
    with pytest.raises(sheaf.ApiError) as caught:
        sheaf.connect(server.url + "/docs", server.key)
    assert caught.value.code in ("strange_answer", "not_found")


def test_the_key_is_in_no_repr_and_no_log(
    server: Server, client: sheaf.Client, project: sheaf.Project, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    query = project.query()
    with pytest.raises(sheaf.NotFound):
        project.content("ast_1")
    shown = [client, project, query, project.export(), client._http, vars(client._http), client._http._client.auth]
    assert server.key not in "".join(map(repr, shown)) + caplog.text
    assert caplog.records


def test_projects_are_found_by_name_and_id(client: sheaf.Client, project: sheaf.Project) -> None:
    assert client.project(project.name).id == project.id
    assert client.project(project.id).name == project.name
    assert project.id in [each.id for each in client.projects()]
    again = client.project(project.name, create=True, media="image")
    assert (again.id, again.media) == (project.id, "text")
    with pytest.raises(sheaf.NotFound, match="create=True"):
        client.project("nobody's")


def test_a_wrong_project_says_where(client: sheaf.Client) -> None:
    with pytest.raises(sheaf.Invalid) as caught:
        client.project("x" * 300, create=True, media="text")
    assert [problem.path for problem in caught.value.problems] == ["name"]
    assert "name: " in str(caught.value)


def test_errors_can_be_pickled(project: sheaf.Project) -> None:
    with pytest.raises(sheaf.BadQuery) as caught:
        project.query("(")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (str(again), again.span) == (str(caught.value), caught.value.span)


def test_local_servers_are_not_asked_through_a_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, trust_env=True)
    sheaf.connect(server.url, server.key).close()
