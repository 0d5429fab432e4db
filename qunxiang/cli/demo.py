"""The demo: a workspace from sample data, the main job, what it found, and the served result.

With `--check` it serves nothing and ends with 0 only if what was found agrees with what is known:
for the made company its own truth table, for Online Retail a separate count over the file.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import orjson
import polars as pl
import typer

from qunxiang import clock
from qunxiang.app import House, Questions, RefreshDone, SampleData
from qunxiang.cli.context import progress, screen
from qunxiang.cli.output import Screen, out, write_json, write_problem
from qunxiang.cli.serving import run_server, taking_beside
from qunxiang.cli.terminal import Terminal
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.identity import write_ids
from qunxiang.samples import AUDIENCES, Company, Made, MadeFile, make_company

RETAIL_AUDIENCES: dict[str, tuple[str, str, str]] = {
    "repeat_buyers": ("复购客户", "Repeat buyers", "distinct(purchase.order_id, ever) >= 2"),
    "best_customers": ("重要价值客户", "Best customers", "rfm_group = '重要价值客户'"),
    "abroad": ("英国以外", "Outside the UK", "country != 'United Kingdom'"),
}


@dataclass(frozen=True)
class Check:
    """One comparison of what was found with what is known."""

    what: str
    found: float
    known: float
    holds: bool


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("demo")(run_demo)


def run_demo(  # noqa: PLR0917 each option is a word of the command
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option("--dir", help="Where to build the workspace; replaced if it is a demo's."),
    ] = Path("demo"),
    data: Annotated[
        str, typer.Option(help="skincare (made up) or online-retail (with --file).")
    ] = "skincare",
    file: Annotated[
        Path | None, typer.Option(help="The Online Retail file, as Parquet, CSV or XLSX.")
    ] = None,
    people: Annotated[
        int, typer.Option(help="How many customers the made-up company has.")
    ] = 2_000,
    check: Annotated[
        bool, typer.Option("--check", help="Serve nothing; end with 0 only if all checks hold.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON for scripts.")] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not show the console in a browser.")
    ] = False,
) -> None:
    """Build a workspace from sample data, run the main job, show what it found, and serve it."""
    mine: Terminal = context.obj
    try:
        _clear(folder)
        with House(folder) as opened:
            if data == "online-retail":
                done, checks = _run_retail(opened, file, quiet=as_json)
            else:
                done, checks = _run_company(opened, folder, people, quiet=as_json)
            _show(screen(context, opened), opened, done, checks, as_json=as_json)
            if check:
                raise typer.Exit(0 if all(c.holds for c in checks) else 1)
            if not as_json:
                host, port = opened.settings.host, opened.settings.port
                with taking_beside(opened):
                    run_server(opened, host, port, show=out.is_terminal and not no_open)
    except QunxiangError as error:
        write_problem(error, mine.lang, as_json=as_json)
        raise typer.Exit(1) from error


def _clear(folder: Path) -> None:
    """Make room for the demo, and never touch a folder that holds anything else."""
    mark = folder / ".qunxiang-demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise QunxiangError("cli.not_a_demo", where=str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.write_text("made by `qunxiang demo`; replaced by its next run\n", encoding="utf-8")


def _run_company(
    opened: House, folder: Path, people: int, *, quiet: bool
) -> tuple[RefreshDone, list[Check]]:
    yesterday = clock.local(clock.now(), opened.settings.time_zone).date() - timedelta(days=1)
    company = Company(people=people, until=yesterday)
    with progress("", quiet=quiet) as tell:
        made = make_company(
            company, folder / "samples", progress=lambda n, _all: tell("samples", n)
        )
        loaded = SampleData(opened, HOUSEHOLDER).load(made.files, AUDIENCES, tell)
    return loaded.refresh, _check_company(opened, made)


def _run_retail(
    opened: House, file: Path | None, *, quiet: bool
) -> tuple[RefreshDone, list[Check]]:
    if file is None or not file.exists():
        raise QunxiangError("cli.no_retail_file", where=str(file or "--file"))
    with progress("", quiet=quiet) as tell:
        orders = MadeFile(file, "orders", "online_retail", 0)
        loaded = SampleData(opened, HOUSEHOLDER).load([orders], RETAIL_AUDIENCES, tell)
    return loaded.refresh, _check_retail(opened, file)


# ── checks ───────────────────────────────────────────────────────────────────────────────────────


def _check_company(opened: House, made: Made) -> list[Check]:
    """Compare with the truth table: whose identifiers are whose, and what was spent."""
    truth = orjson.loads(made.figures.read_bytes())
    records = pl.read_parquet(made.records)
    pairs = _found_people(opened, records)
    true_pairs, found_pairs, both = (
        _pairs(pairs, keys) for keys in (["person"], ["found"], ["person", "found"])
    )
    precision, recall = both / max(found_pairs, 1), both / max(true_pairs, 1)
    spent = Questions(opened, HOUSEHOLDER)
    rows = spent.members(spent.everybody(), ["spend_total"])
    total = float(sum(v for v in rows["spend_total"].to_pylist() if v is not None))
    known = float(truth["web_shop.kept"] + truth["till.kept"] - truth["till.walk_in.paid"])
    return [
        Check(
            "identity precision, pairs of identifiers, at least", precision, 0.99, precision >= 0.99
        ),
        # Some people's accounts never meet on any row; no exact link can find them.
        Check("identity recall, pairs of identifiers, at least", recall, 0.88, recall >= 0.88),
        Check(
            "money spent by people, against the truth",
            total,
            known,
            abs(total - known) <= 0.01 * known,
        ),
    ]


def _found_people(opened: House, records: pl.DataFrame) -> pl.DataFrame:
    """Return the identifiers of the truth that were seen, with the person each was given to."""
    known = opened.identity.identifier_people()
    found = pl.from_arrow(known)
    assert isinstance(found, pl.DataFrame)
    truth = records.filter(pl.col("type") != "record").unique(["type", "value"])
    return truth.join(found, on=["type", "value"], how="inner").rename({"number": "found"})


def _pairs(frame: pl.DataFrame, keys: list[str]) -> int:
    sizes = frame.group_by(keys).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _check_retail(opened: House, file: Path) -> list[Check]:
    """Compare with counts made apart, straight from the file's rows."""
    rows = (
        pl.read_parquet(file)
        if file.suffix == ".parquet"
        else pl.read_csv(file, infer_schema_length=None)
    )
    lines = rows.filter(pl.col("CustomerID").is_not_null()).with_columns(
        pl.col("InvoiceNo").cast(pl.String)
    )
    bought = lines.filter(~pl.col("InvoiceNo").str.starts_with("C") & (pl.col("Quantity") > 0))
    orders = bought.group_by("CustomerID").agg(pl.col("InvoiceNo").n_unique().alias("n"))
    asked = Questions(opened, HOUSEHOLDER)
    known = {
        "people": lines["CustomerID"].n_unique(),
        "did purchase": len(orders),
        "distinct(purchase.order_id, ever) >= 2": int((orders["n"] >= 2).sum()),
    }
    found = {"people": opened.people.people.count()} | {
        r: asked.count(r).count for r in list(known)[1:]
    }
    return [
        Check(what, found[what], wanted, found[what] == wanted) for what, wanted in known.items()
    ]


# ── show ─────────────────────────────────────────────────────────────────────────────────────────


def _show(
    shown: Screen, opened: House, done: RefreshDone, checks: list[Check], *, as_json: bool
) -> None:
    landed = opened.sources.landed()
    if as_json:
        body = {
            "people": done.people,
            "imports": [{"file": i.file, "rows": i.rows, "bad_rows": i.bad_rows} for i in landed],
            "audiences": done.audiences,
            "checks": checks,
        }
        write_json(body)
        return
    rows = [
        (i.file, i.source, i.mapping.removeprefix(f"{i.source}_"), i.rows, i.bad_rows)
        for i in landed
    ]
    heads = (
        ("文件", "File"),
        ("来源", "Source"),
        ("内容", "Rows are"),
        ("行", "Rows"),
        ("读不出", "Unreadable"),
    )
    shown.table(("带进来的文件", "Files brought in"), heads, rows)
    labels = AUDIENCES | RETAIL_AUDIENCES
    groups = [
        (
            a.audience,
            shown.pick(labels[a.audience][:2]),
            a.count,
            f"{a.count / max(done.people, 1):.1%}",
        )
        for a in done.audiences
    ]
    heads = (("人群", "Audience"), ("含义", "Meaning"), ("人数", "People"), ("占比", "Share"))
    shown.table((f"{done.people:,} 人", f"{done.people:,} people"), heads, groups)
    shown.table(
        ("自检", "Checks"),
        ("", ("找到", "found"), ("已知", "known"), ""),
        [(c.what, c.found, c.known, "✓" if c.holds else "✗") for c in checks],
    )
    everybody = opened.people.public_ids(opened.people.people.people()[:1])
    if everybody.size:
        someone = write_ids(everybody)[0].as_py()
        where = opened.folder
        out.print(f"[dim]qunxiang -w {where} person {someone}[/]")
        largest = max(done.audiences, key=lambda a: a.count)
        out.print(f"[dim]qunxiang -w {where} audience portrait @{largest.audience}[/]")
