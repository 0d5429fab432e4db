"""What rules may name in a workspace: fields, scores, tags, events, audiences and lists."""

from __future__ import annotations

from collections.abc import Mapping

from qunxiang.app.labels import label_values
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Catalog,
    EventDefinition,
    FieldDefinition,
    ListDefinition,
    SourceDefinition,
)
from qunxiang.engine import Kind
from qunxiang.governance import as_field, is_masked
from qunxiang.language import EventInfo, FieldInfo, GroupInfo, Schema, kind_of
from qunxiang.models import SCORES
from qunxiang.profiles import SOURCE, People
from qunxiang.profiles import kind_of as kind_of_value
from qunxiang.tags import AttributeTag, How, MeasureTag, PreferenceTag, TagDefinition

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
    labels = label_values(catalog)
    events = {
        e.name: EventInfo(e.name, e.zh, e.en, _properties(e, personal=personal) | {SOURCE: source})
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
            labels=labels.get(f.name, {}),
        )
        for f in catalog.all(FieldDefinition).values()
    }
    fields |= {
        n: FieldInfo(n, kind, zh, en, _values(people, n), labels=labels.get(n, {}))
        for n, (kind, zh, en) in SCORES.items()
    }
    plain = Schema(fields, events)
    hidden = frozenset[str]() if personal else list_masked(catalog).keys()
    for tag in catalog.all(TagDefinition).values():
        kind = tag_kind(tag, plain)
        if kind is not None:
            values = _values(people, tag.name) if kind == "text" else None
            called = labels.get(tag.name, {})
            fields[tag.name] = FieldInfo(
                tag.name, kind, tag.zh, tag.en, values, tag.name in hidden, called
            )
    audiences, lists = catalog.all(AudienceDefinition), catalog.all(ListDefinition)
    return Schema(fields, events, _groups(audiences), _groups(lists))


def _groups(defined: Mapping[str, AudienceDefinition | ListDefinition]) -> dict[str, GroupInfo]:
    return {one.name: GroupInfo(one.name, one.zh, one.en) for one in defined.values()}


def _properties(event: EventDefinition, *, personal: bool) -> dict[str, FieldInfo]:
    return {
        p.name: FieldInfo(
            p.name, kind_of_value(p.value), p.zh, p.en, hidden=is_masked(p) and not personal
        )
        for p in event.properties
    }


def tag_kind(tag: TagDefinition, schema: Schema) -> Kind | None:
    """Return the kind of a tag's column; None if it shows a field there is none of."""
    how = tag.how
    if how.kind == "measure":
        return kind_of(how.measure, schema)
    if how.kind == "attribute":
        return schema.fields[how.field].kind if how.field in schema.fields else None
    return _KIND_OF_TAG[how.kind]


def list_masked(catalog: Catalog) -> dict[str, FieldDefinition]:
    """Return the columns that show a masked field or property, tags included, and how to mask each."""
    fields, events = catalog.all(FieldDefinition), catalog.all(EventDefinition)
    shown = {name: field for name, field in fields.items() if is_masked(field)}
    for tag in catalog.all(TagDefinition).values():
        field = masked_by(tag.how, fields, events)
        if field is not None:
            shown[tag.name] = field
    return shown


def masked_by(
    how: How, fields: Mapping[str, FieldDefinition], events: Mapping[str, EventDefinition]
) -> FieldDefinition | None:
    """Return the masked field or property whose values a tag shows, as a field; None if none."""
    match how:
        case AttributeTag(field=name):
            field = fields.get(name)
        case MeasureTag(measure=measure) | PreferenceTag(measure=measure):
            event = events.get(measure.event)
            shown = event.property(measure.prop) if event and measure.prop else None
            field = None if shown is None else as_field(shown)
        case _:
            field = None
    return field if field is not None and is_masked(field) else None


def _values(people: People, name: str) -> tuple[str, ...] | None:
    """Return the values seen of a field, so that one never seen can be warned of."""
    column = people.column(name)
    if column is None or column.kind not in {"text", "texts"} or len(column.words) > _MOST_VALUES:
        return None
    return tuple(str(w) for w in column.words.to_pylist())
