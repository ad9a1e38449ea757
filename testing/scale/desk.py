"""A real Sheaf server for the tests of Scale's API, a receiver for callbacks that also serves attachments, and people."""

import collections
import http.server
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
import uuid
import zlib

import requests

PASSWORD = "seven grey herons at noon"
WITHIN = 20


def until(what, there, within=WITHIN):
    """Waits for something that happens by itself; its value."""
    began = time.monotonic()
    while True:
        value = there()
        if value:
            return value
        assert time.monotonic() - began < within, f"{what}: not within {within} s"
        time.sleep(0.05)


def png(width=4, height=3, shade=0):
    """A small picture."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + bytes([shade, 100, 200]) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Receiver:
    """Takes callbacks and serves pictures."""

    def __init__(self):
        self.calls, self.fail, self.gate = [], 0, threading.Event()
        self.gate.set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                receiver.calls.append((self.path, dict(self.headers), body))
                failing, receiver.fail = receiver.fail > 0, max(0, receiver.fail - 1)
                self.answer(500 if failing else 200, b"{}")

            def do_GET(self):
                if self.path.startswith("/slow"):
                    receiver.gate.wait(WITHIN)
                if self.path.startswith("/away"):
                    self.answer(302, b"", location="/picture-after-redirect.png")
                elif self.path.startswith("/metadata"):
                    self.answer(302, b"", location="http://169.254.169.254/latest/meta-data/")
                elif self.path.startswith("/text"):
                    self.answer(200, b"a text that was fetched")
                elif "missing" in self.path:
                    self.answer(404, b"a secret page")
                else:
                    self.answer(200, png(shade=sum(self.path.encode()) % 256))

            def answer(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def of(self, path):
        return [(headers, body) for at, headers, body in self.calls if at == path]

    def wait(self, path, n=1):
        return until(f"{n} calls of {path}", lambda: len(self.of(path)) >= n and self.of(path))


class Person:
    """Somebody at Sheaf's own API."""

    def __init__(self, url, email):
        self.url, self.email, self.session = url + "/api", email, requests.Session()
        self.session.headers["sec-fetch-site"] = "same-origin"

    def call(self, method, path, body=None, status=None):
        answer = self.session.request(method, self.url + path, json=body)
        assert answer.ok if status is None else answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def claim(self, project=None):
        asked = {"claim_id": str(uuid.uuid4())}
        if project:
            asked["project_id"] = project
        return self.call("POST", "/queue/claim", asked)["tasks"]

    def submit(self, task, response):
        body = {"submission_id": str(uuid.uuid4()), "response": response}
        return self.call("POST", f"/queue/leases/{task['lease_id']}/submit", body)


class Desk:
    """The server, its first admin (with an API key) and those whom they invite."""

    def __init__(self, sheaf, *flags):
        self.data = tempfile.mkdtemp(prefix="sheaf-scale-")
        env = {name: value for name, value in os.environ.items() if not name.startswith("SHEAF_")}
        self.process = subprocess.Popen(
            [sheaf, "serve", "--data", self.data, "--port", "0", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env,
        )
        self.sheaf, self.env = sheaf, env
        for line in self.process.stdout:
            found = re.search(r"(https?://\S+)/setup\?token=(\S+)", line)
            if found:
                break
        else:
            raise AssertionError("the server does not start")
        self.log = collections.deque(maxlen=200)
        threading.Thread(target=lambda: self.log.extend(self.process.stdout), daemon=True).start()
        self.url, token = found.groups()
        self.admin = Person(self.url, "ada@example.org")
        self.admin.call("POST", "/setup", {"token": token, "email": "ada@example.org", "name": "Ada", "password": PASSWORD})
        self.key = self.admin.call("POST", "/keys", {"name": "scale"})["secret"]

    def person(self, project_id, email, roles=("annotator",)):
        asked = {"email": email, "project_id": project_id, "roles": list(roles)}
        token = self.admin.call("POST", "/invitations", asked)["token"]
        person = Person(self.url, email)
        name = email.split("@")[0]
        person.call("POST", "/invitations/accept", {"token": token, "name": name, "password": PASSWORD})
        return person

    def project(self, name):
        return next(p for p in self.admin.call("GET", "/projects")["items"] if p["name"] == name)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def check(self):
        """`sheaf check` on what is left."""
        done = subprocess.run([self.sheaf, "check", "--data", self.data], capture_output=True, text=True, env=self.env)
        assert done.returncode == 0, done.stdout + done.stderr

    def remove(self):
        shutil.rmtree(self.data, ignore_errors=True)
