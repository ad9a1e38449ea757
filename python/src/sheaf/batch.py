"""A batch: its state, what can be done to it, waiting for it, its answers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sheaf.errors import BatchCancelled, Conflict
from sheaf.export import Export, Merge, Wanted
from sheaf.models import BatchCounts, Json, moment, parse_time
from sheaf.picks import Pick, everything
from sheaf.recipe import recipe
from sheaf.watch import ENDED, Progress, Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sheaf._http import Http
    from sheaf.recipe import Assets, Exclude


class Batch:
    """A batch, as it was when it was asked for; :meth:`refresh` asks again, and every verb takes over what is answered.

    States: ``staging``, ``in_progress``, ``paused``, ``completed``, ``cancelled``. ``raw`` has all that the server
    says.
    """

    def __init__(self, http: Http, base: str, data: Json) -> None:
        self._http, self._project = http, base
        self.raw: Json = data

    @property
    def id(self) -> str:
        """The id, which never changes."""
        return str(self.raw["id"])

    @property
    def name(self) -> str:
        """The name."""
        return str(self.raw["name"])

    @property
    def state(self) -> str:
        """The state."""
        return str(self.raw["state"])

    @property
    def kind(self) -> str:
        """The kind: ``production``, ``calibration``, ``self_label``, ``gold``, ``training``."""
        return str(self.raw["kind"])

    @property
    def counts(self) -> BatchCounts:
        """Where its tasks stand."""
        return BatchCounts.of(self.raw["counts"])

    @property
    def recipe(self) -> Json:
        """How it was chosen, with its seed and absolute times; ``text`` says it in words."""
        return dict(self.raw["recipe"])

    @property
    def seed(self) -> int | None:
        """The seed of a random pick or a quota."""
        seed = self.raw["recipe"]["seed"]
        return None if seed is None else int(seed)

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return moment(self.raw["created_at"])

    @property
    def due_at(self) -> datetime | None:
        """When it is due."""
        return parse_time(self.raw["due_at"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the server has to say about it, such as too few people for its tasks."""
        return tuple(str(warning["message"]) for warning in self.raw["warnings"])

    @property
    def progress(self) -> Progress:
        """How far it is now, how fast it goes and who does what. Asks the server each time."""
        progress = Progress.of(self._http.json("GET", f"{self._path}/progress"))
        self._take(progress)
        return progress

    @property
    def _path(self) -> str:
        return f"{self._project}/batches/{self.id}"

    def refresh(self) -> Batch:
        """Ask the server how the batch is now."""
        self.raw = self._http.json("GET", self._path)
        return self

    def launch(self) -> Batch:
        """Put its tasks into the annotators' queue. The project needs a taxonomy. What is launched already stays so."""
        return self._act("launch", frozenset({"in_progress"}))

    def pause(self) -> Batch:
        """Grant no more tasks of it; what people hold may be finished."""
        return self._act("pause", frozenset({"paused"}))

    def resume(self) -> Batch:
        """Grant tasks of it again."""
        return self._act("resume", frozenset({"in_progress"}))

    def cancel(self) -> Batch:
        """End it for good; answers stay."""
        return self._act("cancel", frozenset({"cancelled"}))

    def archive(self) -> Batch:
        """Take it out of the lists and out of the queue."""
        return self._act("archive", frozenset())

    def unarchive(self) -> Batch:
        """Bring it back."""
        return self._act("unarchive", frozenset())

    def delete(self) -> None:
        """Delete it, when it was never launched. Its assets stay in the library.

        :raises sheaf.NotFound: it is gone already, maybe by a first try whose answer was lost.
        """
        self._http.send("DELETE", self._path)

    def edit(
        self,
        *,
        name: str | None = None,
        priority: int | None = None,
        overlap: int | None = None,
        review_levels: int | None = None,
        due_at: datetime | None = None,
    ) -> Batch:
        """Change what is given; ``overlap`` and ``review_levels`` until the launch only."""
        given = {"name": name, "priority": priority, "overlap": overlap, "review_levels": review_levels}
        body: Json = {key: value for key, value in given.items() if value is not None}
        if due_at is not None:
            body["due_at"] = as_text(due_at)
        self.raw = self._http.json("PATCH", self._path, body=body)
        return self

    def append(
        self,
        query: str | None = None,
        *,
        assets: Assets | None = None,
        pick: Pick = everything,
        exclude: Exclude = None,
    ) -> int:
        """Add what a recipe picks, also to a launched batch, and return how many were added.

        What it has already is not added twice. The request is not sent again when its answer is lost, because a second
        one may pick others: the next ``first(100)`` that are not ``batched``, or another ``random(100)``.

        :raises sheaf.AnswerLost: the connection broke before the answer; :meth:`refresh` and ``counts.members`` tell
        whether they were added.
        """
        body = {"recipe": recipe(query, assets, pick, exclude)}
        answer = self._http.json("POST", f"{self._path}/append", body=body, once=True)
        self.raw = answer["batch"]
        return int(answer["added"])

    def watch(self, *, timeout: float | None = None, poll: float = 2.0) -> Iterator[Progress]:
        """Yield how far it is, now and each time that it changes, until it is completed or cancelled.

        It is told live by the server, at most once a second, and by asking every ``poll`` seconds where there is no
        stream. After ``timeout`` seconds :class:`sheaf.WaitTimeout` is raised.
        """
        for progress in Watcher(self._http, self._project, self.id, timeout=timeout, poll=poll):
            self._take(progress)
            yield progress

    def wait(self, *, timeout: float | None = None, poll: float = 2.0) -> Batch:
        """Wait until it is completed. :class:`sheaf.BatchCancelled` when it is cancelled instead."""
        for _ in self.watch(timeout=timeout, poll=poll):
            pass
        self.refresh()
        if self.state == "cancelled":
            msg = f"batch `{self.name}` was cancelled"
            raise BatchCancelled(msg)
        return self

    def export(
        self, query: str = "", *, unanswered: bool = False, merged: Merge | None = None, prelabels: bool = False
    ) -> Export:
        """Return its answers, those that ``query`` finds among them. See :meth:`sheaf.Project.export`."""
        what = Wanted(query, self.id, unanswered=unanswered, merged=merged, prelabels=prelabels)
        return Export(self._http, self._project, what)

    def _take(self, progress: Progress) -> None:
        self.raw |= {"state": progress.state, "counts": vars(progress.counts)}

    def _act(self, action: str, wanted: frozenset[str]) -> Batch:
        try:
            self.raw = self._http.json("POST", f"{self._path}/{action}")
        except Conflict:
            # It may have been carried out by a first try whose answer was lost.
            self.refresh()
            if self.state not in wanted:
                raise
        return self

    @property
    def ended(self) -> bool:
        """Whether it is completed or cancelled."""
        return self.state in ENDED

    def __repr__(self) -> str:
        counts = self.counts
        return f"<Batch {self.name!r}: {self.state}, {counts.done:,} of {counts.members:,} done>"


def as_text(time: datetime) -> str:
    """Return a time as the API takes it; one without an offset is refused."""
    if time.tzinfo is None:
        msg = "the time has no time zone; give one, for example datetime.now(timezone.utc)"
        raise ValueError(msg)
    return time.isoformat()
