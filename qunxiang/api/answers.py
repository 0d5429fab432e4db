"""The shapes of answers, as OpenAPI describes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from qunxiang.app import ColumnInfo, Count
from qunxiang.errors import Lang, LanguageError
from qunxiang.language import Label, Reason, Rule, Schema, Step, describe, write


class Problem(BaseModel):
    """An RFC 9457 problem: what is wrong, where, and what to do."""

    type: str
    title: str
    status: int
    code: str
    where: str | None
    remedy: str
    details: dict[str, Any]


class WarningAnswer(BaseModel):
    """Something that may be a mistake."""

    code: str
    message: str
    where: str | None
    suggestions: list[str]


class StepAnswer(BaseModel):
    """One node of a rule: how many satisfy it alone, and together with those before it."""

    path: str
    text: str
    alone: int
    so_far: int | None
    parts: list[StepAnswer]


class RuleAnswer(BaseModel):
    """A rule that was checked: as a tree, as text and as a sentence."""

    rule: Rule
    text: Label
    sentence: Label
    warnings: list[WarningAnswer]


class CountAnswer(BaseModel):
    """How many people satisfy a rule."""

    count: int
    total: int
    as_of: datetime
    text: str
    sentence: str
    rule: Rule
    steps: StepAnswer
    warnings: list[WarningAnswer]


class ReasonAnswer(BaseModel):
    """Whether a node holds for a person, and the value that decided."""

    path: str
    text: str
    holds: bool
    value: Any
    parts: list[ReasonAnswer]


class RowsAnswer(BaseModel):
    """A page of people: the public id under `person`, and the columns asked for."""

    total: int
    rows: list[dict[str, Any]]
    columns: list[ColumnInfo] = []


def count_answer(found: Count, sentence: str, lang: Lang) -> CountAnswer:
    """Return a count as it is sent."""
    return CountAnswer(
        count=found.count,
        total=found.total,
        as_of=found.as_of,
        text=write(found.steps.rule, lang),
        sentence=sentence,
        rule=found.steps.rule,
        steps=step_answer(found.steps, lang),
        warnings=[warning_answer(w, lang) for w in found.warnings],
    )


def rule_answer(
    rule: Rule, schema: Schema, warnings: Iterable[LanguageError], lang: Lang
) -> RuleAnswer:
    """Return a checked rule as it is sent."""
    return RuleAnswer(
        rule=rule,
        text=Label(write(rule, "zh"), write(rule, "en")),
        sentence=Label(describe(rule, schema, "zh"), describe(rule, schema, "en")),
        warnings=[warning_answer(warning, lang) for warning in warnings],
    )


def warning_answer(warning: LanguageError, lang: Lang) -> WarningAnswer:
    """Return a warning as it is sent."""
    return WarningAnswer(
        code=warning.code,
        message=warning.message(lang),
        where=warning.where,
        suggestions=list(warning.suggestions),
    )


def step_answer(step: Step, lang: Lang) -> StepAnswer:
    """Return the waterfall as it is sent."""
    return StepAnswer(
        path=step.path,
        text=write(step.rule, lang),
        alone=step.alone,
        so_far=step.so_far,
        parts=[step_answer(p, lang) for p in step.parts],
    )


def reason_answer(reason: Reason, lang: Lang) -> ReasonAnswer:
    """Return a why as it is sent."""
    return ReasonAnswer(
        path=reason.path,
        text=write(reason.rule, lang),
        holds=reason.holds,
        value=reason.value,
        parts=[reason_answer(p, lang) for p in reason.parts],
    )
