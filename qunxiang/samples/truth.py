"""The truth: who the people are, and whose each record and identifier is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from qunxiang.samples.draws import Flags
from qunxiang.samples.people import RESPONSES, Draw
from qunxiang.samples.sales import Sales
from qunxiang.samples.scenery import CHANNELS, GENDERS, LEVELS

_E164 = "+86"


def describe_people(
    draw: Draw, people: pl.DataFrame, orders: pl.DataFrame, lines: pl.DataFrame, seen: Flags
) -> pl.DataFrame:
    """Return a row per person: true attributes, planted tastes and life, and what came of them."""
    kinds, start = draw.scenery.segments, pl.lit(draw.company.start)
    left = pl.col("left") < draw.company.days
    return people.select(
        "person",
        "name",
        _named("gender", GENDERS),
        "birth_date",
        "province",
        "city",
        "district",
        "skin_type",
        "family",
        _named("segment", kinds.names.to_list()),
        _named("category", draw.scenery.products.categories.to_list()).alias("favourite_category"),
        _named("level", LEVELS).alias("price_level"),
        _named("channel", CHANNELS).alias("favourite_channel"),
        (start + pl.duration(days="came")).alias("acquired_on"),
        pl.when(left).then(start + pl.duration(days="left")).alias("churned_on"),
        pl.col("rhythm").alias("rhythm_days"),
        _named("response", RESPONSES),
        "consent",
        "in_crm",
        "on_web",
        "on_mini",
    ).with_columns(seen=pl.Series(seen), **_sum_up(draw, orders, lines))


def _named(column: str, words: tuple[str, ...] | list[str]) -> pl.Expr:
    names = dict(enumerate(words))
    return pl.col(column).cast(pl.Int64).replace_strict(names, return_dtype=pl.String)


def _sum_up(draw: Draw, orders: pl.DataFrame, lines: pl.DataFrame) -> dict[str, pl.Series]:
    """Return orders and money of each person, those that were kept; walk-ins count too."""
    at, kept = orders["at"].to_numpy(), orders["status"].to_numpy() == 0
    order = lines["order"].to_numpy()
    paid = np.where(kept[order], lines["paid"].to_numpy(), 0)
    spent = np.bincount(at[order], paid, draw.size)
    return {
        "orders": pl.Series(np.bincount(at[kept], minlength=draw.size)),
        "spent": pl.Series(np.round(spent) / 100),
    }


def find_seen(people: pl.DataFrame, places: list[pl.Series]) -> Flags:
    """Return who left a trace in any file."""
    seen = people["in_crm"].to_numpy().copy()
    for place in places:
        seen[place.to_numpy()] = True
    return seen


def list_customers(rows: pl.DataFrame, people: pl.DataFrame, after: int) -> Iterator[pl.DataFrame]:
    """Return whose the rows of the CRM are, counted from `after`, and their identifiers."""
    source = "crm"
    number = pl.Series(np.arange(after + 1, after + 1 + len(rows))).cast(pl.String)
    yield _records(source, "row", number, rows["person"])
    known = rows.filter(pl.col("person").is_not_null())
    cards = known.select("会员卡号", "person").unique(maintain_order=True)
    yield _records(source, "member_card", cards["会员卡号"], cards["person"])
    mine = people.filter("in_crm")
    yield _records(source, "phone", _E164 + mine["phone"], mine["person"])
    for kind in ("email", "resident_id"):
        held = mine.filter(pl.col(kind).is_not_null())
        yield _records(source, kind, held[kind], held["person"])


def list_web(sales: Sales, people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Return whose the orders of the web shop are, and the identifiers of those who ordered."""
    source, person = "web_shop", people["person"]
    yield _records(source, "order", sales.orders["order_id"], person.gather(sales.orders["at"]))
    buyers = people.gather(sales.orders["at"].unique().sort())
    yield _records(source, "user_id", buyers["user_id"], buyers["person"])
    yield _records(source, "phone", _E164 + buyers["phone"], buyers["person"])
    bound = buyers.filter("card_on_web")
    yield _records(source, "member_card", bound["card"], bound["person"])


def list_till(sales: Sales, people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Return whose the receipts are, those of walk-ins too: nobody could tell, but we know."""
    source, person, orders = "till", people["person"], sales.orders
    yield _records(source, "order", orders["order_id"], person.gather(orders["at"]))
    carded = people.gather(orders.filter("shows_card")["at"].unique().sort())
    yield _records(source, "member_card", carded["card"], carded["person"])
    called = people.gather(orders.filter("shows_phone")["at"].unique().sort())
    yield _records(source, "phone", _E164 + called["phone"], called["person"])


def list_clicks(events: pl.DataFrame, people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Return the identifiers of those who used the mini program."""
    source = "mini_program"
    users = people.gather(events["at"].unique().sort())
    yield _records(source, "openid", users["openid"], users["person"])
    yield _records(source, "unionid", users["unionid"], users["person"])
    callers = users.filter("phone_on_mini")
    yield _records(source, "phone", _E164 + callers["phone"], callers["person"])


def list_tickets(tickets: pl.DataFrame, people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Return whose the tickets are."""
    yield _records("service", "ticket", tickets["工单号"], tickets["person"])
    callers = people.filter(pl.col("person").is_in(tickets["person"].unique().implode()))
    yield _records("service", "phone", _E164 + callers["phone"], callers["person"])


def _records(source: str, kind: str, value: pl.Series, person: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({"value": value, "person": person})
    return frame.select(
        pl.lit(source).alias("source"), pl.lit(kind).alias("type"), "value", "person"
    )
