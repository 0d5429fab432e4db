"""An intake in a process of its own over a workspace, and a plain way to speak to it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from qunxiang.app import House
from qunxiang.governance import WriteKeyWish
from tests.children import Child


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Intake:
    """A running intake."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | Child

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            told = {k.lower(): v for k, v in reply.getheaders()}
            return Answer(reply.status, told, reply.read())
        finally:
            connection.close()

    def send(self, key: str, events: Any, **headers: str) -> Answer:
        return self.ask(
            "POST", "/v1/events?verbose=1", orjson.dumps(events), {"X-Write-Key": key, **headers}
        )


def make_key(folder: Path, name: str, **wish: Any) -> str:
    """Make a write key in a workspace."""
    with House(folder) as house:
        return house.write_keys.create(
            WriteKeyWish(name, wish.pop("source", name), **wish), author="test"
        )


@contextmanager
def taking(folder: Path, port: int = 0) -> Generator[Intake]:
    """Run an intake until the context is left; then it must end by itself, and well."""
    reading, writing = os.pipe()
    try:
        process = Child(["-w", folder, "intake", "--port", port], {}, writing)
    finally:
        os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as says:
        told = says.readline().strip()
        assert told.startswith("http://"), told
        try:
            yield Intake(folder, int(told.rstrip("/").rsplit(":", 1)[1]), process)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) in {0, -signal.SIGKILL}
