"""Servers as a user starts them: `qunxiang serve`, with the intake beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.stage import Site, find_port


@contextmanager
def serving(folder: Path) -> Generator[Site]:
    """Serve a workspace and its intake until the context ends."""
    port, taking = find_port(), find_port()
    log = folder.with_suffix(".log")
    command = [sys.executable, "-m", "qunxiang", "-w", str(folder), "serve", "--port", str(port)]
    more = {"QUNXIANG_INTAKE_PORT": str(taking), "QUNXIANG_LIVE": "true"}
    env = os.environ | more  # noqa: TID251 the child's, not ours
    site = Site(f"http://127.0.0.1:{port}", folder, f"http://127.0.0.1:{taking}")
    with log.open("w") as told, subprocess.Popen(command, stdout=told, stderr=told, env=env) as one:  # noqa: S603 our own
        try:
            for address in (site.at("/v1/status"), f"{site.intake}/health"):
                _wait(address, one, log)
            yield site
        finally:
            one.terminate()
            one.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 our own
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(log.read_text(encoding="utf-8"))
