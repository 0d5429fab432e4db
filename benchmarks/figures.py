"""The one shape of every benchmark: figures, each with its peer, its goal and whether it holds."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

Size = Literal["quick", "usual", "full"]


@dataclass(frozen=True)
class Figure:
    """One measured figure; `goal` bounds value (or value over peer, where a peer is given)."""

    what: str
    value: float
    unit: str
    peer: float | None = None
    goal: str | None = None
    holds: bool | None = None


@dataclass(frozen=True)
class Benchmark:
    """A question and how it is answered."""

    name: str
    question: str
    run: Callable[[Size], list[Figure]]


def at_most(
    what: str, value: float, unit: str, most: float, *, peer: float | None = None
) -> Figure:
    """Return a figure that must not exceed a bound; over its peer where there is one."""
    measured = value if peer is None else value / peer
    goal = f"<= {most:g}" if peer is None else f"<= {most:g} x peer"
    return Figure(
        what,
        round(value, 4),
        unit,
        None if peer is None else round(peer, 4),
        goal,
        measured <= most,
    )


def at_least(what: str, value: float, unit: str, least: float, *, peer: float) -> Figure:
    """Return a figure that must reach a share of its peer."""
    return Figure(
        what, round(value, 4), unit, round(peer, 4), f">= {least:g} x peer", value / peer >= least
    )


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    cpu = "unknown"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 a file of the kernel's
            cpu = next(
                line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
            )
    except (OSError, StopIteration):
        cpu = platform.processor() or cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


@dataclass(frozen=True)
class Used:
    """What a piece of work took: wall and CPU seconds of all threads, peak memory of its process."""

    wall: float
    cpu: float
    peak_mb: float
    answer: Any


def measure(work: Callable[[], Any]) -> Used:
    """Run work in this process and measure it."""
    began, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return Used(time.perf_counter() - began, time.process_time() - cpu, _peak_mb(), answer)


def _peak_mb() -> float:
    """Return the peak of this program alone; `ru_maxrss` counts what its parent held at the fork."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(
            li for li in status.read_text(encoding="utf-8").splitlines() if li.startswith("VmHWM")
        )
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_apart(module: str, *words: str) -> Used:
    """Run `python -m MODULE WORDS…`, which prints a Used as JSON, so that each has its own memory."""
    done = subprocess.run(  # noqa: S603 our own modules
        [sys.executable, "-m", module, *words], check=False, capture_output=True
    )
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    return Used(**orjson.loads(done.stdout.splitlines()[-1]))


def tell(used: Used) -> None:
    """Print a Used as `measure_apart` reads it."""
    print(
        orjson.dumps(
            {"wall": used.wall, "cpu": used.cpu, "peak_mb": used.peak_mb, "answer": used.answer}
        ).decode()
    )
