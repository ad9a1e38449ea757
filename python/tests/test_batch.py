"""Dry runs and batches: what is picked, what can be done, watching and waiting, updates of metadata."""

from __future__ import annotations

from datetime import datetime, timezone
from threading import Timer

import pandas as pd
import pytest
from server import Annotator

import sheaf
from sheaf.watch import read_events


def test_the_funnel(weather: sheaf.Project) -> None:
    weather.batch("early", "hour<4")
    dry = weather.dry_run("weather:rain", pick=sheaf.random(5, seed=7), exclude="batched", facets=["weather"], sample=2)
    assert (dry.matched, dry.excluded, dry.available, dry.picked, dry.short_by) == (10, 2, 8, 5, 0)
    assert (dry.seed, dry.excluded_by, len(dry.sample)) == (7, {"early": 2}, 2)
    assert [(value.value, value.picked) for value in dry.facets["weather"]] == [("rain", 5)]
    assert str(dry) == "10 match, 2 left out, 8 available, 5 picked"
    short = weather.dry_run("hour<3", pick=sheaf.first(5))
    assert (short.picked, short.short_by) == (3, 2)
    assert str(short).endswith("3 picked (2 fewer than asked for)")
    assert weather.dry_run("hour>99").picked == 0
    # Nothing is made by looking.
    assert [batch.name for batch in weather.batches()] == ["early"]


def hours(project: sheaf.Project, batch: str) -> list[int]:
    return [asset.metadata["hour"] for asset in project.query(f'batch:"{batch}"')]


def test_picks(weather: sheaf.Project) -> None:
    weather.batch("first", pick=sheaf.first(3))
    weather.batch("last", pick=sheaf.last(2))
    weather.batch("top", pick=sheaf.top(2, by="hour"))
    weather.batch("least", "hour>4", pick=sheaf.top(2, by="hour", ascending=True))
    assert [hours(weather, name) for name in ("first", "last", "top", "least")] == [
        [0, 1, 2],
        [18, 19],
        [18, 19],
        [5, 6],
    ]
    quota = sheaf.quota(8, by="weather", shares={"rain": 3, "snow": 1}, seed=1)
    fit = weather.dry_run(pick=quota).fit
    assert fit is not None
    assert [(item.value, item.wanted, item.picked) for item in fit] == [("rain", 6, 6), ("snow", 2, 2)]
    chosen = [asset for asset in weather.query() if asset.metadata["hour"] in (3, 5)]
    weather.batch("chosen", assets=chosen)
    weather.batch("others", exclude=[weather.get_batch("chosen"), "first"])
    assert (hours(weather, "chosen"), weather.get_batch("others").counts.members) == ([3, 5], 15)


def test_a_seed_decides(weather: sheaf.Project) -> None:
    batch = weather.batch("random", pick=sheaf.random(6))
    assert batch.seed is not None
    assert batch.counts.members == 6
    dry = weather.dry_run(pick=sheaf.random(6, seed=batch.seed), sample=6)
    assert sorted(asset.metadata["hour"] for asset in dry.sample) == hours(weather, "random")


def test_names_are_taken_once_and_nothing_is_no_batch(weather: sheaf.Project) -> None:
    weather.batch("one")
    with pytest.raises(sheaf.Conflict) as taken:
        weather.batch("one")
    assert taken.value.code == "name_taken"
    with pytest.raises(sheaf.ApiError):
        weather.batch("none", "hour>99")
    with pytest.raises(sheaf.NotFound, match="none"):
        weather.get_batch("none")
    with pytest.raises(ValueError, match=r"\['every'\]"):
        weather.batch("two", exclude="every")
    with pytest.raises(TypeError, match="pick"):
        weather.batch("two", pick=7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="assets"):
        weather.batch("two", assets="ast_1")
    with pytest.raises(ValueError, match="time zone"):
        weather.batch("two", due_at=datetime(2027, 1, 1))


def test_what_can_be_done_to_a_batch(weather: sheaf.Project) -> None:
    due = datetime(2027, 1, 31, 18, tzinfo=timezone.utc)
    batch = weather.batch("b", "hour<3", overlap=2, review_levels=1, due_at=due)
    assert (batch.state, batch.raw["overlap"], batch.due_at) == ("staging", 2, due)
    assert batch.append("hour:3..5", exclude="batched") == 3
    assert batch.edit(name="c", priority=3).name == "c"
    assert batch.launch().state == "in_progress"
    assert batch.warnings
    # As after an answer that was lost.
    assert batch.launch().state == "in_progress"
    assert batch.pause().pause().state == "paused"
    assert batch.resume().state == "in_progress"
    assert batch.append("hour:19") == 1
    with pytest.raises(sheaf.Conflict):
        batch.delete()
    assert batch.cancel().cancel().ended
    with pytest.raises(sheaf.Conflict) as caught:
        batch.launch()
    assert caught.value.code == "bad_state"
    with pytest.raises(sheaf.BatchCancelled):
        batch.wait()
    assert batch.archive().raw["archived"]
    assert weather.get_batch("c").unarchive().id == batch.id
    spare = weather.batch("spare")
    spare.delete()
    assert [each.name for each in weather.batches()] == ["c"]


def test_watching_is_live(weather: sheaf.Project, annotator: Annotator) -> None:
    batch = weather.batch("b", "hour<3", launch=True)
    as_it_was = weather.get_batch("b")
    timer = Timer(0.3, annotator.answer, [3])
    seen: list[sheaf.Progress] = []
    # Asking alone would be slower than the whole test may take.
    for progress in batch.watch(timeout=50, poll=1000):
        if not seen:
            timer.start()
        seen.append(progress)
    timer.join()
    assert [seen[0].counts.done, seen[-1].counts.done, seen[-1].state] == [0, 3, "completed"]
    assert (seen[-1].share, batch.state, batch.counts.done) == (1.0, "completed", 3)
    assert str(seen[-1]) == "completed: 3 of 3 done (100%)"
    progress = batch.progress
    assert [(person.name, person.labels) for person in progress.people] == [(annotator.email.split("@")[0], 3)]
    assert (as_it_was.counts.done, as_it_was.progress.state, as_it_was.counts.done) == (0, "completed", 3)
    # What has ended is not waited for.
    assert batch.wait(timeout=0).ended


def test_asking_where_there_is_no_stream(
    weather: sheaf.Project, annotator: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        message = "a proxy that lets no stream through"
        raise sheaf.ConnectionFailed(message)

    monkeypatch.setattr("sheaf._http.Http.stream", none)
    batch = weather.batch("b", "hour<2", launch=True)
    timer = Timer(0.2, annotator.answer, [2])
    timer.start()
    assert batch.wait(timeout=30, poll=0.05).state == "completed"
    timer.join()


def test_waiting_ends_in_time(weather: sheaf.Project) -> None:
    batch = weather.batch("b", launch=True)
    with pytest.raises(TimeoutError, match="in_progress: 0 of 20 done") as caught:
        batch.wait(timeout=0.3, poll=0.1)
    assert isinstance(caught.value, sheaf.WaitTimeout)


def test_events_are_read_as_they_are_sent() -> None:
    lines = [": hello", "event: a", "data: 1", "data: 2", "", "retry: 5", "", "data:3", "", "event: b", "id: 1"]
    assert list(read_events(lines)) == [None, ("a", "1\n2"), ("message", "3")]


def test_metadata_of_what_a_query_finds(weather: sheaf.Project) -> None:
    report = weather.update(
        {"checked": True, "hour": None, "at": datetime(2026, 1, 1, tzinfo=timezone.utc)}, query="hour<5"
    )
    assert (report.state, report.updated, report.refused, report.problems) == ("done", 5, 0, ())
    assert weather.query("checked:true -hour:* at:2026-01").count == 5
    assert weather.update({"checked": True}, query="checked:true").unchanged == 5
    assets = list(weather.query("hour:7..8"))
    assert weather.update({"checked": False}, assets=assets).updated == 2
    with pytest.raises(ValueError, match="either"):
        weather.update({"a": 1})


def test_metadata_row_by_row(weather: sheaf.Project) -> None:
    rows = [{"ref": "r1", "score": 0.5}, {"ref": "nobody", "score": 1}, {"metadata": {"score": 1}}]
    report = weather.update_rows(rows)
    assert (report.updated, report.refused) == (1, 2)
    assert {item.row: item.code for item in report.problems} == {2: "unknown_ref", 3: "missing_key"}
    frame = weather.query("hour<3").to_pandas()
    scores = pd.DataFrame({"asset_id": frame["asset_id"], "score": [0.1, None, 0.3]})
    assert weather.update_rows(scores).updated == 2
    assert sorted(asset.metadata["score"] for asset in weather.query("score:*")) == [0.1, 0.3, 0.5]
    with pytest.raises(ValueError, match="no rows"):
        weather.update_rows([])
    with pytest.raises(ValueError, match="row 1"):
        weather.update_rows([{"ref": "r1", "metadata": {}, "score": 1}])
