"""What the tests share: a server, the client, and words for what is expected."""

import requests
import scaleapi
from scaleapi.tasks import TaskType

from desk import Desk, Receiver, until

GEOMETRIES = {"box": {"objects_to_annotate": ["car", "bus"]}, "polygon": {"objects_to_annotate": ["car"]}}
FIELDS = [{"field_id": "ok", "type": "category", "title": "Fine?",
           "choices": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]}]


class World:
    def __init__(self, sheaf):
        self.receiver = Receiver()
        self.desk = Desk(sheaf, "--allow-private-webhooks")
        self.client = self.scale(self.desk.key)

    def scale(self, key):
        client = scaleapi.ScaleClient(key, api_instance_url=f"{self.desk.url}/v1")
        client.v2.api_client.configuration.host = self.desk.url
        return client

    def until(self, what, there):
        return until(what, there)

    def get(self, path, **kwargs):
        return requests.get(self.desk.url + path, auth=(self.desk.key, ""), **kwargs)


def raises(kind, call, code=None, text=None):
    try:
        call()
    except kind as error:
        assert code is None or error.code == code, (error.code, error.message)
        assert text is None or text in str(error.message), error.message
        return error
    raise AssertionError(f"no {kind.__name__}")


def text_task(client, batch, text="is this fine?", **more):
    attachments = [{"type": "text", "content": text}]
    return client.create_task(TaskType.TextCollection, batch=batch, attachments=attachments, **more)
