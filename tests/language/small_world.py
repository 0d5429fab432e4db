"""A world small enough to write down: people, events, members and lists from plain Python values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qunxiang.engine import Bits, Column, Shelf, Timeline, column_of
from qunxiang.engine.timelines import build, cluster, place
from qunxiang.language import EventInfo, FieldInfo, GroupInfo, Schema

ARROW = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "money": pa.decimal128(18, 4),
    "date": pa.date32(),
    "moment": pa.timestamp("us", "UTC"),
    "yesno": pa.bool_(),
}
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

SMALL = Schema(
    fields={
        f.name: f
        for f in (
            FieldInfo("city", "text", "城市", "City"),
            FieldInfo("age", "number", "年龄", "Age"),
            FieldInfo("score", "number", "得分", "Score"),
            FieldInfo("balance", "money", "余额", "Balance"),
            FieldInfo("birth_date", "date", "生日", "Birthday"),
            FieldInfo("joined", "moment", "入会时间", "Joined"),
            FieldInfo("member", "yesno", "会员", "Member"),
            FieldInfo("likes", "texts", "偏好", "Likes"),
            FieldInfo("never", "text", "无人填写", "Never filled"),
        )
    },
    events={
        "purchase": EventInfo(
            "purchase",
            "购买",
            "Purchase",
            {
                p.name: p
                for p in (
                    FieldInfo("amount", "money", "金额", "Amount"),
                    FieldInfo("quantity", "number", "数量", "Quantity"),
                    FieldInfo("weight", "number", "重量", "Weight"),
                    FieldInfo("category", "text", "品类", "Category"),
                    FieldInfo("order_id", "text", "订单号", "Order"),
                    FieldInfo("coupons", "texts", "优惠券", "Coupons"),
                    FieldInfo("gift", "yesno", "赠品", "Gift"),
                    FieldInfo("due", "date", "交付日", "Due"),
                    FieldInfo("paid", "moment", "付款时间", "Paid"),
                )
            },
        ),
        "visit": EventInfo(
            "visit",
            "访问",
            "Visit",
            {
                "page": FieldInfo("page", "text", "页面", "Page"),
                "seconds": FieldInfo("seconds", "number", "秒数", "Seconds"),
            },
        ),
        "refund": EventInfo(
            "refund",
            "退款",
            "Refund",
            {"amount": FieldInfo("amount", "money", "退款额", "Refunded")},
        ),
    },
    audiences={n: GroupInfo(n) for n in ("vip", "lapsed")},
    lists={"by hand": GroupInfo("by hand")},
)


@dataclass(frozen=True)
class Event:
    """One thing that happened, as a person would write it down."""

    person: int
    event: str
    at: dt.datetime
    row_id: int
    props: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plain:
    """A world in plain Python values, which the oracle reads."""

    people: Sequence[Mapping[str, Any]]
    events: Sequence[Event]
    dead: frozenset[int] = frozenset()
    audiences: Mapping[str, frozenset[int]] = field(default_factory=dict)
    lists: Mapping[str, frozenset[int]] = field(default_factory=dict)
    ids: Sequence[int] = ()
    schema: Schema = SMALL

    def __repr__(self) -> str:
        return f"Plain({len(self.people)} people, {len(self.events)} events)"


@dataclass
class SmallWorld:
    """The same world as the product holds it: a shelf with timelines, columns of people."""

    shelf: Shelf
    size: int
    people: Bits
    columns: dict[str, Column]
    audiences: dict[str, Bits]
    lists: dict[str, Bits]
    ids: np.ndarray

    def version(self, leaf: Any) -> int:  # noqa: ARG002 the protocol asks for it
        return self.shelf.version

    def column(self, name: str) -> Column | None:
        return self.columns.get(name)

    def timeline(self, event: str) -> Timeline | None:
        return Timeline(self.shelf, event) if place(event) + "at" in self.shelf else None

    def members(self, audience: str) -> Bits:
        return self.audiences[audience]

    def listed(self, name: str) -> Bits:
        return self.lists[name]

    def public_ids(self) -> np.ndarray:
        return self.ids


def micros(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def to_column(values: Sequence[Any], kind: str) -> Column:
    """Return values as the product stores them."""
    if kind == "number":
        whole = all(v is None or isinstance(v, int) for v in values)
        return column_of(pa.array(values, pa.int64() if whole else pa.float64()), "number")
    if kind == "money":
        values = [None if v is None else Decimal(v) for v in values]
    return column_of(pa.array(values, ARROW[kind]), kind)


def timeline_columns(
    name: str, info: EventInfo, events: Sequence[Event], size: int, zone: str
) -> dict[str, Column]:
    """Return the columns of one event's timeline by their names on the shelf."""
    person = np.array([e.person for e in events], np.int32)
    at = np.array([micros(e.at) for e in events], np.int64)
    tie = np.array([e.row_id for e in events], np.uint64)
    having, offsets, order = cluster(person, at, tie, size)
    out = {place(name) + n: c for n, c in build(order, having, offsets, at, zone).items()}
    for prop in info.properties.values():
        column = to_column([e.props.get(prop.name) for e in events], prop.kind)
        if column.known().any():
            out[f"{place(name)}of/{prop.name}"] = column.take(order)
    return out


def make_world(folder: Path, plain: Plain, zone: str) -> SmallWorld:
    """Return a world of plain values on a shelf in a folder."""
    size = len(plain.people)
    shelf = Shelf(folder)
    published: dict[str, Column] = {}
    for name, info in plain.schema.events.items():
        mine = [e for e in plain.events if e.event == name]
        if mine:
            published |= timeline_columns(name, info, mine, size, zone)
    shelf.publish(published)
    columns: dict[str, Column] = {}
    for f in plain.schema.fields.values():
        column = to_column([p.get(f.name) for p in plain.people], f.kind)
        if column.known().any():
            columns[f.name] = column.shrunk()

    def bits(people: frozenset[int]) -> Bits:
        return Bits.of_people(np.array(sorted(people), np.int64), size)

    ids = np.array(plain.ids or range(1, size + 1), np.uint64)
    return SmallWorld(
        shelf,
        size,
        Bits.everyone(size) - bits(plain.dead),
        columns,
        {n: bits(m) for n, m in plain.audiences.items()},
        {n: bits(m) for n, m in plain.lists.items()},
        ids,
    )
