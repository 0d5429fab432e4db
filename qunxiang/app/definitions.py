"""Put a definition in force: only after everything it names was checked."""

from __future__ import annotations

from qunxiang.app.house import House
from qunxiang.app.lists import Lists
from qunxiang.app.questions import Questions
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Definition,
    EventDefinition,
    FieldDefinition,
    IdentifierDefinition,
    ListDefinition,
    SourceDefinition,
    kind_of,
)
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.language import check_measure
from qunxiang.models import LifecycleDefinition, RfmDefinition
from qunxiang.sources import MappingDefinition
from qunxiang.tags import TagDefinition, change_rules, check_order, measures_of, names_used

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
}


def save_definition(house: House, caller: Caller, definition: Definition) -> int:
    """Check a definition, keep it, and return its version.

    Raises:
        QunxiangError: naming the first thing it names that does not exist, does not fit, or leads
            back to itself.
    """
    caller.require("define")
    if isinstance(definition, AudienceDefinition):
        checked = Questions(house, caller).rule(definition.rule)[0]
        definition = definition.model_copy(update={"rule": checked})
        house.audiences.check_order(definition)
    if isinstance(definition, TagDefinition):
        definition = _checked_tag(house, caller, definition)
    version = house.catalog.save(definition, author=caller.name)
    house.audit.note(
        caller.name,
        "save definition",
        kind=kind_of(definition),
        name=definition.name,
        version=version,
    )
    return version


def retire_definition(house: House, caller: Caller, definition: Definition) -> None:
    """Take a definition out of force; its versions stay readable.

    Raises:
        QunxiangError: app.list_in_use, for a list that tags or audiences ask for.
    """
    caller.require("define")
    if isinstance(definition, ListDefinition):
        Lists(house, caller).delete(definition.name)
        return
    house.catalog.retire(definition, author=caller.name)
    kind = kind_of(definition)
    house.audit.note(caller.name, "retire definition", kind=kind, name=definition.name)


def _checked_tag(house: House, caller: Caller, tag: TagDefinition) -> TagDefinition:
    asked, schema = Questions(house, caller), house.schema(personal=caller.may("personal"))
    tags = house.catalog.all(TagDefinition) | {tag.name: tag}
    check_order(tags)
    for measure in measures_of(tag.how):
        check_measure(measure, schema, house.limits)
    if tag.how.kind == "list":
        house.catalog.get(ListDefinition, tag.how.list)
    known = schema.fields.keys() | tags.keys()
    for name in sorted(names_used(tag.how) - known):
        raise QunxiangError("catalog.not_found", kind="field", name=name)
    how = change_rules(tag.how, lambda rule: asked.rule(rule)[0])
    return tag.model_copy(update={"how": how})
