"""What rules may name in a workspace: fields, scores, tags, events, audiences and lists."""

from __future__ import annotations

from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Catalog,
    EventDefinition,
    FieldDefinition,
    ListDefinition,
    SourceDefinition,
)
from qunxiang.engine import Kind
from qunxiang.governance import is_masked
from qunxiang.language import EventInfo, FieldInfo, Schema, kind_of
from qunxiang.models import SCORES
from qunxiang.profiles import SOURCE, People
from qunxiang.profiles import kind_of as kind_of_value
from qunxiang.tags import TagDefinition

_MOST_VALUES = 2_000
_KIND_OF_TAG: dict[str, Kind] = {
    "levels": "text",
    "rule": "yesno",
    "rules": "text",
    "derived": "text",
    "manual": "text",
    "list": "yesno",
    "preference": "text",
}


def make_schema(catalog: Catalog, people: People, *, personal: bool) -> Schema:
    """Return the schema of a workspace as one caller may see it."""
    source = FieldInfo(SOURCE, "text", "来源", "source", tuple(catalog.all(SourceDefinition)))
    events = {
        e.name: EventInfo(e.name, e.zh, e.en, _properties(e) | {SOURCE: source})
        for e in catalog.all(EventDefinition).values()
    }
    fields = {
        f.name: FieldInfo(
            f.name,
            kind_of_value(f.value),
            f.zh,
            f.en,
            None if is_masked(f) else _values(people, f.name),
            hidden=is_masked(f) and not personal,
        )
        for f in catalog.all(FieldDefinition).values()
    }
    fields |= {
        n: FieldInfo(n, kind, zh, en, _values(people, n)) for n, (kind, zh, en) in SCORES.items()
    }
    plain = Schema(fields, events, frozenset(), frozenset())
    for tag in catalog.all(TagDefinition).values():
        info = _tag_info(tag, plain, people)
        if info is not None:
            fields[tag.name] = info
    return Schema(
        fields,
        events,
        frozenset(catalog.all(AudienceDefinition)),
        frozenset(catalog.all(ListDefinition)),
    )


def _properties(event: EventDefinition) -> dict[str, FieldInfo]:
    return {
        p.name: FieldInfo(p.name, kind_of_value(p.value), p.zh, p.en, None)
        for p in event.properties
    }


def _tag_info(tag: TagDefinition, schema: Schema, people: People) -> FieldInfo | None:
    how = tag.how
    hidden = False
    if how.kind == "measure":
        kind = kind_of(how.measure, schema)
    elif how.kind == "attribute":
        if how.field not in schema.fields:
            return None
        kind, hidden = schema.fields[how.field].kind, schema.fields[how.field].hidden
    else:
        kind = _KIND_OF_TAG[how.kind]
    values = _values(people, tag.name) if kind == "text" else None
    return FieldInfo(tag.name, kind, tag.zh, tag.en, values, hidden=hidden)


def _values(people: People, name: str) -> tuple[str, ...] | None:
    """Return the values seen of a field, so that one never seen can be warned of."""
    column = people.column(name)
    if column is None or column.kind not in {"text", "texts"} or len(column.words) > _MOST_VALUES:
        return None
    return tuple(str(w) for w in column.words.to_pylist())
