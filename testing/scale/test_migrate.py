"""`sheaf migrate-from scale` between two servers: what is there is here, once, however often the command is killed."""

import json
import signal
import subprocess

from scaleapi.tasks import TaskStatus, TaskType

from desk import Desk, until
from world import FIELDS, GEOMETRIES, text_task

TEXTS, KILLS = 240, 4
SAME = ("type", "status", "metadata", "tags", "instruction", "response", "customer_review_status", "audits", "error", "priority",
        "completed_at", "batch")


def command(w, to, project, *more):
    env = {**to.env, "SHEAF_SERVER": to.url, "SHEAF_KEY": to.key}
    return subprocess.Popen(
        [to.sheaf, "migrate-from", "scale", "--from", w.desk.url + "/v1", "--key", w.desk.key, "--project", project, "--json", *more],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def report(process, code=0):
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err
    return json.loads(out) if out else err


def every(client, project):
    """All tasks by the id that they had first."""
    out = {}
    for task in client.get_tasks(project, limit=100):
        shown = task.as_dict()
        first = shown["params"].get("migrated_from", {}).get("task_id", shown["task_id"])
        assert first not in out, "a task is there twice"
        out[first] = shown
    return out


def seen(shown):
    return {name: shown.get(name) for name in SAME}


def test_a_project_moves(w):
    here, project = w.client, "Moving"
    here.create_project(project, TaskType.TextCollection, {"fields": FIELDS, "instruction": "Read."}, studio=True)
    here.update_project(project, patch=True, instruction="Read all of it.")
    here.create_batch(project, "moving 1", metadata={"week": 1})
    here.create_batch(project, "moving 2", calibration_batch=True)
    here.create_batch(project, "moving later")
    for n in range(TEXTS):
        batch = ("moving 1", "moving 2", "moving later")[n % 3]
        text_task(here, batch, f"text {n}", metadata={"n": n}, unique_id=f"moving-{n}" if n % 2 else None,
                  tags=["t"] if n % 5 == 0 else [], instruction="And think." if n % 7 == 0 else None)
    for n in range(6):
        here.create_task(TaskType.TextCollection, project=project, attachments=[{"type": "text", "content": f"alone {n}"}])
    here.finalize_batch("moving 1"), here.finalize_batch("moving 2")
    person = w.desk.person(w.desk.project(project)["id"], "mia@example.org")
    for n in range(60):
        [claimed] = person.claim(w.desk.project(project)["id"])
        person.submit(claimed, {"annotations": [], "fields": {"ok": ["yes", "no"][n % 2]}})
    done = list(here.get_tasks(project, status=TaskStatus.Completed))
    assert len(done) == 60
    done[0].audit(True, "good")
    for task in list(here.get_tasks(project, "moving later"))[:3]:
        task.cancel()
    before = every(here, project)

    to = Desk(w.desk.sheaf, "--allow-private-webhooks")
    try:
        there = w.scale(to.key)
        there.api.base_api_url = to.url + "/v1"
        # Killed in the middle, at different places, and begun anew.
        brought = 0
        for kill in range(KILLS):
            process = command(w, to, project)
            wanted = brought + 30
            until("some tasks", lambda: process.poll() is not None or count(there, project) >= wanted)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            brought = count(there, project)
            print(f"    killed with {brought} tasks brought", flush=True)
        last = report(command(w, to, project))
        assert last["tasks"]["refused"] == [] and last["tasks"]["made"] + last["tasks"]["there"] == len(before)
        again = report(command(w, to, project))
        assert (again["tasks"]["made"], again["tasks"]["there"], again["batches"]["made"]) == (0, len(before), 0)

        after = every(there, project)
        assert after.keys() == before.keys()
        for first, shown in before.items():
            assert seen(after[first]) == seen(shown), (seen(after[first]), seen(shown))
        assert [b.name for b in there.get_batches(project)] == [b.name for b in here.get_batches(project)]
        for name in ("moving 1", "moving 2", "moving later"):
            assert there.batch_status(name) == here.batch_status(name), name
            assert there.get_batch(name).metadata == here.get_batch(name).metadata
        assert there.get_batch("moving 2").as_dict()["calibration_batch"] is True
        own, old = there.get_project(project).as_dict(), here.get_project(project).as_dict()
        strip = lambda it: [{k: v for k, v in version.items() if k != "created_at"} for version in it["param_history"]]
        assert strip(own) == strip(old)
        assert there.tasks(unique_id="moving-1").docs[0].metadata == {"n": 1}

        # They are Sheaf's own answers: exported, counted, found; what is pending is handed out.
        lines = [json.loads(line) for line in exported(to, project)]
        assert len(lines) == 60, len(lines)
        mine = to.project(project)
        batches = to.admin.call("GET", f"/projects/{mine['id']}/batches")["items"]
        assert sum(batch["counts"]["done"] for batch in batches if batch["name"].startswith("moving")) == 60
        worker = to.person(mine["id"], "max@example.org")
        left = sum(there.batch_status(name)["pending"] for name in ("moving 1", "moving 2")) + 6
        for _ in range(left):
            [claimed] = worker.claim(mine["id"])
            worker.submit(claimed, {"annotations": [], "fields": {"ok": "no"}})
        assert worker.claim(mine["id"]) == [], "none was stepped over, none is handed out twice"
        assert there.get_batch("moving 1").status == there.get_batch("moving 2").status == "completed"
        to.stop()
        to.check()
    finally:
        to.process.kill()
        to.remove()


def count(client, project):
    try:
        return client.tasks(project=project, limit=1).total
    except Exception:
        return 0


def exported(to, project):
    env = {**to.env, "SHEAF_SERVER": to.url, "SHEAF_KEY": to.key}
    done = subprocess.run([to.sheaf, "export", "--project", project, "--format", "jsonl"], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_pictures_move(w):
    """Attachments are fetched by the server; what can be had no more is told, and an answer is kept all the same."""
    here, project, files = w.client, "Moving pictures", w.receiver.url
    here.create_project(project, TaskType.ImageAnnotation, {"geometries": GEOMETRIES}, studio=True)
    here.create_batch(project, "pictures")
    made = [here.create_task(TaskType.ImageAnnotation, batch="pictures", attachment=f"{files}/move-{n}.png") for n in range(4)]
    gone = here.create_task(TaskType.ImageAnnotation, batch="pictures", attachment=files + "/missing.png")
    until("all", lambda: all(here.get_task(t.id).as_dict()["processed_attachments"] for t in made))
    until("the error", lambda: here.get_task(gone.id).status == "error")
    here.finalize_batch("pictures")
    person = w.desk.person(w.desk.project(project)["id"], "zoe@example.org")
    box = {"uuid": "u1", "type": "box", "label": "car", "left": 1, "top": 1, "width": 2, "height": 1, "attributes": {}}
    for _ in range(2):
        [claimed] = person.claim(w.desk.project(project)["id"])
        person.submit(claimed, {"annotations": [box], "fields": {}})
    before = every(here, project)
    to = Desk(w.desk.sheaf, "--allow-private-webhooks")
    try:
        there = w.scale(to.key)
        there.api.base_api_url = to.url + "/v1"
        moved = report(command(w, to, project, "--as", "Pictures"))
        assert moved["project"] == "Pictures" and moved["tasks"]["made"] == 5
        after = every(there, "Pictures")
        for first, shown in before.items():
            assert seen(after[first]) == seen(shown)
        assert sum(shown["processed_attachments"] for shown in after.values()) == 4
        assert len(exported(to, "Pictures")) == 2
        # A name that is taken by something else is said before anything is done.
        to.admin.call("POST", "/projects", {"name": "Own", "media": "image"})
        assert "--as" in report(command(w, to, project, "--as", "Own"), 1)
        assert "404" in report(command(w, to, "No such project"), 1)
        to.stop()
        to.check()
    finally:
        to.process.kill()
        to.remove()
