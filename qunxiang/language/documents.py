"""The tree form: JSON documents in and out, with the language's own errors."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from qunxiang.errors import LanguageError, catalogue
from qunxiang.language.limits import DEEPEST, Limits, enforce, enforce_measure
from qunxiang.language.nodes import Measure, Rule
from qunxiang.language.words import OP_WORDS

_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
# A level of a tree takes up to this many levels of its document (object, list, `measure`).
_STEPS = 3


def load(document: Any, limits: Limits | None = None) -> Rule:
    """Read a rule from a JSON document."""
    limits = limits or Limits()
    _refuse_depth(document)
    try:
        rule = _RULE.validate_python(document)
    except ValidationError as error:
        raise _translate(error, document) from None
    enforce(rule, limits)
    return rule


def load_measure(document: Any, limits: Limits | None = None) -> Measure:
    """Read a measure from a JSON document."""
    limits = limits or Limits()
    _refuse_depth(document)
    try:
        measure = Measure.model_validate(document)
    except ValidationError as error:
        raise _translate(error, document) from None
    enforce_measure(measure, limits)
    return measure


def dump(tree: Rule | Measure) -> dict[str, Any]:
    """Return a rule or measure as a JSON document."""
    return tree.model_dump(mode="json")


def _refuse_depth(document: Any) -> None:
    todo = [(document, 0)]
    while todo:
        part, depth = todo.pop()
        if depth > DEEPEST * _STEPS:
            raise LanguageError("language.too_deep", limit=DEEPEST)
        if isinstance(part, dict):
            todo.extend((each, depth + 1) for each in part.values())
        elif isinstance(part, list | tuple):
            todo.extend((each, depth + 1) for each in part)


def _translate(error: ValidationError, document: Any) -> LanguageError:
    # With unions pydantic reports every branch; the fault that went deepest is the real one.
    first = max(error.errors(), key=lambda fault: len(find_path(fault, document)))
    path = ".".join(find_path(first, document))
    code = f"language.{first['type']}"
    op: Any = first.get("ctx", {}).get("op")
    if code in catalogue():
        words = OP_WORDS.get(op)
        said: dict[str, Any] = {"op": words.pick("en"), "op_zh": words.pick("zh")} if words else {}
        return LanguageError(code, path=path, **said)
    return LanguageError("language.bad_tree", path=path, reason=first["msg"])


def find_path(fault: Any, document: Any) -> list[str]:
    """Return where in a document pydantic found a fault.

    Its own place also names the branches of unions, which are not in the document.
    """
    path: list[str] = []
    part = document
    for step in fault["loc"]:
        inside = isinstance(part, dict) and step in part
        inside |= isinstance(part, list | tuple) and isinstance(step, int) and step < len(part)
        if inside:
            part = part[step]
            path.append(str(step))
    if fault["type"] == "missing":
        path.append(str(fault["loc"][-1]))
    return path
