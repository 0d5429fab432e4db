"""Where no more can be written, nothing is acknowledged, and what was stays."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

from qunxiang.app import House
from tests.intake.stage import Intake, make_key

_MOST = 200_000  # bytes of any file


def test_a_log_that_cannot_grow(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    key = make_key(folder, "web")
    command = [sys.executable, "-m", "qunxiang", "-w", str(folder), "intake", "--port", "0"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (_MOST, _MOST))
        intake = Intake(folder, port, child)
        acknowledged, refused = [], 0
        for batch in range(30):
            events = [
                {
                    "event": "visit",
                    "id": f"{batch}-{n}",
                    "ids": {"user_id": "u"},
                    "properties": {"t": "x" * 200},
                }
                for n in range(100)
            ]
            answer = intake.send(key, events)
            if answer.status == 200:
                acknowledged += [e["id"] for e in events]
            else:
                refused += 1
                assert (answer.status, answer.json()["code"]) == (507, "sources.log_full")
                assert answer.headers["retry-after"]
        assert refused >= 2
        assert len(acknowledged) > 1_000
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    with House(folder) as house:
        raws = [r for p in house.stream.read({}) for r in p.messages.column("raw").to_pylist()]
    found = {raw.split(b'"id":"')[1].split(b'"')[0].decode() for raw in raws}
    assert set(acknowledged) <= found
