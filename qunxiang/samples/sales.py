"""Orders as the web shop exports them and as the tills of the shops do: one row per line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from qunxiang.samples.draws import Flags, Ints, happens
from qunxiang.samples.mess import PHONE_WAYS, Mess, count_cents, spell_cents
from qunxiang.samples.people import Draw
from qunxiang.samples.purchases import COUPONS, PAYMENTS_ONLINE, PAYMENTS_TILL, SHOPS, STATUSES

_ROOM = 10**9  # order numbers of a day
_PHONE_GIVEN = 0.93


@dataclass(frozen=True)
class Sales:
    """The sales of a chunk in one system.

    Attributes:
        rows: the lines under the system's headings.
        orders: of each order the `order_id`, the place of the person in the chunk, `at`, and
            what the till was shown: `shows_card` and `shows_phone`.
        cents: what was paid in all, and what was paid and kept.
    """

    rows: pl.DataFrame
    orders: pl.DataFrame
    cents: int
    kept_cents: int


def build_web(
    draw: Draw,
    people: pl.DataFrame,
    sold: tuple[pl.DataFrame, pl.DataFrame],
    after: int,
    *,
    plain: bool,
) -> Sales:
    """Return the web shop's orders; `after` counts the orders of earlier chunks."""
    orders, lines, place = _part(*sold, sold[0]["in_store"].not_().to_numpy())
    number = _number_orders(draw, orders, after)
    ids = _write_number("W", number)
    mess = Mess(draw.stream("web"), 0.0 if plain else draw.company.messy)
    bought = people.gather(orders["at"].to_numpy()).select(
        "user_id", "card", "phone", "card_on_web"
    )
    given = pl.Series(happens(mess.stream, _PHONE_GIVEN, len(orders)))
    bought = bought.with_columns(
        number=ids,
        phone=pl.when(given).then("phone"),
        card=pl.when("card_on_web").then("card"),
        pay=PAYMENTS_ONLINE.gather(orders["pay"]),
        status=STATUSES.gather(orders["status"]),
        shop=SHOPS.gather(orders["shop"]),
        time=pl.from_epoch(orders["seconds"]).cast(pl.Datetime("ms")),
    )
    bought = bought.with_columns(phone=mess.rewrite_series(bought["phone"], PHONE_WAYS))
    each, product = bought.gather(place), draw.scenery.products.table.gather(lines["product"])
    rows = pl.DataFrame(
        {
            "订单号": each["number"],
            "子订单号": each["number"] + "-" + lines["line"].cast(pl.String),
            "用户编号": each["user_id"],
            "会员卡号": each["card"],
            "手机号": each["phone"],
            "商品编码": product["code"],
            "商品名称": product["name"],
            "类目": product["category"],
            "品牌": product["brand"],
            "数量": lines["quantity"],
            "单价": _amounts(lines, "price", plain=plain),
            "优惠金额": _amounts(lines, "discount", plain=plain),
            "实付金额": _amounts(lines, "paid", mess, plain=plain),
            "优惠券": COUPONS.gather(lines["coupon"]),
            "下单时间": each["time"],
            "支付方式": each["pay"],
            "订单状态": each["status"],
            "渠道": each["shop"],
        }
    )
    done = orders["status"].to_numpy()[place] == 0
    return _close(rows, orders, ids, lines["paid"].to_numpy(), done)


def build_till(
    draw: Draw,
    people: pl.DataFrame,
    sold: tuple[pl.DataFrame, pl.DataFrame],
    after: int,
    *,
    plain: bool,
) -> Sales:
    """Return the tills' sales; `after` counts the receipts of earlier chunks."""
    orders, lines, place = _part(*sold, sold[0]["in_store"].to_numpy())
    store, seen = _choose_stores(draw, people, orders)
    ids = _write_number(
        "S" + pl.Series(store + 1).cast(pl.String).str.zfill(3) + "-",
        _number_orders(draw, orders, after),
    )
    mess = Mess(draw.stream("till"), 0.0 if plain else draw.company.messy)
    phone = seen.select(pl.when("shows_phone").then("phone"))[:, 0]
    each = pl.DataFrame(
        {
            "number": ids,
            "card": seen.select(pl.when("shows_card").then("card"))[:, 0],
            "phone": mess.rewrite_series(phone, PHONE_WAYS),
            "time": pl.from_epoch(orders["seconds"]).cast(pl.Datetime("ms")),
            "store": draw.scenery.places.stores.gather(store),
            "pay": PAYMENTS_TILL.gather(orders["pay"]),
        }
    ).gather(place)
    product = draw.scenery.products.table.gather(lines["product"])
    rows = pl.DataFrame(
        {
            "小票号": each["number"],
            "行号": lines["line"],
            "会员卡号": each["card"],
            "手机": each["phone"],
            "货号": product["code"],
            "品名": product["name"],
            "类别": product["category"],
            "数量": lines["quantity"],
            "单价": _amounts(lines, "price", plain=plain),
            "优惠": _amounts(lines, "discount", plain=plain),
            "金额": _amounts(lines, "paid", plain=plain),
            "消费时间": each["time"],
            "门店": each["store"],
            "收款方式": each["pay"],
        }
    )
    done = np.ones(len(lines), np.bool_)
    return _close(rows, orders, ids, lines["paid"].to_numpy(), done)


def _part(
    orders: pl.DataFrame, lines: pl.DataFrame, mine: Flags
) -> tuple[pl.DataFrame, pl.DataFrame, Ints]:
    """Return one system's orders and lines, and the place of each line's order among them."""
    order = lines["order"].to_numpy()
    kept = mine[order]
    place = (np.cumsum(mine) - 1)[order[kept]]
    return orders.filter(mine), lines.filter(kept), place


def _number_orders(draw: Draw, orders: pl.DataFrame, after: int) -> Ints:
    """Return numbers such as 20260305000012345: the day, and how many orders came before."""
    return (
        draw.calendar.ymd[orders["day"].to_numpy()] * _ROOM + after + np.arange(1, len(orders) + 1)
    )


def _write_number(prefix: str | pl.Series, number: Ints) -> pl.Series:
    return pl.Series("number", prefix + pl.Series(number).cast(pl.String))


def _amounts(
    lines: pl.DataFrame, column: str, mess: Mess | None = None, *, plain: bool
) -> pl.Series:
    cents = lines[column].to_numpy()
    if plain:
        return count_cents(cents)
    return mess.write_money(cents) if mess else spell_cents(cents)


def _choose_stores(
    draw: Draw, people: pl.DataFrame, orders: pl.DataFrame
) -> tuple[Ints, pl.DataFrame]:
    """Return where each order was made, mostly the home store, and who made it."""
    stream, stores = draw.stream("stores"), draw.scenery.places.stores
    who = people.gather(orders["at"].to_numpy()).select("card", "phone", "store")
    abroad = happens(stream, 0.12, len(orders))
    away = stream.integers(0, len(stores), len(orders))
    shown = who.with_columns(orders["shows_card"], orders["shows_phone"])
    return np.where(abroad, away, who["store"].to_numpy()), shown


def _close(
    rows: pl.DataFrame, orders: pl.DataFrame, ids: pl.Series, paid: Ints, done: Flags
) -> Sales:
    whose = orders.select("at", "shows_card", "shows_phone").with_columns(order_id=ids)
    return Sales(rows, whose, int(paid.sum()), int(paid[done].sum()))
