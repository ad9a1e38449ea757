"""Ways of the client that a server has to know, each with the name of the trap."""

import http.client
import http.server
import os
import ssl
import threading
import urllib.parse

import requests
import scaleapi
import trustme
from scaleapi.exceptions import (
    ExceptionMap, ScaleDuplicateResource, ScaleInvalidRequest, ScaleResourceNotFound, ScaleUnauthorized)
from scaleapi.tasks import TaskReviewStatus, TaskType

from world import raises, text_task


def test_trap_version_2_ignores_the_instance_url(w):
    client = scaleapi.ScaleClient(w.desk.key, api_instance_url=f"{w.desk.url}/v1")
    assert client.v2.api_client.configuration.host == "https://api.scale.com"
    client.v2.api_client.configuration.host = w.desk.url
    assert "Long" in [p.name for p in client.v2.get_projects().projects]


def test_trap_both_ways_to_show_a_key(w):
    """Version 1 of the client sends Basic, version 2 a bearer token; either is taken on both. A GET has a content type and no body."""
    for path in ("/v1/projects", "/v2/projects"):
        for headers, auth in (({}, (w.desk.key, "")), ({"Authorization": f"Bearer {w.desk.key}"}, None)):
            answer = requests.get(w.desk.url + path, headers={"Content-Type": "application/json", **headers}, auth=auth)
            assert answer.status_code == 200, (path, headers)


def test_trap_only_200_is_success(w):
    """What is made, changed, cancelled and taken away is answered with 200 and an object. `run.py` asks it of all answers."""
    auth, base = (w.desk.key, ""), w.desk.url + "/v1"
    batch = requests.post(base + "/batches", auth=auth, json={"project": "Long", "name": "two hundred"})
    task = requests.post(base + "/task/textcollection", auth=auth,
                         json={"batch": "two hundred", "unique_id": "200", "attachments": [{"type": "text", "content": "x"}]})
    at = f"{base}/task/{task.json()['task_id']}"
    answers = [batch, task, requests.delete(at + "/unique_id", auth=auth), requests.put(at + "/tags", auth=auth, json=["a"]),
               requests.delete(at + "/tags", auth=auth, json=["a"]), requests.post(at + "/cancel", auth=auth)]
    assert [(answer.status_code, type(answer.json())) for answer in answers] == [(200, dict)] * len(answers)


def test_trap_the_text_of_an_error(w):
    """The client shows `error` of a JSON object, and its kind by the status."""
    kinds = [(ScaleInvalidRequest, 400, lambda: w.client.create_task(TaskType.TextCollection)),
             (ScaleUnauthorized, 401, lambda: w.scale("no").projects()),
             (ScaleResourceNotFound, 404, lambda: w.client.get_batch("nothing there")),
             (ScaleDuplicateResource, 409, lambda: w.client.create_project("Long", TaskType.TextCollection, {}))]
    for kind, status, call in kinds:
        error = raises(kind, call, status)
        assert ExceptionMap[status] is kind and error.message and "{" not in error.message, error.message
    wrong = requests.post(w.desk.url + "/v1/batches", auth=(w.desk.key, ""), data=b"{")
    assert (wrong.status_code, wrong.json()["status_code"]) == (400, 400) and "JSON" in wrong.json()["error"]


def test_trap_409_of_a_path_with_task_in_it(w):
    """The client looks into the body of such a request and dies when there is none: it is 400 where the state of things forbids
    it, and 409 only where the body has a `unique_id`."""
    client = w.client
    client.create_batch("Long", "a task batch")
    kept = text_task(client, "a task batch", unique_id="kept")
    again = client.create_batch("Long", "a task batch 2")
    client.finalize_batch("a task batch")
    for call in (lambda: client.finalize_batch("a task batch"), lambda: w.task_done.cancel(),
                 lambda: text_task(client, "a task batch"), lambda: client.set_task_tags(kept.id, list("abcdef"))):
        raises(ScaleInvalidRequest, call, 400)
    assert client.batch_status("a task batch")["pending"] == 1
    raises(ScaleDuplicateResource, lambda: text_task(client, again.name, unique_id="kept"), 409, kept.id)
    raises(ScaleDuplicateResource, lambda: text_task(client, again.name).update_unique_id("kept"), 409, kept.id)


def test_trap_a_409_after_a_5xx_is_looked_up(w):
    """The answer to a creation gets lost on the way, the client asks again, is told 409, and fetches what it has made."""
    with Flaky(w.desk.url) as flaky:
        client = scaleapi.ScaleClient(w.desk.key, api_instance_url=f"{flaky.url}/flaky/v1", verify=flaky.trusted)
        task = text_task(client, "two hundred", "once only", unique_id="lost")
        assert flaky.lost == 1 and task.unique_id == "lost"
    assert w.client.tasks(unique_id="lost").total == 1


def test_trap_empty_bodies_vanish(w):
    task = text_task(w.client, "two hundred", tags=["a"], metadata={"a": 1})
    assert "tags" not in w.client.set_task_tags(task.id, []).as_dict()
    assert w.client.set_task_metadata(task.id, {}).metadata == {}
    assert w.client.set_batch_metadata("two hundred", {}).metadata == {}
    assert w.client.add_task_tags(task.id, []).id == w.client.delete_task_tags(task.id, []).id == task.id


def test_trap_how_queries_are_written(w):
    """Booleans as `True`, lists as a repeated name, reviews with commas between them; None is left out."""
    client = w.client
    task = text_task(client, "two hundred", tags=["red, really", "blue"])
    assert [t.id for t in client.get_tasks("Long", tags=["red, really", "blue"])] == [task.id], "a comma is part of a tag"
    assert client.tasks(project="Long", limited_response=True).docs[0].as_dict().keys() == {"task_id", "status", "metadata", "project"}
    assert len(list(client.get_tasks("Long", include_attachment_url=False, limit=100))) == client.get_tasks_count("Long")
    reviews = [TaskReviewStatus.Accepted, TaskReviewStatus.Rejected]
    assert all(t.as_dict()["customer_review_status"] in ("accepted", "rejected") for t in client.get_tasks("Streets", review_status=reviews))
    assert len(list(client.get_batches("Long", exclude_archived=False))) > 0


def test_trap_names_in_paths(w):
    for name in ("a/b", "50% + more", "q?x=1&y#z", "naïve ☂", "..%2F.."):
        batch = w.client.create_batch("Long", name)
        assert w.client.get_batch(name).name == batch.name == name
        assert w.client.batch_status(name)["pending"] == 0
        assert w.client.set_batch_metadata(name, {"of": name}).metadata == {"of": name}


def test_trap_get_tasks_wants_a_project_or_a_batch(w):
    raises_value = []
    for call in (lambda: list(w.client.get_tasks()), lambda: w.client.get_tasks_count()):
        try:
            call()
        except (ValueError, TypeError) as error:
            raises_value.append(error)
    assert len(raises_value) == 2
    raises(ScaleInvalidRequest, lambda: w.client.tasks(odd=1)), raises(ScaleInvalidRequest, lambda: w.client.batches(odd=1))


def test_trap_every_field_of_a_page(w):
    """The client takes `offset`, `limit` and the counts for granted, and `limit` must not be 0."""
    tasks = w.get("/v1/tasks?project=Long").json()
    assert {"docs", "total", "limit", "offset", "has_more"} <= set(tasks) and tasks["limit"] > 0
    batches = w.get("/v1/batches").json()
    assert {"docs", "totalDocs", "limit", "offset", "has_more"} <= set(batches) and batches["limit"] > 0
    assert all({"name", "status", "project", "created_at", "metadata"} <= set(batch) for batch in batches["docs"])
    assert [type(x) for x in (w.get("/v1/projects").json(), w.get("/v1/teams").json())] == [list, list]


def test_trap_bugs_of_the_client(w):
    """`initial_response` is never there and `workers` a tuple of a list, whatever the server says: a client that mends it must find
    what it looks for."""
    [group] = w.client.list_project_groups("Streets")
    assert isinstance(group.workers, tuple) and group.as_dict()["workers"][0].keys() >= {"id", "email"}


def test_trap_version_2_checks_what_it_is_told(w):
    """An unknown status is an error of the client: every status of a batch and a task is one of its words."""
    from scaleapi.api_client.v2.models.batch_status import BatchStatus
    from scaleapi.api_client.v2.models.task_status import TaskStatus
    batches, token = [], None
    while True:
        page = w.client.v2.get_batches(limit=100, next_token=token)
        batches, token = batches + page.batches, page.next_token
        if not token:
            break
    words = {batch.status for batch in batches}
    assert words <= set(BatchStatus) and {"staging", "in_progress", "completed", "cancelled"} <= {word.value for word in words}
    seen = {task.status for name in ("Streets", "Long") for task in w.client.v2_get_tasks(project_name=name)}
    assert seen <= set(TaskStatus) and {"pending", "completed", "canceled"} <= {word.value for word in seen}


class Flaky:
    """A proxy with TLS, where the client tries again, whose first answer to a new task is lost."""

    def __init__(self, target):
        self.lost, flaky = 0, self
        host = urllib.parse.urlparse(target).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            def forward(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                there = http.client.HTTPConnection(host)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
                there.request(self.command, self.path.removeprefix("/flaky"), body, headers)
                answer = there.getresponse()
                content, status = answer.read(), answer.status
                if flaky.lost == 0 and self.command == "POST" and "/task/" in self.path:
                    flaky.lost, status, content = 1, 502, b"{}"
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = forward

            def log_message(self, *_):
                pass

        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self.file = authority.cert_pem.tempfile()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}"

    def __enter__(self):
        self.trusted = self.file.__enter__()
        # What the environment says goes before what the client is told.
        self.before, os.environ["REQUESTS_CA_BUNDLE"] = os.environ.get("REQUESTS_CA_BUNDLE"), self.trusted
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        os.environ.pop("REQUESTS_CA_BUNDLE")
        if self.before is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = self.before
        self.server.shutdown()
        self.file.__exit__(*error)
