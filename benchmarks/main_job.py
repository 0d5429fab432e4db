"""How long does the main job take, how much memory, and does it stay linear?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Benchmark, Figure, Size, at_most, measure, measure_apart, tell
from qunxiang.app import House, Imports, Refresh
from qunxiang.governance import HOUSEHOLDER
from qunxiang.samples import Company, make_company

# People of the two runs whose time per row is compared, and of the largest run.
SIZES: dict[Size, tuple[int, int]] = {
    "quick": (5_000, 20_000),
    "usual": (50_000, 200_000),
    "full": (50_000, 500_000),
}
LARGEST: dict[Size, int] = {"quick": 20_000, "usual": 200_000, "full": 1_000_000}
EVENTS_PER_PERSON = 20.0


def _job(people: int, folder: Path) -> dict[str, float]:
    made = make_company(
        Company(people=people, events_per_person=EVENTS_PER_PERSON), folder / "files", plain=True
    )
    with House(folder / "house") as house:
        imports = Imports(house)

        def run_all() -> None:
            for file in made.files:
                if file.word:
                    look = imports.look(file.path, file.word, source=file.source)
                    imports.bring(file.path, look, HOUSEHOLDER)
            Refresh(house).run()

        used = measure(run_all)
        rows = sum(i.rows for i in house.sources.landed())
        return {
            "wall": used.wall,
            "cpu": used.cpu,
            "rows": rows,
            "people": house.people.people.count(),
        }


def _run(people: int) -> tuple[dict[str, float], float]:
    with tempfile.TemporaryDirectory() as folder:
        used = measure_apart("benchmarks.main_job", str(people), folder)
    return used.answer, used.peak_mb


def run(size: Size) -> list[Figure]:
    """Run the job at several sizes, each in a process of its own."""
    small, large = SIZES[size]
    answers = {people: _run(people) for people in sorted({small, large, LARGEST[size]})}
    per_row = {people: a["wall"] / a["rows"] * 1e6 for people, (a, _) in answers.items()}
    most, peak = answers[LARGEST[size]]
    return [
        Figure("rows landed in the largest run", most["rows"], "rows"),
        Figure("people found", most["people"], "people"),
        Figure("wall time of the largest run", round(most["wall"], 2), "s"),
        Figure("CPU time of the largest run", round(most["cpu"], 2), "s"),
        at_most("peak memory of the largest run", peak, "MB", 8_192),
        at_most(
            f"time per row, {large:,} people against {small:,}",
            per_row[large],
            "us",
            1.3,
            peer=per_row[small],
        ),
    ]


BENCHMARK = Benchmark("main_job", "How long does the main job take, and does it stay linear?", run)

if __name__ == "__main__":
    count, where = sys.argv[1:]
    tell(measure(lambda: _job(int(count), Path(where))))
