"""Killed at any moment, the intake and the loader lose nothing that was acknowledged."""

from __future__ import annotations

import random
import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import kill_intake

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_what_was_acknowledged_is_there_once(tmp_path: Path) -> None:
    count = kill_intake.run(tmp_path / "workspace", 4, random.Random(7), free_port())
    assert count.kills >= 4
    assert count.acknowledged > 100
    assert (count.lost, count.doubled, count.unasked) == (0, 0, 0)
