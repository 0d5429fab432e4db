"""Put a definition in force: only after everything it names was checked."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from qunxiang.app.hooks import Hooks
from qunxiang.app.house import House
from qunxiang.app.lists import Lists
from qunxiang.app.plans import check_plan
from qunxiang.app.pulls import Pulls
from qunxiang.app.questions import Questions
from qunxiang.app.timetables import REFRESH, ScheduleDefinition
from qunxiang.app.uses import KINDS, find_uses
from qunxiang.audiences import AudienceDefinition
from qunxiang.catalog import (
    Definition,
    Expected,
    FieldDefinition,
    FixDefinition,
    ListDefinition,
    PlanDefinition,
    kind_of,
    say_kind,
)
from qunxiang.cleaning import try_format
from qunxiang.errors import LanguageError, QunxiangError
from qunxiang.governance import Caller
from qunxiang.language import Rule, Schema, check_measure
from qunxiang.sources import ConnectorDefinition, HookDefinition
from qunxiang.tags import (
    LevelsTag,
    TagDefinition,
    change_rules,
    check_order,
    measures_of,
    names_used,
)


def save_definition(
    house: House, caller: Caller, definition: Definition, expected: Expected | None = None
) -> int:
    """Check a definition, keep it, and return its version.

    Args:
        house: the workspace.
        caller: who saves it.
        definition: what is to be in force.
        expected: the version it is to follow; None for whatever is in force.

    Raises:
        QunxiangError: naming the first thing it names that does not exist, does not fit, or leads
            back to itself; catalog.changed and catalog.exists.
    """
    caller.require("define")
    definition = check_definition(house, caller, definition)
    version = house.catalog.save(definition, author=caller.name, expected=expected)
    house.audit.note(
        caller.name,
        "save definition",
        kind=kind_of(definition),
        name=definition.name,
        version=version,
    )
    return version


def check_definition(house: House, caller: Caller, definition: Definition) -> Definition:
    """Return a definition with its rules checked and spelt as values are stored."""
    if isinstance(definition, AudienceDefinition):
        with _under("rule"):
            checked = Questions(house, caller).rule(definition.rule)[0]
        audience = definition.model_copy(update={"rule": checked})
        house.audiences.check_order(audience)
        return audience
    if isinstance(definition, TagDefinition):
        return check_tag(house, caller, definition)
    if isinstance(definition, ConnectorDefinition):
        caller.require("admin")  # it says which places are read, and where secrets are sent
        Pulls(house).check(definition)
    if isinstance(definition, HookDefinition):
        caller.require("admin")  # it says which secrets are good, and lets others in
        Hooks(house).check(definition)
    if isinstance(definition, FixDefinition):
        return check_fix(definition)
    if isinstance(definition, PlanDefinition):
        return check_plan(house, definition)
    if isinstance(definition, ScheduleDefinition):
        caller.require("refresh" if definition.runs == REFRESH else "import")
        if definition.runs != REFRESH:
            house.catalog.get(ConnectorDefinition, definition.runs)
    return definition


def check_fix(fix: FixDefinition) -> FixDefinition:
    """Return a fix that can be done.

    Raises:
        QunxiangError: app.bad_fix, if its format cannot be read.
    """
    if fix.does.do == "cast":
        try:
            try_format(fix.does.format)
        except ValueError as error:
            raise QunxiangError("app.bad_fix", name=fix.name, reason=str(error)) from error
    return fix


def retire_definition(
    house: House, caller: Caller, definition: Definition, *, force: bool = False
) -> None:
    """Take a definition out of force; its versions stay readable.

    Args:
        house: the workspace.
        caller: who does it.
        definition: what is to go.
        force: whether those that name it are left at a loss.

    Raises:
        QunxiangError: app.definition_in_use (of a list app.list_in_use), naming what names it.
    """
    caller.require("define")
    if isinstance(definition, ConnectorDefinition | HookDefinition):
        caller.require("admin")
    if isinstance(definition, ListDefinition):
        Lists(house, caller).delete(definition.name, force=force)
        return
    plural = next(k for k, cls in KINDS.items() if isinstance(definition, cls))
    users = find_uses(house.catalog).get((plural, definition.name), ())
    others = [use.name for use in users if (use.kind, use.name) != (plural, definition.name)]
    if others and not force:
        users_said = "、".join(others)
        raise QunxiangError("app.definition_in_use", name=definition.name, users=users_said)
    house.catalog.retire(definition, author=caller.name)
    kind = kind_of(definition)
    house.audit.note(caller.name, "retire definition", kind=kind, name=definition.name)


def check_tag(house: House, caller: Caller, tag: TagDefinition) -> TagDefinition:
    """Return a tag with everything it names checked, whether or not it is to be saved."""
    asked, schema = Questions(house, caller), house.schema(personal=caller.may("personal"))
    tags = house.catalog.all(TagDefinition) | {tag.name: tag}
    check_order(tags)
    for measure in measures_of(tag.how):
        with _under("how.of" if isinstance(tag.how, LevelsTag) else "how.measure"):
            check_measure(measure, schema, house.limits)
    if tag.how.kind == "list":
        house.catalog.get(ListDefinition, tag.how.list)
    paths = iter(["how.rule"] if tag.how.kind == "rule" else _case_paths(tag))

    def check_rule(rule: Rule) -> Rule:
        with _under(next(paths)):
            return asked.rule(rule)[0]

    how = change_rules(tag.how, check_rule)
    _check_names(tag, schema, tags)
    return tag.model_copy(update={"how": how})


def _case_paths(tag: TagDefinition) -> list[str]:
    cases = getattr(tag.how, "cases", ())
    return [f"how.cases.{place}.when" for place in range(len(cases))]


def _check_names(tag: TagDefinition, schema: Schema, tags: dict[str, TagDefinition]) -> None:
    for name in sorted(names_used(tag.how) - schema.fields.keys() - tags.keys()):
        raise QunxiangError("catalog.not_found", name=name, **say_kind(FieldDefinition))
    # Levels of what one may not see would tell it.
    of = tag.how.of if isinstance(tag.how, LevelsTag) else None
    if isinstance(of, str) and of in schema.fields and schema.fields[of].hidden:
        raise LanguageError("language.field_hidden", path="how.of", name=of)


@contextmanager
def _under(path: str) -> Generator[None]:
    """Tell the place of a fault from the definition's top, not from that of the rule within it."""
    try:
        yield
    except LanguageError as error:
        for fault in error.details.get("also", ()):
            fault["path"] = ".".join(filter(None, (path, fault["path"])))
        error.path = ".".join(filter(None, (path, error.path)))
        error.where = error.path
        raise
