"""How fast are messages taken durably, beside FastAPI and beside the barest server there can be?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import orjson

from benchmarks.figures import Benchmark, Figure, Size, at_least, at_most
from qunxiang.app import House
from qunxiang.governance import WriteKeyWish

# Seconds of each run, and how often each is repeated, in turn.
SIZES: dict[Size, tuple[float, int]] = {"quick": (1.0, 1), "usual": (3.0, 3), "full": (6.0, 5)}
_CONNECTIONS = {1: 256, 100: 64}
_HZ = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Taken:
    """What a server took: events a second, and a second of its CPU; waits in milliseconds."""

    per_second: float
    per_cpu: float
    p50: float
    p99: float


@contextmanager
def _serving(*words: str) -> Generator[tuple[int, int]]:
    """Run a server that prints its address; give its process and its port."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 our own
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address.startswith("http"):
            raise SystemExit(f"{words[0]} did not start")
        try:
            yield process.pid, int(address.rstrip("/").rsplit(":", 1)[1])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _HZ


class _Prefix:
    """A fresh prefix for the ids of each run, so that nothing is a repeat."""

    number = 0

    @classmethod
    def take(cls) -> str:
        cls.number += 1
        return f"{cls.number:04x}"


def _load(server: tuple[int, int], key: str, batch: int, seconds: float, pace: float = 0) -> Taken:
    pid, port = server
    words = [port, key, batch, seconds, _CONNECTIONS[batch], pace, _Prefix.take()]
    before = _cpu_seconds(pid)
    done = subprocess.run(  # noqa: S603 our own
        [sys.executable, "-m", "benchmarks.peers.clients", *map(str, words)],
        check=True,
        capture_output=True,
    )
    used = _cpu_seconds(pid) - before
    told = orjson.loads(done.stdout)
    events = told["events"]
    return Taken(
        events / told["wall"], events / max(used, 1 / _HZ), told["p50"] * 1e3, told["p99"] * 1e3
    )


def run(size: Size) -> list[Figure]:
    """Let the three take turns, in the same run."""
    seconds, rounds = SIZES[size]
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with House(folder / "ours") as house:
            key = house.write_keys.create(WriteKeyWish("bench", "bench"), author="bench")
        ours = _serving("qunxiang", "-w", str(folder / "ours"), "intake", "--port", "0")
        bare = _serving("benchmarks.peers.bare_intake", name)
        usual = _serving("benchmarks.peers.fastapi_intake", name)
        with ours as one, bare as two, usual as three:
            for batch, called in ((1, "single events"), (100, "batches of 100")):
                runs = [
                    [_load(server, key, batch, seconds) for server in (one, two, three)]
                    for _ in range(rounds)
                ]
                figures += _compare(called, runs)
                half = median(r[0].per_second for r in runs) / batch / 2
                calm = _load(one, key, batch, seconds, half)
                figures.append(at_most(f"{called}: p99 at half load", calm.p99, "ms", 50))
    return figures


def _compare(called: str, runs: list[list[Taken]]) -> list[Figure]:
    def middle(server: int, what: str) -> float:
        return median(getattr(r[server], what) for r in runs)

    figures: list[Figure] = []
    for what, unit in (("per_second", "events/s"), ("per_cpu", "events/CPU s")):
        mine = middle(0, what)
        figures += [
            at_least(f"{called}, beside FastAPI", mine, unit, 5, peer=middle(2, what)),
            at_least(f"{called}, beside the bare server", mine, unit, 0.4, peer=middle(1, what)),
        ]
    figures.append(Figure(f"{called}: p50", round(middle(0, "p50"), 2), "ms"))
    figures.append(Figure(f"{called}: p99", round(middle(0, "p99"), 2), "ms"))
    return figures


BENCHMARK = Benchmark(
    "intake",
    "How fast are messages taken durably, beside FastAPI and the barest server there can be?",
    run,
)
