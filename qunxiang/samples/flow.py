"""Make a company: people a chunk at a time, what they do, and the files that its systems export."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from qunxiang.samples import truth
from qunxiang.samples.calendars import Calendar, build_calendar
from qunxiang.samples.clicks import build_clicks
from qunxiang.samples.customers import build_customers
from qunxiang.samples.definitions import Company, Made, MadeFile
from qunxiang.samples.draws import open_stream
from qunxiang.samples.mess import PHONE_WAYS, Mess, count_cents, spell_cents
from qunxiang.samples.outlets import (
    DelimitedOutlet,
    LinesOutlet,
    Outlet,
    ParquetOutlet,
    SheetOutlet,
)
from qunxiang.samples.people import Draw, draw_people
from qunxiang.samples.purchases import draw_lines, draw_orders
from qunxiang.samples.sales import Sales, build_till, build_web
from qunxiang.samples.scenery import load_scenery
from qunxiang.samples.sessions import draw_sessions
from qunxiang.samples.tickets import TOPICS, draw_tickets

Progress = Callable[[int, int], None]
_MOST_IN_SHEETS = 200_000
# Each file: its source, its name, and what its rows are called when it is imported.
_FILES = (
    ("crm", "crm_customers", "customers"),
    ("web_shop", "web_orders", "orders"),
    ("till", "till_sales", "orders"),
    ("mini_program", "mini_program_events", "events"),
    ("service", "service_tickets", "tickets"),
    ("advertising", "ad_costs", None),
)
_ADVERTS = (
    ("微信搜索", 900),
    ("朋友圈广告", 2_600),
    ("直播间", 3_800),
    ("短信", 400),
    ("小红书", 1_700),
)


def make_company(
    company: Company,
    folder: Path,
    *,
    plain: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> Made:
    """Write the files of a company, and the truth about it.

    Args:
        company: which company; the same one always gives the same files.
        folder: where the files go; it is made if need be.
        plain: everything as Parquet with clean values and no repeats, to measure with.
        progress: told the number of people done, and of all.
    """
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    with _Press(company, folder, plain=plain) as press:
        press.print_adverts()
        for first in range(0, company.people, company.chunk):
            press.print_chunk(first, min(company.chunk, company.people - first))
            progress(min(first + company.chunk, company.people), company.people)
    return press.made()


class _Press:
    """The open files of one company, and the totals so far."""

    def __init__(self, company: Company, folder: Path, *, plain: bool) -> None:
        self._company, self._folder, self._plain = company, folder, plain
        self._calendar: Calendar = build_calendar(company)
        self._outlets = _open_outlets(company, folder, plain=plain)
        self._people = ParquetOutlet(folder / "truth" / "people.parquet")
        self._records = ParquetOutlet(folder / "truth" / "records.parquet")
        self._totals: Counter[str] = Counter()

    def __enter__(self) -> _Press:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_rest: object) -> None:
        web = self._outlets["web_shop"]
        if isinstance(web, DelimitedOutlet) and failure is None and self._company.messy:
            paid = spell_cents(np.array([self._totals["web_shop.paid"]]))[0]
            web.write_text(("合计," + "," * 11 + paid + "," * 5 + "\r\n").encode())
        for outlet in (*self._outlets.values(), self._people, self._records):
            outlet.close()

    def print_adverts(self) -> None:
        """Write what advertising cost each day."""
        stream = open_stream(self._company.seed, 0, "adverts")
        calendar, count = self._calendar, len(_ADVERTS)
        busy = np.repeat(np.diff(calendar.clock), count)
        base = np.tile([cost for _, cost in _ADVERTS], calendar.days)
        size = busy.size
        cents = np.round(base * busy * (0.8 + 0.4 * stream.random(size)) * 100).astype(np.int64)
        shown = (cents * (0.25 + 0.1 * stream.random(size))).astype(np.int64)
        days = pl.Series(np.repeat(np.arange(calendar.days), count))
        frame = pl.DataFrame(
            {
                "日期": pl.DataFrame({"d": days}).select(
                    self._company.start + pl.duration(days="d")
                )[:, 0],
                "渠道": [name for name, _ in _ADVERTS] * calendar.days,
                "花费": count_cents(cents) if self._plain else spell_cents(cents),
                "曝光": shown,
                "点击": (shown * (0.01 + 0.02 * stream.random(size))).astype(np.int64),
            }
        )
        self._outlets["advertising"].write(frame)

    def print_chunk(self, first: int, size: int) -> None:
        """Write everything about some of the people."""
        draw = Draw(self._company, load_scenery(), self._calendar, first, size)
        people = draw_people(draw)
        self._print_customers(draw, people)
        orders = draw_orders(draw, people)
        lines = draw_lines(draw, people, orders)
        self._print_sales(draw, people, orders, lines)
        events = draw_sessions(draw, people, orders, lines)
        self._print_clicks(draw, people, events)
        tickets = draw_tickets(draw, people)
        self._print_tickets(draw, people, tickets)
        known = orders.filter(~pl.col("walk_in"))["at"]
        seen = truth.find_seen(people, [known, events["at"], tickets["at"]])
        self._people.write(truth.describe_people(draw, people, orders, lines, seen))
        self._totals.update({"people": size, "people_seen": int(seen.sum())})

    def _print_customers(self, draw: Draw, people: pl.DataFrame) -> None:
        rows = build_customers(draw, people, plain=self._plain)
        outlet = self._outlets["crm"]
        for records in truth.list_customers(rows, people, outlet.rows):
            self._records.write(records)
        outlet.write(rows.drop("person"))
        self._totals.update(
            {"crm.rows": len(rows), "crm.people": rows["person"].drop_nulls().n_unique()}
        )

    def _print_sales(
        self, draw: Draw, people: pl.DataFrame, orders: pl.DataFrame, lines: pl.DataFrame
    ) -> None:
        sold, totals = (orders, lines), self._totals
        web = build_web(draw, people, sold, totals["web_shop.orders"], plain=self._plain)
        till = build_till(draw, people, sold, totals["till.orders"], plain=self._plain)
        for records in (*truth.list_web(web, people), *truth.list_till(till, people)):
            self._records.write(records)
        for source, sales in (("web_shop", web), ("till", till)):
            self._outlets[source].write(sales.rows)
            self._count(source, sales)
        walk_in = orders["walk_in"].to_numpy()
        totals["till.walk_in_orders"] += int(walk_in.sum())
        nobodys = lines.filter(pl.Series(walk_in[lines["order"].to_numpy()]))
        totals["till.walk_in.paid"] += int(nobodys["paid"].sum())

    def _count(self, source: str, sales: Sales) -> None:
        self._totals.update(
            {
                f"{source}.rows": len(sales.rows),
                f"{source}.orders": len(sales.orders),
                f"{source}.paid": sales.cents,
                f"{source}.kept": sales.kept_cents,
            }
        )

    def _print_clicks(self, draw: Draw, people: pl.DataFrame, events: pl.DataFrame) -> None:
        after = self._totals["mini_program.events"]
        rows = build_clicks(draw, people, events, after, plain=self._plain)
        self._outlets["mini_program"].write(rows)
        for records in truth.list_clicks(events, people):
            self._records.write(records)
        self._totals.update({"mini_program.rows": len(rows), "mini_program.events": len(events)})

    def _print_tickets(self, draw: Draw, people: pl.DataFrame, tickets: pl.DataFrame) -> None:
        rows = _write_tickets(
            draw, people, tickets, self._totals["service.rows"], plain=self._plain
        )
        for records in truth.list_tickets(rows, people):
            self._records.write(records)
        self._outlets["service"].write(rows.drop("person"))
        self._totals["service.rows"] += len(rows)

    def made(self) -> Made:
        """Return what was written, once the files are closed."""
        figures = self._folder / "truth" / "figures.json"
        told = {
            k: v / 100 if k.endswith((".paid", ".kept")) else v for k, v in self._totals.items()
        }
        figures.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        files = tuple(
            MadeFile(self._outlets[source].path, word, source, self._outlets[source].rows)
            for source, _, word in _FILES
        )
        return Made(self._folder, files, self._people.path, self._records.path, figures)


def _open_outlets(company: Company, folder: Path, *, plain: bool) -> dict[str, Outlet]:
    paths = {source: folder / name for source, name, _ in _FILES}
    if plain:
        return {s: ParquetOutlet(p.with_suffix(".parquet")) for s, p in paths.items()}
    crm, service = paths["crm"], paths["service"]
    outlets: dict[str, Outlet] = {
        "web_shop": DelimitedOutlet(paths["web_shop"].with_suffix(".csv"), encoding="gb18030"),
        "till": DelimitedOutlet(
            paths["till"].with_suffix(".csv"),
            separator=";",
            encoding="utf-8-sig",
            moments="%Y/%m/%d %H:%M",
        ),
        "mini_program": LinesOutlet(paths["mini_program"].with_suffix(".jsonl"), raw=("time",)),
        "advertising": DelimitedOutlet(paths["advertising"].with_suffix(".csv")),
    }
    if company.people > _MOST_IN_SHEETS:
        outlets["crm"] = DelimitedOutlet(crm.with_suffix(".csv"), encoding="gb18030")
        outlets["service"] = DelimitedOutlet(service.with_suffix(".csv"), encoding="gb18030")
        return outlets
    title = ("群芳护肤 会员资料", f"导出时间:{company.until} 23:59:00")
    outlets["crm"] = SheetOutlet(crm.with_suffix(".xlsx"), title, ("出生日期", "注册时间"))
    outlets["service"] = SheetOutlet(service.with_suffix(".xlsx"), ())
    return outlets


def _write_tickets(
    draw: Draw, people: pl.DataFrame, tickets: pl.DataFrame, after: int, *, plain: bool
) -> pl.DataFrame:
    """Return the tickets under the service desk's headings, and the `person` of each."""
    mess = Mess(draw.stream("desk"), 0.0 if plain else draw.company.messy)
    who = people.select("person", "phone").gather(tickets["at"])
    number = 10_000_000 + after + np.arange(1, len(tickets) + 1)
    time = pl.from_epoch(tickets["seconds"]).cast(pl.Datetime("ms"))
    return pl.DataFrame(
        {
            "工单号": "T" + pl.Series(number).cast(pl.String),
            "手机号": mess.rewrite_series(who["phone"], PHONE_WAYS),
            "问题类型": TOPICS.gather(tickets["topic"]),
            "满意度": tickets["score"].replace(0, None),
            "内容": tickets["text"],
            "提交时间": time if plain else time.dt.to_string("%Y-%m-%d %H:%M:%S"),
            "处理时长": tickets["hours"],
            "person": who["person"],
        }
    )
