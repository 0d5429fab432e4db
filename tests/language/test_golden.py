"""Golden pairs: each node and operator as English text, Chinese text and tree."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from qunxiang.language import (
    dump,
    load,
    load_measure,
    parse,
    parse_measure,
    write,
    write_measure,
)
from qunxiang.language.limits import walk
from qunxiang.language.nodes import FNS, OPS, Measured, Period, Unit

GOLDEN = tomllib.loads(Path(__file__).with_name("golden.toml").read_text(encoding="utf-8"))


def _name(case):
    return case["name"]


@pytest.mark.parametrize("case", GOLDEN["rule"], ids=_name)
def test_rule(case):
    tree = load(json.loads(case["tree"]))
    assert dump(parse(case["en"])) == dump(parse(case["zh"])) == dump(tree)
    assert write(tree) == case["en"]
    assert write(tree, "zh") == case["zh"]


@pytest.mark.parametrize("case", GOLDEN["measure"], ids=_name)
def test_measure(case):
    tree = load_measure(json.loads(case["tree"]))
    assert dump(parse_measure(case["en"])) == dump(parse_measure(case["zh"])) == dump(tree)
    assert write_measure(tree) == case["en"]
    assert write_measure(tree, "zh") == case["zh"]


@pytest.mark.parametrize("case", GOLDEN["same"], ids=_name)
def test_written_otherwise(case):
    tree = dump(parse(case["text"]))
    for other in case["also"]:
        assert dump(parse(other)) == tree, other


def test_every_word_has_a_golden_pair():
    rules = [load(json.loads(case["tree"])) for case in GOLDEN["rule"]]
    measures = [load_measure(json.loads(case["tree"])) for case in GOLDEN["measure"]]
    nodes = [node for rule in rules for node, _, _ in walk(rule)]
    assert {getattr(node, "op", None) for node in nodes} >= set(OPS)
    assert {node.node for node in nodes} == {
        *("all", "any", "not", "compare", "measured", "audience", "list", "bucket")
    }
    assert {measure.fn for measure in measures} == set(FNS)
    windows = [measure.window for measure in measures]
    windows += [node.measure.window for node in nodes if isinstance(node, Measured)]
    assert {w.node for w in windows} == {"last", "ago", "between", "since", "calendar", "ever"}
    units = {getattr(w, "unit", None) for w in windows}
    assert units >= {*get_args(Unit), *get_args(Period)}
