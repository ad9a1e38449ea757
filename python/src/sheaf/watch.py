"""Watching a batch: live by the server's stream of events, with asking behind it when there is no stream."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheaf.errors import ApiError, ConnectionFailed, WaitTimeout
from sheaf.models import BatchCounts, parse_time

if TYPE_CHECKING:
    from datetime import datetime

    from sheaf._http import Http

ENDED = frozenset({"completed", "cancelled"})
_SILENCE = 40.0
"""Seconds after which a stream is dead; the server gives a sign of life every 15."""
_NEAR = 18.0
"""Seconds to a deadline below which asking is preferred: a stream may be silent for longer than that."""


@dataclass(frozen=True)
class PersonProgress:
    """What one person did in a batch, as of now, and holds."""

    id: str
    name: str
    labels: int
    reviews: int
    labelling: int
    reviewing: int
    median_seconds: float | None


@dataclass(frozen=True)
class Progress:
    """How far a batch is. ``per_hour``, ``expected_end`` and ``people`` are told by ``batch.progress`` alone."""

    state: str
    counts: BatchCounts
    per_hour: float | None = None
    expected_end: datetime | None = None
    people: tuple[PersonProgress, ...] = ()

    @property
    def share(self) -> float:
        """Done tasks of all, from 0 to 1."""
        return self.counts.done / self.counts.members if self.counts.members else 0.0

    @property
    def ended(self) -> bool:
        """Whether the batch is completed or cancelled."""
        return self.state in ENDED

    def __str__(self) -> str:
        return f"{self.state}: {self.counts.done:,} of {self.counts.members:,} done ({self.share:.0%})"

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Progress:
        """Read it out of the answer about a batch's progress."""
        batch = data["batch"]
        names = PersonProgress.__dataclass_fields__
        return cls(
            state=batch["state"],
            counts=BatchCounts.of(batch["counts"]),
            per_hour=batch["pace"]["per_hour"],
            expected_end=parse_time(batch["pace"]["expected_end"]),
            people=tuple(PersonProgress(**{name: item[name] for name in names}) for item in data["people"]),
        )


def read_events(lines: Iterable[str]) -> Iterator[tuple[str, str] | None]:
    """Read server-sent events: the name and data of each, and ``None`` for a sign of life."""
    name, data = "", list[str]()
    for line in lines:
        if line.startswith(":"):
            yield None
        elif not line:
            if data:
                yield name or "message", "\n".join(data)
            name, data = "", []
        else:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


class Watcher:
    """Tells how far a batch is, each time that it changes, until it has ended."""

    def __init__(self, http: Http, base: str, batch: str, *, timeout: float | None, poll: float) -> None:
        self._http, self._base, self._batch = http, base, batch
        self._poll = poll
        self._until = None if timeout is None else time.monotonic() + timeout
        self._told: Progress | None = None

    def __iter__(self) -> Iterator[Progress]:
        yield from self._news(self._ask())
        while not self._is_over():
            if self._left() > _NEAR:
                yield from self._live()
            if not self._is_over():
                self._pause()
                yield from self._news(self._ask())

    def _live(self) -> Iterator[Progress]:
        """Read the stream of events for as long as there is one."""
        try:
            with self._http.stream(f"{self._base}/events", timeout=_SILENCE) as answer:
                # What happened before the stream was there.
                yield from self._news(self._ask())
                for event in read_events(answer.iter_lines()):
                    if self._is_over() or self._left() <= _NEAR:
                        return
                    if event is None:
                        yield from self._news(self._ask())
                    elif event[0] == "batch.progress":
                        data = json.loads(event[1])
                        if data["batch_id"] == self._batch:
                            yield from self._news(Progress(data["state"], BatchCounts.of(data["counts"])))
                    if self._is_over():
                        return
        except ConnectionFailed:
            # The server goes away, or a proxy does not let the stream through: it is asked instead.
            return
        except ApiError as error:
            # Too many streams, or none to be had; what is wrong with the key is told by asking.
            if error.status not in (429, 503):
                raise

    def _news(self, progress: Progress) -> Iterator[Progress]:
        if progress != self._told:
            self._told = progress
            yield progress

    def _ask(self) -> Progress:
        data = self._http.json("GET", f"{self._base}/batches/{self._batch}")
        return Progress(data["state"], BatchCounts.of(data["counts"]))

    def _is_over(self) -> bool:
        return self._told is not None and self._told.ended

    def _left(self) -> float:
        return float("inf") if self._until is None else self._until - time.monotonic()

    def _pause(self) -> None:
        left = self._left()
        if left <= 0:
            msg = f"the batch has not ended in time; it is {self._told}"
            raise WaitTimeout(msg)
        time.sleep(min(self._poll, left))
