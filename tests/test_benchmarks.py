"""Benchmarks run, agree with their peers and keep their shape; what they measure is not judged here."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
pytest.importorskip("chdb", reason="peers of the benchmarks are installed with the group `bench`")

from benchmarks import __main__ as door
from benchmarks import audiences, card, imports, intake, live, live_count, main_job, measures, soak
from tests.browser.stage import Chosen, find_browser

pytestmark = pytest.mark.slow
TINY = {
    "main_job": [(main_job, "SIZES", (300, 600)), (main_job, "LARGEST", 600)],
    "measures": [(measures, "SIZES", (2_000, 20_000))],
    "audiences": [(audiences, "PEOPLE", 200_000)],
    "imports": [(imports, "ROWS", 5_000)],
    "intake": [(intake, "SIZES", (0.3, 1))],
    "live": [(live, "PEOPLE", 300), (live, "SECONDS", 2.0), (live, "RATE", 100)],
    "soak": [(soak, "SECONDS", 2.0), (soak, "RATE", 400)],
    "card": [(card, "EVENTS", 2_000), (card, "ASKED", 8)],
    "live_count": [(live_count, "PEOPLE", 500), (live_count, "EDITS", 3)],
}


def test_every_benchmark_is_listed(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    door.main()
    listed = {
        line.split()[0]: line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines()
    }
    assert set(listed) == set(TINY) == {b.name for b in door.BENCHMARKS}
    assert all(question.endswith("?") for question in listed.values())


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.browser if n == "live_count" else ()) for n in TINY],
)
def test_a_benchmark_answers_in_the_one_shape(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    if name == "live_count" and not isinstance(find_browser(), Chosen):
        pytest.skip("no browser")
    for module, table, size in TINY[name]:
        monkeypatch.setitem(getattr(module, table), "quick", size)
    monkeypatch.setattr(sys, "argv", ["benchmarks", name, "--quick", "--json"])
    door.main()
    told = orjson.loads(capsys.readouterr().out)
    assert set(told) == {"name", "machine", "figures"}
    assert told["name"] == name
    for figure in told["figures"]:
        assert set(figure) == {"what", "value", "unit", "peer", "goal", "holds"}
        assert figure["value"] >= 0
        assert (figure["goal"] is None) == (figure["holds"] is None)
    figures = {f["what"]: f for f in told["figures"]}
    if name == "measures":
        assert figures["columns that differ from a peer's"]["value"] == 0
