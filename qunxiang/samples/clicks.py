"""What people do in the mini program as its log has it: one event per row, some sent twice."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples.draws import Ints, build_wheels, happens, spin_each, write_codes
from qunxiang.samples.mess import Mess, V
from qunxiang.samples.people import Draw
from qunxiang.samples.sessions import ENTRIES, PAGES

_NAMES = pl.Series(["visit", "view_item", "add_to_cart"])
# The same three as several versions of the program call them.
_WORDS = pl.Series([
    "visit", "访问", "page_view",
    "view_item", "浏览商品", "product viewed",
    "add_to_cart", "加入购物车", "加购",
])  # fmt: skip
_WORD_WHEELS = build_wheels(
    [
        [50, 30, 20, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 50, 30, 20, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 50, 30, 20],
    ]
)
_REPEATED = 0.1  # times `messy`
_ISO = (V.cast(pl.Datetime("ms")) + pl.duration(hours=8)).dt.to_string(
    '"%Y-%m-%dT%H:%M:%S%.3f+08:00"'
)


def build_clicks(
    draw: Draw, people: pl.DataFrame, events: pl.DataFrame, after: int, *, plain: bool
) -> pl.DataFrame:
    """Return the events under the log's names; `after` counts the events of earlier chunks.

    The time is a moment if plain, and otherwise JSON: milliseconds or a text.
    """
    mess = Mess(draw.stream("clicks"), 0.0 if plain else draw.company.messy)
    who = people.select("openid", "unionid", "phone").gather(events["at"])
    event, product = events["event"].to_numpy(), events["product"].to_numpy()
    table = draw.scenery.products.table.select("code", "category", "page")
    seen = table.gather(pl.Series(product).replace(-1, None))
    numbers = np.arange(after, after + len(events))
    page = PAGES.gather(events["page"])
    rows = pl.DataFrame(
        {
            "event": _name_events(mess, event, plain=plain),
            "openid": who["openid"],
            "unionid": who["unionid"],
            "phone": who["phone"],
            "time": events["millis"],
            "page": seen["page"],
            "product": seen["code"],
            "category": seen["category"],
            "channel": ENTRIES.gather(events["entry"]),
            "message_id": write_codes(numbers, draw.company.seed, 9, ("m", 15)),
        }
    ).with_columns(
        unionid=pl.when(events["joined"]).then("unionid"),
        phone=pl.when(events["logged_in"]).then("phone"),
        page=pl.col("page").fill_null(page),
    )
    if plain:
        return rows.with_columns(pl.col("time").cast(pl.Datetime("ms", "UTC")))
    time = mess.rewrite_series(rows["time"], [(1, _ISO)])
    return _send_twice(mess, rows.with_columns(time=time))


def _name_events(mess: Mess, event: Ints, *, plain: bool) -> pl.Series:
    if plain:
        return _NAMES.gather(event)
    return _WORDS.gather(spin_each(mess.stream, _WORD_WHEELS, event))


def _send_twice(mess: Mess, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with some that came twice, soon one after the other."""
    again = np.flatnonzero(happens(mess.stream, mess.share * _REPEATED, len(rows)))
    late = again + mess.stream.integers(0, 20, again.size)
    order = np.argsort(np.concatenate([np.arange(len(rows)), late]), kind="stable")
    return rows.gather(np.concatenate([np.arange(len(rows)), again])[order])
