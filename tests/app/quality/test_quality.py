"""What sources send is told by source and event, beside what was planned."""

from __future__ import annotations

import datetime as dt

import pytest

from qunxiang import clock
from qunxiang.app import House, Quality, Refresh, save_definition
from qunxiang.catalog import PlanDefinition
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER, caller_of
from tests.app.streamed import land

NOW = dt.datetime(2026, 3, 15, 4, tzinfo=dt.UTC)
PLAN = {
    "name": "shop",
    "since": "2020-01-01",
    "events": [
        {
            "event": "purchase",
            "properties": [
                {"name": "amount", "value": "money", "required": True},
                {"name": "qqq", "value": "text"},
            ],
        }
    ],
}


@pytest.fixture
def sent(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with eighty days of thirty orders each, the last but one of them with five."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    save_definition(house, HOUSEHOLDER, PlanDefinition.model_validate(PLAN))
    events = []
    for back in range(1, 81):
        day = NOW - dt.timedelta(back)
        for n in range(5 if back == 2 else 30):
            properties = {"amount": n, "phone": f"1371234{n:04d}"}
            if n == 7:
                del properties["amount"]
            who = {"user_id": f"u{n}"}
            more = {"at": day.isoformat(), "ids": who, "properties": properties}
            events.append({"event": "purchase", "id": f"{back}-{n}", **more})
    land(house, events, received=int(NOW.timestamp() * 1_000_000))
    land(house, {"event": "visit", "id": "v", "ids": {"user_id": "u1"}}, source="app")
    Refresh(house).load()
    return house


def test_an_event_is_told_with_its_odd_days(sent: House) -> None:
    found = {(e.source, e.event): e for e in Quality(sent, HOUSEHOLDER).events()}
    assert sorted(found) == [("app", "visit"), ("web", "purchase")]
    one = found["web", "purchase"]
    assert (one.rows, one.set_aside, one.values_set_aside) == (79 * 29 + 5, 79, 0)
    assert (one.plan, one.planned, found["app", "visit"].planned) == ("shop", True, False)
    assert one.fill == 1
    assert one.freshness.received == NOW
    assert one.freshness.happened == NOW - dt.timedelta(1)
    assert one.freshness.lag == 86_400
    (odd,) = one.anomalies
    assert (odd.day, odd.value, odd.expected) == (dt.date(2026, 3, 13), 5, 29)
    assert dict(one.days)[dt.date(2026, 3, 14)] == 29
    assert Quality(sent, HOUSEHOLDER).events("app") == [found["app", "visit"]]


def test_the_schema_stands_beside_the_plan(sent: House) -> None:
    detail = Quality(sent, HOUSEHOLDER).event("web", "purchase")
    found = {p.name: p for p in detail.properties}
    amount = found["amount"]
    assert amount.seen is not None
    assert amount.declared is not None
    assert amount.declared.required
    assert (amount.seen.filled, amount.seen.distinct) == (79 * 29 + 5, 29)
    assert (found["qqq"].seen, found["phone"].declared) == (None, None)
    assert [(r.code, r.column, r.count) for r in detail.reasons] == [
        ("plan.required", "p.amount", 79)
    ]
    assert detail.days[-1].fill["amount"] == 1
    plain, masked = (
        Quality(sent, caller).event("web", "purchase")
        for caller in (HOUSEHOLDER, caller_of("v", "viewer"))
    )
    told = [{p.name: p.seen for p in one.properties}["phone"] for one in (plain, masked)]
    assert "+8613712340001" in told[0].top
    assert not any("1234000" in text for text in told[1].top)
    with pytest.raises(QunxiangError, match="nobody"):
        Quality(sent, HOUSEHOLDER).event("nobody", "purchase")
