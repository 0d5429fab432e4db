"""In which order tags are worked out: those that name others come after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from qunxiang.errors import QunxiangError
from qunxiang.language import Compare, Measure, Rule, leaves
from qunxiang.tags.definitions import (
    AttributeTag,
    DerivedTag,
    How,
    LevelsTag,
    RuleListTag,
    RuleTag,
    TagDefinition,
)


def rules_of(how: How) -> tuple[Rule, ...]:
    """Return the rules a tag asks."""
    match how:
        case RuleTag(rule=rule):
            return (rule,)
        case RuleListTag(cases=cases) | DerivedTag(cases=cases):
            return tuple(case.when for case in cases)
        case _:
            return ()


def change_rules(how: How, change: Callable[[Rule], Rule]) -> How:
    """Return how a tag is known, with each of its rules changed."""
    match how:
        case RuleTag(rule=rule):
            return how.model_copy(update={"rule": change(rule)})
        case RuleListTag(cases=cases) | DerivedTag(cases=cases):
            changed = tuple(c.model_copy(update={"when": change(c.when)}) for c in cases)
            return how.model_copy(update={"cases": changed})
        case _:
            return how


def names_used(how: How) -> set[str]:
    """Return the names of fields, scores and tags a tag reads."""
    used = {leaf.field for rule in rules_of(how) for leaf in _compares(rule)}
    if isinstance(how, AttributeTag):
        used.add(how.field)
    if isinstance(how, LevelsTag) and not isinstance(how.of, Measure):
        used.add(how.of)
    return used


def _compares(rule: Rule) -> Iterator[Compare]:
    return (leaf for _, leaf in leaves(rule) if isinstance(leaf, Compare))


def waves(tags: Mapping[str, TagDefinition]) -> list[list[TagDefinition]]:
    """Return the tags in waves, each needing only the waves before it.

    Raises:
        QunxiangError: tags.cycle, naming the tags that use each other in a ring.
    """
    sorter = TopologicalSorter({n: names_used(t.how) & tags.keys() for n, t in tags.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise QunxiangError("tags.cycle", names=" → ".join(error.args[1])) from error
    out: list[list[TagDefinition]] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        out.append([tags[n] for n in sorted(ready)])
        sorter.done(*ready)
    return out


def check_order(tags: Mapping[str, TagDefinition]) -> None:
    """Refuse tags that use each other in a ring."""
    waves(tags)
