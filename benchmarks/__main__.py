"""`python -m benchmarks`: list them, or run one: NAME [--quick | --full] [--json]."""

from __future__ import annotations

import argparse
from dataclasses import asdict

import orjson

from benchmarks import audiences, card, imports, intake, live, live_count, main_job, measures, soak
from benchmarks.figures import Benchmark, Size, machine

BENCHMARKS: tuple[Benchmark, ...] = (
    main_job.BENCHMARK,
    measures.BENCHMARK,
    audiences.BENCHMARK,
    imports.BENCHMARK,
    live_count.BENCHMARK,
    intake.BENCHMARK,
    live.BENCHMARK,
    card.BENCHMARK,
    soak.BENCHMARK,
)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=[b.name for b in BENCHMARKS])
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_const", const="quick", dest="size")
    sizes.add_argument("--full", action="store_const", const="full", dest="size")
    parser.add_argument("--json", action="store_true", dest="as_json")
    told = parser.parse_args()
    if told.name is None:
        for one in BENCHMARKS:
            print(f"{one.name:12} {one.question}")
        return
    chosen = next(b for b in BENCHMARKS if b.name == told.name)
    size: Size = told.size or "usual"
    figures = chosen.run(size)
    if told.as_json:
        body = {"name": chosen.name, "machine": machine(), "figures": [asdict(f) for f in figures]}
        print(orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())
        return
    for figure in figures:
        mark = {True: "✓", False: "✗", None: " "}[figure.holds]
        peer = "" if figure.peer is None else f"  peer {figure.peer:g} {figure.unit}"
        print(f"{mark} {figure.what}: {figure.value:g} {figure.unit}{peer}  {figure.goal or ''}")


if __name__ == "__main__":
    main()
