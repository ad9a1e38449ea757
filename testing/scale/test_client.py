"""The unmodified official client against a real server; `run.py` runs it. The functions `test_...` are run in their order; they
share one server."""

import time
import uuid

import requests
import scaleapi
from scaleapi.batches import BatchStatus
from scaleapi.exceptions import (
    ScaleDuplicateResource, ScaleException, ScaleInvalidRequest, ScaleResourceNotFound, ScaleUnauthorized)
from scaleapi.tasks import TaskReviewStatus, TaskStatus, TaskType

from desk import Desk, Receiver, png, until
from world import FIELDS, GEOMETRIES, raises, text_task


def test_keys(w):
    raises(ScaleUnauthorized, lambda: w.scale("no-such-key").projects(), 401)
    assert w.scale("live_" + w.desk.key).projects() == []
    bearer = requests.get(w.desk.url + "/v1/projects", headers={"Authorization": f"Bearer {w.desk.key}"})
    assert bearer.status_code == 200
    nobody = requests.get(w.desk.url + "/v1/projects")
    assert (nobody.status_code, set(nobody.json())) == (401, {"status_code", "error"})
    # A browser's session is no key here.
    cookie = w.desk.admin.session.get(w.desk.url + "/v1/projects")
    assert cookie.status_code == 401
    for path in ("/v1/nothing", "/v2/nothing", "/v1"):
        nothing = w.get(path)
        assert (nothing.status_code, nothing.json()["status_code"]) == (404, 404), path
    wrong = requests.patch(w.desk.url + "/v1/projects", auth=(w.desk.key, ""))
    assert (wrong.status_code, wrong.json()["status_code"]) == (405, 405)


def test_projects(w):
    made = w.client.create_project("Streets", TaskType.ImageAnnotation, {"geometries": GEOMETRIES, "instruction": "Box."}, studio=True)
    assert (made.name, made.type, made.version) == ("Streets", "imageannotation", 0)
    assert made.instruction == "Box."
    raises(ScaleDuplicateResource, lambda: w.client.create_project("Streets", TaskType.ImageAnnotation, {}), 409)
    # The same project in the browser, with what is asked for as its taxonomy.
    own = w.desk.project("Streets")
    taxonomy = w.desk.admin.call("GET", f"/projects/{own['id']}/taxonomy")["taxonomy"]
    assert [label["name"] for label in taxonomy["labels"]] == ["car", "bus"]
    assert taxonomy["labels"][0]["tools"] == ["box", "polygon"]
    assert own["media"] == "image"
    changed = w.client.update_project("Streets", patch=True, instruction="Box all.")
    assert [entry["version"] for entry in changed.as_dict()["param_history"]] == [0, 1]
    assert (changed.version, changed.instruction) == (1, "Box all.")
    assert changed.as_dict()["param_history"][1]["geometries"] == GEOMETRIES, "a patch keeps what it does not name"
    assert [p.name for p in w.client.projects()] == ["Streets"]
    assert w.client.get_project("Streets").name == w.client.get_projects()[0].name
    raises(ScaleResourceNotFound, lambda: w.client.get_project("No / such"), 404)
    # A name with what has a meaning in addresses.
    w.client.create_project("a b/c?d%", TaskType.TextCollection, {"fields": FIELDS}, studio=True)
    assert w.client.get_project("a b/c?d%").name == "a b/c?d%"
    template = w.client.get_project("a b/c?d%").get_template()
    assert template.version == 0 and template.get_template_variables() == {}
    raises(ScaleInvalidRequest, lambda: w.client.create_project("x", TaskType.ImageAnnotation, {"geometries": {
        "box": {"objects_to_annotate": ["x" * 300]}}}), 400, "longer")


def test_batches(w):
    batch = w.client.create_batch("Streets", "first / task batch", metadata={"week": 12}, callback=w.receiver.url + "/batch")
    assert (batch.name, batch.status, batch.project, batch.metadata) == ("first / task batch", "staging", "Streets", {"week": 12})
    raises(ScaleDuplicateResource, lambda: w.client.create_batch("Streets", "first / task batch"), 409)
    raises(ScaleDuplicateResource, lambda: w.client.create_batch("a b/c?d%", "first / task batch"), 409, "already")
    raises(ScaleResourceNotFound, lambda: w.client.create_batch("None", "x"), 404)
    raises(ScaleInvalidRequest, lambda: w.client.create_batch("Streets", "x", calibration_batch=True, self_label_batch=True), 400)
    assert w.client.get_batch("first / task batch").as_dict() == batch.as_dict()
    assert w.client.batch_status("first / task batch") == {
        "status": "staging", "pending": 0, "completed": 0, "error": 0, "canceled": 0}
    # The very batch is in Sheaf's list.
    project = w.desk.project("Streets")
    listed = w.desk.admin.call("GET", f"/projects/{project['id']}/batches")["items"]
    assert [(b["name"], b["state"]) for b in listed] == [("first / task batch", "staging")]
    assert w.client.set_batch_metadata("first / task batch", {"week": 13}).metadata == {"week": 13}
    # An empty object is sent as no body at all.
    assert w.client.set_batch_metadata("first / task batch", {}).metadata == {}
    calibration = w.client.create_batch("Streets", "calibrate", calibration_batch=True)
    assert calibration.as_dict()["calibration_batch"] is True
    for n in range(5):
        w.client.create_batch("a b/c?d%", f"many {n}")
    page = w.client.batches(project="a b/c?d%", limit=2)
    assert (page.total, page.limit, page.offset, page.has_more) == (5, 2, 0, True)
    assert [b.name for b in page.docs] == ["many 4", "many 3"], "newest first"
    assert len(list(w.client.get_batches("a b/c?d%"))) == 5
    assert len(list(w.client.get_batches("a b/c?d%", batch_status=BatchStatus.InProgress))) == 0
    assert len(list(w.client.get_batches("a b/c?d%", batch_status=BatchStatus.Staging, exclude_archived=True))) == 5
    assert len(list(w.client.get_batches("a b/c?d%", created_before="2020-01-01"))) == 0
    # What the state does not allow is 400, never 409: the client breaks on one of a path with `task` in it.
    w.client.finalize_batch("calibrate")
    raises(ScaleInvalidRequest, lambda: w.client.finalize_batch("calibrate"), 400, "before")


def test_a_batch_of_the_client_is_worked_on(w):
    client, receiver, project = w.client, w.receiver, w.desk.project("Streets")
    annotator = w.person = w.desk.person(project["id"], "ann@example.org")
    name, url = "first / task batch", receiver.url + "/picture.png"
    task = client.create_task(
        TaskType.ImageAnnotation, batch=name, attachment=url, callback_url=receiver.url + "/task",
        metadata={"camera": "front"}, unique_id="one", tags=["a", "b"], instruction="Only cars.", priority=30)
    assert (task.status, task.type, task.batch, task.project) == ("pending", "imageannotation", name, "Streets")
    assert len(task.id) == 24 and int(task.id, 16) >= 0
    assert task.instruction == "Only cars.\n\nBox all." and task.metadata == {"camera": "front"}
    assert task.params["attachment"] == url and task.as_dict()["project_param_version"] == 1
    # What is fetched first is served first.
    until("the picture", lambda: client.get_task(task.id).as_dict()["processed_attachments"])
    missing = client.create_task(TaskType.ImageAnnotation, batch=name, attachment=receiver.url + "/missing.png",
                                 callback_url=receiver.url + "/gone", unique_id="gone", clear_unique_id_on_error=True)
    away = client.create_task(TaskType.ImageAnnotation, batch=name, attachment=receiver.url + "/away", unique_id="away")
    cloud = client.create_task(TaskType.ImageAnnotation, batch=name, attachment=receiver.url + "/metadata")
    raises(ScaleInvalidRequest, lambda: client.create_task(TaskType.ImageAnnotation, batch=name), 400, "attachment")
    raises(ScaleInvalidRequest, lambda: client.create_task(TaskType.ImageAnnotation, batch=name, attachment="file:///etc/passwd"), 400)
    raises(ScaleInvalidRequest, lambda: client.create_task(TaskType.Categorization, batch=name, attachment=url), 400, "type")

    # Attachments are fetched by themselves; what cannot be had is an error with its reason, and its callback says so.
    assert until("the error", lambda: client.get_task(missing.id).status == "error")
    gone = client.get_task(missing.id).as_dict()
    assert gone["error"]["attachments"] == [{"statusCode": 404, "url": receiver.url + "/missing.png"}]
    assert "secret" not in str(gone), "nothing of the answer is repeated"
    assert "unique_id" not in gone
    [(_, told)] = receiver.wait("/gone")
    assert told["status"] == "error" and told["response"]["attachments"][0]["statusCode"] == 404
    # A redirect to where the server must not go is refused by the address, not by the text.
    assert until("the error", lambda: client.get_task(cloud.id).status == "error")
    assert "no address of the public internet" in client.get_task(cloud.id).as_dict()["error"]["error"]
    until("the other picture", lambda: client.get_task(away.id).as_dict()["processed_attachments"])
    assert client.batch_status(name) == {"status": "staging", "pending": 2, "completed": 0, "error": 2, "canceled": 0}

    # They are assets of the library and members of the batch, and nobody is handed any before it is finalized.
    assets = w.desk.admin.call("GET", f"/projects/{project['id']}/assets?q=camera:front")["items"]
    assert [a["name"] for a in assets] == ["picture.png"]
    assert annotator.claim() == []
    assert client.finalize_batch(name).status == "in_progress"
    raises(ScaleInvalidRequest, lambda: client.create_task(TaskType.ImageAnnotation, batch=name, attachment=url), 400, "finalized")
    [claimed] = annotator.claim()
    assert claimed["asset"]["name"] == "picture.png"
    begun = client.get_task(task.id)
    assert begun.status == "pending" and begun.as_dict()["work_started"] is True
    raises(ScaleInvalidRequest, lambda: begun.cancel(), 400, "begun")
    box = {"uuid": "u1", "type": "box", "label": "car", "left": 1, "top": 1, "width": 2, "height": 1, "attributes": {}}
    annotator.submit(claimed, {"annotations": [box], "fields": {}})

    # The answer of the browser is the response.
    done = client.get_task(task.id)
    assert done.status == TaskStatus.Completed.value and done.as_dict()["completed_at"]
    assert done.response["annotations"] == [box]
    [(headers, told)] = receiver.wait("/task")
    assert told["task_id"] == task.id and told["status"] == "completed" and told["response"] == done.response
    key = w.get("/v1/projects/Streets/callbackKey").json()["callback_key"]
    assert headers["scale-callback-auth"] == key and len(key) > 30
    until("that it was told", lambda: client.get_task(task.id).as_dict()["callback_succeeded"])
    raises(ScaleInvalidRequest, lambda: done.cancel(), 400, "completed")
    assert receiver.of("/batch") == []

    # The last one is cancelled: it leaves the queue, and the batch is completed.
    canceled = client.cancel_task(away.id, clear_unique_id=True)
    assert canceled.status == "canceled" and "unique_id" not in canceled.as_dict()
    assert client.cancel_task(away.id).status == "canceled", "again is no error"
    assert annotator.claim() == []
    batch = client.get_batch(name)
    batch.get_status()
    assert (batch.status, batch.tasks_completed, batch.tasks_canceled, batch.tasks_error) == ("completed", 1, 1, 2)
    [(headers, told)] = receiver.wait("/batch")
    assert told == {"batch": name, "status": "completed", "stats": {"completed": 1, "canceled": 1, "error": 2}}
    assert headers["scale-callback-auth"] == key
    own = next(b for b in w.desk.admin.call("GET", f"/projects/{project['id']}/batches")["items"] if b["name"] == name)
    assert own["state"] == "completed"
    w.task = task


def test_audits_and_callbacks_again(w):
    client, receiver, task = w.client, w.receiver, w.task
    task.audit(True, "it is fine")
    audited = client.get_task(task.id).as_dict()
    assert (audited["status"], audited["customer_review_status"]) == ("completed", "accepted")
    assert audited["audits"][0]["comments"] == "it is fine" and audited["audits"][0]["audited_by"] == "ada@example.org"
    receiver.wait("/task", 2)
    reviews = [TaskReviewStatus.Accepted, TaskReviewStatus.Fixed]
    assert [t.id for t in client.get_tasks("Streets", review_status=reviews)] == [task.id]
    # What is rejected is given out again, to its author first, who reads why; and so the batch is open again.
    client.audit_task(task.id, False, "a car is missing")
    rejected = client.get_task(task.id).as_dict()
    assert (rejected["status"], rejected["customer_review_status"]) == ("pending", "rejected")
    assert [audit["audit_result"] for audit in rejected["audits"]] == ["accepted", "rejected"] and "response" not in rejected
    told = receiver.wait("/task", 3)[-1][1]
    assert (told["status"], told["task"]["customer_review_status"]) == ("pending", "rejected")
    assert client.get_batch(task.batch).status == "in_progress"
    raises(ScaleInvalidRequest, lambda: client.audit_task(task.id, True), 400, "completed")
    [claimed] = w.person.claim()
    assert claimed["note"] == "a car is missing" if "note" in claimed else True
    box = {"uuid": "u2", "type": "box", "label": "car", "left": 0, "top": 0, "width": 1, "height": 1, "attributes": {}}
    w.person.submit(claimed, {"annotations": [box], "fields": {}})
    done = client.get_task(task.id)
    assert (done.status, done.response["annotations"]) == ("completed", [box])
    receiver.wait("/task", 4)
    receiver.wait("/batch", 2)
    # An endpoint that fails is tried again by itself.
    receiver.fail = 1
    answer = requests.post(f"{w.desk.url}/v1/task/{task.id}/send_callback", auth=(w.desk.key, ""))
    assert answer.json() == {"success": True}
    receiver.wait("/task", 6)
    w.task_done = done


def test_unique_ids(w):
    client, batch = w.client, "many 0"
    w.client.create_batch("a b/c?d%", "unique")
    first = text_task(client, "unique", unique_id="u-1")
    clash = raises(ScaleDuplicateResource, lambda: text_task(client, batch, unique_id="u-1"), 409)
    assert f'The unique_id ("u-1") is already used for a different task ({first.id}).' in clash.message
    assert client.tasks(unique_id="u-1").docs[0].id == first.id, "what the client asks after a 409"
    second = text_task(client, batch)
    # Of a path with `task` in it, with the body that the client looks into.
    raises(ScaleDuplicateResource, lambda: second.update_unique_id("u-1"), 409)
    assert client.update_task_unique_id(second.id, "u-2").unique_id == "u-2"
    assert client.update_task_unique_id(second.id, "u-2").unique_id == "u-2", "its own is no clash"
    assert "unique_id" not in client.clear_task_unique_id(second.id).as_dict()
    raises(ScaleInvalidRequest, lambda: client.update_task_unique_id(second.id, ""), 400)
    headers = {"Idempotency-Key": "once"}
    body = {"batch": batch, "attachments": [{"type": "text", "content": "x"}]}
    codes = [requests.post(w.desk.url + "/v1/task/textcollection", json=body, headers=headers, auth=(w.desk.key, "")).status_code
             for _ in range(2)]
    assert codes == [200, 409]


def test_tags_and_metadata(w):
    client = w.client
    task = text_task(client, "many 0", tags=["x"], metadata={"n": 1})
    assert task.tags == ["x"]
    assert client.set_task_tags(task.id, ["y", "z"]).tags == ["y", "z"]
    assert client.add_task_tags(task.id, ["z", "w"]).tags == ["y", "z", "w"]
    assert client.delete_task_tags(task.id, ["y", "nothing"]).tags == ["z", "w"]
    assert [t.id for t in client.get_tasks("a b/c?d%", tags=["z", "w"])] == [task.id]
    assert list(client.get_tasks("a b/c?d%", tags=["y"])) == []
    raises(ScaleInvalidRequest, lambda: client.set_task_tags(task.id, list("abcdef")), 400, "at most 5")
    # An empty list is sent as no body at all.
    assert "tags" not in client.set_task_tags(task.id, []).as_dict()
    assert client.set_task_metadata(task.id, {"n": 2}).metadata == {"n": 2}
    assert client.set_task_metadata(task.id, {}).metadata == {}
    raises(ScaleInvalidRequest, lambda: client.set_task_metadata(task.id, {"n": "x" * 11_000}), 400, "bytes")
    task.set_tags(["q"]), task.add_tags(["r"]), task.delete_tags(["q"]), task.set_metadata({"m": 1})
    task.refresh()
    assert (task.tags, task.metadata) == (["r"], {"m": 1})
    raises(ScaleResourceNotFound, lambda: client.get_task("0" * 24), 404)
    raises(ScaleResourceNotFound, lambda: client.get_task("nothing"), 404)


def test_lists(w):
    client = w.client
    client.create_project("Long", TaskType.TextCollection, {"fields": FIELDS}, studio=True)
    client.create_batch("Long", "long")
    made = [text_task(client, "long", f"text {n}", metadata={"n": n}).id for n in range(25)]
    page = client.tasks(project="Long", limit=10)
    assert (page.total, page.limit, page.offset, page.has_more) == (25, 10, 0, True)
    assert [t.id for t in page.docs] == made[:-11:-1], "newest first"
    second = client.tasks(project="Long", limit=10, next_token=page.next_token)
    assert [t.id for t in second.docs] == [t["task_id"] for t in w.get("/v1/tasks?project=Long&limit=10&offset=10").json()["docs"]]
    last = client.tasks(project="Long", limit=10, next_token=second.next_token)
    assert (last.has_more, last.next_token, len(last.docs)) == (False, None, 5)
    assert [t.id for t in client.get_tasks("Long", limit=7)] == made[::-1]
    assert [t.id for t in client.get_tasks(batch_name="long")] == made[::-1]
    assert client.get_tasks_count("Long") == 25
    assert client.get_tasks_count("Long", status=TaskStatus.Completed) == 0
    assert client.get_tasks_count("Long", task_type=TaskType.Categorization) == 0
    assert client.get_tasks_count("Long", created_before="2020-01-01") == 0
    assert client.get_tasks_count("Long", created_after="2020-01-01") == 25
    raises(ValueError, lambda: list(client.get_tasks()))
    everywhere = client.tasks(limit=100)
    assert everywhere.total > 25 and everywhere.docs[0].id == made[-1]
    seen, token = [], None
    while True:
        page = client.tasks(limit=9, **({"next_token": token} if token else {}))
        seen += [t.id for t in page.docs]
        token = page.next_token
        if not page.has_more:
            break
    assert len(seen) == len(set(seen)) == everywhere.total, "pages over several projects"
    limited = w.get("/v1/tasks?project=Long&limit=1&limited_response=True").json()
    assert set(limited["docs"][0]) == {"task_id", "status", "metadata", "project"}
    for query in ("limit=0", "limit=101", "limit=x", "offset=1000000", "next_token=x", "status=odd", "start_time=soon"):
        assert w.get("/v1/tasks?" + query).status_code == 400, query
    assert w.get("/v1/tasks?project=None").status_code == 404


def test_text_and_categories(w):
    client = w.client
    project = w.desk.project("Long")
    annotator = w.desk.person(project["id"], "bob@example.org")
    assert annotator.claim(project["id"]) == []
    client.finalize_batch("long")
    [claimed] = annotator.claim(project["id"])
    annotator.submit(claimed, {"annotations": [], "fields": {"ok": "no"}})
    [task] = client.get_tasks("Long", status=TaskStatus.Completed)
    assert task.response == {"annotations": {"ok": {"type": "category", "field_id": "ok", "response": [["no"]]}}}
    assert task.metadata == {"n": 0}, "the first made is the first served"
    assert client.get_batch("long").status == "in_progress"

    client.create_project("Kinds", TaskType.Categorization, {"categories": ["cat", "dog"], "attachment_type": "image"})
    # In a project that is neither Rapid nor Studio nothing waits to be finalized.
    task = client.create_task(TaskType.Categorization, project="Kinds", attachment=w.receiver.url + "/slow.png")
    assert client.batches(project="Kinds").total == 0, "the batch of tasks that name none is not told"
    project = w.desk.project("Kinds")
    annotator = w.desk.person(project["id"], "cid@example.org")
    [claimed] = until("the task", lambda: annotator.claim(project["id"]))
    annotator.submit(claimed, {"annotations": [], "fields": {"category": "dog"}})
    assert client.get_task(task.id).response == {"category": "dog"}
    batch = client.create_batch("Kinds", "open")
    assert batch.status == "in_progress"
    assert client.finalize_batch("open").status == "in_progress", "it does nothing there"
    # A new category of one task is asked for from then on.
    client.create_task(TaskType.Categorization, batch="open", attachment=w.receiver.url + "/x.png", categories=["owl"])
    taxonomy = w.desk.admin.call("GET", f"/projects/{project['id']}/taxonomy")["taxonomy"]
    assert [option["value"] for option in taxonomy["fields"][0]["options"]] == ["cat", "dog", "owl"]

    client.create_project("Names", TaskType.NamedEntityRecognition, {"labels": [{"name": "who"}, {"name": "where"}]})
    task = client.create_task(TaskType.NamedEntityRecognition, project="Names", text="Ann lives in Rome")
    project = w.desk.project("Names")
    annotator = w.desk.person(project["id"], "dan@example.org")
    [claimed] = until("the task", lambda: annotator.claim(project["id"]))
    span = {"uuid": "s", "type": "span", "label": "who", "start": 0, "end": 3, "text": "Ann", "attributes": {}}
    annotator.submit(claimed, {"annotations": [span], "fields": {}})
    response = client.get_task(task.id).response
    assert response["annotations"] == [{"id": "s", "label": "who", "start": 0, "end": 3, "text": "Ann", "attributes": {}}]


def test_every_type_is_taken(w):
    client = w.client
    for kind in TaskType:
        name = f"of {kind.value}"
        client.create_project(name, kind, {"geometries": GEOMETRIES, "fields": FIELDS, "labels": ["x"], "categories": ["x"],
                                           "objects_to_annotate": ["x"]}, studio=True)
        client.create_batch(name, name)
        task = client.create_task(kind, batch=name, attachment=w.receiver.url + "/x.png", text="x", attachments=[{"type": "text", "content": "x"}])
        assert client.get_task(task.id).type == kind.value
        assert [t.id for t in client.get_tasks(name)] == [task.id]
    # What the desk does not show is answered over the API, when the batch is finalized.
    name = "of " + TaskType.VideoAnnotation.value
    [task] = client.get_tasks(name)
    answer = lambda: requests.post(f"{w.desk.url}/v1/task/{task.id}/response", json={"annotations": {"url": "x"}}, auth=(w.desk.key, ""))
    assert answer().status_code == 400
    client.finalize_batch(name)
    assert answer().json()["status"] == "completed"
    assert client.get_task(task.id).response == {"annotations": {"url": "x"}}
    assert client.get_batch(name).status == "completed"
    client.audit_task(task.id, False, "not this")
    assert client.get_task(task.id).status == "pending" and client.get_batch(name).status == "in_progress"
    assert answer().json()["status"] == "completed" and client.get_batch(name).status == "completed"
    [task] = client.get_tasks("of " + TaskType.LidarAnnotation.value)
    assert task.cancel() is None and client.get_task(task.id).status == "canceled"


def test_files(w):
    client = w.client
    with open("/tmp/sheaf-scale-test.png", "wb") as out:
        out.write(png(9, 9, 77))
    with open("/tmp/sheaf-scale-test.png", "rb") as file:
        made = client.upload_file(file, project_name="Streets", reference_id="ref-1", metadata='{"night": true}')
    assert made.attachment_url.startswith("scaledata://") and uuid.UUID(made.id)
    assert made.as_dict()["mime_type"] == "image/png" and made.as_dict()["project_names"] == ["Streets"]
    with open("/tmp/sheaf-scale-test.png", "rb") as file:
        raises(ScaleDuplicateResource, lambda: client.upload_file(file, project_name="Streets", reference_id="ref-1"), 409)
    with open(__file__, "rb") as file:
        raises(ScaleInvalidRequest, lambda: client.upload_file(file, project_name="Streets"), 400, "images only")
    brought = client.import_file(w.receiver.url + "/away", project_name="Streets")
    assert brought.as_dict()["size"] > 0
    raises(ScaleInvalidRequest, lambda: client.import_file("http://169.254.169.254/", project_name="Streets"), 400, "no address")
    raises(ScaleInvalidRequest, lambda: client.import_file(w.receiver.url + "/missing", project_name="Streets"), 400, "404")
    raises(ScaleInvalidRequest, lambda: client.import_file(w.receiver.url + "/x", project_name=""), 400, "project_name")
    listed = w.get("/v1/files?project=Streets&limit=1").json()
    assert listed["docs"][0]["id"] == brought.id and listed["has_more"]
    # A file is an attachment at once; the same one twice in a batch are two tasks.
    client.create_batch("Streets", "of files")
    tasks = [client.create_task(TaskType.ImageAnnotation, batch="of files", attachment=made.attachment_url) for _ in range(2)]
    client.finalize_batch("of files")
    project = w.desk.project("Streets")
    own = next(b for b in w.desk.admin.call("GET", f"/projects/{project['id']}/batches")["items"] if b["name"] == "of files")
    assert own["counts"]["members"] == len(tasks) == 2
    # What was picked beside them the client would not see.
    w.desk.admin.call("POST", f"/projects/{project['id']}/batches/{own['id']}/append", {"recipe": {"query": "night:true"}}, status=409)


def test_a_batch_of_the_browser(w):
    client, project = w.client, w.desk.project("Streets")
    own = w.desk.admin.call("POST", f"/projects/{project['id']}/batches",
                            {"name": "at night", "recipe": {"query": "night:true"}, "launch": True})
    batch = client.get_batch("at night")
    assert (batch.project, batch.status) == ("Streets", "in_progress")
    assert "at night" in [b.name for b in client.get_batches("Streets")]
    batch.get_status()
    assert batch.tasks_pending == own["counts"]["members"] >= 1
    # Its tasks are listed, and shown one by one; they are changed in the browser only.
    n = own["counts"]["members"]
    listed = list(client.get_tasks(batch_name="at night", limit=1))
    assert len({t.id for t in listed}) == n == client.get_tasks_count(batch_name="at night")
    assert client.get_tasks_count(batch_name="at night", status=TaskStatus.Completed) == 0
    task = client.get_task(listed[0].id)
    assert (task.status, task.type, task.batch, task.metadata) == ("pending", "imageannotation", "at night", {"night": True})
    assert task.params["attachment"].startswith("scaledata://")
    raises(ScaleInvalidRequest, lambda: client.cancel_task(task.id), 400, "made in Sheaf")
    # Nor does one that waits to be launched take tasks beside what was picked.
    w.desk.admin.call("POST", f"/projects/{project['id']}/batches", {"name": "another night", "recipe": {"query": "night:true"}})
    raises(ScaleInvalidRequest, lambda: client.create_task(TaskType.ImageAnnotation, batch="another night", attachment="https://a.example/x.png"),
           400, "picked in Sheaf")
    raises(ScaleResourceNotFound, lambda: client.get_task("0" * 40), 404)
    box = {"uuid": "n1", "type": "box", "label": "car", "left": 0, "top": 0, "width": 1, "height": 1, "attributes": {}}
    while client.get_tasks_count(batch_name="at night", status=TaskStatus.Completed) == 0:
        [claimed] = w.person.claim(project["id"])
        w.person.submit(claimed, {"annotations": [box], "fields": {}})
    [done] = client.get_tasks(batch_name="at night", status=TaskStatus.Completed)
    assert done.response["annotations"] == [box] and done.as_dict()["completed_at"]
    assert client.get_tasks_count(batch_name="at night", status=TaskStatus.Pending) == n - 1


def test_the_browser_does_not_take_tasks_of_clients_away(w):
    project = w.desk.project("a b/c?d%")
    own = next(b for b in w.desk.admin.call("GET", f"/projects/{project['id']}/batches")["items"] if b["name"] == "many 0")
    before = w.client.get_tasks_count("a b/c?d%", "many 0")
    assert before > 0
    w.desk.admin.call("DELETE", f"/projects/{project['id']}/batches/{own['id']}", status=409)
    # Cancelled in the browser, they are canceled to the client.
    w.desk.admin.call("POST", f"/projects/{project['id']}/batches/{own['id']}/cancel")
    assert {t.status for t in w.client.get_tasks("a b/c?d%", "many 0")} == {"canceled"}
    assert w.client.get_tasks_count("a b/c?d%", "many 0") == before


def test_private_networks_are_out_of_reach(w):
    desk, receiver = Desk(w.desk.sheaf), Receiver()
    try:
        client = scaleapi.ScaleClient(desk.key, api_instance_url=f"{desk.url}/v1")
        client.create_project("P", TaskType.ImageAnnotation, {"geometries": GEOMETRIES})
        for url in (receiver.url, "http://[::ffff:127.0.0.1]:1", "http://169.254.169.254"):
            task = client.create_task(TaskType.ImageAnnotation, project="P", attachment=url + "/x.png", callback_url=receiver.url + "/x")
            until("the error", lambda: client.get_task(task.id).status == "error")
            assert "no address of the public internet" in client.get_task(task.id).as_dict()["error"]["error"]
            raises(ScaleInvalidRequest, lambda: client.import_file(url + "/x", project_name="P"), 400, "no address")
        assert receiver.calls == []
    finally:
        desk.stop()
        desk.remove()


def test_test_keys(w):
    client = w.scale("test_" + w.desk.key)
    w.client.create_batch("Long", "tried")
    task = text_task(client, "tried", callback_url=w.receiver.url + "/test")
    assert (task.status, task.is_test) == ("completed", True)
    w.receiver.wait("/test")
    for make in (client.create_evaluation_task, client.create_training_task):
        raises(ScaleInvalidRequest, lambda: make(TaskType.TextCollection, project="Long", attachments=[], expected_response={}),
               400, "test key")


def test_others_see_nothing(w):
    project = w.desk.project("Long")
    outsider = w.desk.person(w.desk.project("Kinds")["id"], "eve@example.org", ("manager",))
    eve = w.scale(outsider.call("POST", "/keys", {"name": "x"})["secret"])
    assert [p.name for p in eve.projects()] == ["Kinds"]
    raises(ScaleResourceNotFound, lambda: eve.get_project("Long"), 404)
    raises(ScaleResourceNotFound, lambda: eve.get_batch("long"), 404)
    [task] = w.client.tasks(project="Long", limit=1).docs
    for call in (lambda: eve.get_task(task.id), lambda: eve.cancel_task(task.id), lambda: eve.set_task_tags(task.id, ["x"]),
                 lambda: eve.tasks(project="Long"), lambda: eve.tasks(batch="long")):
        raises(ScaleResourceNotFound, call, 404)
    assert project["name"] not in {t.project for t in eve.tasks().docs}
    raises(ScaleException, lambda: eve.create_project("mine", TaskType.ImageAnnotation, {}), 403)
    annotator = w.scale(w.person.call("POST", "/keys", {"name": "x"})["secret"])
    assert annotator.projects() == []
    raises(ScaleException, lambda: annotator.get_project("Streets"), 403)


def test_people(w):
    client = w.client
    people = {p.email: p for p in client.list_teammates()}
    assert people["ada@example.org"].role == "admin" and people["ann@example.org"].role == "labeler"
    invited = client.invite_teammates(["new@example.org"], scaleapi.TeammateRole.Labeler)
    mine = next(p.as_dict() for p in invited if p.email == "new@example.org")
    assert mine["invitation_token"] and mine["expiry"]
    changed = client.update_teammates_role(["ann@example.org"], scaleapi.TeammateRole.Member)
    assert next(p for p in changed if p.email == "ann@example.org").role == "member"
    raises(ScaleInvalidRequest, lambda: client.update_teammates_role(["ada@example.org"], scaleapi.TeammateRole.Member), 400, "admin")
    raises(ScaleInvalidRequest, lambda: client.update_teammates_role(["who@example.org"], scaleapi.TeammateRole.Member), 400, "nobody")

    before = client.list_studio_assignments()
    assert before["ann@example.org"].assigned_projects == ["Streets"]
    after = client.add_studio_assignments(["ann@example.org"], ["Long", "Kinds"])
    assert after["ann@example.org"].assigned_projects == ["Kinds", "Long", "Streets"]
    after = client.remove_studio_assignments(["ann@example.org"], ["Kinds"])
    assert after["ann@example.org"].assigned_projects == ["Long", "Streets"]

    raises(ScaleInvalidRequest, lambda: client.create_project_group("Streets", ["bob@example.org"], "night"), 400, "nobody in this project")
    client.add_studio_assignments(["bob@example.org"], ["Streets"])
    group = client.create_project_group("Streets", ["bob@example.org"], "night")
    assert (group.name, group.numWorkers, group.isSingleton) == ("night", 1, False)
    assert group.as_dict()["workers"][0]["email"] == "bob@example.org"
    group = client.update_project_group("Streets", "night", ["ann@example.org"], ["bob@example.org"])
    assert [worker["email"] for worker in group.as_dict()["workers"]] == ["ann@example.org"]
    assert [g.name for g in client.list_project_groups("Streets")] == ["night"]
    # They are the groups of the browser.
    project = w.desk.project("Streets")
    assert [g["name"] for g in w.desk.admin.call("GET", f"/projects/{project['id']}/groups")["items"]] == ["night"]


def test_the_order_of_batches(w):
    client, project = w.client, w.desk.project("Streets")
    for n in range(3):
        client.create_batch("Streets", f"order {n}")
    batches = client.list_studio_batches()
    names = [b.name for b in batches]
    assert {b.batch_type for b in batches if b.name == "order 0"} == {"Production"}
    assert names.index("order 0") < names.index("order 1") < names.index("order 2")
    assert "first / task batch" not in names, "it has ended"
    wanted = names[::-1]
    after = [b.name for b in client.set_studio_batches_priorities(wanted)]
    assert after.index("order 2") < after.index("order 1") < after.index("order 0")
    own = w.desk.admin.call("GET", f"/projects/{project['id']}/queue-order")
    assert own["by_hand"]
    raises(ScaleInvalidRequest, lambda: client.set_studio_batches_priorities(["order 0"]), 400, "all pending batches")
    raises(ScaleInvalidRequest, lambda: client.set_studio_batches_priorities(wanted + ["none"]), 400, "no pending batch")
    after = [b.name for b in client.reset_studio_batches_priorities()]
    assert after.index("order 0") < after.index("order 1")
    opened = client.assign_studio_batches("order 0", ["night", "bob@example.org"])
    assert opened.groups == ["night", "bob@example.org"]
    assert client.assign_studio_batches("order 0", []).groups == []
    raises(ScaleInvalidRequest, lambda: client.assign_studio_batches("order 0", ["day"]), 400, "no group")


def test_known_answers(w):
    client, project = w.client, w.desk.project("Long")
    expected = {"annotations": {"ok": {"type": "category", "field_id": "ok", "response": [["yes"]]}}}
    text = [{"type": "text", "content": "a known one"}]
    made = client.create_evaluation_task(TaskType.TextCollection, project="Long", attachments=text, expected_response=expected)
    assert made.id and made.expected_response == expected
    made = client.create_training_task(TaskType.TextCollection, project="Long", attachments=text, expected_response=expected)
    assert made.expected_response == expected
    wrong = {"annotations": {"ok": {"response": [["perhaps"]]}}}
    raises(ScaleInvalidRequest, lambda: client.create_evaluation_task(
        TaskType.TextCollection, project="Long", attachments=text, expected_response=wrong), 400, "must be one of")
    raises(ScaleInvalidRequest, lambda: client.create_evaluation_task(
        TaskType.VideoAnnotation, project="of videoannotation", expected_response={}), 400, "measured")
    # They are Sheaf's gold and training batches; finalized, a person's next task is the training.
    batches = w.desk.admin.call("GET", f"/projects/{project['id']}/batches")["items"]
    kinds = {b["name"]: b["kind"] for b in batches}
    assert (kinds["Evaluation tasks"], kinds["Training tasks"]) == ("gold", "training")
    client.finalize_batch("Training tasks")
    fresh = w.desk.person(project["id"], "gus@example.org")
    [claimed] = fresh.claim(project["id"])
    receipt = fresh.submit(claimed, {"annotations": [], "fields": {"ok": "no"}})
    assert receipt["feedback"]["response"]["fields"] == {"ok": "yes"} and receipt["feedback"]["score"] == 0


def test_how_fast_tasks_are_made(w):
    from concurrent.futures import ThreadPoolExecutor
    w.client.create_project("Fast", TaskType.TextCollection, {"fields": FIELDS}, studio=True)
    w.client.create_batch("Fast", "fast")
    n, threads = 2_000, 8

    def make(start):
        with requests.Session() as session:
            session.auth = (w.desk.key, "")
            for i in range(start, n, threads):
                body = {"batch": "fast", "project": "Fast", "unique_id": f"fast-{i}", "metadata": {"n": i},
                        "attachments": [{"type": "text", "content": f"text {i}"}]}
                answer = session.post(w.desk.url + "/v1/task/textcollection", json=body)
                assert answer.status_code == 200, answer.text
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(make, range(threads)))
    rate = n / (time.monotonic() - began)
    print(f"    {rate:.0f} tasks a second with {threads} connections")
    assert w.client.get_tasks_count("Fast") == n
    w.client.finalize_batch("fast")
    assert w.client.batch_status("fast")["pending"] == n
