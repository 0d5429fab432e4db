"""What happens to the stream log beside an intake that runs: loading, erasing, other intakes."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qunxiang.app import House, Persons, Refresh
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from tests.intake.stage import Intake, make_key, taking

AS_OF = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def visits(house: House, name: str) -> int:
    return len(Persons(house, HOUSEHOLDER).events(house.identity.find(name)))


def visit(name: str, who: str) -> dict[str, object]:
    return {"event": "visit", "id": name, "ids": {"user_id": who}}


def test_a_person_is_erased_while_the_intake_runs(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    key = make_key(folder, "web")
    with taking(folder) as intake:
        assert intake.send(key, [visit("1", "CANARY77001"), visit("2", "other-1")]).status == 200
        with House(folder) as house:
            Refresh(house, AS_OF).run()
            Persons(house, HOUSEHOLDER).erase("CANARY77001")
            assert intake.send(key, visit("3", "other-1")).status == 200
            Refresh(house, AS_OF).run()
            assert visits(house, "other-1") == 2
            with pytest.raises(QunxiangError):
                house.identity.find("CANARY77001")
        held = b"".join(p.read_bytes() for p in (folder / "stream").glob("*.log"))
        assert b"CANARY77001" not in held
        assert b"other-1" in held


def test_several_intakes_on_one_port(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    key = make_key(folder, "web")
    command = [sys.executable, "-m", "qunxiang", "-w", str(folder), "intake", "--share-port"]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        port = int(one.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        with subprocess.Popen(
            [*command, "--port", str(port)], stdout=subprocess.PIPE, text=True
        ) as two:
            assert two.stdout is not None
            two.stdout.readline()
            for n in range(60):
                assert Intake(folder, port, one).send(key, visit(f"{n}", "u1")).status == 200
            for child in (one, two):
                child.send_signal(signal.SIGTERM)
                assert child.wait(20) == 0
    assert len(list((folder / "stream").glob("*.log"))) == 2, "each wrote to a segment of its own"
    with House(folder) as house:
        Refresh(house, AS_OF).run()
        assert visits(house, "u1") == 60


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    make_key(folder, "web")
    with taking(folder) as running:
        command = [sys.executable, "-m", "qunxiang", "-w", str(folder), "--lang", "en", "intake"]
        done = subprocess.run(
            [*command, "--port", str(running.port)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "intake.cannot_listen" in done.stderr


def test_what_was_asked_is_answered_before_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    key = make_key(folder, "web")
    with taking(folder) as intake:
        assert intake.send(key, visit("1", "u1")).json()["accepted"] == 1
        began = time.monotonic()
        intake.process.send_signal(signal.SIGTERM)
        assert intake.process.wait(20) == 0
        assert time.monotonic() - began < 10


def test_a_torn_record_hides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    key = make_key(folder, "web")
    with taking(folder) as intake:
        for n in range(3):
            intake.send(key, visit(f"{n}", "u1"))
    (segment,) = (folder / "stream").glob("*.log")
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-5])
    with taking(folder) as intake:
        intake.send(key, visit("3", "u1"))
    with House(folder) as house:
        Refresh(house, AS_OF).run()
        assert visits(house, "u1") == 3  # two before the torn one, and the one after it
    damaged = bytearray(whole)
    damaged[60] ^= 0xFF
    segment.write_bytes(damaged)
    with House(folder) as house, pytest.raises(QunxiangError, match="log"):
        list(house.stream.read({}))
