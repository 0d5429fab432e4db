"""Values of real databases come as exact text, and nothing asked of them can change anything."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qunxiang.app import House
from qunxiang.engine import Database, Relation
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources.connectors import Access, make_url
from qunxiang.sources.definitions import DatabaseReader
from tests.app.company import refresh
from tests.app.pulling.conftest import add, customers, pull, rows_landed

psycopg = pytest.importorskip("psycopg")
POSTGRES = shutil.which("postgres")
INITDB = Path(POSTGRES).resolve().with_name("initdb") if POSTGRES else None
USER = "nobody"
# Several runs of these tests may go side by side.
PORT = 54_000 + os.getpid() % 10_000


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The folder of a PostgreSQL server that listens on a socket there, and nowhere else."""
    if POSTGRES is None or INITDB is None or not INITDB.exists():
        pytest.skip("no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    env, how = dict(os.environ), {}
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = pwd.getpwnam(USER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        how = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": env, "cwd": folder}
    subprocess.run(
        [INITDB, "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, timeout=120, **quiet, **how,
    )  # fmt: skip
    begin = [str(POSTGRES), "-D", data, "-k", folder, "-p", str(PORT), "-h", "127.0.0.1", "-F"]
    server = subprocess.Popen(begin, **quiet, **how)
    try:
        for _ in range(200):
            try:
                psycopg.connect(f"host=127.0.0.1 port={PORT} user=owner dbname=postgres").close()
                break
            except psycopg.OperationalError:
                if server.poll() is not None:
                    pytest.skip("the PostgreSQL server of this machine does not start")
                import time  # noqa: PLC0415

                time.sleep(0.05)
        yield folder
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def db(postgres: Path) -> Iterator[Any]:
    with psycopg.connect(
        f"host=127.0.0.1 port={PORT} user=owner dbname=postgres", autocommit=True
    ) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
        yield connection


READS = {
    "type": "database",
    "system": "postgresql",
    "host": "127.0.0.1",
    "port": PORT,
    "user": "owner",
    "database": "postgres",
}


def landed_rows(house: House) -> list[dict[str, str | None]]:
    return [
        row
        for one in house.sources.landed()
        for batch in house.sources.rows_of(one)
        for row in batch.rows.to_pylist()
    ]


VALUES = [
    ("numeric(20,6)", "12345678901234.567800", "12345678901234.567800"),
    ("bigint", "9007199254740993", "9007199254740993"),
    ("double precision", "0.1", "0.1"),
    ("boolean", "true", "true"),
    ("date", "'2026-03-01'", "2026-03-01"),
    ("timestamp", "'2026-03-01 10:00:00.5'", "2026-03-01 10:00:00.5"),
    ("timestamptz", "'2026-03-01 10:00:00+08'", None),
    ("time", "'10:00:01'", "10:00:01"),
    ("bytea", "'\\xdeadbeef'", "deadbeef"),
    ("jsonb", """'{"级别": ["金", 1]}'""", '{"级别":["金",1]}'),
    ("text[]", "'{a,b}'", '["a","b"]'),
    ("uuid", "'123e4567-e89b-12d3-a456-426614174000'", "123e4567-e89b-12d3-a456-426614174000"),
    ("inet", "'10.0.0.1'", "10.0.0.1"),
    ("text", "null", None),
    ("text", "'张三 100%:x'", "张三 100%:x"),
]


def test_values_come_as_exact_text(house: House, db: Any) -> None:
    columns = ", ".join(f"c{n} {kind}" for n, (kind, _, _) in enumerate(VALUES))
    db.execute(f"create table kinds (id int, {columns})")
    db.execute(f"insert into kinds values (1, {', '.join(v for _, v, _ in VALUES)})")
    add(house, name="kinds", reads=READS | {"table": "public.kinds"}, cursor=None, rows="customers")
    pull(house, "kinds")
    (row,) = landed_rows(house)
    for n, (kind, _, told) in enumerate(VALUES):
        if kind == "timestamptz":
            assert row[f"c{n}"] is not None
            assert row[f"c{n}"][-6] in "+-"
        else:
            assert row[f"c{n}"] == told, kind


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp", "bigint", "numeric", "text", "date"])
def test_the_cursor_of_every_kind_is_followed(house: House, db: Any, kind: str) -> None:
    values = {
        "timestamptz": ["2026-03-01 10:00:00.123456+08", "2026-03-01 04:00:00+00", "2026-03-02"],
        "timestamp": ["2026-03-01 10:00:00.1", "2026-03-01 10:00:00.12", "2026-03-02"],
        "bigint": ["9", "10", "9007199254740993"],
        "numeric": ["9.5", "10.25", "100"],
        "text": ["a", "b", "c"],
        "date": ["2026-03-01", "2026-03-02", "2026-03-03"],
    }[kind]
    db.execute(f"create table t (id int primary key, name text, phone text, at {kind})")
    add(house, reads=READS | {"table": "t"}, cursor="at", detect_deletions=True)
    for n, value in enumerate(values):
        db.execute("insert into t values (%s, '张三', %s, %s)", (n, f"1381234500{n}", value))
        assert rows_landed(pull(house)) == [1], value
        assert rows_landed(pull(house)) == []
        same = (n + 10, f"1381234600{n}", value)
        db.execute("insert into t values (%s, '李四', %s, %s)", same)
        assert rows_landed(pull(house)) == [1], value
    db.execute("delete from t where id >= 10")
    assert pull(house).withdrawn == len(values)


def test_customers_are_those_of_the_table(house: House, db: Any) -> None:
    db.execute("create table t (id serial primary key, name text, phone text, city text, at timestamptz default now())")  # fmt: skip
    db.execute(
        "insert into t(name, phone, city) select '张' || chr(20000 + n), '+86138' || lpad(n::text, 8, '0'), '上海市' from generate_series(1, 12000) n"
    )
    add(house, reads=READS | {"table": "t"}, cursor="at", detect_deletions=True)
    assert rows_landed(pull(house)) == [12_000]
    db.execute("delete from t where id % 100 = 0")
    db.execute("update t set city = '北京市', at = now() + interval '1 second' where id % 100 = 1")
    done = pull(house)
    assert (rows_landed(done), done.withdrawn) == ([120], 120)
    refresh(house)
    truth = dict(db.execute("select phone, city from t").fetchall())
    assert {phone: city for phone, (_, city) in customers(house).items()} == truth


@pytest.mark.parametrize(
    "query",
    [
        "with gone as (delete from t returning id) select id from gone",
        "select nextval('s') as id",
        "select 1 as id) x; insert into t values (2); --",
    ],
)
def test_nothing_can_be_changed(house: House, db: Any, query: str) -> None:
    db.execute("create table t (id int)")
    db.execute("create sequence s")
    db.execute("insert into t values (1)")
    add(house, reads=READS | {"query": query}, cursor=None, key=None)
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    assert caught.value.code == "engine.database_failed"
    assert db.execute("select count(*) from t").fetchone() == (1,)


def test_columns_of_one_name_are_told(house: House, db: Any) -> None:
    add(house, reads=READS | {"query": "select 1 as a, 2 as a"}, cursor=None, key=None)
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    assert caught.value.code == "engine.repeated_column"


def test_a_password_is_never_told(house: House, postgres: Path) -> None:
    house.keychain.put("shop_db", "top-secret-word", HOUSEHOLDER)
    reads = READS | {"table": "t", "secret": "shop_db", "user": "nobody-here"}
    add(house, reads=reads, cursor=None, key=None)
    with pytest.raises(QunxiangError) as caught:
        pull(house)
    told = str(caught.value.problem("zh")) + str(caught.value.problem("en"))
    assert "top-secret-word" not in told
    assert "nobody-here" in told


# ── the others ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("system", "driver", "url"),
    [
        ("mysql", "pymysql", "mysql+pymysql://us:p%40ss@db:3307/shop?charset=utf8mb4"),
        ("mariadb", "pymysql", "mariadb+pymysql://us:p%40ss@db:3307/shop?charset=utf8mb4"),
        ("sqlserver", "sqlalchemy_pytds", "mssql+pytds://us:p%40ss@db:3307/shop"),
        ("postgresql", "psycopg", "postgresql+psycopg://us:p%40ss@db:3307/shop"),
    ],
)
def test_addresses_of_databases(tmp_path: Path, system: Any, driver: str, url: str) -> None:
    pytest.importorskip(driver)
    reads = DatabaseReader(
        system=system,
        host="db",
        port=3307,
        database="shop",
        user="us",
        secret="s",  # noqa: S106 a name
        table="t",
    )
    made = make_url(reads, Access(lambda _name: "p@ss", False, (tmp_path,), tmp_path))
    assert made.render_as_string(hide_password=False) == url
    database = Database(made)
    assert "p%40ss" not in database.where
    with pytest.raises(QunxiangError) as caught:
        database.columns(Relation("t"))  # there is no such host
    assert caught.value.code == "engine.database_failed"
