"""How long after a keystroke in the audience builder does the new count stand on the screen?

A browser edits the amount of a condition on purchases, among four, over a workspace of so many
people; measured from the keystroke to the settled count, the pause before asking included. The peer
is DuckDB counting the same conditions, one by one and together, over a table of the same values.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.figures import Benchmark, Figure, Size, at_most
from benchmarks.servers import serving
from qunxiang.app import House, Imports, Questions, Refresh
from qunxiang.governance import HOUSEHOLDER
from qunxiang.samples import Company, make_company
from tests.browser.stage import ARGS, OWNER, Chosen, find_browser

PEOPLE: dict[Size, int] = {"quick": 5_000, "usual": 100_000, "full": 1_000_000}
EDITS: dict[Size, int] = {"quick": 10, "usual": 40, "full": 60}
EVENTS_PER_PERSON = 5.0
GOAL_MS = 800.0
RULE = (
    "city in ('上海', '北京', '广州', '深圳') and birth_date between 1990-01-01 and 1999-12-31 and"
    " sum(purchase.amount, last 365 days) > 500 and did purchase (ever)"
)
COLUMNS = ["city", "birth_date", "spend_365d", "spend_total"]
# Writes into the field as a person does, and waits until the count is of what was written.
_EDIT = """async ({ box, value }) => {
  const field = document.querySelector(box);
  const live = () => document.querySelector('[aria-live][aria-busy]');
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const frame = () => new Promise(requestAnimationFrame);
  const began = performance.now();
  field.focus();
  write.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
  while (live().getAttribute('aria-busy') !== 'true') await frame();
  while (live().getAttribute('aria-busy') !== 'false') await frame();
  return performance.now() - began;
}"""


def _build(folder: Path, people: int) -> None:
    made = make_company(
        Company(people=people, events_per_person=EVENTS_PER_PERSON), folder / "files", plain=True
    )
    with House(folder / "house") as house:
        for file in made.files:
            if file.word:
                look = Imports(house).look(file.path, file.word, source=file.source)
                Imports(house).bring(file.path, look, HOUSEHOLDER)
        Refresh(house).run()


def _peer(folder: Path, amounts: list[int]) -> list[float]:
    """Return how long DuckDB takes for each edit, ms."""
    with House(folder / "house") as house:
        asked = Questions(house, HOUSEHOLDER)
        table = asked.members(asked.everybody(), COLUMNS)
    took: list[float] = []
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.register("arrow", table)
        connection.execute(
            "create table people as select city, birth_date, spend_365d::double spend,"
            " spend_total::double total from arrow"
        )
        for amount in amounts:
            began = time.perf_counter()
            connection.execute(
                """with found as (select city in ('上海市', '北京市', '广州市', '深圳市') a,
                     birth_date between date '1990-01-01' and date '1999-12-31' b,
                     spend > ? c, total > 0 d from people)
                   select count(*) filter (a), count(*) filter (b), count(*) filter (c),
                     count(*) filter (d), count(*) filter (a and b),
                     count(*) filter (a and b and c), count(*) filter (a and b and c and d)
                   from found""",
                [amount],
            ).fetchone()
            took.append((time.perf_counter() - began) * 1e3)
    return took


def _edit(page: Page, address: str, amounts: list[int]) -> list[float]:
    page.goto(f"{address}/audiences/new")
    page.get_by_text("文本", exact=True).click()
    page.get_by_role("textbox", name="文本").fill(RULE)
    page.get_by_role("button", name="应用").click()
    box = page.get_by_role("listitem", name="条件 3").get_by_role(
        "spinbutton", name="值", exact=True
    )
    box.evaluate("field => field.id = 'amount'")
    page.locator("[aria-busy=false] [data-testid=count]").wait_for()
    edit: dict[str, Any] = {"box": "#amount", "value": "501"}
    page.evaluate(_EDIT, edit)  # what is compiled and read for the first time
    return [page.evaluate(_EDIT, edit | {"value": str(amount)}) for amount in amounts]


def run(size: Size) -> list[Figure]:
    """Build a workspace, edit in a browser, and count in DuckDB."""
    chosen = find_browser()
    if not isinstance(chosen, Chosen):
        raise SystemExit(chosen)
    amounts = [600 + 37 * n for n in range(EDITS[size])]
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        _build(folder, PEOPLE[size])
        site = stack.enter_context(serving(folder / "house"))
        site.post("/v1/setup", OWNER)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chosen.program, args=ARGS)
        page = browser.new_context(locale="zh-CN", reduced_motion="reduce").new_page()
        answer = page.request.post(site.at("/v1/session"), data=OWNER)
        assert answer.ok, answer.text()
        took = _edit(page, site.address, amounts)
        people = page.request.get(site.at("/v1/status")).json()["people"]
        browser.close()
        stack.close()
        peer = _peer(folder, amounts)
    middle, most = (float(np.quantile(took, q)) for q in (0.5, 0.95))
    return [
        Figure("people", people, "people"),
        Figure("from keystroke to count, median", round(middle, 1), "ms"),
        at_most("from keystroke to count, p95", round(most, 1), "ms", GOAL_MS),
        Figure(
            "DuckDB counts the same conditions, p95", round(float(np.quantile(peer, 0.95)), 1), "ms"
        ),
    ]


BENCHMARK = Benchmark(
    "live_count", "How long after a keystroke does the builder show the new count?", run
)
