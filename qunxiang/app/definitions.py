"""Put a definition in force: only after everything it names was checked."""

from __future__ import annotations

from qunxiang.app.house import House
from qunxiang.app.questions import Questions
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import Definition, kind_of
from qunxiang.errors import QunxiangError
from qunxiang.governance import Caller
from qunxiang.language import check_measure
from qunxiang.tags import TagDefinition, change_rules, check_order, measures_of, names_used


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


def _checked_tag(house: House, caller: Caller, tag: TagDefinition) -> TagDefinition:
    asked, schema = Questions(house, caller), house.schema(personal=caller.may("personal"))
    tags = house.catalog.all(TagDefinition) | {tag.name: tag}
    check_order(tags)
    for measure in measures_of(tag.how):
        check_measure(measure, schema, house.limits)
    known = schema.fields.keys() | tags.keys()
    for name in sorted(names_used(tag.how) - known):
        raise QunxiangError("catalog.not_found", kind="field", name=name)
    how = change_rules(tag.how, lambda rule: asked.rule(rule)[0])
    return tag.model_copy(update={"how": how})
