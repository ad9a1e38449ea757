"""`python run.py path/to/sheaf [SECONDS] [FLAGS OF SCHEMATHESIS...]`: schemathesis asks a real server for everything that its OpenAPI
document has: `/api`, `/v1` and `/v2`. No answer may be a 5xx or outside the document. Where the document wants an id, one of a thing
that is there is tried, beside one of nothing."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parent.parent / "scale"))
from desk import Desk, Receiver, until  # noqa: E402

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
# What would end the run: the key that it uses and the person behind it, a stream that has no end, a log in (which is slow on purpose).
LEFT_OUT = [("DELETE", "/api/keys/{key}"), ("PATCH", "/api/users/{user}"), ("GET", "/api/projects/{project}/events"),
            ("POST", "/api/session"), ("POST", "/api/setup"), ("POST", "/v1/files/import")]
FIELDS = [{"field_id": "ok", "type": "category", "choices": [{"label": "Yes", "value": "yes"}]}]


class World:
    """A server with one of each thing, and their ids under the names that the document has for them."""

    def __init__(self, sheaf):
        self.desk = desk = Desk(sheaf)
        self.session = requests.Session()
        self.session.auth = (desk.key, "")
        self.scale("POST", "/v1/projects", {"name": "names", "type": "textcollection", "params": {"fields": FIELDS}, "studio": True})
        self.scale("POST", "/v1/batches", {"project": "names", "name": "batch"})
        made = [self.scale("POST", "/v1/task/textcollection", {"batch": "batch", "attachments": [{"type": "text", "content": f"t {n}"}]})
                for n in range(12)]
        self.scale("POST", "/v1/batches/batch/finalize", {})
        project = desk.project("names")["id"]
        annotator = desk.person(project, "ann@example.org", ("annotator", "reviewer", "manager"))
        tasks = until("tasks", lambda: annotator.claim(project))
        annotator.submit(tasks[0], {"annotations": [], "fields": {"ok": "yes"}})
        held = annotator.claim(project)[0]
        of = f"/projects/{project}"
        call = desk.admin.call
        batch = call("GET", of + "/batches")["items"][0]["id"]
        group = call("POST", of + "/groups", {"name": "night"})
        user = next(user["id"] for user in call("GET", "/users")["items"] if user["email"] == "ann@example.org")
        webhook = call("POST", of + "/webhooks", {"url": "https://example.org/hook", "events": ["task.done"]})
        upload = call("POST", of + "/uploads", {"name": "an upload", "source": "api"})
        standing = call("POST", of + "/standing-batches", {
            "name": "many", "trigger": {"matches": {"every": 1000}}, "name_pattern": "many {n}"})
        saved = call("POST", of + "/saved-queries", {"name": "all", "query": ""})
        ids = [project, batch, group, user, webhook, upload, standing, saved]
        project, batch, group, user, webhook, upload, standing, saved = [self.id_of(one) for one in ids]
        self.api = {
            "project": project, "batch": batch, "group": group, "user": user, "webhook": webhook, "upload": upload,
            "standing_batch": standing, "saved_query": saved, "task": tasks[0]["task_id"], "lease": held["lease_id"],
            "asset": tasks[0]["asset"]["id"],
        }
        self.v1 = {"task": made[3]["task_id"], "project": "names", "group": "night", "type": "textcollection"}

    @staticmethod
    def id_of(thing):
        if isinstance(thing, str):
            return thing
        inner = next((value for value in thing.values() if isinstance(value, dict) and "id" in value), {})
        return thing.get("id") or inner["id"]

    def scale(self, method, path, body):
        answer = self.session.request(method, self.desk.url + path, json=body)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    def document(self):
        document = self.session.get(self.desk.url + "/api/openapi.json").json()
        for path, item in document["paths"].items():
            known = self.api if path.startswith("/api") else dict(self.v1)
            known.setdefault("name", "batch" if "batches" in path else "names")
            for operation in item.values():
                for parameter in operation.get("parameters", []):
                    if parameter["in"] == "path" and parameter["name"] in known:
                        there = known[parameter["name"]]
                        kind = "textcollection" if "/v1/task/" in path and path.endswith("{task}") else "nothing"
                        parameter["schema"] = {"type": "string", "enum": [there, there, kind]}
        for method, path in LEFT_OUT:
            document["paths"].get(path, {}).pop(method.lower(), None)
        return document


def main():
    sheaf, seconds, flags = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "90", sys.argv[3:]
    world = World(sheaf)
    try:
        with tempfile.TemporaryDirectory() as folder:
            # One worker: with several the generator itself trips over Python 3.11's parser now and then.
            at = Path(folder, "openapi.json")
            at.write_text(json.dumps(world.document()))
            done = subprocess.run(
                [Path(sys.executable).with_name("schemathesis"), "run", str(at), "--url", world.desk.url,
                 "--header", f"Authorization: Bearer {world.desk.key}", "--checks", CHECKS, "--max-time", seconds,
                 "--workers", "1", "--request-timeout", "20", "--warnings", "off", "--no-color", "--continue-on-failure", *flags],
                cwd=folder, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        world.desk.stop()
        world.desk.check()
    finally:
        world.desk.process.kill()
        world.desk.remove()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
