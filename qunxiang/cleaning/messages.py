"""Messages become rows of text, a table for each event and source, as a file's would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import polars as pl
import pyarrow as pa
import xxhash

from qunxiang.catalog import ValueType
from qunxiang.cleaning.changes import CHANGE, IN_TURN, LISTS, UNLINK, write_change
from qunxiang.cleaning.items import Told
from qunxiang.cleaning.tidying import RECORD, SAID
from qunxiang.cleaning.wording import CONTEXT, PROPERTY
from qunxiang.errors import QunxiangError
from qunxiang.sources import (
    AT,
    BY_NAME,
    CUSTOMERS,
    ID,
    KEY,
    REPEAT,
    Change,
    Message,
    Portion,
    flatten,
    plain,
)

_AHEAD = 600 * 1_000_000  # a client's clock may be that fast; what is later cannot be
_BEGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC; written with a Z
_DEPTH = 40  # deeper than the intake lets in
_LINES = ("products", "items", "contents")
# Of these a message may hold several lines, as an order does its products.
_WITH_LINES = frozenset({"purchase", "refund", "add_to_cart", "view_item"})
_KEPT = frozenset(
    {
        "page_url", "page_path", "page_title", "referrer", "screen",
        "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
        "device_type", "os", "browser", "app_version", "language", "city",
    }
)  # fmt: skip
_VALUE = 2_000  # letters of a message shown with why it was set aside
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass
class Sheet:
    """Rows of one kind: `cells` has a dict of texts for each, `numbers` where they came from."""

    numbers: list[int] = field(default_factory=list[int])
    cells: list[dict[str, str | None]] = field(default_factory=list[dict[str, str | None]])

    hints: dict[str, ValueType] = field(default_factory=dict[str, ValueType])

    def hint(self, change: Change, fields: Mapping[str, Any]) -> None:
        """Remember of which type a field must be, if it is new and the change tells."""
        for name, value in fields.items():
            if change in LISTS or isinstance(value, list):
                self.hints.setdefault(PROPERTY + name, "texts")
            elif change == "add":
                self.hints.setdefault(PROPERTY + name, "number")

    def columns(self) -> list[str]:
        """Return the columns that any row has, in order of appearance."""
        seen: dict[str, None] = {}
        for row in self.cells:
            seen.update(dict.fromkeys(row))
        return list(seen)

    def planned(self) -> dict[str, str]:
        """Return how values must be written for what is done with them, by the plain words for them."""
        return {plain(n.removeprefix(PROPERTY)): value for n, value in self.hints.items()}

    def batch(self) -> pa.RecordBatch:
        """Return the rows as columns of text."""
        names = self.columns()
        arrays = [pa.array([row.get(n) for row in self.cells], pa.string()) for n in names]
        return pa.RecordBatch.from_arrays(arrays, names=names)


@dataclass
class Aside:
    """Messages that cannot be used, and why."""

    numbers: list[int] = field(default_factory=list[int])
    codes: list[str] = field(default_factory=list[str])
    values: list[str] = field(default_factory=list[str])

    def add(self, number: int, code: str, raw: bytes) -> None:
        """Set one aside."""
        self.numbers.append(number)
        self.codes.append(code)
        self.values.append(raw[:_VALUE].decode("utf-8", "backslashreplace"))

    def frame(self) -> pl.DataFrame:
        """Return them as rows of what was set aside."""
        return pl.DataFrame(
            {"row_no": self.numbers, "code": self.codes, "value": self.values},
            schema={"row_no": pl.Int64, "code": pl.String, "value": pl.String},
        ).select(
            "row_no",
            pl.lit("").alias("column"),
            "code",
            "value",
            pl.lit(value=True).alias("whole_row"),
            pl.lit("").alias("event"),
        )


@dataclass
class Sorted:
    """Messages of one source, sorted by what they are: `sheets` by event, or customers; `items`.

    `renames` says, by their plain words, which events are to be others.
    """

    source: str
    renames: Mapping[str, str] = field(default_factory=dict[str, str])
    sheets: dict[str, Sheet] = field(default_factory=dict[str, Sheet])
    aside: Aside = field(default_factory=Aside)
    items: Told = field(default_factory=Told)
    repeats: int = 0
    messages: int = 0
    received: int = 0  # when the last of them was, microseconds


class Sorter:
    """Translates messages and sorts them.

    Args:
        event_of: returns the event that a client's word stands for, the word itself if it is new.
    """

    def __init__(self, event_of: Callable[[str], str]) -> None:
        self._event_of = event_of

    def sort(self, portion: Portion, into: Sorted) -> None:
        """Sort the messages of a portion of the log, all of one source."""
        batch = portion.messages
        columns = (batch.column(n).to_pylist() for n in _READ)
        for number, raw, fault, protocol, about, received in zip(
            portion.numbers().tolist(), *columns, strict=True
        ):
            into.messages += 1
            into.received = max(into.received, received)
            if fault == REPEAT:
                into.repeats += 1
                continue
            code = fault
            if not code:
                try:
                    said = BY_NAME[protocol].translate(raw, about, received)
                    code = self._put(said, number, received, into)
                except QunxiangError as error:
                    code = error.code
            if code:
                into.aside.add(number, code, raw)

    def _put(self, said: Message, number: int, received: int, into: Sorted) -> str:
        """Put a message on its sheets; return why it cannot be used, or an empty text."""
        if said.kind == "none":
            return ""
        at = said.at if said.at is not None and said.at <= received + _AHEAD else received
        if said.kind == "item":
            into.items.add(number, at, said)
            return ""
        ids, more = _spread(said.ids)
        if not ids:
            return "row.no_person"
        content = str(
            xxhash.xxh3_64_intdigest(
                _encode((said.event, said.ids, said.properties, said.changes, said.group))
            )
        )
        base: dict[str, str | None] = {AT: _moment(at), SAID: content, **ids}
        if said.kind == "event" or said.group is not None:
            word = into.renames.get(plain(said.event), said.event) if into.renames else said.event
            name = self._event_of(word) or "group"
            sheet = into.sheets.setdefault(name, Sheet())
            for place, cells in enumerate(list_cells(name, said)):
                key = said.id or f"{content}@{at}"
                sheet.numbers.append(number)
                sheet.cells.append({**base, KEY: f"{key}#{place}" if place else key, **cells})
        if said.kind == "unlink":
            _put_parting(into, number, base, more)
        elif said.group is None and (said.changes or said.kind != "event" or more):
            _put_person(into, number, base, more, said)
        return ""


def list_cells(name: str, said: Message) -> list[dict[str, str | None]]:
    """Return what a message says of an event: a row of texts, or several if it has lines."""
    properties = said.properties
    context = {CONTEXT + n: v for n, v in said.context.items() if n in _KEPT}
    if said.group is not None:
        kind, key = said.group
        properties = {**properties, "group_type": kind, "group_key": key}
        properties.update(said.changes.get("set", {}))
    lines = _lines_of(name, properties)
    if lines is None:
        return [{**context, **_flat(properties)}]
    rest = {n: v for n, v in properties.items() if n not in _LINES}
    # What an order costs in all is not what each of its lines costs.
    whole = {n: v for n, v in rest.items() if n not in {"total", "revenue", "value", "amount"}}
    return [{**context, **_flat({**whole, **line})} for line in lines]


def _lines_of(name: str, properties: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    if name not in _WITH_LINES:
        return None
    for word in _LINES:
        lines = properties.get(word)
        if isinstance(lines, list) and lines and all(isinstance(x, dict) for x in lines):
            return cast("list[dict[str, Any]]", lines)
    return None


_READ = ("raw", "fault", "protocol", "about", "received")


def _put_parting(
    into: Sorted, number: int, base: Mapping[str, str | None], more: list[tuple[str, str]]
) -> None:
    """Put who is not whom any more: the strongest identifier, and each other one."""
    sheet = into.sheets.setdefault(CUSTOMERS, Sheet())
    for further in ({}, *({ID + kind: value} for kind, value in more)):
        sheet.numbers.append(number)
        key = f"{base[SAID]}@{base[AT]}:{len(sheet.cells)}"
        sheet.cells.append({**base, **further, CHANGE: UNLINK, KEY: key})


def _put_person(
    into: Sorted,
    number: int,
    base: Mapping[str, str | None],
    more: list[tuple[str, str]],
    said: Message,
) -> None:
    """Put what a message says about the person itself, and who else they are."""
    sheet = into.sheets.setdefault(CUSTOMERS, Sheet())
    # Without a name, saying the same thing later is saying it again.
    key = said.id or f"{base[SAID]}@{base[AT]}"
    asked: list[Change] = [
        n for n in IN_TURN if said.changes.get(n) or (n == "delete" and n in said.changes)
    ]
    if not asked and said.kind != "event":
        asked.append("set")
    for name in asked:
        fields = said.changes.get(name, {})
        marks, values = write_change(name, fields, PROPERTY)
        sheet.numbers.append(number)
        sheet.cells.append({**base, **marks, KEY: f"{key}:{name}", **_flat(values)})
        sheet.hint(name, fields)
    for kind, value in more:
        # Two identifiers of one type are one person by a record that both are seen with.
        joint = {ID + RECORD: f"{into.source}:{key}"}
        for own in ({**base}, {AT: base[AT], SAID: base[SAID], ID + kind: value}):
            sheet.numbers.append(number)
            sheet.cells.append({**own, **joint, KEY: f"{key}:{len(sheet.cells)}"})


def _spread(
    ids: tuple[tuple[str, str], ...],
) -> tuple[dict[str, str | None], list[tuple[str, str]]]:
    """Return the first identifier of each type as cells, and the further ones."""
    cells: dict[str, str | None] = {}
    more: list[tuple[str, str]] = []
    for kind, value in ids:
        if ID + kind not in cells:
            cells[ID + kind] = value
        elif cells[ID + kind] != value:
            more.append((kind, value))
    return cells, more


def _flat(values: Mapping[str, Any]) -> dict[str, str | None]:
    return {PROPERTY + name: text for name, text in flatten(dict(values), _DEPTH).items()}


def _moment(at: int) -> str:
    # The way that `clean_moment` reads fastest; all messages are written in it.
    return (_BEGIN + timedelta(microseconds=at)).isoformat(timespec="microseconds") + "Z"


def find_mentions(portion: Portion, told: list[str]) -> set[int]:
    """Return the messages in whose text one of some values stands."""
    if not told:
        return set()
    wanted = [t.encode() for t in told]
    raws = zip(portion.numbers().tolist(), portion.messages.column("raw").to_pylist(), strict=True)
    return {number for number, raw in raws if any(t in raw for t in wanted)}


def list_ids(portion: Portion) -> dict[str, tuple[list[int], list[str]]]:
    """Return, by type, the identifiers that messages bear, and whose message each is of."""
    found: dict[str, tuple[list[int], list[str]]] = {}
    batch = portion.messages
    columns = (batch.column(n).to_pylist() for n in ("raw", "protocol", "about", "received"))
    for number, raw, protocol, about, received in zip(
        portion.numbers().tolist(), *columns, strict=True
    ):
        try:
            said = BY_NAME[protocol].translate(raw, about, received)
        except QunxiangError:
            continue
        for kind, value in said.ids:
            numbers, values = found.setdefault(kind, ([], []))
            numbers.append(number)
            values.append(value)
    return found
