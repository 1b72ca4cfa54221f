"""Makes some of what Schemathesis sends go well: ids of tasks that there are. See CONTRIBUTING.md."""

import json
import os
import random
import urllib.request

import schemathesis

URL = os.environ.get("CLAUDEBENCH_URL", "http://127.0.0.1:3999")
WORKERS = ["w-1", "w-2", "w-3"]


def call(method, **params):
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    body = json.dumps(request).encode()
    with urllib.request.urlopen(urllib.request.Request(URL + "/rpc", body)) as answer:
        return json.load(answer)["result"]


def prepare():
    """Tasks, some of them claimed and with an attachment."""
    for worker in WORKERS:
        call("system.register", id=worker, roles=["worker"])
    tasks = [call("task.create", text=f"task {n}")["id"] for n in range(60)]
    for worker in WORKERS:
        call("task.claim", workerId=worker, maxTasks=5)
    for task in tasks[:30]:
        call("task.create_attachment", taskId=task, key="a", type="json", value={"a": 1})
    return tasks


TASKS = prepare()


def known(value):
    if not isinstance(value, dict):
        return value
    value = dict(value)
    for name in ("id", "taskId"):
        if name in value and random.random() < 0.6:
            value[name] = random.choice(TASKS)
    for name in ("workerId", "instanceId"):
        if name in value and random.random() < 0.6:
            value[name] = random.choice(WORKERS)
    if "waitMs" in value:
        value["waitMs"] = 0
    return value


@schemathesis.hook
def map_body(context, body):
    return known(body)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return known(path_parameters)
