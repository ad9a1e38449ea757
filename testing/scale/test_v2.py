"""Version 2 of the API, by the client's own generated part."""

from scaleapi.api_client.v2.exceptions import BadRequestException, NotFoundException
from scaleapi.tasks import TaskType

from desk import until
from world import text_task


def refused(kind, call, status, text):
    try:
        call()
    except kind as error:
        assert error.status == status and text in error.body, (error.status, error.body)
        return
    raise AssertionError(f"no {kind.__name__}")


def test_v2(w):
    v2, client = w.client.v2, w.client
    project = client.get_project("Long").as_dict()["id"]
    made = v2.create_batch({"name": "two", "project_name": "Long", "staging_batch": True, "metadata": {"a": 1}})
    assert (made.name, made.status.value, made.project.actual_instance) == ("two", "staging", project), made
    text_task(client, "two", "one"), text_task(client, "two", "two")
    assert v2.get_batch(batch_id=made.id).name == "two"
    assert v2.finalize_batch({"batch_id": made.id}).status.value == "in_progress"
    assert v2.pause_batch({"batch_name": "two"}).batch.status.value == "paused"
    assert v2.resume_batch({"batch_name": "two"}).batch.status.value == "in_progress"
    assert v2.set_batch_metadata({"batch_name": "two", "metadata": {"b": 2}, "merge": True}).metadata == {"a": 1, "b": 2}
    page = v2.get_batches(project_name="Long", limit=1)
    assert len(page.batches) == 1 and page.next_token
    tasks = v2.get_tasks(batch_name="two")
    assert len(tasks.tasks) == 2
    assert v2.get_task(task_id=tasks.tasks[0].task_id).task_id == tasks.tasks[0].task_id
    assert len(list(client.v2_get_tasks(project_name="Long", batch_name="two"))) == 2
    assert "Long" in [p.name for p in v2.get_projects().projects]
    assert v2.get_project(project_name="Long").name == "Long"
    assert v2.cancel_batch({"batch_id": made.id}).batch.status.value == "cancelled"
    assert {t.status for t in client.get_tasks("Long", "two")} == {"canceled"}


def test_v2_whole(w):
    v2 = w.client.v2
    [task] = v2.get_tasks(batch_name="two", limit=1, expand=["project", "batch"]).tasks
    assert (task.project.actual_instance.name, task.batch.actual_instance.name) == ("Long", "two")
    one = v2.get_task(task_id=task.task_id, expand=["batch"])
    assert one.batch.actual_instance.id == task.batch.actual_instance.id
    assert one.project.actual_instance == task.project.actual_instance.id, "what is not asked for is an id"
    assert v2.get_batch(batch_name="two", expand=["project"]).project.actual_instance.name == "Long"
    assert v2.set_task_metadata({"task_id": task.task_id, "metadata": {"seen": True}}).metadata == {"seen": True}
    assert w.client.get_task(task.task_id).metadata == {"seen": True}
    refused(NotFoundException, lambda: v2.get_task(task_id="0" * 24), 404, "task")
    refused(BadRequestException, lambda: v2.get_project(), 400, "project_id")


def test_v2_answers_are_annotations(w):
    client, v2 = w.client, w.client.v2
    fields = [{"field_id": "ok", "type": "category", "title": "Fine?", "choices": [{"label": "Yes", "value": "yes"}]},
              {"field_id": "all", "type": "category", "title": "Which?", "allow_multiple": True,
               "choices": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]},
              {"field_id": "n", "type": "number", "title": "How many?"},
              {"field_id": "sure", "type": "boolean", "title": "Sure?"},
              {"field_id": "why", "type": "text", "title": "Why?"}]
    client.create_project("Threads", TaskType.TextCollection, {"fields": fields})
    task = client.create_task(TaskType.TextCollection, project="Threads", attachments=[{"type": "text", "content": "x"}])
    assert v2.get_task(task_id=task.id).threads == []
    person = w.desk.person(w.desk.project("Threads")["id"], "tim@example.org")
    [claimed] = until("the task", lambda: person.claim(w.desk.project("Threads")["id"]))
    person.submit(claimed, {"annotations": [], "fields": {"ok": "yes", "all": ["a", "b"], "n": 3, "sure": True, "why": "so"}})
    [thread] = v2.get_task(task_id=task.id).threads
    given = {one.actual_instance.key: one.actual_instance for one in thread.annotations}
    assert {key: (one.type, one.value) for key, one in given.items()} == {
        "ok": ("category", "yes"), "all": ("category_multiple", ["a", "b"]), "n": ("integer", 3), "sure": ("boolean", True),
        "why": ("text", "so")}
    assert given["all"].possible_values == ["a", "b"] and given["n"].title == "How many?"
    again = v2.get_annotation(annotation_id=given["ok"].id).actual_instance
    assert (again.key, again.value) == ("ok", "yes")
    refused(NotFoundException, lambda: v2.get_annotation(annotation_id="x"), 404, "annotation")
    refused(NotFoundException, lambda: v2.get_annotation(annotation_id=task.id + ".none"), 404, "annotation")


def test_v2_chats(w):
    client, v2 = w.client, w.client.v2
    client.create_project("Chats", TaskType.Chat, {}, studio=True)
    batch = v2.create_batch({"name": "chats", "project_name": "Chats", "staging_batch": True})
    made = v2.create_chat_task({"batch_id": batch.id, "template_variables": {"topic": "herons"}, "metadata": {"n": 1}})
    assert (made.status.value, made.metadata, made.batch.actual_instance) == ("pending", {"n": 1}, batch.id)
    seen = client.get_task(made.task_id)
    assert (seen.type, seen.params["template_variables"]) == ("chat", {"topic": "herons"})
    alone = v2.create_chat_task({"project_name": "Chats"})
    assert alone.task_id != made.task_id
    refused(BadRequestException, lambda: v2.create_chat_task({}), 400, "project")
    refused(BadRequestException, lambda: v2.create_chat_task({"project_name": "Long"}), 400, "textcollection")
    refused(NotFoundException, lambda: v2.create_chat_task({"project_name": "Long", "batch_id": batch.id}), 404, "batch")


def test_v2_what_is_not_there(w):
    """Deliveries and data sets are of Scale's business: lists are empty, and asking for one of them says so."""
    v2 = w.client.v2
    assert v2.get_deliveries().deliveries == [] and v2.get_deliveries(project_name="Long").deliveries == []
    refused(NotFoundException, lambda: v2.get_deliveries(project_name="None"), 404, "project")
    assert v2.get_datasets().datasets == []
    for call in (lambda: v2.get_delivery(delivery_id="x"), lambda: v2.get_delivery_tasks(delivery_id="x"),
                 lambda: v2.get_schema(schema_id="x"), lambda: v2.get_dataset_deliveries(dataset_id="x"),
                 lambda: v2.get_dataset_delivery(delivery_id="x"), lambda: v2.get_dataset_task(task_id="x"),
                 lambda: v2.get_dataset_tasks(dataset_id="x"),
                 lambda: v2.get_dataset_task_response_url(task_id="x", attachment_id="y")):
        refused(NotFoundException, call, 404, "there is no")
