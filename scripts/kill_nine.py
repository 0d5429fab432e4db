"""Kill a workspace's writer at random moments, begin again, and compare with a run nobody disturbed.

    python scripts/kill_nine.py --points 100 --seed 1

A child process imports three files, refreshes after each and undoes the last one. It is killed with
SIGKILL after a random time, started again, sometimes killed again, and in the end left alone. Then
every value of every person, every event and every audience must be what it is without any kill.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from qunxiang.app import House, Imports, Persons, Questions, Refresh
from qunxiang.audiences import AudienceDefinition
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import write_ids

AS_OF = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
FILES = (
    ("customers.csv", "customers", "crm"),
    ("orders.csv", "orders", "shop"),
    ("more.csv", "customers", "fair"),
)
CITIES = ("上海", "北京", "杭州", "成都", "广州")
CATEGORIES = ("面部护理", "彩妆", "香水")
# Each child is a process of its own, parted from one that has loaded everything and done nothing.
_CHILDREN = multiprocessing.get_context("forkserver")
_CHILDREN.set_forkserver_preload(["qunxiang.app"])


def make_files(folder: Path, people: int) -> None:
    """Write the three files of a shop with so many customers."""
    rng = random.Random(7)  # noqa: S311 nothing secret hangs on it
    phones = [f"139{n:08d}" for n in range(10_000_001, 10_000_001 + people * 37, 37)]
    customers = [
        {
            "会员编号": f"M{n:05d}",
            "姓名": f"客户{n}",
            "手机号": phone,
            "城市": rng.choice(CITIES),
            "积分": n % 100,
        }
        for n, phone in enumerate(phones)
    ]
    began = dt.datetime(2025, 1, 1, 8)  # noqa: DTZ001 local, like the file's other times
    orders = [
        {
            "订单号": f"A{n}",
            "下单时间": (began + dt.timedelta(minutes=rng.randrange(600_000))).isoformat(sep=" "),
            "手机号": rng.choice(phones) if n % 50 else "不详",
            "品类": rng.choice(CATEGORIES),
            "实付金额": f"{rng.randrange(100, 100_000) / 100:.2f}",
        }
        for n in range(people * 3)
    ]
    more = [dict(c, 城市="苏州") for c in customers[: people // 3]]
    for (name, _, _), rows in zip(FILES, (customers, orders, more), strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def work(workspace: Path, files: Path) -> None:
    """Do what a company does in a day; done again after a kill, it ends in the same."""
    with House(workspace) as house:
        house.sources.recover()
        Questions(house, HOUSEHOLDER, AS_OF).save_audience("spenders", "sum(purchase.amount) > 800")
        imports = Imports(house)
        for name, rows, source in FILES:
            path = files / name
            outcome = imports.bring(path, imports.look(path, rows, source=source), HOUSEHOLDER)
            Refresh(house, AS_OF).run()
            if name == FILES[-1][0] and outcome.number is not None:
                imports.undo(outcome.number, HOUSEHOLDER)
        Refresh(house, AS_OF).run()


def see(workspace: Path) -> dict[str, Any]:
    """Return all that the workspace knows, by public id, and whether it is whole."""
    with House(workspace) as house:
        people, questions = house.people, Questions(house, HOUSEHOLDER, AS_OF)
        everybody = people.people
        rows = questions.members(everybody, sorted(people.columns())).to_pylist()
        persons = Persons(house, HOUSEHOLDER)
        known: dict[str, Any] = {}
        for person, row in zip(everybody.people().tolist(), rows, strict=True):
            ids = house.identity.identifiers_of(person).to_pylist()
            known[row["person"]] = {
                "values": row,
                "events": persons.events(person),
                "identifiers": sorted((i["type"], i["value"]) for i in ids),
            }
        members = {
            name: sorted(write_ids(people.public_ids()[people.members(name).people()]).to_pylist())
            for name in house.catalog.all(AudienceDefinition)
        }
        landed = [(i.file, i.rows, i.bad_rows) for i in house.sources.landed()]
        reads = [
            sum(b.rows.num_rows for b in house.sources.rows_of(i)) for i in house.sources.landed()
        ]
        return {
            "people": known,
            "members": members,
            "landed": landed,
            "in the log": reads,
            "audit": house.audit.first_broken(),
        }


@dataclass
class Trial:
    """The files, what must come out, and how long it takes."""

    folder: Path
    expected: dict[str, Any]
    seconds: float


def prepare(folder: Path, people: int = 400) -> Trial:
    """Make the files and run once without a kill."""
    files = folder / "files"
    files.mkdir(parents=True)
    make_files(files, people)
    calm = folder / "calm"
    child = _start(calm, files)
    began = time.perf_counter()
    child.join()
    seconds = time.perf_counter() - began
    if child.exitcode != 0:
        raise SystemExit("the undisturbed run failed")
    return Trial(folder, see(calm), seconds)


def _start(workspace: Path, files: Path) -> ForkServerProcess:
    """Start a child and return when it has loaded everything and begins to work."""
    ours, theirs = _CHILDREN.Pipe(duplex=False)
    with ours, theirs:
        child = _CHILDREN.Process(target=_tell_and_work, args=(theirs, workspace, files))
        child.start()
        if not ours.poll(60) or not ours.recv():
            raise SystemExit("the child did not start")
    return child


def _tell_and_work(ready: Connection, workspace: Path, files: Path) -> None:
    with ready:
        ready.send(True)
    work(workspace, files)


def kill_at(trial: Trial, place: int, rng: random.Random) -> tuple[str, list[float]]:
    """Kill at random moments, begin again, and return what differs (nothing, if all is well)."""
    workspace = trial.folder / f"killed{place}"
    workspace.mkdir()
    # Ids hang on the workspace's secret: with the same one they can be compared.
    shutil.copy(trial.folder / "calm" / "secret", workspace / "secret")
    delays: list[float] = []
    for _ in range(rng.choice((1, 1, 2))):
        delay = rng.uniform(0, trial.seconds * 0.98)
        child = _start(workspace, trial.folder / "files")
        time.sleep(delay)
        child.kill()
        child.join()
        delays.append(delay)
    work(workspace, trial.folder / "files")
    found = see(workspace)
    shutil.rmtree(workspace)
    wrong = [name for name, value in trial.expected.items() if found[name] != value]
    return ", ".join(wrong), delays


def main() -> None:
    """Run so many points and say what came of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=400)
    told = parser.parse_args()
    rng = random.Random(told.seed)  # noqa: S311
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        trial = prepare(Path(folder), told.people)
        sys.stdout.write(
            f"undisturbed: {trial.seconds:.1f} s, {len(trial.expected['people'])} people\n"
        )
        for place in range(told.points):
            wrong, delays = kill_at(trial, place, rng)
            failures += bool(wrong)
            after = " and ".join(f"{d:.2f} s" for d in delays)
            sys.stdout.write(f"{place + 1:4}  killed after {after}: {wrong or 'whole'}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{told.points} points, {failures} not whole\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
