"""Real clients against the real intake: what each says stands in the log exactly once, and in portraits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from qunxiang.app import House, Refresh
from qunxiang.sources import BY_NAME
from tests.intake.clients import CLIENTS, EMAIL, EVENT, MANY, PERSON, Expected, summarise
from tests.intake.stage import make_key, taking

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),
]
AS_OF = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def test_every_client_is_heard_and_all_speak_of_one_person(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    keys = {name: make_key(folder, name) for name in CLIENTS}
    expected: dict[str, Expected] = {}
    with taking(folder) as intake:
        for name, key in keys.items():
            client: Callable[[str, str], Expected] = CLIENTS[name]
            expected[name] = client(intake.url, key)
    with House(folder) as house:
        heard: dict[str, Counter] = {name: Counter() for name in CLIENTS}
        for portion in house.stream.read({}):
            for row in portion.messages.to_pylist():
                assert row["fault"] == "", row
                said = BY_NAME[row["protocol"]].translate(row["raw"], row["about"], row["received"])
                heard[row["source"]][summarise(said)] += 1
        for name, told in expected.items():
            assert heard[name] == told.said, name
        Refresh(house, AS_OF).run()
        someone = house.identity.find(PERSON)
        assert house.identity.find(EMAIL) == someone
        for event in ("bulk", EVENT):
            rows = house.warehouse.read(f"event_{event}", ["source", "actor"])
            theirs = house.identity.persons_of(rows["actor"].to_numpy()) == someone
            found = Counter(rows.filter(theirs)["source"].to_pylist())
            told = {
                name: sum(
                    n
                    for (kind, what, _, _), n in one.said.items()
                    if what == event and kind == "event"
                )
                for name, one in expected.items()
            }
            assert found == told
            assert min(told.values()) >= (MANY if event == "bulk" else 1)
