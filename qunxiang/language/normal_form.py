"""The normal form: rules that mean the same by their shape become the same tree and key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from qunxiang.language.limits import walk
from qunxiang.language.nodes import All, AnyOf, Compare, Leaf, Measured, Not, Rule

_KEY_BYTES = 16


def normalise(rule: Rule) -> Rule:
    """Flatten, drop double `not`, move `not` inwards where that is exact, drop repeats.

    `not` is everybody else, so it passes through `all` and `any` (De Morgan) but never into a
    comparison: those of whom the value is unknown satisfy `not x > 5` and not `x <= 5`. The
    order of conditions is the reader's and is kept; only the key forgets it.
    """
    match rule:
        case All() | AnyOf():
            return _gather(type(rule), [normalise(each) for each in rule.of])
        case Not():
            return _push_not(rule.of)
        case Measured() if rule.measure.where is not None:
            where = normalise(rule.measure.where)
            measure = rule.measure.model_copy(update={"where": where})
            return rule.model_copy(update={"measure": measure})
        case _:
            return rule


def leaf_key(rule: Rule) -> str:
    """Return a stable key of what a rule means, the same in whatever order it is written."""
    text = json.dumps(
        _order(normalise(rule)), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.blake2b(text.encode(), digest_size=_KEY_BYTES).hexdigest()


def leaves(rule: Rule) -> tuple[tuple[str, Leaf], ...]:
    """Return the conditions of a rule with their paths, in reading order."""
    return tuple(
        (path, node)
        for node, path, _ in walk(rule)
        # What stands in a `where` belongs to its measure.
        if "measure" not in path.split(".") and not isinstance(node, All | AnyOf | Not)
    )


def _push_not(rule: Rule) -> Rule:
    match rule:
        case Not():
            return normalise(rule.of)
        case All():
            return _gather(AnyOf, [_push_not(each) for each in rule.of])
        case AnyOf():
            return _gather(All, [_push_not(each) for each in rule.of])
        case _:
            return Not(of=normalise(rule))


def _gather(kind: type[All | AnyOf], rules: list[Rule]) -> Rule:
    flat: dict[str, Rule] = {}
    for rule in rules:
        for each in rule.of if isinstance(rule, kind) else (rule,):
            flat.setdefault(json.dumps(_order(each), sort_keys=True), each)
    kept = tuple(flat.values())
    return kept[0] if len(kept) == 1 else kind(of=kept)


def _order(rule: Rule) -> Any:
    """Return the rule's JSON with everything sorted whose order means nothing."""
    match rule:
        case All() | AnyOf():
            return {"node": rule.node, "of": _sort([_order(each) for each in rule.of])}
        case Not():
            return {"node": "not", "of": _order(rule.of)}
        case Compare() | Measured():
            plain = rule.model_dump(mode="json")
            if isinstance(rule.value, tuple) and rule.op != "between":
                plain["value"] = _sort(plain["value"])
            if isinstance(rule, Measured) and rule.measure.where is not None:
                plain["measure"]["where"] = _order(rule.measure.where)
            return plain
        case _:
            return rule.model_dump(mode="json")


def _sort(items: list[Any]) -> list[Any]:
    # Repeats mean nothing either.
    keyed = {json.dumps(item, sort_keys=True): item for item in items}
    return [keyed[key] for key in sorted(keyed)]


def map_compares(rule: Rule, change: Callable[[Compare], Compare]) -> Rule:
    """Return the rule with each comparison of a field changed; those in a `where` stay."""
    match rule:
        case All(of=of):
            return All(of=tuple(map_compares(each, change) for each in of))
        case AnyOf(of=of):
            return AnyOf(of=tuple(map_compares(each, change) for each in of))
        case Not(of=of):
            return Not(of=map_compares(of, change))
        case Compare():
            return change(rule)
        case _:
            return rule
