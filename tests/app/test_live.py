"""What is live is what a refresh of the same instant says: who is whom, portraits, tags, members."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qunxiang.app import House, Questions, Refresh
from qunxiang.app.live import Live
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import EventDefinition
from qunxiang.engine import Bits
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import write_ids
from qunxiang.language import When
from qunxiang.models import FOLLOWED, SCORES
from qunxiang.profiles import MEMBERS
from tests.app.streamed import land

AS_OF = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
WAITING = {*SCORES, "customer_value", "high_value"} - set(FOLLOWED)
Told = dict[str, dict[str, Any]]


def when(house: House, as_of: dt.datetime = AS_OF) -> When:
    return When(as_of, house.settings.time_zone)


def tell(house: House, among: np.ndarray) -> Told:
    """Tell everything known of some people, by their public ids."""
    ids = write_ids(house.people.public_ids()).to_pylist()
    told: Told = {}
    columns = {n: house.people.column(n) for n in house.people.columns() if n not in WAITING}
    values = {n: c.arrow().to_pylist() for n, c in columns.items() if c is not None}
    members = {
        n: Bits(np.asarray(house.shelf.column(n).values), house.identity.size)
        for n in house.shelf.names(MEMBERS)
    }
    alive = house.identity.people()
    for person in np.flatnonzero(among).tolist():
        if not alive.has(person):
            continue
        mine: dict[str, Any] = {n: v[person] for n, v in values.items() if v[person] is not None}
        # A yes/no tag that nobody bears is no column at all.
        mine = {n: v for n, v in mine.items() if v is not False}
        mine["members"] = sorted(n for n, b in members.items() if b.has(person))
        for event in house.catalog.all(EventDefinition):
            timeline = house.people.timeline(event)
            if timeline is not None and timeline.of(person) != slice(0, 0):
                there = timeline.of(person)
                mine["@" + event] = timeline.at[there].tolist()
                for prop in timeline.properties():
                    values_there = timeline.property(prop).take(np.arange(there.start, there.stop))
                    if values_there.known().any():
                        mine[f"@{event}.{prop}"] = values_there.arrow().to_pylist()
        told[ids[person]] = mine
    return told


def tell_live(live: Live) -> Told:
    told: Told = {}
    for place, layer in enumerate(live.layers):
        mine = tell(layer.house, live.at_home(place))
        assert not told.keys() & mine.keys()
        told |= mine
    return told


def tell_refreshed(house: House) -> Told:
    Refresh(house, AS_OF).run()
    return tell(house, np.ones(house.identity.size, np.bool_))


def message(number: int, event: str, ids: dict[str, str], **properties: Any) -> dict[str, Any]:
    at = dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(hours=number % 700)
    return {
        "event": event,
        "id": f"m{number}",
        "at": at.isoformat(),
        "ids": ids,
        "properties": properties,
    }


def test_a_message_changes_the_person(house: House) -> None:
    land(house, [message(1, "visit", {"user_id": "u1"}), message(2, "visit", {"user_id": "u2"})])
    Refresh(house, AS_OF).run()
    live = Live(house)
    land(house, [message(3, "visit", {"user_id": "u1"}, page="/a")])
    stepped = live.step(when(house))
    assert (stepped.messages, stepped.touched.tolist()) == (1, [0])
    assert tell_live(live) == tell_refreshed(house)


def some(rng: random.Random, count: int, first: int) -> list[dict[str, Any]]:
    """Return messages of a few people, on devices they share, who say who they are now and then."""
    out: list[dict[str, Any]] = []
    for number in range(first, first + count):
        who = rng.randrange(12)
        ids = {"device_id": f"d{rng.randrange(10)}"}
        if rng.random() < 0.5:
            ids["user_id"] = f"u{who}"
        if rng.random() < 0.2:
            ids["phone"] = f"1380013{8000 + who // 3}"
        match rng.randrange(4):
            case 0:
                out.append(
                    message(
                        number, "purchase", ids, amount=rng.randrange(1, 900), order_id=f"o{number}"
                    )
                )
            case 1:
                out.append(
                    {
                        "id": f"m{number}",
                        "at": message(number, "", {})["at"],
                        "ids": ids,
                        "set": {
                            "city": rng.choice(["上海", "成都"]),
                            "name": f"王{who}",
                            "level": number % 5,
                        },
                    }
                )
            case _:
                out.append(message(number, "visit", ids, page=f"/{rng.randrange(4)}"))
    return out


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller seed is no simpler case
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10_000))
def test_what_is_live_is_what_a_refresh_says(tmp_path_factory, seed: int) -> None:
    rng = random.Random(seed)
    with House(tmp_path_factory.mktemp("live") / "w") as house:
        rule, _ = Questions(house, HOUSEHOLDER).rule(
            "count(visit, last 30 days) >= 2 and city is '上海'"
        )
        audience = AudienceDefinition(name="near", zh="近客", en="Near", rule=rule)
        house.catalog.save(audience, author="test")
        land(house, some(rng, 60, 0))
        Refresh(house, AS_OF).run()
        live = Live(house)
        coming = some(rng, 60, 60)
        coming += rng.sample(coming, 10)
        rng.shuffle(coming)
        while coming:
            size = rng.randrange(1, 30)
            land(house, coming[:size])
            coming = coming[size:]
            live.step(when(house))
        assert tell_live(live) == tell_refreshed(house)
