"""A real shop's year, imported, against figures worked out with pandas alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from qunxiang.app import House, Imports, Questions, Refresh
from qunxiang.governance import HOUSEHOLDER

DATA = Path(__file__).parents[2] / "shared" / "data" / "online_retail.parquet"
AS_OF = dt.datetime(2011, 12, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = pd.Timestamp("2011-12-10")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.exists(), reason=f"{DATA.name} is not at ../shared/data"),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with House(tmp_path_factory.mktemp("retail")) as house:
        imports = Imports(house)
        outcome = imports.bring(DATA, imports.look(DATA, "orders"), HOUSEHOLDER)
        assert outcome.landed is not None
        assert outcome.landed.rows == 541_909
        Refresh(house, AS_OF).run()
        yield house


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """The shop's sales as pandas sees them: cancelled and negative lines are refunds."""
    frame = pd.read_parquet(DATA)
    frame = frame[frame["CustomerID"].notna()].copy()
    frame["customer"] = frame["CustomerID"].map(lambda c: str(int(float(c))))
    frame["cents"] = frame["UnitPrice"].astype(float).mul(10_000).round().astype("int64") * frame[
        "Quantity"
    ].astype("int64")
    frame["day"] = pd.to_datetime(frame["InvoiceDate"]).dt.tz_localize(None).dt.normalize()
    frame["moment"] = pd.to_datetime(frame["InvoiceDate"]).dt.tz_localize(None)
    refunded = frame["InvoiceNo"].astype(str).str.startswith("C") | (frame["Quantity"] < 0)
    frame["refund"] = refunded
    return frame


@pytest.fixture(scope="module")
def columns(shop) -> pd.DataFrame:
    """Every person's scores, by their customer number."""
    questions = Questions(shop, HOUSEHOLDER, AS_OF)
    names = [
        *("rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_r", "rfm_f", "rfm_m"),
        *("lifecycle", "country"),
    ]
    everybody = questions.everybody()
    frame = questions.members(everybody, names).to_pandas()
    identity = shop.identity
    rows = shop.warehouse.read("identifiers", ["node", "type", "value"], where={"type": "user_id"})
    person = identity.persons_of(rows["node"].to_numpy())
    of_person = dict(zip(person.tolist(), rows["value"].to_pylist(), strict=True))
    frame["customer"] = [of_person[p] for p in everybody.people().tolist()]
    return frame.set_index("customer").sort_index()


@pytest.fixture(scope="module")
def expected(lines) -> pd.DataFrame:
    bought = lines[~lines["refund"]]
    by = bought.groupby("customer")
    out = pd.DataFrame(
        {
            "recency": (TODAY - by["day"].max()).dt.days,
            "frequency": by["InvoiceNo"].nunique(),
            "monetary": by["cents"].sum(),
            "first": by["day"].min(),
            "last": by["day"].max(),
        }
    )
    days = bought[["customer", "day"]].drop_duplicates().sort_values("day", ascending=False)
    second = days[days.groupby("customer").cumcount() == 1].set_index("customer")["day"]
    out["before"] = second.reindex(out.index).fillna(out["last"])
    return out.sort_index()


def test_counts(shop):
    questions = Questions(shop, HOUSEHOLDER, AS_OF)
    assert questions.everybody().count() == 4_372
    assert questions.count("did purchase").count == 4_339
    assert questions.count("distinct(purchase.order_id, ever) >= 2").count == 2_845
    assert questions.count("not did purchase").count == 33


def test_more_counts(shop, lines, expected):
    questions = Questions(shop, HOUSEHOLDER, AS_OF)
    bought = lines[~lines["refund"]]
    recent = bought[bought["moment"] >= pd.Timestamp("2011-11-10")]
    for text, answer in {
        "did purchase (last 30 days)": recent["customer"].nunique(),
        "sum(purchase.amount) > 1000": int((expected["monetary"] > 10_000_000).sum()),
        "sum(purchase.quantity, last 30 days) >= 100": int(
            (recent.groupby("customer")["Quantity"].sum() >= 100).sum()
        ),
        "distinct(purchase.product) > 50": int(
            (bought.groupby("customer")["StockCode"].nunique() > 50).sum()
        ),
        "days(purchase) >= 5": int((bought.groupby("customer")["day"].nunique() >= 5).sum()),
        "did refund": lines[lines["refund"]]["customer"].nunique(),
        "did purchase (between 2011-10-01 and 2011-10-31) and not did purchase (since 2011-11-01)": len(
            set(bought[bought["day"].between("2011-10-01", "2011-10-31")]["customer"])
            - set(bought[bought["day"] >= "2011-11-01"]["customer"])
        ),
        "recency(purchase) > 90": int((expected["recency"] > 90).sum()),
    }.items():
        assert questions.count(text).count == answer, text


def test_recency_frequency_and_money(columns, expected):
    mine = columns[columns["rfm_recency"].notna()]
    assert list(mine.index) == list(expected.index)
    assert mine["rfm_recency"].astype(int).tolist() == expected["recency"].tolist()
    assert mine["rfm_frequency"].astype(int).tolist() == expected["frequency"].tolist()
    money = [int(v * 10_000) for v in mine["rfm_monetary"]]
    assert money == expected["monetary"].tolist()


def test_quantile_scores(columns, expected):
    mine = columns[columns["rfm_recency"].notna()]
    quantiles = [0.2, 0.4, 0.6, 0.8]
    for name, values, upward in (
        ("rfm_r", expected["recency"], False),
        ("rfm_f", expected["frequency"], True),
        ("rfm_m", expected["monetary"] / 10_000, True),
    ):
        cuts = values.quantile(quantiles).to_numpy()
        below = sum((values.to_numpy() > cut).astype(int) for cut in cuts)
        score = 1 + below if upward else 5 - below
        assert mine[name].astype(int).tolist() == score.tolist(), name


def test_lifecycle(columns, expected):
    since = expected["recency"]
    stage = pd.Series("dormant", index=expected.index)
    stage[since <= 180] = "at_risk"
    stage[since <= 90] = "active"
    away = (expected["last"] - expected["before"]).dt.days > 180
    stage[(since <= 90) & away] = "revived"
    stage[((TODAY - expected["first"]).dt.days <= 30) & (since <= 90)] = "new"
    mine = columns[columns["lifecycle"].notna()]["lifecycle"]
    assert mine.to_dict() == stage.to_dict()
    assert set(stage) == {"new", "active", "at_risk", "dormant", "revived"}


def test_who_spent_much_comes_from_where(shop, columns, expected):
    """TGI of country among those who spent more than 1000."""
    questions = Questions(shop, HOUSEHOLDER, AS_OF)
    group = questions.people("spend_total > 1000")
    drawn = questions.portrait(group, ["country"])[0]
    rich = set(expected[expected["monetary"] > 10_000_000].index)
    assert group.count() == len(rich)
    country = columns["country"].dropna()
    everybody, mine = country.value_counts(), country[country.index.isin(rich)].value_counts()
    assert drawn.known_all == len(country)
    assert drawn.known == int(mine.sum())
    for share in drawn.shares:
        part, whole = mine.get(share.value, 0), everybody[share.value]
        assert (share.count, share.count_all) == (part, whole)
        tgi = (part / mine.sum()) / (whole / everybody.sum()) * 100
        assert np.isclose(share.tgi, tgi, rtol=1e-12), share.value
    assert len(drawn.shares) == len(everybody)


def test_countries_are_the_shops(columns, lines):
    """Each customer's country is the one of their newest order."""
    newest = (
        lines.sort_values(["moment"], kind="stable")
        .groupby("customer")["Country"]
        .agg(["last", "nunique"])
    )
    plain = newest[newest["nunique"] == 1]["last"]
    mine = columns["country"].reindex(plain.index)
    known = mine.notna()
    assert known.mean() > 0.99
    assert (mine[known] == plain[known]).all()
