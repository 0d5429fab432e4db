"""Propose a mapping: what each column of a file most likely means, from its name and its values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import polars as pl
import pyarrow as pa

from qunxiang.catalog import (
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    PropertyDefinition,
    ValueType,
)
from qunxiang.sources.mappings import (
    AT,
    CUSTOMERS,
    EVENT,
    ID,
    KEY,
    PERSON,
    ColumnMapping,
    MappingDefinition,
    Switch,
)
from qunxiang.sources.templates import Template, find_template

_NOISE = re.compile(r"[\s_\-/\\()()\[\]【】::*#.·]+")
_SIMILAR = 0.86
_MOST_VALUES = 0.8

_TIME_NAMES = (
    "时间", "日期", "下单时间", "支付时间", "付款时间", "成交时间", "订单时间", "交易时间", "消费时间", "消费日期",
    "订单日期", "下单日期", "发生时间", "访问时间", "事件时间", "创建时间", "工单时间", "提交时间", "预约时间", "退款时间",
    "date", "time", "datetime", "timestamp", "order date", "orderdate", "order time", "ordertime",
    "paid at", "purchase date", "invoice date", "invoicedate", "event time", "eventtime", "created at", "at", "occurred at",
)  # fmt: skip
_CHANGED_NAMES = (
    "更新时间",
    "修改时间",
    "最后修改",
    "updated at",
    "updated_at",
    "last modified",
    "modified at",
)
_EVENT_NAMES = (
    "事件",
    "事件名",
    "事件名称",
    "行为",
    "动作",
    "event",
    "event name",
    "action",
    "event type",
)
_KEY_NAMES = (
    "记录编号",
    "序号id",
    "record id",
    "row id",
    "event id",
    "message id",
    "messageid",
    "事件id",
    "流水id",
    "工单号",
    "ticket id",
)
_CANCELLED = (
    "已取消",
    "已退款",
    "退款",
    "退货",
    "交易关闭",
    "已关闭",
    "退款成功",
    "cancelled",
    "canceled",
    "refunded",
    "returned",
    "closed",
)

# How values tell what a column without a telling name holds; the first that fits most values.
_VALUE_SHAPES: tuple[tuple[ValueType, str], ...] = (
    ("resident_id", r"^\d{17}[\dXx]$"),
    ("phone", r"^(?:\+?0{0,2}86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$"),
    ("mail", r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"),
    ("moment", r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ T]\d{1,2}:\d{2}"),
    ("date", r"^(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$"),
    ("yesno", r"^(?:是|否|[YyNn]|yes|no|true|false|TRUE|FALSE)$"),
    ("integer", r"^-?\d{1,15}$"),
    ("number", r"^-?\d+(?:\.\d+)?$"),
    ("money", r"^[¥¥$€£]\s*-?[\d,]+(?:\.\d+)?$"),
)
_FIELD_OF_VALUE: dict[ValueType, str] = {
    "phone": "phone",
    "mail": "email",
    "resident_id": "resident_id",
}


def plain(name: str) -> str:
    """Return a heading as it is compared: width folded, lower case, no spaces or marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True)
class Target:
    """Something a column may mean, and the headings it goes by."""

    to: str
    names: frozenset[str]
    value: ValueType


@dataclass(frozen=True)
class Vocabulary:
    """The definitions a proposal may choose from."""

    fields: Mapping[str, FieldDefinition]
    events: Mapping[str, EventDefinition]
    identifiers: Mapping[str, IdentifierDefinition]

    def event_named(self, word: str) -> str | None:
        """Return the event that goes by a word, in either language."""
        wanted = plain(word)
        for event in self.events.values():
            if wanted in {plain(w) for w in (event.name, event.zh, event.en, *event.synonyms) if w}:
                return event.name
        return None

    def _properties(self, rows: str) -> list[PropertyDefinition]:
        """Return the properties of an event; of `events`, those of all of them, each once."""
        chosen = [self.events[rows]] if rows in self.events else list(self.events.values())
        found: dict[str, PropertyDefinition] = {}
        for event in chosen:
            for one in event.properties:
                known = found.get(one.name)
                synonyms = (*known.synonyms, *one.synonyms) if known else one.synonyms
                found[one.name] = one.model_copy(update={"synonyms": synonyms})
        return list(found.values())

    def targets(self, rows: str) -> list[Target]:
        """Return what columns of such rows may mean, the more special first."""
        ids = [
            Target(ID + i.name, _names(i.name, i.zh, i.en, i.synonyms), "text")
            for i in self.identifiers.values()
        ]
        fields = [
            Target(f.name, _names(f.name, f.zh, f.en, f.synonyms), f.value)
            for f in self.fields.values()
        ]
        if rows == CUSTOMERS:
            return [Target(AT, _names(*_CHANGED_NAMES), "moment"), *fields, *ids]
        contacts = [
            Target(ID + f.identifier, t.names, f.value)
            for f, t in zip(self.fields.values(), fields, strict=True)
            if f.identifier is not None
        ]
        properties = [
            Target(p.name, _names(p.name, p.zh, p.en, p.synonyms), p.value)
            for p in self._properties(rows)
        ]
        special = [
            Target(AT, _names(*_TIME_NAMES), "moment"),
            Target(EVENT, _names(*_EVENT_NAMES), "text"),
            Target(KEY, _names(*_KEY_NAMES), "text"),
        ]
        taken = {p.to for p in properties}
        # A ticket's number is worth keeping as a property; it would not be one as the row's key.
        keyed = [
            t for t in special if not (t.to == KEY and "ticket_id" in taken and rows in self.events)
        ]
        own = [
            replace(t, to=PERSON + t.to)
            for f, t in zip(self.fields.values(), fields, strict=True)
            if f.identifier is None
        ]
        return [*keyed, *properties, *ids, *contacts, *own]


def _names(*words: str | tuple[str, ...]) -> frozenset[str]:
    flat: list[str] = []
    for word in words:
        flat.extend(word if isinstance(word, tuple) else (word,))
    return frozenset(plain(w) for w in flat if w)


def propose(
    name: str, source: str, rows: str, sample: pa.RecordBatch, vocabulary: Vocabulary
) -> MappingDefinition:
    """Propose what the columns of a file mean.

    Args:
        name: the name the mapping will be kept under.
        source: where the rows come from.
        rows: `customers`, or the event the rows are.
        sample: the first rows of the file, all columns text.
        vocabulary: the definitions to choose from.
    """
    targets = vocabulary.targets(rows)
    template = find_template(rows, sample.schema.names)
    chosen = {} if template is None else _by_template(template, sample, {t.to for t in targets})
    taken = {c.to for c in chosen.values() if c.to is not None}
    for match in (_match_exactly, _match_nearly):
        for column in sample.schema.names:
            if column in chosen:
                continue
            found = match(column, (t for t in targets if t.to not in taken or t.value == "phone"))
            if found is not None:
                chosen[column] = found
                taken.add(found.to or "")
    new: list[FieldDefinition] = []
    for column in sample.schema.names:
        if column not in chosen:
            mapped, field = _by_values(column, sample.column(column), rows, taken, vocabulary)
            chosen[column] = mapped
            taken.add(mapped.to or "")
            new.extend([field] if field is not None else [])
    columns = tuple(chosen[c] for c in sample.schema.names)
    draft = MappingDefinition(name=name, source=source, rows=rows, columns=columns, new=tuple(new))
    if template is not None:
        key = template.key_among(sample.schema.names)
        draft = draft.model_copy(update={"template": template.name, "key": key})
    return draft.model_copy(update={"switches": _propose_switches(draft, sample)})


def _by_template(
    template: Template, sample: pa.RecordBatch, known: set[str]
) -> dict[str, ColumnMapping]:
    """Return what a known export's columns mean, as far as there are such things in the workspace."""
    out: dict[str, ColumnMapping] = {}
    for column in sample.schema.names:
        to = template.columns.get(column)
        if to is not None and (not to or to in known):
            out[column] = ColumnMapping(
                column=column, to=to or None, confidence=0.99, because="template"
            )
    return out


def _match_exactly(column: str, targets: Iterable[Target]) -> ColumnMapping | None:
    wanted = plain(column)
    for target in targets:
        if wanted in target.names:
            return ColumnMapping(column=column, to=target.to, confidence=0.98, because="name")
    return None


def _match_nearly(column: str, targets: Iterable[Target]) -> ColumnMapping | None:
    wanted = plain(column)
    best, score = None, _SIMILAR
    for target in targets:
        for name in target.names:
            ratio = SequenceMatcher(None, wanted, name).ratio()
            if ratio > score:
                best, score = target, ratio
    if best is None:
        return None
    return ColumnMapping(
        column=column, to=best.to, confidence=round(score * 0.9, 2), because="similar name"
    )


def _by_values(
    column: str, values: pa.Array, rows: str, taken: set[str], vocabulary: Vocabulary
) -> tuple[ColumnMapping, FieldDefinition | None]:
    """Choose by the values: a contact, a new field of the type they have, or nothing if all blank."""
    value = value_type(values)
    if value is None:
        return ColumnMapping(column=column, to=None, confidence=1.0, because="unused"), None
    known = _FIELD_OF_VALUE.get(value)
    if known is not None:
        target = known if rows == CUSTOMERS else ID + str(vocabulary.fields[known].identifier)
        if target not in taken or value == "phone":
            return ColumnMapping(column=column, to=target, confidence=0.7, because="values"), None
    if rows != CUSTOMERS and value == "moment" and AT not in taken:
        return ColumnMapping(column=column, to=AT, confidence=0.6, because="values"), None
    field = FieldDefinition(name=field_name(column), zh=column, en=column, value=value)
    if rows == CUSTOMERS and field.name in vocabulary.fields:
        field = field.model_copy(update={"name": f"{field.name}_2"})
    return ColumnMapping(column=column, to=field.name, confidence=0.5, because="new"), field


def field_name(column: str) -> str:
    """Return a column's heading as a name that definitions may have."""
    name = re.sub(r"[^\w\u4e00-\u9fff]+", "_", unicodedata.normalize("NFKC", column)).strip("_")[
        :60
    ]
    return name if name and not name[0].isdigit() else f"column_{name}"


def value_type(values: pa.Array) -> ValueType | None:
    """Return the type most values have: text if no other fits, None if all are blank."""
    series = pl.from_arrow(values)
    assert isinstance(series, pl.Series)
    known = series.str.strip_chars().drop_nulls()
    known = known.filter(known != "")
    if len(known) == 0:
        return None
    for value, shape in _VALUE_SHAPES:
        if float(known.str.contains(shape).mean() or 0.0) >= _MOST_VALUES:  # pyright: ignore[reportArgumentType]
            return value
    few = known.n_unique() <= max(12, len(known) // 20)
    return "choice" if few and len(known) >= 20 else "text"


def _propose_switches(mapping: MappingDefinition, sample: pa.RecordBatch) -> tuple[Switch, ...]:
    """Propose that cancelled orders are refunds, by their status, number or sign."""
    if mapping.rows != "purchase":
        return ()
    found: list[Switch] = []
    status, order, quantity = (mapping.column_for(t) for t in ("status", "order_id", "quantity"))
    if status is not None:
        seen = {str(v).strip() for v in sample.column(status).to_pylist() if v}
        words = tuple(w for w in _CANCELLED if any(w == s.casefold() for s in seen)) or _CANCELLED
        found.append(Switch(column=status, test="equals", values=words, event="refund"))
    if order is not None and _marks_cancelled(sample.column(order).to_pylist()):
        found.append(Switch(column=order, test="starts_with", values=("C",), event="refund"))
    if quantity is not None:
        found.append(Switch(column=quantity, test="negative", event="refund"))
    return tuple(found)


def _marks_cancelled(orders: Sequence[str | None]) -> bool:
    """Say whether order numbers are digits, or digits after a C for cancelled."""
    known = [o.strip() for o in orders if o]
    numbered = sum(o.isdigit() for o in known)
    return numbered >= 0.5 * len(known) and all(
        o.isdigit() or re.fullmatch(r"[A-Z]\d+", o) for o in known
    )
