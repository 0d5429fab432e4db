"""People change while they are looked at: a card, and the count of a rule."""

from __future__ import annotations

import time
import uuid

import numpy as np
from playwright.sync_api import Page, expect

from qunxiang import clock
from qunxiang.app import House
from qunxiang.identity import TYPE, VALUE
from tests.app.streamed import land
from tests.browser.stage import Api, Site, shot


def phone_of_somebody(house: House) -> str:
    types = house.shelf.column(TYPE)
    code = types.words.to_pylist().index("phone")
    node = np.flatnonzero(types.values == code)[:1]
    return house.shelf.column(VALUE).take(node).arrow()[0].as_py()


def happen(house: House, phone: str) -> None:
    said = {"event": "view_item", "id": uuid.uuid4().hex, "at": clock.now().isoformat()}
    land(house, [said | {"ids": {"phone": phone}, "properties": {"category": "面霜"}}])


def test_a_card_and_a_count_change_while_watched(owner: Page, demo: Site, boss: Api) -> None:
    page = owner
    while not boss.get("/v1/live")["following"]:
        time.sleep(0.1)
    with House(demo.folder) as house:
        phone = phone_of_somebody(house)
        before = boss.get(f"/v1/persons/{phone}")["events_total"]
        page.goto(demo.at(f"/customers/{phone}"))
        expect(page.get_by_text(f"共 {before:,} 条")).to_be_visible()
        happen(house, phone)
        told = time.monotonic() + 20
        while boss.get(f"/v1/persons/{phone}")["events_total"] != before + 1:
            assert time.monotonic() < told
            time.sleep(0.1)
        rule = {"rule": "count(view_item, last 5 minutes) >= 1"}
        assert boss.post("/v1/count", rule)["count"] == 1
        news = boss.get("/v1/live")["news"]
        assert (news["messages"], news["touched"]) == (1, 1)
        expect(page.get_by_text(f"共 {before + 1:,} 条")).to_be_visible()
        shot(page, "live-card")
