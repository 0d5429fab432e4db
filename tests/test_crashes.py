"""Killed at any moment, a workspace comes back whole: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

import kill_nine

pytestmark = pytest.mark.slow


def test_a_killed_writer_loses_and_doubles_nothing(tmp_path):
    trial = kill_nine.prepare(tmp_path, people=200)
    assert len(trial.expected["people"]) == 200
    assert trial.expected["landed"] == [("customers.csv", 200, 0), ("orders.csv", 600, 0)]
    assert trial.expected["in the log"] == [200, 600]
    assert trial.expected["audit"] is None
    assert 0 < len(trial.expected["members"]["spenders"]) < 200
    rng = random.Random(2026)
    for place in range(12):
        wrong, delays = kill_nine.kill_at(trial, place, rng)
        assert not wrong, f"killed after {delays}"
