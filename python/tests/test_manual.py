"""docs/python.md does what it shows."""

from __future__ import annotations

import doctest
import os
import re
from contextlib import closing
from pathlib import Path

import pytest
from server import Annotator, Server

import sheaf

MANUAL = Path(__file__).parents[2] / "docs" / "python.md"
PART = re.compile(r"```pycon\n(?P<code>.*?)```|<!-- people label (?P<count>\d+) -->", re.DOTALL)


def test_the_walk_of_the_manual(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHEAF_URL", server.url)
    monkeypatch.setenv("SHEAF_API_KEY", server.key)
    monkeypatch.chdir(tmp_path)
    text = MANUAL.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    shown = 0
    for match in PART.finditer(text):
        if match["count"]:
            project = names["project"]
            assert isinstance(project, sheaf.Project)
            with closing(Annotator(server, project.id, "walker")) as annotator:
                annotator.answer(int(match["count"]))
            continue
        line = text[: match.start()].count("\n") + 1
        test = doctest.DocTestParser().get_doctest(match["code"], names, "manual", str(MANUAL), line)
        runner.run(test, out=told.append, clear_globs=False)
        names = test.globs
        shown += len(test.examples)
    client = names["client"]
    assert isinstance(client, sheaf.Client)
    client.close()
    assert not runner.failures, "".join(told)
    assert shown > 30
    assert os.listdir(tmp_path) == ["rear.parquet"]


def test_every_public_verb_is_in_the_manual() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    plain = {"id", "name", "raw", "url", "media", "state", "kind", "counts", "recipe", "seed", "created_at", "due_at"}
    plain |= {"warnings", "refresh", "ended", "check", "close"}
    for kind in (sheaf.Client, sheaf.Project, sheaf.Batch, sheaf.Export):
        for verb in vars(kind):
            if not verb.startswith("_") and verb not in plain:
                assert verb in text, f"{kind.__name__}.{verb}"
