"""A server of our own: the real binary on a port of this machine, over a data folder that goes with it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx

BINARY = os.environ.get("SHEAF_BIN") or str(Path(__file__).parents[2] / "target" / "release" / "sheaf")
READY_WITHIN = 20.0
PASSWORD = "seven wise owls"
TAXONOMY: dict[str, Any] = {
    "labels": [{"name": "car", "color": "#3366cc", "tools": ["span"], "attributes": []}],
    "fields": [
        {"id": "tone", "title": "Tone", "type": "single", "options": [{"value": "good"}, {"value": "bad"}]},
        {"id": "score", "title": "Score", "type": "number"},
    ],
}


class Server:
    """Starts, is killed, starts again at the same address over the same data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = ""
        self._log = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[bytes] | None = None
        self._reviving: Thread | None = None

    def start(self) -> None:
        command = [BINARY, "serve", "--data", str(self.data), "--port", str(self.port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + READY_WITHIN
        while True:
            try:
                httpx.get(f"{self.url}/api/session", trust_env=False)
            except httpx.TransportError:
                if time.monotonic() > until or self._process.poll() is not None:
                    msg = f"{BINARY} did not start; it printed:\n{self._log.read_text()}"
                    raise RuntimeError(msg) from None
                time.sleep(0.02)
            else:
                return

    def set_up(self) -> None:
        """Make the first admin by the printed link, and a key."""
        # It is printed after the server has begun to answer.
        until = time.monotonic() + READY_WITHIN
        while (link := re.search(r"/setup\?token=(\S+)\s", self._log.read_text())) is None:
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.02)
        admin = {"token": link[1], "email": "ada@example.org", "name": "Ada", "password": PASSWORD}
        with httpx.Client(base_url=self.url, headers={"Origin": self.url}, trust_env=False) as browser:
            browser.post("/api/setup", json=admin).raise_for_status()
            made = browser.post("/api/keys", json={"name": "tests"}).raise_for_status()
        self.key = made.json()["secret"]

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def die_and_come_back(self) -> None:
        """Be killed, and start again while whoever asked goes on."""
        self.kill()
        self._reviving = Thread(target=self.start)
        self._reviving.start()

    @property
    def died(self) -> bool:
        return self._reviving is not None

    def close(self) -> None:
        if self._reviving is not None:
            self._reviving.join()
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None

    def api(self) -> Api:
        return Api(self.url, self.key)


class Api:
    """The API without the package, for setting a scene and for checking what came of it."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._client.request(method, path, json=body)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    def text(self, path: str) -> str:
        answer = self._client.get(path)
        assert answer.is_success, answer.text
        return answer.text

    def close(self) -> None:
        self._client.close()


class Annotator:
    """Somebody with a project's role, who answers tasks over the API."""

    def __init__(self, server: Server, project: str, name: str) -> None:
        admin = server.api()
        email = f"{name}@example.org"
        body = {"email": email, "project_id": project, "roles": ["annotator"]}
        token = admin.call("POST", "/api/invitations", body)["token"]
        admin.close()
        self.email, self._project = email, project
        with httpx.Client(base_url=server.url, headers={"Origin": server.url}, trust_env=False) as browser:
            person = {"token": token, "name": name, "email": email, "password": PASSWORD}
            browser.post("/api/invitations/accept", json=person).raise_for_status()
            key = browser.post("/api/keys", json={"name": "work"}).raise_for_status().json()["secret"]
        self._api = Api(server.url, key)
        self._n = 0

    def answer(self, count: int) -> list[dict[str, Any]]:
        """Answer so many tasks; what was handed in, with the asset's id and the submission's."""
        done: list[dict[str, Any]] = []
        while len(done) < count:
            self._n += 1
            claim = {"claim_id": str(uuid4()), "count": 1, "project_id": self._project}
            tasks = self._api.call("POST", "/api/queue/claim", claim)["tasks"]
            assert tasks, "there is nothing left to answer"
            task = tasks[0]
            text = task["asset"]["excerpt"]
            span = {"type": "span", "label": "car", "start": 0, "end": 2, "text": text[:2]}
            mark = {**span, "uuid": str(uuid4()), "attributes": {}}
            response = {"annotations": [mark], "fields": {"tone": "good", "score": self._n / 4}}
            body = {"submission_id": str(uuid4()), "response": response, "seconds": 1.5}
            receipt = self._api.call("POST", f"/api/queue/leases/{task['lease_id']}/submit", body)
            done.append({"asset": task["asset"]["id"], "task": receipt["task_id"], "response": response})
        return done

    def close(self) -> None:
        self._api.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
