"""What people do in the mini program: they come, look at products, and put some into the cart."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples.draws import Flags, Ints, Stream, build_wheel, happens, spin, spin_each
from qunxiang.samples.people import PURCHASE_SHARE, Draw
from qunxiang.samples.scenery import MINI

VISIT, VIEW, CART = 0, 1, 2
PAGES = pl.Series(["pages/home", "pages/member", "pages/activity", "pages/category"])
ENTRIES = pl.Series(["微信搜索", "公众号", "朋友圈广告", "短信", "直播间", "扫码", "会员社群"])
_ENTRY_WHEEL = build_wheel([20, 24, 14, 10, 10, 12, 10])
_PAGE_WHEEL = build_wheel([58, 12, 18, 12])
_VIEWS = build_wheel([24, 34, 20, 13, 6, 3])
_CARTS = 0.24
_PER_SESSION = 1 + float(_VIEWS.mean()) * (1 + _CARTS)
# Before an order at least one product is looked at, and that one is put into the cart.
_PER_LED = 2 + float(np.maximum(_VIEWS, 1).mean()) * (1 + _CARTS) - _CARTS
_BEFORE_ORDER = 0.6  # of the orders in the mini program: the visit that led to it
_LEAST_SECONDS, _MOST_SECONDS = 8, 120


def draw_sessions(
    draw: Draw, people: pl.DataFrame, orders: pl.DataFrame, lines: pl.DataFrame
) -> pl.DataFrame:
    """Return a row per event, by time: at, millis (UTC), event, product (-1 for none), page, entry."""
    stream = draw.stream("sessions")
    led_at, led_second, led_product = _find_led(stream, orders, lines)
    wanted = (1 - PURCHASE_SHARE) * draw.company.events_per_person * draw.size
    others = max(0.0, wanted - led_at.size * _PER_LED) / _PER_SESSION
    at, second = _draw_visits(draw, people, others, stream)
    at, second = np.concatenate([led_at, at]), np.concatenate([led_second, second])
    bought = np.concatenate([led_product, np.full(at.size - led_at.size, -1)])
    return _fill_sessions(draw, people, stream, (at, second, bought))


def _find_led(stream: Stream, orders: pl.DataFrame, lines: pl.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Return the visits that led to an order: who, when, and what they were after."""
    led = (orders["channel"].to_numpy() == MINI) & happens(stream, _BEFORE_ORDER, len(orders))
    first = lines.filter(pl.col("line") == 1)["product"].to_numpy()
    minutes = stream.integers(6 * 60, 40 * 60, len(orders))
    second = orders["seconds"].to_numpy() - minutes
    return orders["at"].to_numpy()[led], second[led], first[led]


def _draw_visits(
    draw: Draw, people: pl.DataFrame, wanted: float, stream: Stream
) -> tuple[Ints, Ints]:
    """Return as many other visits: evenly on the busy clock while people are customers."""
    clock = draw.calendar.read_clock
    begin = clock(people["came"].to_numpy() + 1)
    stay = np.maximum(clock(people["left"].to_numpy()) - begin, 0)
    taste = np.exp(stream.standard_normal(draw.size) * 0.8)
    taste *= draw.scenery.segments.surfs[people["segment"].to_numpy()]
    weight = taste * stay * people["on_mini"].to_numpy()
    total = float(weight.sum())
    counts = stream.poisson(weight * (wanted / total)) if total else np.zeros(draw.size, np.int64)
    at = np.repeat(np.arange(draw.size), counts)
    day = draw.calendar.find_days(begin[at] + stream.random(at.size) * stay[at])
    at_home = np.zeros(at.size, np.bool_)
    second = draw.calendar.draw_seconds(stream, at_home)
    return at, draw.calendar.epoch + day * 86_400 + second


def _fill_sessions(
    draw: Draw, people: pl.DataFrame, stream: Stream, visits: tuple[Ints, Ints, Ints]
) -> pl.DataFrame:
    """Return the events of each visit; who then orders has looked at what was bought."""
    at, second, bought = visits
    views = np.maximum(spin(stream, _VIEWS, at.size), bought >= 0)
    entry = spin(stream, _ENTRY_WHEEL, at.size)
    logged_in = people["phone_on_mini"].to_numpy()[at] & happens(stream, 0.8, at.size)
    visit = np.repeat(np.arange(at.size), views)
    place = np.arange(visit.size) - np.repeat(np.cumsum(views) - views, views)
    step = stream.integers(_LEAST_SECONDS, _MOST_SECONDS, visit.size)
    # Twice the longest stay apart, so that a cart follows its view and precedes the next one.
    viewed = second[visit] + place * 2 * _MOST_SECONDS + step
    product = _draw_views(draw, people, stream, at[visit])
    product = np.where((place == 0) & (bought[visit] >= 0), bought[visit], product)
    carted: Flags = happens(stream, _CARTS, visit.size)
    carted |= (place == 0) & (bought[visit] >= 0)
    carts = np.flatnonzero(carted)
    after = stream.integers(_LEAST_SECONDS, _MOST_SECONDS, carts.size)
    whole = np.concatenate([np.arange(at.size), visit, visit[carts]])
    none = np.full(at.size, -1)
    events = pl.DataFrame(
        {
            "at": at[whole],
            "millis": np.concatenate([second, viewed, viewed[carts] + after]),
            "event": np.repeat([VISIT, VIEW, CART], [at.size, visit.size, carts.size]),
            "product": np.concatenate([none, product, product[carts]]),
            "page": spin(stream, _PAGE_WHEEL, whole.size),
            "entry": entry[whole],
            "logged_in": logged_in[whole],
            "joined": happens(stream, 0.9, at.size)[whole],
        }
    )
    last = draw.calendar.epoch + draw.calendar.days * 86_400 - 1
    utc = pl.col("millis").clip(upper_bound=last) - 8 * 3_600
    millis = utc * 1_000 + pl.Series(stream.integers(0, 1_000, whole.size))
    return events.with_columns(millis=millis).sort("millis", maintain_order=True)


def _draw_views(draw: Draw, people: pl.DataFrame, stream: Stream, at: Ints) -> Ints:
    kinds = draw.scenery.segments
    loyal = happens(stream, 0.5, at.size)
    segment = people["segment"].to_numpy()[at]
    other = spin_each(stream, kinds.categories, segment)
    category = np.where(loyal, people["category"].to_numpy()[at], other)
    level = people["level"].to_numpy()[at]
    return spin_each(stream, draw.scenery.products.wheels, category * 3 + level)
