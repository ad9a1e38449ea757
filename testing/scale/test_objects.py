"""The client's objects: what they know and what they do by themselves."""

import scaleapi
from scaleapi.exceptions import ScaleInvalidRequest
from scaleapi.tasks import TaskType

from world import FIELDS, GEOMETRIES, raises, text_task


def test_a_batch_by_itself(w):
    w.client.create_project("Objects", TaskType.TextCollection,
                            {"fields": FIELDS, "template_variables": {"who": "text"}}, studio=True)
    batch = w.client.create_batch("Objects", "objects", metadata={"a": 1})
    for n in range(3):
        text_task(w.client, "objects", f"text {n}")
    batch.finalize()
    assert batch.status == "in_progress"
    batch.get_status()
    assert (batch.tasks_pending, batch.tasks_completed, batch.tasks_error, batch.tasks_canceled) == (3, 0, 0, 0)
    whole = batch.as_dict()
    assert (whole["name"], whole["project"], whole["metadata"]) == ("objects", "Objects", {"a": 1})


def test_a_task_by_itself(w):
    w.client.create_batch("Objects", "one by one")
    task, other = text_task(w.client, "one by one", unique_id="own"), text_task(w.client, "one by one")
    task.update_unique_id("mine")
    task.refresh()
    assert task.unique_id == "mine" and task.as_dict()["unique_id"] == "mine"
    assert w.client.tasks(unique_id="mine").docs[0].id == task.id and w.client.tasks(unique_id="own").total == 0
    task.clear_unique_id()
    task.refresh()
    assert "unique_id" not in task.as_dict() and w.client.tasks(unique_id="mine").total == 0
    task.cancel()
    assert w.client.get_task(task.id).status == "canceled" and w.client.get_task(other.id).status == "pending"


def test_projects_and_their_templates(w):
    project = w.client.get_project("Objects")
    assert project.as_dict()["param_history"][0]["fields"] == FIELDS
    template = w.client.get_project_template("Objects")
    assert template.get_template_variables() == {"who": "text"}
    assert template.get_response_schema() == FIELDS and template.is_auto_onboardable() is False
    assert template.as_dict()["version"] == project.version == 0
    raises(ScaleInvalidRequest, lambda: w.client.get_project_template("Streets"), 400, "template")


def test_people_by_themselves(w):
    ann = next(p for p in w.client.list_teammates() if p.email == "ann@example.org")
    assert ann.as_dict()["role"] == ann.role == "member"
    ann.update_teammate_role(scaleapi.TeammateRole.Labeler)
    assert next(p for p in w.client.list_teammates() if p.email == "ann@example.org").role == "labeler"
    mine = w.client.list_studio_assignments()["ann@example.org"]
    assert mine.as_dict() == mine.assigned_projects and "Streets" in mine.assigned_projects
    [group] = w.client.list_project_groups("Streets")
    [worker] = group.workers[0]
    assert worker.email == worker.as_dict()["email"] == "ann@example.org"
    batch = next(b for b in w.client.list_studio_batches() if b.name == "order 0")
    assert batch.as_dict()["projectName"] == batch.project_name == "Streets"


def test_quality_tasks_by_themselves(w):
    expected = {"annotations": {"ok": {"type": "category", "field_id": "ok", "response": [["yes"]]}}}
    made = w.client.create_evaluation_task(
        TaskType.TextCollection, project="Objects", attachments=[{"type": "text", "content": "known"}],
        expected_response=expected)
    assert made.as_dict()["expected_response"] == expected and made.id == made.as_dict()["task_id"]
    attempt = {"annotations": {"ok": {"type": "category", "field_id": "ok", "response": [["no"]]}}}
    def to_correct(initial):
        return w.client.create_evaluation_task(
            TaskType.TextCollection, project="Objects", attachments=[{"type": "text", "content": "known"}],
            expected_response=expected, initial_response=initial)
    assert to_correct(attempt).as_dict()["initial_response"] == attempt
    raises(ScaleInvalidRequest, lambda: to_correct("no"), 400, "initial_response")
    # What was asked for wrongly left nothing behind.
    assert w.client.tasks(project="Objects", batch="Evaluation tasks").total == 2


def test_a_hypothesis_is_on_the_screen(w):
    w.client.create_project("Hypotheses", TaskType.ImageAnnotation, {"geometries": GEOMETRIES}, studio=True)
    w.client.create_batch("Hypotheses", "hypotheses")
    box = {"label": "car", "type": "box", "left": 1, "top": 0.5, "width": 2, "height": 1.5}
    said = {"annotations": [box, {**box, "label": "ship"}, {**box, "left": 400}], "global_attributes": {}}

    def make(hypothesis):
        return w.client.create_task(TaskType.ImageAnnotation, batch="hypotheses", hypothesis=hypothesis,
                                    attachment=w.receiver.url + "/hypothesis.png", can_edit_base_annotations=True)
    made = make(said)
    raises(ScaleInvalidRequest, lambda: make("cars"), 400, "`hypothesis`")
    raises(ScaleInvalidRequest, lambda: make({"annotations": [box, 1]}), 400, "`hypothesis.annotations[1]`")
    w.until("the picture", lambda: w.client.get_task(made.id).as_dict()["processed_attachments"])
    w.client.finalize_batch("hypotheses")
    own = w.desk.project("Hypotheses")
    person = w.desk.person(own["id"], "pia@example.org")
    [claimed] = person.claim(own["id"])
    prelabel = claimed["prelabel"]
    assert (prelabel["source"], prelabel["left_out"]) == ("hypothesis", [])
    [shown] = prelabel["response"]["annotations"]
    assert {key: shown[key] for key in box} == box, "without what is unknown or beyond the picture"
    person.submit(claimed, prelabel["response"])
    task = w.client.get_task(made.id)
    assert task.status == "completed" and task.params["hypothesis"] == said
    assert [a["left"] for a in task.as_dict()["response"]["annotations"]] == [1]
    asset = w.desk.admin.call("GET", f"/projects/{own['id']}/assets/{claimed['asset']['id']}")
    assert asset["answers"][0]["prelabel"] == {"source": "hypothesis", "unchanged": True}
