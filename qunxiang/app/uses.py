"""Which definitions name which: asked before one is taken out of force, and shown beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qunxiang.app.timetables import REFRESH, ScheduleDefinition
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Catalog,
    Definition,
    EventDefinition,
    FieldDefinition,
    FixDefinition,
    IdentifierDefinition,
    ListDefinition,
    PlanDefinition,
    SourceDefinition,
)
from qunxiang.language import Compare, InAudience, Listed, Measured, Rule, leaves
from qunxiang.models import SCORES, LifecycleDefinition, RfmDefinition
from qunxiang.sources import (
    CUSTOMERS,
    ID,
    PERSON,
    ConnectorDefinition,
    HookDefinition,
    MappingDefinition,
)
from qunxiang.tags import TagDefinition, measures_of, names_used, rules_of

# Every kind of definition, by the word that people and routes call it.
KINDS: dict[str, type[Definition]] = {
    "fields": FieldDefinition,
    "events": EventDefinition,
    "identifiers": IdentifierDefinition,
    "sources": SourceDefinition,
    "mappings": MappingDefinition,
    "lists": ListDefinition,
    "tags": TagDefinition,
    "audiences": AudienceDefinition,
    "rfm": RfmDefinition,
    "lifecycle": LifecycleDefinition,
    "connectors": ConnectorDefinition,
    "hooks": HookDefinition,
    "schedules": ScheduleDefinition,
    "plans": PlanDefinition,
    "fixes": FixDefinition,
}
Key = tuple[str, str]  # a kind and a name


@dataclass(frozen=True)
class Use:
    """A definition in force that names another."""

    kind: str
    name: str
    zh: str
    en: str


def find_uses(catalog: Catalog) -> dict[Key, tuple[Use, ...]]:
    """Return, for whatever is named by a definition in force, the definitions that name it."""
    whole = {kind: catalog.all(cls) for kind, cls in KINDS.items()}
    out: dict[Key, dict[Use, None]] = {}
    for kind, found in whole.items():
        for definition in found.values():
            user = Use(kind, definition.name, definition.zh, definition.en)
            for named in set(_named_by(definition)):
                for key in _homes(named, whole):
                    out.setdefault(key, {})[user] = None
    return {key: tuple(users) for key, users in out.items()}


def _homes(named: Key, whole: dict[str, dict[str, Definition]]) -> Iterator[Key]:
    """Yield what a name means: a column of the portrait may be a field, a tag or a score."""
    kind, name = named
    if kind != "column":
        yield named
    elif name in whole["tags"]:  # a tag hides a field of its name, as it does in rules
        yield "tags", name
    elif name in whole["fields"]:
        yield "fields", name
    elif name in SCORES:
        yield ("lifecycle" if name == "lifecycle" else "rfm"), name.partition("_")[0]


def _named_by(definition: Definition) -> Iterator[Key]:
    match definition:
        case TagDefinition(how=how):
            yield from (("column", name) for name in names_used(how))
            yield from (("events", measure.event) for measure in measures_of(how))
            if how.kind == "list":
                yield "lists", how.list
            for rule in rules_of(how):
                yield from _in_rule(rule)
        case AudienceDefinition(rule=rule):
            yield from _in_rule(rule)
        case MappingDefinition():
            yield from _in_mapping(definition)
        case FieldDefinition(identifier=str(kind)):
            yield "identifiers", kind
        case RfmDefinition(event=event) | LifecycleDefinition(event=event):
            yield "events", event
        case ConnectorDefinition(mapping=str(name)):
            yield "mappings", name
        case ScheduleDefinition(runs=name) if name != REFRESH:
            yield "connectors", name
        case _:
            yield from _of_sources(definition)


def _of_sources(definition: Definition) -> Iterator[Key]:
    match definition:
        case PlanDefinition(sources=sources, events=planned):
            yield from (("sources", source) for source in sources)
            yield from (("events", event.event) for event in planned)
        case FixDefinition(source=source, event=event):
            yield from (("sources", source), ("events", event))
        case HookDefinition(ids=ids, fields=fields, event=event):
            yield from (("identifiers", kind) for kind in ids)
            yield from (("fields", name) for name in fields)
            yield from [("events", event)] if event else []
        case _:
            pass


def _in_rule(rule: Rule) -> Iterator[Key]:
    for _, leaf in leaves(rule):
        match leaf:
            case Compare(field=name):
                yield "column", name
            case Measured(measure=measure):
                yield "events", measure.event
            case InAudience(audience=name):
                yield "audiences", name
            case Listed(list=name):
                yield "lists", name
            case _:
                pass


def _in_mapping(mapping: MappingDefinition) -> Iterator[Key]:
    yield "sources", mapping.source
    if mapping.rows != CUSTOMERS:
        yield "events", mapping.rows
    yield from (("events", switch.event) for switch in mapping.switches)
    for column in mapping.columns:
        to = column.to or ""
        if to.startswith(ID):
            yield "identifiers", to.removeprefix(ID)
        elif to.startswith(PERSON):
            yield "fields", to.removeprefix(PERSON)
        elif mapping.rows == CUSTOMERS and to:
            yield "fields", to
