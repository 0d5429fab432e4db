"""The made-up company keeps its word: the same again, as messy as asked, and its truth is true."""

from __future__ import annotations

import hashlib
import io
import json
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from qunxiang.catalog import EventDefinition, FieldDefinition, IdentifierDefinition, starter
from qunxiang.errors import QunxiangError
from qunxiang.samples import Company, Made, make_company
from qunxiang.sources import Vocabulary, detect, propose, read

COMPANY = Company(people=3_000)
PHONE = r"^1[3-9]\d{9}$"


@dataclass(frozen=True)
class World:
    """A company and its files, every cell as text."""

    made: Made
    crm: pl.DataFrame
    web: pl.DataFrame
    till: pl.DataFrame
    clicks: pl.DataFrame
    tickets: pl.DataFrame
    people: pl.DataFrame
    records: pl.DataFrame
    figures: dict[str, float]

    def owners(self, source: str, kind: str) -> pl.DataFrame:
        return self.records.filter(pl.col("source") == source, pl.col("type") == kind)


def _read_texts(path: Path) -> pl.DataFrame:
    frames = [pl.from_arrow(batch.rows) for batch in read(path, detect(path))]
    return pl.concat([f for f in frames if isinstance(f, pl.DataFrame)])


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    made = make_company(COMPANY, tmp_path_factory.mktemp("company"))
    crm, till, clicks, tickets = (
        _read_texts(made.file(source).path) for source in ("crm", "till", "mini_program", "service")
    )
    # Read plainly: the totals row is meant to be seen here.
    web = io.StringIO(made.file("web_shop").path.read_bytes().decode("gb18030"))
    return World(
        made,
        crm,
        pl.read_csv(web, infer_schema=False),
        till,
        clicks,
        tickets,
        pl.read_parquet(made.people),
        pl.read_parquet(made.records),
        json.loads(made.figures.read_text()),
    )


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.mark.parametrize("plain", [False, True])
def test_same_seed_same_bytes(tmp_path, plain):
    company = Company(people=500, events_per_person=6)
    make_company(company, tmp_path / "one", plain=plain)
    make_company(company, tmp_path / "two", plain=plain)
    make_company(replace(company, seed=7), tmp_path / "other", plain=plain)
    one = _digests(tmp_path / "one")
    assert one == _digests(tmp_path / "two")
    assert all(one[name] != digest for name, digest in _digests(tmp_path / "other").items())


def test_chunks_continue_each_other(tmp_path):
    assert Company(events_per_person=30_000.0).chunk == 100
    done: list[tuple[int, int]] = []
    company = _SmallChunks(people=250, events_per_person=30.0, days=60)
    made = make_company(company, tmp_path, progress=lambda n, total: done.append((n, total)))
    assert done == [(100, 250), (200, 250), (250, 250)]
    assert pl.read_parquet(made.people)["person"].to_list() == list(range(250))
    records = pl.read_parquet(made.records)
    rows = records.filter(pl.col("source") == "crm", pl.col("type") == "row")["value"]
    assert rows.cast(pl.Int64).to_list() == list(range(1, made.file("crm").rows + 1))
    for kind in ("order", "user_id", "openid", "resident_id"):
        mine = records.filter(pl.col("type") == kind)
        assert mine["value"].n_unique() == len(mine)
    clicks = _read_texts(made.file("mini_program").path)
    assert len(clicks) == made.file("mini_program").rows


class _SmallChunks(Company):
    @property
    def chunk(self) -> int:
        return 100


def test_counts_agree(world):
    frames = {
        "crm": world.crm,
        "till": world.till,
        "mini_program": world.clicks,
        "service": world.tickets,
    }
    for source, frame in frames.items():
        assert world.made.file(source).rows == len(frame) == world.figures[f"{source}.rows"]
    assert len(world.web) == world.figures["web_shop.rows"] + 1  # the totals row
    assert world.web["订单号"][-1] == "合计"
    assert len(world.people) == COMPANY.people == world.figures["people"]
    assert world.people["seen"].sum() == world.figures["people_seen"]


def test_events_per_person(world):
    lines = world.figures["web_shop.rows"] + world.figures["till.rows"]
    total = (lines + world.figures["mini_program.events"]) / COMPANY.people
    assert total == pytest.approx(COMPANY.events_per_person, rel=0.1)
    assert lines / COMPANY.people / total == pytest.approx(0.3, abs=0.04)


def _cents(column: str) -> pl.Expr:
    digits = pl.col(column).str.replace_all(r"[¥￥,元]", "")
    wan = digits.str.strip_suffix("万").cast(pl.Float64) * 10_000
    yuan = (
        pl.when(digits.str.ends_with("万"))
        .then(wan)
        .otherwise(digits.str.strip_suffix("万").cast(pl.Float64))
    )
    return (yuan * 100).round().cast(pl.Int64)


def test_amounts_add_up(world):
    web = world.web.head(-1)
    for frame, off, paid in ((web, "优惠金额", "实付金额"), (world.till, "优惠", "金额")):
        due = pl.col("数量").cast(pl.Int64) * _cents("单价") - _cents(off)
        assert frame.filter(due != _cents(paid)).is_empty()
    total = web.select(_cents("实付金额").sum()).item()
    assert total == round(world.figures["web_shop.paid"] * 100)
    assert world.web.tail(1).select(_cents("实付金额")).item() == total
    kept = web.filter(pl.col("订单状态") == "已完成").select(_cents("实付金额").sum()).item()
    assert kept == round(world.figures["web_shop.kept"] * 100)
    till = world.till.select(_cents("金额").sum()).item()
    assert world.people["spent"].sum() * 100 == pytest.approx(kept + till, abs=1)


def _check_owned(frame: pl.DataFrame, column: str, owners: pl.DataFrame, prefix: str = "") -> int:
    """Check that the identifiers of rows belong to the rows' people; return how many were seen."""
    held = frame.filter(pl.col(column).is_not_null()).select(
        "person", value=prefix + pl.col(column)
    )
    joined = held.join(owners.select("value", owner="person").unique(), on="value", how="left")
    assert joined.filter(
        pl.col("owner").is_null() | (pl.col("owner") != pl.col("person"))
    ).is_empty()
    return len(joined)


def test_orders_belong_to_their_people(world):
    cards, phones = world.owners("crm", "member_card"), world.owners("web_shop", "phone")
    orders = world.owners("web_shop", "order").select("person", 订单号="value")
    web = world.web.head(-1).join(orders, on="订单号", how="left")
    assert web["person"].null_count() == 0
    assert _check_owned(web, "用户编号", world.owners("web_shop", "user_id")) == len(web)
    clean = web.filter(pl.col("手机号").str.contains(PHONE))
    assert _check_owned(clean, "手机号", phones, "+86") > 0.7 * len(web)
    assert _check_owned(web, "会员卡号", cards) > 0.2 * len(web)
    receipts = world.owners("till", "order").select("person", 小票号="value")
    till = world.till.join(receipts, on="小票号", how="left")
    assert till["person"].null_count() == 0
    assert _check_owned(till, "会员卡号", cards) > 0.7 * len(till)
    clean = till.filter(pl.col("手机").str.contains(PHONE))
    assert _check_owned(clean, "手机", world.owners("till", "phone"), "+86") > 0.2 * len(till)


def test_walk_ins(world):
    nobody = world.till["会员卡号"].is_null() & world.till["手机"].is_null()
    assert nobody.mean() == pytest.approx(0.08, abs=0.02)


def test_clicks_belong_to_their_people(world):
    openids = world.owners("mini_program", "openid").select("person", openid="value")
    clicks = world.clicks.join(openids, on="openid", how="left")
    assert clicks["person"].null_count() == 0
    _check_owned(clicks, "unionid", world.owners("mini_program", "unionid"))
    _check_owned(clicks, "phone", world.owners("mini_program", "phone"), "+86")
    repeated = len(clicks) - clicks["message_id"].n_unique()
    assert repeated / len(clicks) == pytest.approx(0.01, abs=0.005)
    events = {word: _vocabulary().event_named(word) for word in clicks["event"].unique()}
    assert set(events.values()) == {"visit", "view_item", "add_to_cart"}


def test_tickets_belong_to_their_people(world):
    owners = world.owners("service", "ticket").select("person", 工单号="value")
    tickets = world.tickets.join(owners, on="工单号", how="left")
    clean = tickets.filter(pl.col("手机号").str.contains(PHONE))
    assert _check_owned(clean, "手机号", world.owners("service", "phone"), "+86") > 0


def _crm_with_people(world: World) -> pl.DataFrame:
    rows = world.owners("crm", "row").select("person", row=pl.col("value").cast(pl.Int64))
    assert rows["row"].to_list() == list(range(1, len(world.crm) + 1))
    return world.crm.with_columns(person=rows["person"]).join(
        world.people.select("person", "family", true_name="name", born="birth_date"),
        on="person",
        how="left",
    )


def test_crm_rows_belong_to_their_people(world):
    crm = _crm_with_people(world)
    _check_owned(crm, "会员卡号", world.owners("crm", "member_card"))
    same = crm.filter(pl.col("姓名") == pl.col("true_name"))
    assert len(same) == pytest.approx((1 - COMPANY.messy) * len(crm), rel=0.03)
    tests = crm.filter(pl.col("person").is_null())
    assert 0 < len(tests) < 0.01 * len(crm)
    assert tests["备注"].str.contains("测试").all()
    again = len(crm) - len(tests) - crm["person"].drop_nulls().n_unique()
    assert again / len(crm) == pytest.approx(0.03, abs=0.012)


def test_phones_are_shared_by_families_and_the_store_only(world):
    crm = _crm_with_people(world).filter(
        pl.col("手机号").str.contains(PHONE), pl.col("person") >= 0
    )
    shared = (
        crm.group_by("手机号")
        .agg(
            pl.col("person").n_unique().alias("people"),
            pl.col("family").n_unique().alias("families"),
            pl.col("family").null_count().alias("alone"),
            pl.col("true_name").n_unique().alias("names"),
        )
        .filter(pl.col("people") > 1)
        .sort("people", descending=True)
    )
    store, families = shared.head(1), shared.tail(-1)
    assert store["people"].item() > 3
    assert store["alone"].item() > 0
    assert len(families) > 10
    assert families["people"].is_between(2, 3).all()
    assert (families["families"] == 1).all()
    assert (families["alone"] == 0).all()
    assert (families["names"] == families["people"]).all()
    own = world.records.filter(pl.col("type") == "phone").unique(["value", "person"])
    assert own["value"].n_unique() == len(own)


@pytest.mark.parametrize("messy", [0.0, 0.1, 0.4])
def test_messy_share(tmp_path, messy):
    made = make_company(Company(people=1_500, events_per_person=2, messy=messy), tmp_path)
    crm = _read_texts(made.file("crm").path)
    for column, shape in (
        ("手机号", PHONE),
        ("出生日期", r"^\d{4}-\d\d-\d\d$"),
        ("注册时间", r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"),
        ("性别", "^[男女]$"),
    ):
        values = crm[column].drop_nulls()
        values = values.filter(~values.is_in(["-", "无", "NULL", "N/A", "暂无"]))
        odd = 1 - float(values.str.contains(shape).mean())
        assert odd == pytest.approx(messy, abs=0.03), column


def test_phone_and_date_forms(world):
    phones, days = world.crm["手机号"].drop_nulls(), world.crm["出生日期"].drop_nulls()
    for shape in (
        "^[０-９]{11}$",
        r"^\+86",
        "^0086",
        "^86-",
        r"E\+10$",
        r"\*{4}",
        r"^\d{3}-\d{4}-",
    ):
        assert phones.str.contains(shape).any(), shape
    for shape in (r"^\d{4}/\d", "年", r"^\d{5}$", r"^\d{8}$", r"^\d{4}-"):
        assert days.str.contains(shape).any(), shape


def test_plain_is_clean(tmp_path):
    made = make_company(Company(people=800), tmp_path, plain=True)
    assert all(file.path.suffix == ".parquet" for file in made.files)
    crm = pl.read_parquet(made.file("crm").path)
    assert crm["会员卡号"].n_unique() == len(crm)
    assert crm["手机号"].drop_nulls().str.contains(PHONE).all()
    assert crm.schema["出生日期"] == pl.Date
    web = pl.read_parquet(made.file("web_shop").path)
    assert web.schema["实付金额"] == pl.Decimal(14, 2)
    assert web.filter(
        pl.col("数量") * pl.col("单价") - pl.col("优惠金额") != pl.col("实付金额")
    ).is_empty()
    clicks = pl.read_parquet(made.file("mini_program").path)
    assert clicks["message_id"].n_unique() == len(clicks)


def test_life_is_as_planted(world):
    people = world.people
    orders = (
        world.web.head(-1)
        .unique("订单号")
        .select(value="订单号", day=pl.col("下单时间").str.head(10).str.to_date())
    )
    whose = world.owners("web_shop", "order").join(orders, on="value").join(people, on="person")
    assert whose.filter(pl.col("day") <= pl.col("acquired_on")).is_empty()
    assert whose.filter(pl.col("day") >= pl.col("churned_on")).is_empty()
    assert whose["day"].min() >= COMPANY.start
    assert whose["day"].max() <= COMPANY.until
    festival = whose.filter(pl.col("day").is_between(date(2025, 11, 10), date(2025, 11, 11)))
    usual = whose.filter(pl.col("day").is_between(date(2025, 9, 1), date(2025, 9, 30)))
    assert len(festival) / 2 > 2.5 * len(usual) / 30
    # A tenth of the customers brings a good part of the money.
    spent = people["spent"].sort(descending=True)
    assert spent.head(len(spent) // 10).sum() > 0.4 * spent.sum()


def test_tastes_show(world):
    orders = world.owners("web_shop", "order").select("person", 订单号="value")
    web = world.web.head(-1).join(orders, on="订单号").join(world.people, on="person")
    assert float((web["类目"] == web["favourite_category"]).mean()) > 0.5


def _vocabulary() -> Vocabulary:
    kinds = (FieldDefinition, EventDefinition, IdentifierDefinition)
    fields, events, identifiers = (
        {d.name: d for d in starter() if isinstance(d, kind)} for kind in kinds
    )
    return Vocabulary(fields, events, identifiers)


TARGETS = {
    "crm": "@id:member_card name gender phone email birth_date resident_id address member_level "
    "registered_at acquired_by home_store skin_type interests marketing_consent remark",
    "web_shop": "order_id line_id @id:user_id @id:member_card @id:phone product product_name category "
    "brand quantity unit_price discount amount coupon @at payment status channel",
    "till": "order_id line_id @id:member_card @id:phone product product_name category quantity "
    "unit_price discount amount @at store payment",
    "mini_program": "@event @id:openid @id:unionid @id:phone @at page product category channel @key",
    "service": "ticket_id @id:phone topic satisfaction content @at hours",
}


@pytest.mark.parametrize("source", TARGETS)
def test_headings_are_understood(world, source):
    file = world.made.file(source)
    shape = detect(file.path)
    sample = next(iter(read(file.path, shape))).rows.slice(0, 2_000)
    rows = file.word if file.word == "customers" else _vocabulary().event_named(str(file.word))
    mapping = propose("test", source, str(rows), sample, _vocabulary())
    used = [c for c in mapping.columns if c.to is not None]
    assert [c.to for c in used] == TARGETS[source].split()
    # A visit has no product: those two are proposed under the names that the other events know.
    by_name = [c.because == "name" for c in used if c.to not in ("product", "category")]
    assert all(by_name)


def test_title_rows_and_encodings(world):
    assert detect(world.made.file("crm").path).header_row == 2
    web = detect(world.made.file("web_shop").path)
    assert (web.encoding, web.delimiter) == ("gb18030", ",")
    till = detect(world.made.file("till").path)
    assert (till.encoding, till.delimiter) == ("utf-8", ";")
    assert world.made.file("till").path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_thousand_are_quick(tmp_path):
    before = time.perf_counter()
    make_company(Company(people=1_000), tmp_path)
    assert time.perf_counter() - before < 5


@pytest.mark.parametrize("people", [1, 11, 12, 13])
def test_few_people(tmp_path, people):
    made = make_company(Company(people=people, events_per_person=5), tmp_path)
    assert len(pl.read_parquet(made.people)) == people


def test_impossible_companies_are_refused():
    for wrong in ({"people": 0}, {"messy": 2.0}, {"days": 3}, {"events_per_person": 0.0}):
        with pytest.raises(QunxiangError, match="must lie between"):
            Company(**wrong)
