"""Does memory stay flat at a steady rate, and is every message there once?

A server and its intake run for ten minutes at 5,000 events a second: batches from several clients,
of which one in fifty sends its batch again, as clients do that have not heard the answer. People
come back, and new ones come. Afterwards everything is refreshed and counted: what was acknowledged
and is not there is lost, what is there more often than it was sent is doubled.
"""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.figures import Benchmark, Figure, Size, at_least, at_most
from benchmarks.live import Door
from benchmarks.servers import serving
from qunxiang import clock
from qunxiang.app import House, Refresh
from qunxiang.governance import WriteKeyWish
from tests.browser.stage import Site

SECONDS: dict[Size, float] = {"quick": 10, "usual": 120, "full": 600}
RATE: dict[Size, int] = {"quick": 1_000, "usual": 5_000, "full": 5_000}
PEOPLE = 50_000  # who come back
_NEW, _AGAIN = 0.02, 0.02  # the share of events of people never seen, and of batches sent twice
_BATCH, _CLIENTS = 100, 4
_LOOK_SECONDS = 1.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Traffic:
    """What is sent, and how much memory the processes take meanwhile."""

    site: Site
    key: str
    rate: int
    sent: int = 0
    again: int = 0
    memory: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float) -> float:
        """Send for so many seconds; return for how long."""
        began = time.monotonic()
        over = began + seconds
        clients = [
            threading.Thread(target=self._send, args=(number, over)) for number in range(_CLIENTS)
        ]
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            time.sleep(_LOOK_SECONDS)
            for name, size in _memory(self.site.folder).items():
                self.memory.setdefault(name, []).append(size)
        return time.monotonic() - began

    def _send(self, number: int, over: float) -> None:
        rng, began, mine = random.Random(number), time.monotonic(), 0
        pace = self.rate / _CLIENTS
        with closing(Door(self.site.intake, {"X-Write-Key": self.key})) as door:
            while time.monotonic() < over:
                batch = [self._event(rng, f"{number}-{mine + n}") for n in range(_BATCH)]
                told = door.ask("POST", "/v1/events", batch)
                assert told["accepted"] == _BATCH, told
                twice = rng.random() < _AGAIN
                if twice:
                    door.ask("POST", "/v1/events", batch)
                mine += _BATCH
                with self._lock:
                    self.sent += _BATCH
                    self.again += _BATCH * twice
                time.sleep(max(0.0, began + mine / pace - time.monotonic()))

    def _event(self, rng: random.Random, name: str) -> dict[str, Any]:
        new = rng.random() < _NEW
        who = f"n{name}" if new else f"u{rng.randrange(PEOPLE)}"
        return {
            "event": rng.choice(("visit", "view_item", "add_to_cart", "purchase")),
            "id": name,
            "at": clock.now().isoformat(),
            "ids": {"user_id": who},
            "properties": {"category": rng.choice(("面霜", "精华")), "amount": rng.randrange(900)},
        }


def _memory(folder: Path) -> dict[str, float]:
    """Return what each process of a workspace keeps in memory, MB, by its command."""
    found: dict[str, float] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
            pages = int((process / "statm").read_text().split()[1])
        except OSError:
            continue  # it has ended
        for name in ("serve", "intake"):
            if str(folder) in words and name in words:
                found[name] = pages * _PAGE / (1 << 20)
    return found


def _count(folder: Path) -> tuple[int, int]:
    """Return how many events stand in the workspace, and how many different ones."""
    rows: list[np.ndarray[Any, Any]] = []
    with House(folder) as house:
        Refresh(house).run()
        for event in ("visit", "view_item", "add_to_cart", "purchase"):
            name = f"timeline/{event}/row"
            if name in house.shelf:
                rows.append(house.shelf.column(name).values)
    every = np.concatenate(rows)
    return every.size, np.unique(every).size


def run(size: Size) -> list[Figure]:
    """Serve an empty workspace, send to it, and count."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name) / "house"
        with House(folder) as house:
            key = house.write_keys.create(WriteKeyWish("soak", "web"), author="benchmark")
            Refresh(house).run()
        site = stack.enter_context(serving(folder))
        traffic = Traffic(site, key, RATE[size])
        wall = traffic.run(SECONDS[size])
        stack.close()
        there, different = _count(folder)
    figures = [
        at_least(
            "acknowledged, beside the rate", traffic.sent / wall, "events/s", 0.98, peer=RATE[size]
        ),
        Figure("events acknowledged", traffic.sent, "events"),
        Figure("of them sent twice", traffic.again, "events"),
        at_most("events lost", traffic.sent - different, "events", 0),
        at_most("events doubled", there - different, "events", 0),
    ]
    for process, seen in sorted(traffic.memory.items()):
        # From a third on: by then everything that is kept has been filled once.
        middle, end = (float(max(seen[a:b])) for a, b in _thirds(len(seen)))
        figures += [
            Figure(f"{process}: memory at most", round(max(seen), 1), "MB"),
            at_most(f"{process}: last third beside the second", round(end / middle, 3), "x", 1.1),
        ]
    return figures


def _thirds(count: int) -> tuple[tuple[int, int], tuple[int, int]]:
    third = max(1, count // 3)
    return (min(third, count - 1), max(2 * third, 2)), (count - third, count)


BENCHMARK = Benchmark(
    "soak", "Does memory stay flat at a steady rate, and is every message there once?", run
)
