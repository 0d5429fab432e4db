"""Files that appear in a watched folder, here or on an SFTP server, and files read as one table."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qunxiang.app import House, Imports, Pulls
from qunxiang.errors import QunxiangError
from qunxiang.governance import HOUSEHOLDER
from tests.app.company import refresh
from tests.app.pulling.conftest import add, customers, pull, rows_landed

HEADER = "姓名,手机号,城市\n"


@pytest.fixture
def drop(house: House) -> Path:
    folder = house.folder / "inbox" / "drop"
    folder.mkdir()
    return folder


def watch(house: House, **reads: Any) -> None:
    place = {"type": "folder", "path": "drop", "pattern": "*.csv", "settle_seconds": 0} | reads
    add(house, name="drop", reads=place, cursor=None, key=None)


def put(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text(HEADER + "".join(r + "\n" for r in rows), encoding="utf-8")
    return path


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_files_land_once_and_are_moved(house: House, drop: Path) -> None:
    watch(house)
    put(drop, "a.csv", "张三丰,+8613812345001,上海市")
    put(drop, "b.csv", "李小四,+8613812345002,北京市")
    for ignored in (".hidden.csv", "c.csv.part", "d.txt"):
        put(drop, ignored, "x,1,y")
    assert rows_landed(pull(house, "drop")) == [1, 1]
    assert names(drop) == [".hidden.csv", "c.csv.part", "d.txt", "done/a.csv", "done/b.csv"]
    assert pull(house, "drop").outcomes == ()
    put(drop, "a.csv", "王老五,+8613812345003,上海市")
    assert rows_landed(pull(house, "drop")) == [1]
    assert "done/a (2).csv" in names(drop)
    refresh(house)
    assert {n for n, _ in customers(house).values()} == {"张三丰", "李小四", "王老五"}


def test_files_that_stay_are_known(house: House, drop: Path) -> None:
    watch(house, after="leave")
    put(drop, "a.csv", "张三丰,+8613812345001,上海市")
    assert rows_landed(pull(house, "drop")) == [1]
    assert pull(house, "drop").outcomes == ()
    os.utime(drop / "a.csv", (1, 1))  # touched, and still the same file
    assert rows_landed(pull(house, "drop")) == []
    assert names(drop) == ["a.csv"]


def test_a_file_that_still_grows_waits(house: House, drop: Path) -> None:
    watch(house, settle_seconds=60)
    path = put(drop, "a.csv", "张三丰,+8613812345001,上海市")
    assert pull(house, "drop").outcomes == ()
    os.utime(path, (path.stat().st_mtime - 100,) * 2)
    assert rows_landed(pull(house, "drop")) == [1]


def test_what_cannot_be_read_lies_aside_with_its_reason(house: House, drop: Path) -> None:
    watch(house)
    (drop / "bad.csv").write_bytes(b"")
    put(drop, "good.csv", "张三丰,+8613812345001,上海市")
    with pytest.raises(QunxiangError) as caught:
        pull(house, "drop")
    assert caught.value.code == "app.files_failed"
    assert names(drop) == ["done/good.csv", "failed/bad.csv", "failed/bad.csv.reason.txt"]
    assert "sources.empty_file" in (drop / "failed" / "bad.csv.reason.txt").read_text()
    assert pull(house, "drop").outcomes == ()


def test_cut_off_before_the_move_nothing_doubles(
    house: House, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(house)
    put(drop, "a.csv", "张三丰,+8613812345001,上海市")

    def kill(*_told: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", kill)
    with pytest.raises(KeyboardInterrupt):
        pull(house, "drop")
    monkeypatch.undo()
    assert pull(house, "drop").outcomes == ()
    assert names(drop) == ["done/a.csv"]
    assert [i.rows for i in house.sources.landed()] == [1]


def test_links_lead_nowhere(house: House, drop: Path, tmp_path: Path) -> None:
    watch(house)
    (drop / "a.csv").symlink_to(put(tmp_path, "secret.csv", "x,1,y"))
    assert pull(house, "drop").outcomes == ()
    (house.folder / "inbox" / "away").symlink_to(tmp_path)
    watch(house, path="away")
    with pytest.raises(QunxiangError) as caught:
        pull(house, "drop")
    assert caught.value.code == "sources.folder_not_open"


# ── SFTP ─────────────────────────────────────────────────────────────────────────────────────────


class SftpServer:
    """An SFTP server in a thread, whose root is a folder."""

    def __init__(self, asyncssh: Any, root: Path) -> None:
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self.open = opened = list[Any]()
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()

        class Doorkeeper(asyncssh.SSHServer):  # type: ignore[misc, name-defined]
            def connection_made(self, conn: Any) -> None:
                opened.append(conn)

            def begin_auth(self, _username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("shop", "s3cret")

        def chrooted(channel: Any) -> Any:
            return asyncssh.SFTPServer(channel, chroot=str(root))

        async def begin() -> None:
            self.server = await asyncssh.listen(
                "127.0.0.1",
                0,
                server_host_keys=[self.key],
                server_factory=Doorkeeper,
                sftp_factory=chrooted,
            )
            self.port = self.server.sockets[0].getsockname()[1]
            self._ready.set()

        self._begin = begin
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._begin())
        self._loop.run_forever()
        self._loop.close()

    def __enter__(self) -> SftpServer:
        self._thread.start()
        assert self._ready.wait(20)
        return self

    def __exit__(self, *_told: object) -> None:
        async def end() -> None:
            self.server.close()
            for one in self.open:
                one.abort()
            await self.server.wait_closed()
            self._loop.stop()

        asyncio.run_coroutine_threadsafe(end(), self._loop)
        self._thread.join(20)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[tuple[SftpServer, Path]]:
    asyncssh = pytest.importorskip("asyncssh")
    root = tmp_path / "far"
    (root / "out").mkdir(parents=True)
    with SftpServer(asyncssh, root) as server:
        yield server, root / "out"


def far(house: House, server: SftpServer, key: str | None = None, **reads: Any) -> None:
    house.keychain.put("shop_sftp", "s3cret", HOUSEHOLDER)
    told = key or server.key.export_public_key().decode().strip()
    place = {
        "type": "sftp",
        "host": "127.0.0.1",
        "port": server.port,
        "host_key": told,
        "user": "shop",
        "secret": "shop_sftp",
        "path": "/out",
        "pattern": "*.csv",
        "settle_seconds": 0,
    } | reads
    add(house, name="far", reads=place, cursor=None, key=None)


def test_files_of_a_server_land_once_and_are_moved(
    house: House, sftp: tuple[SftpServer, Path]
) -> None:
    server, folder = sftp
    far(house, server)
    put(folder, "a.csv", "张三丰,+8613812345001,上海市")
    (folder / "bad.csv").write_bytes(b"")
    assert Pulls(house).try_out(Pulls(house).states()[0].definition, HOUSEHOLDER).files == (
        "a.csv",
        "bad.csv",
    )
    with pytest.raises(QunxiangError) as caught:
        pull(house, "far")
    assert caught.value.code == "app.files_failed"
    assert names(folder) == ["done/a.csv", "failed/bad.csv", "failed/bad.csv.reason.txt"]
    assert [i.rows for i in house.sources.landed()] == [1]
    assert pull(house, "far").outcomes == ()


def test_another_server_is_refused(house: House, sftp: tuple[SftpServer, Path]) -> None:
    import asyncssh  # noqa: PLC0415

    server, folder = sftp
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    put(folder, "a.csv", "张三丰,+8613812345001,上海市")
    far(house, server, other)
    with pytest.raises(QunxiangError) as caught:
        pull(house, "far")
    assert caught.value.code == "sources.unreachable"
    far(house, server, user="stranger")
    with pytest.raises(QunxiangError) as caught:
        pull(house, "far")
    assert caught.value.code == "sources.unreachable"
    assert names(folder) == ["a.csv"]


# ── files as one table ───────────────────────────────────────────────────────────────────────────


def lake(house: House, path: str, **more: Any) -> None:
    add(house, **({"name": "lake", "reads": {"type": "files", "path": path}} | more))


def write_part(folder: Path, name: str, *rows: tuple[int, str, str, str]) -> None:
    columns = ("id", "姓名", "手机号", "updated")
    data = {c: [r[n] for r in rows] for n, c in enumerate(columns)}
    pq.write_table(pa.table(data), folder / name)


def test_parquet_files_are_one_table(house: House, drop: Path) -> None:
    write_part(drop, "1.parquet", (1, "张三丰", "+8613812345001", "2026-01-01"))
    write_part(drop, "2.parquet", (2, "李小四", "+8613812345002", "2026-01-02"))
    lake(house, "drop/*.parquet", detect_deletions=True)
    assert rows_landed(pull(house, "lake")) == [2]
    write_part(drop, "3.parquet", (3, "王老五", "+8613812345003", "2026-01-03"))
    assert rows_landed(pull(house, "lake")) == [1]
    assert rows_landed(pull(house, "lake")) == []
    (drop / "1.parquet").unlink()
    assert pull(house, "lake").withdrawn == 1
    refresh(house)
    assert {n for n, _ in customers(house).values()} == {"李小四", "王老五"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "id,姓名,手机号,updated\n1,张三丰,013812345001,2026-01-01\n"),
        ("a.jsonl", '{"id":1,"姓名":"张三丰","手机号":"013812345001","updated":"2026-01-01"}\n'),
    ],
)
def test_texts_keep_their_digits(house: House, drop: Path, name: str, text: str) -> None:
    (drop / name).write_text(text, encoding="utf-8")
    lake(house, f"drop/{name}")
    pull(house, "lake")
    batch = next(house.sources.rows_of(house.sources.landed()[0]))
    assert batch.rows.to_pylist()[0]["手机号"] == "013812345001"
    Imports(house).undo(1, HOUSEHOLDER)


def test_files_elsewhere_are_not_read(house: House, drop: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n", encoding="utf-8")
    (drop / "link.csv").symlink_to(tmp_path / "x.csv")
    codes = {
        str(tmp_path / "*.csv"): "sources.folder_not_open",
        "drop/../../../*.csv": "sources.folder_not_open",
        "drop/link.csv": "sources.folder_not_open",
        "drop/*.parquet": "sources.no_files",
    }
    for path, code in codes.items():
        lake(house, path, cursor=None, key=None)
        with pytest.raises(QunxiangError) as caught:
            pull(house, "lake")
        assert caught.value.code == code, path
