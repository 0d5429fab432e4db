"""What is live is what a refresh of the same instant says: who is whom, portraits, tags, members."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qunxiang.app import House, Questions, Refresh
from qunxiang.app.live import MOST_LAYERS, Live
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
        # What nobody has, or bears, is no column at all; an empty list is unknown.
        mine = {n: v for n, v in mine.items() if v is not False and v != []}
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
    live = Live(house, when(house))
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
        begun = {"id": f"m{number}", "at": message(number, "", {})["at"], "ids": ids}
        match rng.randrange(7):
            case 0:
                out.append(
                    message(
                        number, "purchase", ids, amount=rng.randrange(1, 900), order_id=f"o{number}"
                    )
                )
            case 1:
                city = rng.choice(["上海", "成都"])
                said = {"city": city, "name": f"王{who}", "level": number % 5, "people": f"p{who}"}
                out.append(begun | {"set": said})
            case 2:
                out.append(begun | {"add": {"points": number % 9}, "union": {"likes": [f"l{who}"]}})
            case 3:
                kinds = {"type": "unlink"} if len(ids) == 2 and rng.random() < 0.4 else {}
                out.append(begun | (kinds or {"unset": ["city"], "remove": {"likes": [f"l{who}"]}}))
            case _:
                # Properties may be called as columns of ours are.
                named = {"page": f"/{rng.randrange(4)}", "people": number % 3, "actor": f"a{who}"}
                out.append(message(number, "visit", ids, **named))
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
        live = Live(house, when(house), most_layers=rng.choice([3, 4, MOST_LAYERS]))
        coming = some(rng, 60, 60)
        coming += rng.sample(coming, 10)
        rng.shuffle(coming)
        while coming:
            size = rng.randrange(1, 30)
            land(house, coming[:size])
            coming = coming[size:]
            live.step(when(house))
        assert tell_live(live) == tell_refreshed(house)


@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10_000))
def test_what_time_changes_is_swept(tmp_path_factory, seed: int) -> None:
    rng = random.Random(seed)
    with House(tmp_path_factory.mktemp("swept") / "w") as house:
        begin = AS_OF - dt.timedelta(hours=rng.choice([2, 9, 300]))
        rule, _ = Questions(house, HOUSEHOLDER).rule("count(visit, last 90 minutes) >= 1")
        audience = AudienceDefinition(name="lately", zh="刚才", en="Lately", rule=rule)
        house.catalog.save(audience, author="test")
        said = [
            message(n, "visit", {"user_id": f"u{n % 9}"})
            | {"at": (begin + dt.timedelta(minutes=13 * n)).isoformat()}
            for n in range(-20, 20)
        ]
        rng.shuffle(said)
        land(house, said[:30])
        Refresh(house, begin).run()
        live = Live(house, when(house, begin), most_layers=3)
        land(house, said[30:])
        for share in (0.1, 0.4, 1):
            live.sweep(when(house, begin + (AS_OF - begin) * share))
            live.step(when(house, begin + (AS_OF - begin) * share))
        assert tell_live(live) == tell_refreshed(house)


def test_everybody_is_told_as_of_now(house: House) -> None:
    rng = random.Random(7)
    land(house, some(rng, 60, 0))
    Refresh(house, AS_OF).run()
    live = Live(house, when(house))
    for first in range(60, 240, 6):
        land(house, some(rng, 6, first))
        live.step(when(house))
    assert 2 < len(live.layers) <= MOST_LAYERS
    now = live.now()
    shown = tell_live(live)
    whole = tell(now.whole, np.ones(now.people, np.bool_))
    # Of what happened, the whole has the base's alone.
    plain = {who: {n: v for n, v in mine.items() if n[0] != "@"} for who, mine in shown.items()}
    assert {w: {n: v for n, v in m.items() if n[0] != "@"} for w, m in whole.items()} == plain
    rules = [
        "city is '上海'",
        "count(visit, last 30 days) >= 3 or not (name is '王3')",
        "did purchase(last 30 days) and city is '成都' and count(visit) >= 1",
    ]
    house.present = now
    asked = Questions(house, HOUSEHOLDER, AS_OF)
    said = [(asked.count(r), asked.people(r), asked.rule(r)[0]) for r in rules]
    ids = write_ids(now.whole.people.public_ids())
    told = [set(ids.take(pa.array(people.people())).to_pylist()) for _, people, _ in said]
    house.present = None
    Refresh(house, AS_OF).run()
    asked = Questions(house, HOUSEHOLDER, AS_OF)
    ids = write_ids(house.people.public_ids())
    for rule, people, (count, _, _) in zip(rules, told, said, strict=True):
        after = asked.count(rule)
        assert (count.count, count.total, count.steps) == (after.count, after.total, after.steps)
        assert set(ids.take(pa.array(asked.people(rule).people())).to_pylist()) == people
