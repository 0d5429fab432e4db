"""A NATS server of its own for tests, on this machine alone, that can be killed and started again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("nats-server")
_SETTINGS = """
listen: "127.0.0.1:{port}"
max_payload: {payload}
jetstream {{ store_dir: "{folder}", sync_interval: {sync}, max_file_store: 2GB }}
"""


@dataclass
class Nats:
    """A server with its folder."""

    folder: Path
    payload: int = 64 << 10
    sync: str = "always"
    monitor: int = 0
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if not self.port:
            with socket.create_server(("127.0.0.1", 0)) as listening:
                self.port = listening.getsockname()[1]
        self.folder.mkdir(parents=True, exist_ok=True)
        told = _SETTINGS.format(
            port=self.port, payload=self.payload, folder=self.folder / "store", sync=self.sync
        )
        if self.monitor:
            told += f'http: "127.0.0.1:{self.monitor}"\n'
        settings = self.folder / "nats.conf"
        settings.write_text(told, encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < until
                assert self.process.poll() is None
                time.sleep(0.02)
            else:
                return

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait()
            self.process = None


@contextmanager
def running(folder: Path, **more: object) -> Generator[Nats]:
    """Run a server until the context is left."""
    server = Nats(folder, **more)  # type: ignore[arg-type]
    server.start()
    try:
        yield server
    finally:
        server.kill()
