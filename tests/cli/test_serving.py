"""Serving from the terminal: what it says first, and the browser that the demo opens."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

QUNXIANG = Path(sys.executable).with_name("qunxiang")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def wait_for(address: str) -> bytes:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 our own server
                return answer.read()
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody answers at {address}")


def test_serve_names_the_console_first(tmp_path):
    port = free_port()
    words = [QUNXIANG, "-w", tmp_path, "serve", "--port", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert b"<title>" in wait_for(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()
        assert server.communicate()[0].splitlines() == [
            f"http://127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}/docs",
        ]


def test_a_port_that_is_taken_ends_serving(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = [QUNXIANG, "-w", tmp_path, "serve", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "address already in use" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("told", [[], ["--no-open"]], ids=["show", "no-open"])
def test_the_demo_is_shown_in_a_browser(tmp_path, told):
    opened, browser, port = tmp_path / "opened", tmp_path / "browser", free_port()
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n', encoding="utf-8")
    browser.chmod(0o755)
    ours, theirs = pty.openpty()
    settings = {"BROWSER": f"{browser} %s &", "QUNXIANG_PORT": str(port), "TERM": "xterm"}
    words = [QUNXIANG, "demo", "--people", "60", "--dir", tmp_path / "demo", *told]
    with subprocess.Popen(words, stdout=theirs, env=os.environ | settings) as demo:
        os.close(theirs)
        try:
            written = b""
            while f":{port}/docs".encode() not in written:
                written += os.read(ours, 65_536)
            wait_for(f"http://127.0.0.1:{port}/")
            until = time.monotonic() + (2 if told else 20)
            while not opened.exists() and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            demo.terminate()
            os.close(ours)
    assert opened.exists() == (not told)
    if opened.exists():
        assert opened.read_text(encoding="utf-8") == f"http://127.0.0.1:{port}/\n"
