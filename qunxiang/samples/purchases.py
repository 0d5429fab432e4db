"""What people buy: orders in everyone's own rhythm, until they leave, and the lines of each order."""

from __future__ import annotations

import numpy as np
import polars as pl

from qunxiang.samples.draws import (
    Flags,
    Floats,
    Ints,
    Stream,
    build_wheel,
    happens,
    spin,
    spin_each,
)
from qunxiang.samples.people import LINES_WHEEL, Draw
from qunxiang.samples.scenery import MINI, TILL, WEB

_REGULAR = 2.0  # the shape of the gamma between two orders: 1 is chance, more is a habit
_LOYAL_CHANNEL, _LOYAL_CATEGORY, _LOYAL_LEVEL = 0.70, 0.55, 0.75
_WALK_IN = 0.08
_QUANTITY = build_wheel([80, 14, 5, 1])
_BULK = 0.0015  # of the lines with gift boxes: a company buys for its staff
_SALE_PERCENT = 88
_STATUS = build_wheel([93, 4, 3])
STATUSES = pl.Series(["已完成", "已取消", "已退款"])
PAYMENTS_ONLINE = pl.Series(["微信支付", "支付宝", "银行卡", "花呗"])
PAYMENTS_TILL = pl.Series(["微信", "支付宝", "银行卡", "现金", "储值卡"])
_PAY_ONLINE, _PAY_TILL = build_wheel([55, 34, 6, 5]), build_wheel([50, 28, 12, 6, 4])
SHOPS = pl.Series(["官网", "App", "小程序"])
# Coupons: their code, from how many yuan on, and how many off; the last takes five percent.
COUPONS = pl.Series([None, "满299减30", "满199减20", "满99减10", "会员95折"], dtype=pl.String)
_CUTS = ((299_00, 30_00), (199_00, 20_00), (99_00, 10_00))
_BY_PERCENT, _PERCENT = 4, 5


def draw_orders(draw: Draw, people: pl.DataFrame) -> pl.DataFrame:
    """Return a row per order, by time; `at` is the place of the person in the chunk."""
    stream = draw.stream("orders")
    at, day = _draw_days(draw, people, stream)
    channel = _draw_channels(draw, people, at, stream)
    in_store = channel == TILL
    second = draw.calendar.draw_seconds(stream, in_store)
    size = at.size
    kinds = draw.scenery.segments
    shop = np.where(channel == MINI, 2, happens(stream, 0.35, size).astype(np.int64))
    in_crm = people["in_crm"].to_numpy()[at]
    family = people["family"].is_not_null().to_numpy()[at]
    walk_in = in_store & happens(stream, _WALK_IN, size)
    card = in_store & in_crm & ~walk_in & (happens(stream, 0.88, size) | family)
    # In families the phone is another's, so they show their card.
    phone = in_store & ~walk_in & ~family & (happens(stream, 0.30, size) | ~card)
    orders = pl.DataFrame(
        {
            "at": at,
            "day": day,
            "seconds": draw.calendar.epoch + day * 86_400 + second,
            "channel": channel,
            "in_store": in_store,
            "shop": shop,
            "walk_in": walk_in,
            "shows_card": card,
            "shows_phone": phone,
            "coupon": happens(stream, kinds.coupons[people["segment"].to_numpy()[at]], size),
            "percent": happens(stream, 0.25, size),
            "status": np.where(in_store, 0, spin(stream, _STATUS, size)),
            "pay": np.where(
                in_store, spin(stream, _PAY_TILL, size), spin(stream, _PAY_ONLINE, size)
            ),
            "lines": spin(stream, LINES_WHEEL, size) + 1,
        }
    )
    return orders.sort("seconds", maintain_order=True)


def _draw_days(draw: Draw, people: pl.DataFrame, stream: Stream) -> tuple[Ints, Ints]:
    """Return who orders on which day: gamma gaps on the busy clock, from joining to leaving.

    The first gap is one that had begun before we look, hence longer and cut short.
    """
    clock = draw.calendar.read_clock
    begin = clock(people["came"].to_numpy() + 1)
    end = clock(people["left"].to_numpy())
    rhythm = people["rhythm"].to_numpy()
    mean = np.maximum(end - begin, 0) / rhythm
    gaps = np.ceil(mean + 4 * np.sqrt(mean) + 4).astype(np.int64)
    at = np.repeat(np.arange(draw.size), gaps)
    starts = np.cumsum(gaps) - gaps
    length = stream.standard_gamma(_REGULAR, at.size) / _REGULAR
    first = stream.standard_gamma(_REGULAR + 1, draw.size) / _REGULAR
    length[starts] = first * stream.random(draw.size)
    shown = begin[at] + _sum_within(length, starts, at) * rhythm[at]
    kept = shown < end[at]
    return at[kept], draw.calendar.find_days(shown[kept])


def _sum_within(values: Floats, starts: Ints, group: Ints) -> Floats:
    """Return running sums that begin anew with each group."""
    total = np.cumsum(values)
    before = total[starts] - values[starts]
    return total - before[group]


def _draw_channels(draw: Draw, people: pl.DataFrame, at: Ints, stream: Stream) -> Ints:
    segment = people["segment"].to_numpy()[at]
    other = spin_each(stream, draw.scenery.segments.channels, segment)
    loyal = happens(stream, _LOYAL_CHANNEL, at.size)
    channel = np.where(loyal, people["channel"].to_numpy()[at], other)
    on_web = people["on_web"].to_numpy()[at]
    on_mini = people["on_mini"].to_numpy()[at]
    channel = np.where((channel == MINI) & ~on_mini, WEB, channel)
    return np.where((channel != TILL) & ~on_web, TILL, channel)


def draw_lines(draw: Draw, people: pl.DataFrame, orders: pl.DataFrame) -> pl.DataFrame:
    """Return a row per line: `order` its place among the orders, `line` from 1, amounts in cents."""
    stream = draw.stream("lines")
    counts = orders["lines"].to_numpy()
    order = np.repeat(np.arange(len(orders)), counts)
    line = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    product = _draw_products(draw, people, orders["at"].to_numpy()[order], stream)
    quantity = _draw_quantities(draw, product, stream)
    list_price = draw.scenery.products.cents[product]
    on_sale = draw.calendar.sales[orders["day"].to_numpy()[order]]
    price = np.where(on_sale, (list_price * _SALE_PERCENT + 50) // 100, list_price)
    gross = quantity * price
    coupon = np.where(orders["coupon"].to_numpy()[order], _choose_coupons(gross), 0)
    coupon = np.where((coupon > 0) & orders["percent"].to_numpy()[order], _BY_PERCENT, coupon)
    off = np.array([0, *(cut for _, cut in _CUTS), 0])[coupon]
    off = np.where(coupon == _BY_PERCENT, (gross * _PERCENT + 50) // 100, off)
    return pl.DataFrame(
        {
            "order": order,
            "line": line,
            "product": product,
            "quantity": quantity,
            "price": price,
            "coupon": coupon,
            "discount": off,
            "paid": gross - off,
        }
    )


def _draw_products(draw: Draw, people: pl.DataFrame, at: Ints, stream: Stream) -> Ints:
    kinds, size = draw.scenery.segments, at.size
    segment = people["segment"].to_numpy()[at]

    def choose(taste: str, wheels: Ints, loyalty: float) -> Ints:
        loyal: Flags = happens(stream, loyalty, size)
        return np.where(loyal, people[taste].to_numpy()[at], spin_each(stream, wheels, segment))

    category = choose("category", kinds.categories, _LOYAL_CATEGORY)
    level = choose("level", kinds.levels, _LOYAL_LEVEL)
    return spin_each(stream, draw.scenery.products.wheels, category * 3 + level)


def _draw_quantities(draw: Draw, product: Ints, stream: Stream) -> Ints:
    quantity = spin(stream, _QUANTITY, product.size) + 1
    products = draw.scenery.products
    gift = products.category_of[product] == len(products.categories) - 1
    bulk = gift & happens(stream, _BULK, product.size)
    return np.where(bulk, 10 + stream.integers(0, 50, product.size), quantity)


def _choose_coupons(gross: Ints) -> Ints:
    """Return the best coupon for each sum."""
    found = np.zeros(gross.size, np.int64)
    for number, (least, _) in reversed(list(enumerate(_CUTS, 1))):
        found = np.where(gross >= least, number, found)
    return found
