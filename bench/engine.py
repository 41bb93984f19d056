"""The packaged application as a process of its own, and the people who answer its tasks over REST at once."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from scene import HTTP, NEW, PASSWORD, ROOT, get, until

PROCEDURES = ("version-upgrade", "first-start", "in-app-maintenance", "return-to-service")


class Engine:
    def __init__(self, settings, jar=None, database="engine"):
        """@param jar another program than this tree's
        @param database the name of its own"""
        self.jar, self.database = jar, database
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.settings = {"server.address": "127.0.0.1", "server.port": self.url.rsplit(":", 1)[1], **settings}
        for person, groups in (("olga", "ops"), ("otto", "ops"), ("maria", "managers"), ("admin", "admins")):
            self.settings[f"procedures.security.users.{person}.password"] = PASSWORD
            self.settings[f"procedures.security.users.{person}.groups"] = groups

    def __enter__(self):
        jar = Path(self.jar) if self.jar else ROOT / "target/nocobase-cluster-procedures.jar"
        if not jar.exists():
            raise SystemExit(f"There is no {jar}: ./mvnw package -DskipTests makes it.")
        (ROOT / "target/bench").mkdir(exist_ok=True)
        # A copy: building the program again meanwhile must not change the one that runs.
        copy = shutil.copy(jar, ROOT / "target/bench/program.jar")
        with open(ROOT / "target/bench/engine.log", "w") as log:
            # Passwords through the environment, not in a command line that everybody sees.
            self.process = subprocess.Popen(
                ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-jar", copy], stdout=log,
                stderr=log, env={**os.environ, "TZ": "UTC", "SPRING_APPLICATION_JSON": json.dumps(self.settings)})
        until("the engine answers", lambda: self.alive() and get(self.url + "/actuator/health")[0] == 200, 180)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def alive(self):
        if self.process.poll() is not None:
            raise SystemExit("The engine ended; target/bench/engine.log says why.")
        return True

    def call(self, person, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/engine-rest{path}", method=method, data=json.dumps(body).encode() if body is not None else None)
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{person}:{PASSWORD}".encode()).decode())
        try:
            with HTTP.open(request, timeout=60) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as refused:
            raise RuntimeError(f"{method} {path}: {refused.code} {refused.read().decode()[:800]}") from None
        return json.loads(text) if text else None

    def start(self, cluster, target=NEW):
        answers = {"cluster": cluster, "targetVersion": target, "reason": "measured"}
        started = self.call("olga", "POST", "/process-definition/key/version-upgrade/submit-form", values(answers))
        return Operation(self, started["businessKey"], started["id"])


class Operation:
    def __init__(self, engine, key, instance):
        self.engine, self.key, self.instance = engine, key, instance

    def task(self, person, key, limit=600):
        """The operation's open task; another one than expected is an error, with what it says."""
        def find():
            return self.engine.call(person, "GET", f"/task?processInstanceBusinessKey={self.key}")
        task = until(f"task {key}", find, limit)[0]
        if task["taskDefinitionKey"] != "userTask_" + key:
            shown = self.engine.call(person, "GET", f"/task/{task['id']}/form-variables?deserializeValues=false")
            raise AssertionError(f"Expected {key}, found {task['name']}: {json.dumps(shown)[:3000]}")
        return task["id"]

    def answer(self, person, key, answers):
        task = self.task(person, key)
        self.engine.call(person, "POST", f"/task/{task}/claim", {"userId": person})
        answered = time.time()
        self.engine.call(person, "POST", f"/task/{task}/submit-form", values(answers))
        return answered

    def accept_plan(self):
        shown = self.engine.call("olga", "GET", f"/task/{self.task('olga', 'reviewPlan')}/form-variables"
                                                "?deserializeValues=false")
        options = json.loads(shown.get("warningOptions", {}).get("value") or "[]")
        return self.answer("olga", "reviewPlan", {"planAccepted": True,
                                                  "acceptedWarnings": [option["value"] for option in options]})

    def await_end(self):
        def ended():
            state = self.engine.call("maria", "GET", f"/history/process-instance/{self.instance}")["state"]
            open_tasks = self.engine.call("olga", "GET", f"/task?processInstanceBusinessKey={self.key}")
            if open_tasks:
                self.task("olga", "none")
            return state == "COMPLETED"
        until("the end", ended, 300, 1)  # nothing waits for this answer


def values(answers):
    def typed(value):
        return {"type": "Json", "value": json.dumps(value)} if isinstance(value, list) else {"value": value}
    return {"variables": {key: typed(value) for key, value in answers.items()}}
