"""What the tests use of the client, and what the server answered: every public method is to be driven, and no answer may be one
that the client cannot read."""

import functools
import inspect
import re

import requests
import scaleapi
from scaleapi import batches, files, projects, quality_tasks, studio, tasks, teams
from scaleapi.api_client.v2.api.v2_api import V2Api

CLASSES = [
    scaleapi.ScaleClient, batches.Batch, files.File, projects.Project, projects.TaskTemplate, tasks.Task, teams.Teammate,
    quality_tasks.QualityTask, studio.StudioLabelerAssignment, studio.StudioWorker, studio.StudioProjectGroup,
    studio.StudioBatch,
]
# The client reads an answer of 409 to any path with `task` in it as one to a body with a `unique_id`. These have one.
MAY_CLASH = re.compile(r"/v1/(task/[^/]+|task/[^/]+/unique_id|(evaluation|training)_tasks/[^/]+)")


class Watch:
    """Counts calls of the client's public methods, and keeps (method, path, status) of all answers."""

    def __init__(self):
        self.called, self.all, self.answers = set(), set(), []
        for cls in CLASSES:
            for name, method in inspect.getmembers(cls, inspect.isfunction):
                self.wrap(cls, name, method)
        for name, method in inspect.getmembers(V2Api, inspect.isfunction):
            if not name.endswith(("_with_http_info", "_without_preload_content")):
                self.wrap(V2Api, name, method)
        send, watch = requests.Session.send, self

        def watched(session, request, **kwargs):
            answer = send(session, request, **kwargs)
            watch.answers.append((request.method, request.path_url.split("?")[0], answer.status_code))
            return answer
        requests.Session.send = watched

    def wrap(self, cls, name, method):
        if name.startswith("_"):
            return
        known, watch = f"{cls.__name__}.{name}", self
        self.all.add(known)

        @functools.wraps(method)
        def watched(*args, **kwargs):
            watch.called.add(known)
            return method(*args, **kwargs)
        setattr(cls, name, watched)

    def not_driven(self):
        return sorted(self.all - self.called)

    def unreadable(self):
        """Answers of Scale's API that the client takes for something else: it knows no success but 200."""
        ours = [(method, path, status) for method, path, status in self.answers if path.startswith(("/v1", "/v2"))]
        odd = [answer for answer in ours if 200 < answer[2] < 400 or answer[2] >= 500]
        clash = [(method, path, 409) for method, path, status in ours
                 if status == 409 and "task" in path and not (method == "POST" and MAY_CLASH.fullmatch(path))]
        return odd + clash
