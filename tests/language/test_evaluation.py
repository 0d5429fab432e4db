"""Any rule and any measure over any small world: the product, the oracle and SQL say the same."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qunxiang.engine import Bits, Shelf
from qunxiang.engine.timelines import build, cluster, place
from qunxiang.errors import LanguageError
from qunxiang.language import (
    Evaluator,
    Memory,
    When,
    check,
    check_measure,
    measure_all,
    normalise,
    parse,
    parse_measure,
)
from qunxiang.language.kinds import (
    KINDS_OF_FN,
    KINDS_OF_OP,
    PROPERTY_OPTIONAL,
    TAKES_BY,
    find_result,
)
from qunxiang.language.nodes import (
    FNS,
    LAST_OF,
    NEEDS,
    Ago,
    All,
    AnyOf,
    Between,
    Bucket,
    Calendar,
    Compare,
    Day,
    Ever,
    InAudience,
    Last,
    Listed,
    Measure,
    Measured,
    Moment,
    Not,
    Since,
)
from qunxiang.language.schema import AT
from tests.language.oracle import Oracle
from tests.language.small_world import (
    SMALL,
    Event,
    Plain,
    SmallWorld,
    make_world,
    to_column,
)

ZONES = ["Asia/Shanghai", "UTC", "Asia/Kolkata"]
INSTANTS = [
    dt.datetime(2024, 2, 29, 4, 30, tzinfo=dt.UTC),
    dt.datetime(2024, 3, 1, 0, 0, tzinfo=dt.UTC),
    dt.datetime(2025, 12, 31, 16, 0, tzinfo=dt.UTC),  # midnight of the new year in Shanghai
    dt.datetime(2023, 3, 31, 10, 0, 0, 1, tzinfo=dt.UTC),
]
TICK = dt.timedelta(microseconds=1)
WORDS = ["上海", "北京", "Shanghai", "a", "A", "ab", "面部护理"]
DATES = [dt.date(2024, 2, 29), dt.date(2000, 2, 29), dt.date(1999, 12, 31), dt.date(2025, 3, 1)]
MONEY = [Decimal("0"), Decimal("99.99"), Decimal("100"), Decimal("100.0001"), Decimal("-5.5")]
REAL = [0.0, 0.5, 2.25, 100.0, -1.75]

dates = st.sampled_from(DATES) | st.dates(dt.date(2022, 12, 1), dt.date(2026, 2, 1))
moments = st.builds(
    lambda near, back, tick: near - back + tick * TICK,
    st.sampled_from(INSTANTS),
    st.sampled_from([dt.timedelta(days=d) for d in (0, 1, 2, 7, 28, 30, 31, 60, 90, 365)])
    | st.integers(-100, 2_000).map(lambda hours: dt.timedelta(hours=hours)),
    st.sampled_from([-1, 0, 1]),
)
VALUES = {
    "text": st.sampled_from(WORDS),
    "texts": st.lists(st.sampled_from(WORDS), max_size=3, unique=True).map(tuple),
    "money": st.sampled_from(MONEY),
    "date": dates,
    "moment": moments,
    "yesno": st.booleans(),
    "age": st.integers(-2, 6),
    "number": st.sampled_from(REAL),
}
WHOLE = {"age", "quantity"}


def values_of(info) -> st.SearchStrategy:
    return VALUES["age" if info.name in WHOLE else info.kind]


def rows_of(infos) -> st.SearchStrategy:
    fields = {i.name: st.none() | values_of(i) for i in infos if i.name != "never"}
    return st.fixed_dictionaries(fields)


events = st.one_of(
    *(
        st.builds(
            Event,
            person=st.integers(0, 11),
            event=st.just(name),
            at=moments,
            row_id=st.integers(0, 2**64 - 1) | st.integers(0, 3),
            props=rows_of(i for i in info.properties.values() if name != "refund"),
        )
        for name, info in SMALL.events.items()
    )
)


def unlike(events: list[Event]) -> list[Event]:
    """Give events of one person, kind and time different row ids, as rows have."""
    seen: set[tuple] = set()
    out = []
    for event in events:
        row_id = event.row_id
        while (event.person, event.event, event.at, row_id) in seen:
            row_id = (row_id + 1) % 2**64
        seen.add((event.person, event.event, event.at, row_id))
        out.append(replace(event, row_id=row_id))
    return out


groups = st.frozensets(st.integers(0, 11), max_size=6)
plains = st.builds(
    Plain,
    people=st.lists(rows_of(SMALL.fields.values()), min_size=12, max_size=12),
    events=st.lists(events, max_size=60).map(unlike),
    dead=st.frozensets(st.integers(0, 11), max_size=2),
    audiences=st.fixed_dictionaries({"vip": groups, "lapsed": groups}),
    lists=st.fixed_dictionaries({"by hand": groups}),
)


def crowded(seed: int) -> Plain:
    """Return a world in which much happens: random draws find what small examples never show."""
    rng = random.Random(seed)
    back = [dt.timedelta(days=d) for d in (0, 1, 2, 7, 28, 30, 31, 60, 90, 365)]

    def moment() -> dt.datetime:
        near = rng.choice(INSTANTS) - rng.choice(back) + rng.choice([-1, 0, 0, 1]) * TICK
        return near - dt.timedelta(hours=rng.choice([-30, 0, 0, 0, 5, 300]))

    def day() -> dt.date:
        return rng.choice([*DATES, moment().date()])

    draw = {
        "text": lambda: rng.choice(WORDS),
        "texts": lambda: tuple(rng.sample(WORDS, rng.randrange(4))),
        "money": lambda: rng.choice(MONEY),
        "date": day,
        "moment": moment,
        "yesno": lambda: rng.random() < 0.5,
        "number": lambda: rng.choice(REAL),
    }

    def row(infos) -> dict:
        return {
            i.name: None
            if i.name == "never" or rng.random() < 0.2
            else rng.randint(-2, 6)
            if i.name in WHOLE
            else draw[i.kind]()
            for i in infos
        }

    def event(number: int) -> Event:
        name = rng.choice(["purchase", "purchase", "visit", "refund"])
        props = row(SMALL.events[name].properties.values()) if name != "refund" else {}
        person = rng.randrange(3 if rng.random() < 0.6 else 12)  # a few have many
        return Event(person, name, moment(), number * 7_919 % 1_009, props)

    def group() -> frozenset[int]:
        return frozenset(p for p in range(12) if rng.random() < 0.4)

    return Plain(
        [row(SMALL.fields.values()) for _ in range(12)],
        unlike([event(n) for n in range(200)]),
        frozenset(rng.sample(range(12), rng.randrange(3))),
        {"vip": group(), "lapsed": group()},
        {"by hand": group()},
    )


busy = st.builds(crowded, st.integers(0, 10**9))
worlds = st.integers(0, 9).flatmap(lambda n: plains if n == 9 else busy)

# ── trees that fit the schema ────────────────────────────────────────────────────────────────────

given_numbers = st.sampled_from(
    [-2, -1, 0, 1, 2, 3, 0.5, 2.25, 99.99, 100, 100.0001, 100.00005, -5.5]
)
given_days = dates.map(lambda d: Day(day=d))
given_moments = (
    given_days
    | moments.map(lambda m: Moment(moment=m))
    | moments.map(
        lambda m: Moment(moment=m.astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None))
    )
)
GIVEN = {
    "text": st.sampled_from([*WORDS, "Ｓhanghai", "", "东京"]),
    "texts": st.sampled_from([*WORDS, "东京"]),
    "number": given_numbers,
    "money": given_numbers,
    "date": given_days,
    "moment": given_moments,
    "yesno": st.booleans(),
}
PATTERNS = st.sampled_from(["^a", "b$", "上.", "[A-Z]", "(?i)SHANG", "^$", "护"])


def _parts(last: int) -> st.SearchStrategy:
    one = st.integers(1, last)
    return one | st.lists(one, min_size=1, max_size=3).map(tuple)


def operands(op: str, kind: str) -> st.SearchStrategy:
    scalars = GIVEN[kind]
    if op == "matches":
        return PATTERNS
    return {
        "nothing": st.none(),
        "text": scalars,
        "list": st.lists(scalars, min_size=1, max_size=3).map(tuple),
        "pair": st.tuples(scalars, scalars),
        "days": st.sampled_from([1, 2, 7, 29, 30, 365, 366, 400]),
        "weekday": _parts(LAST_OF["weekday"]),
        "month": _parts(LAST_OF["month"]),
        "single": scalars,
    }[NEEDS.get(op, "single")]


def comparisons(kind: str) -> st.SearchStrategy:
    ops = [op for op, kinds in KINDS_OF_OP.items() if kind in kinds]
    return st.sampled_from(ops).flatmap(lambda op: st.tuples(st.just(op), operands(op, kind)))


def compares(infos) -> st.SearchStrategy:
    return st.sampled_from(list(infos)).flatmap(
        lambda i: comparisons(i.kind).map(lambda c: Compare(field=i.name, op=c[0], value=c[1]))
    )


def combine(leaf: st.SearchStrategy, most: int = 5) -> st.SearchStrategy:
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(Not, of=inner),
            st.builds(All, of=st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, of=st.lists(inner, max_size=3).map(tuple)),
        ),
        max_leaves=most,
    )


lasts = st.builds(
    Last,
    n=st.sampled_from([1, 2, 3, 7, 12, 24, 30, 60, 90]),
    unit=st.sampled_from(["minutes", "hours", "days", "weeks", "months"]),
)
windows = st.one_of(
    st.builds(Ever),
    lasts,
    st.sampled_from([0, 1, 30]).flatmap(
        lambda end: st.sampled_from([1, 7, 60]).map(
            lambda more: Ago(start_days=end + more, end_days=end)
        )
    ),
    st.tuples(dates, dates).map(lambda two: Between(start=min(two), end=max(two))),
    st.builds(Since, start=dates),
    st.builds(
        Calendar,
        which=st.sampled_from(["this", "last"]),
        unit=st.sampled_from(["week", "month", "quarter", "year"]),
    ),
)


@st.composite
def measures(draw) -> Measure:
    fn = draw(st.sampled_from(FNS))
    event = SMALL.events[
        draw(st.sampled_from(["purchase", "purchase", "purchase", "visit", "refund"]))
    ]
    infos = [*event.properties.values(), AT]
    fitting = [i for i in infos if i.kind in KINDS_OF_FN[fn]]
    prop = draw(st.sampled_from(fitting)).name if fitting else None
    if fn in PROPERTY_OPTIONAL:
        prop = draw(st.none() | st.just(prop))
    elif KINDS_OF_FN[fn] and prop is None:
        fn = "count"
    summable = [i.name for i in infos if i.kind in KINDS_OF_FN["sum"]]
    by = draw(st.none() | st.sampled_from(summable)) if fn in TAKES_BY and summable else None
    where = draw(st.none() | st.none() | combine(compares(infos), 3))
    window = draw(lasts if fn == "trend" else windows)
    return Measure(fn=fn, event=event.name, prop=prop, where=where, window=window, by=by)


@st.composite
def measureds(draw) -> Measured:
    measure = draw(measures())
    event = SMALL.events[measure.event]
    prop = None if measure.prop is None else event.find_property(measure.prop).kind
    op, value = draw(comparisons(find_result(measure.fn, prop)))
    return Measured(measure=measure, op=op, value=value)


ends = st.tuples(st.integers(0, 100), st.integers(0, 100)).filter(lambda two: two[0] < two[1])
leaves = st.one_of(
    compares(SMALL.fields.values()),
    measureds(),
    measureds(),
    st.builds(InAudience, audience=st.sampled_from(["vip", "lapsed"])),
    st.just(Listed(list="by hand")),
    st.builds(
        lambda seed, two: Bucket(seed=seed, start=two[0], end=two[1]),
        st.sampled_from(["a", "秋季测试", "a longer seed than eight bytes"]),
        ends,
    ),
)
rules = combine(leaves)
whens = st.builds(When, st.sampled_from(INSTANTS), st.sampled_from(ZONES))


class Room:
    """A folder that is empty again for every example."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp())
        return self.path

    def __exit__(self, *_args: object) -> None:
        shutil.rmtree(self.path)


def checked(tree, kind=check):
    """Return a tree the checker lets pass, resolved; None for a range whose ends are reversed."""
    try:
        return kind(tree, SMALL).tree
    except LanguageError as error:
        if error.code != "language.range_reversed":
            raise
        return None


EASY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking whole worlds takes minutes
)


@EASY
@given(worlds, st.lists(rules, min_size=3, max_size=8), whens)
def test_any_rule_over_any_world(plain, trees, when):
    with Room() as folder:
        world = make_world(folder, plain, when.zone)
        evaluator, oracle = Evaluator(world, when), Oracle(plain, when.as_of, when.zone)
        for tree in filter(None, map(checked, trees)):
            expected = sorted(oracle.people(tree))
            assert evaluator.people(tree).people().tolist() == expected, tree
            assert evaluator.people(normalise(tree)).people().tolist() == expected, tree
            # Nothing remembered, and one person at a time, the answer is the same.
            assert Evaluator(world, when, Memory(most_bytes=1)).count(tree) == len(expected)
            for person in (0, 7):
                assert evaluator.why(tree, person).holds == (person in expected)


@EASY
@given(worlds, st.lists(measures(), min_size=6, max_size=16), whens)
def test_any_measure_over_any_world(plain, trees, when):
    with Room() as folder:
        world = make_world(folder, plain, when.zone)
        oracle = Oracle(plain, when.as_of, when.zone)
        wanted = [m for m in (checked(t, check_measure) for t in trees) if m is not None]
        columns = measure_all(world, wanted, when)
        some = np.array([0, 11, 3])
        slices = measure_all(world, wanted, when, only=some)
        for measure, column, few in zip(wanted, columns, slices, strict=True):
            expected = [oracle.value(measure, person) for person in range(12)]
            assert same(column.arrow().to_pylist()) == same(expected), measure
            assert same(few.arrow().to_pylist()) == same([expected[p] for p in some]), measure


def same(values: list) -> list:
    """Return values as they compare: lists are sets, and an empty one is none; money is exact."""
    out = []
    for value in values:
        if isinstance(value, list | tuple | frozenset):
            out.append(frozenset(value) or None)
        elif isinstance(value, Decimal):
            out.append(value.normalize())
        elif isinstance(value, float):
            out.append(round(value, 9))
        else:
            out.append(value)
    return out


# ── the same in SQL, over many people and several chunks ─────────────────────────────────────────

AS_OF = dt.datetime(2024, 3, 1, 4, 30, tzinfo=dt.UTC)
PEOPLE, EVENTS = 3_000, 150_000


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A world of many events, as the product holds it and as a DuckDB table."""
    rng = np.random.default_rng(7)
    person = rng.zipf(1.3, EVENTS) % PEOPLE
    at = (
        AS_OF.timestamp()
        - rng.integers(-5, 800, EVENTS) * 86_400
        + rng.integers(0, 3, EVENTS) * 3_600
    )
    at = (at * 1_000_000).astype(np.int64)
    row_id = rng.permutation(EVENTS).astype(np.uint64)
    cents = rng.integers(-500, 100_000, EVENTS)

    def holes(values: list, share: float) -> list:
        return [
            None if hole else v for v, hole in zip(values, rng.random(EVENTS) < share, strict=True)
        ]

    props = {
        "amount": holes([Decimal(int(c)) / 100 for c in cents], 0.05),
        "quantity": holes(rng.integers(0, 9, EVENTS).tolist(), 0.1),
        "category": holes([WORDS[i] for i in rng.integers(0, len(WORDS), EVENTS)], 0.2),
        "order_id": holes([f"o{i}" for i in rng.integers(0, 60_000, EVENTS)], 0.01),
        "gift": holes((rng.random(EVENTS) < 0.5).tolist(), 0.3),
    }
    having, offsets, order = cluster(person.astype(np.int32), at, row_id, PEOPLE)
    columns = {
        place("purchase") + n: c
        for n, c in build(order, having, offsets, at, "Asia/Shanghai").items()
    }
    kinds = {n: p.kind for n, p in SMALL.events["purchase"].properties.items()}
    for name, values in props.items():
        columns[place("purchase") + "of/" + name] = to_column(values, kinds[name]).take(order)
    shelf = Shelf(tmp_path_factory.mktemp("many"))
    shelf.publish(columns)
    world = SmallWorld(
        shelf, PEOPLE, Bits.everyone(PEOPLE), {}, {}, {}, np.arange(PEOPLE, dtype=np.uint64)
    )
    table = pa.table(
        {
            "person": person,
            "moment": pa.array(at, pa.timestamp("us", "UTC")),
            "row_id": row_id,
            "amount": pa.array(props["amount"], pa.decimal128(18, 4)),
            "quantity": pa.array(props["quantity"], pa.int64()),
            "category": pa.array(props["category"], pa.string()),
            "order_id": pa.array(props["order_id"], pa.string()),
            "gift": pa.array(props["gift"], pa.bool_()),
        }
    )
    con = duckdb.connect(config={"threads": 2})
    con.execute("SET TimeZone = 'Asia/Shanghai'")
    con.register("rows", table)
    con.execute("CREATE TABLE events AS SELECT *, CAST(moment AS DATE) AS day FROM rows")
    yield world, con
    con.close()


WINDOWS_IN_SQL = {
    "ever": "moment < $now",
    "last 30 days": "moment >= $now - INTERVAL 720 HOUR AND moment < $now",
    "from 60 to 30 days ago": "moment >= $now - INTERVAL 1440 HOUR AND moment < $now - INTERVAL 720 HOUR",
    "last month": "day >= DATE '2024-02-01' AND day < DATE '2024-03-01'",
    "between 2023-01-01 and 2023-12-31": "day BETWEEN DATE '2023-01-01' AND DATE '2023-12-31'",
}
WHERES_IN_SQL = {
    "": "TRUE",
    ", where category in ('上海', 'a') and not (quantity > 4)": (
        "coalesce(category IN ('上海', 'a'), FALSE) AND NOT coalesce(quantity > 4, FALSE)"
    ),
    ", where gift = false or amount between 10 and 500.5": (
        "coalesce(gift = FALSE, FALSE) OR coalesce(amount BETWEEN 10 AND 500.5, FALSE)"
    ),
}
MEASURES_IN_SQL = {
    "count(purchase{})": "count(*)",
    "days(purchase{})": "count(DISTINCT day)",
    "sum(purchase.amount{})": "coalesce(sum(amount), 0)",
    "sum(purchase.quantity{})": "coalesce(sum(quantity), 0)",
    "avg(purchase.quantity{})": "avg(quantity)",
    "avg(purchase.amount{})": "(round_even((sum(amount) * 10000)::DOUBLE / count(amount), 0) / 10000)::DECIMAL(18, 4)",
    "min(purchase.amount{})": "min(amount)",
    "max(purchase.amount{})": "max(amount)",
    "median(purchase.quantity{})": "median(quantity)",
    "distinct(purchase.order_id{})": "count(DISTINCT order_id)",
    "first(purchase.category{})": "arg_min_null(category, (moment, row_id))",
    "last(purchase.amount{})": "arg_max_null(amount, (moment, row_id))",
    "list(purchase.category{})": "list_sort(list(DISTINCT category) FILTER (category IS NOT NULL))",
    "gap(purchase{})": "CASE WHEN count(DISTINCT day) > 1 THEN (max(day) - min(day)) / (count(DISTINCT day) - 1) END",
    "recency(purchase{})": "DATE '2024-03-01' - max(day)",
}


def ask(many, text: str) -> list:
    world, _ = many
    measure = check_measure(parse_measure(text), SMALL).tree
    column = measure_all(world, [measure], When(AS_OF, "Asia/Shanghai"))[0]
    return same(column.arrow().to_pylist())


def told(many, picked: str, where: str) -> list:
    _, con = many
    body = f"SELECT person, {picked} AS value FROM events WHERE ({where}) GROUP BY person"
    rows = dict(con.execute(body, {"now": AS_OF} if "$now" in body else None).fetchall())
    return [rows.get(person) for person in range(PEOPLE)]


@pytest.mark.parametrize("window", WINDOWS_IN_SQL)
@pytest.mark.parametrize("where", WHERES_IN_SQL, ids=["all", "several", "either"])
def test_measures_say_what_sql_says(many, window, where):
    inside = f"({WINDOWS_IN_SQL[window]}) AND ({WHERES_IN_SQL[where]})"
    for text, picked in MEASURES_IN_SQL.items():
        mine = ask(many, text.format(f"{where}, {window}"))
        theirs = told(many, picked, inside)
        zero = text.startswith(("count", "days", "sum", "distinct"))
        theirs = [0 if zero and v is None else v for v in theirs]
        assert mine == same([float(v) if is_real(text, v) else v for v in theirs]), text


def is_real(text: str, value: object) -> bool:
    return isinstance(value, Decimal) and "amount" not in text


@pytest.mark.parametrize("window", WINDOWS_IN_SQL)
def test_favourites_say_what_sql_says(many, window):
    _, con = many
    for by, weight in (("", "1"), (" by amount", "coalesce(amount, 0)")):
        body = f"""
            SELECT person, arg_max(category, (tally, latest)), max(tally) / nullif(greatest(sum(tally), 0), 0)
            FROM (SELECT person, category, sum({weight})::DOUBLE AS tally, max((moment, row_id)) AS latest
                  FROM events WHERE ({WINDOWS_IN_SQL[window]}) AND category IS NOT NULL
                  GROUP BY person, category)
            GROUP BY person"""
        rows = {
            p: (c, s)
            for p, c, s in con.execute(body, {"now": AS_OF} if "$now" in body else None).fetchall()
        }
        expected = [rows.get(person, (None, None)) for person in range(PEOPLE)]
        assert ask(many, f"top(purchase.category{by}, {window})") == [e[0] for e in expected]
        assert ask(many, f"top_share(purchase.category{by}, {window})") == same(
            [e[1] for e in expected]
        )


def test_trend_says_what_sql_says(many):
    ratio = """count(*) FILTER (moment >= $now - INTERVAL 720 HOUR) /
        nullif(count(*) FILTER (moment < $now - INTERVAL 720 HOUR), 0)"""
    inside = "moment >= $now - INTERVAL 1440 HOUR AND moment < $now"
    assert ask(many, "trend(purchase, last 30 days)") == same(told(many, ratio, inside))
    whole = ratio.replace("count(*)", "sum(amount)")
    positive = f"CASE WHEN sum(amount) FILTER (moment < $now - INTERVAL 720 HOUR) > 0 THEN coalesce(({whole})::DOUBLE, 0) END"
    assert ask(many, "trend(purchase.amount, last 30 days)") == same(told(many, positive, inside))


def test_a_rule_over_many_people_says_what_sql_says(many):
    world, con = many
    text = """count(purchase, where category = '上海', last 30 days) >= 2
        and not sum(purchase.amount, ever) > 20000 or last(purchase.gift, ever) = true"""
    rule = check(parse(text), SMALL).tree
    found = Evaluator(world, When(AS_OF, "Asia/Shanghai")).people(rule).people().tolist()
    rows = con.execute(
        """SELECT person FROM events WHERE moment < $now GROUP BY person HAVING
        (count(*) FILTER (category = '上海' AND moment >= $now - INTERVAL 720 HOUR) >= 2
         AND NOT coalesce(sum(amount), 0) > 20000)
        OR coalesce(arg_max_null(gift, (moment, row_id)), FALSE) ORDER BY person""",
        {"now": AS_OF},
    ).fetchall()
    assert found == [r[0] for r in rows]
    assert 0 < len(found) < PEOPLE
