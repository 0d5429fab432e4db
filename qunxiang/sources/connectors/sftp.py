"""A folder on an SFTP server, watched like one of this machine; the server's key must be the known one."""

from __future__ import annotations

import asyncio
import stat
import tempfile
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, TypeVar

from qunxiang.errors import QunxiangError
from qunxiang.sources.connectors.folder import DONE, FAILED, REASON, is_wanted, settled
from qunxiang.sources.connectors.terms import Access, Drop
from qunxiang.sources.definitions import ConnectorDefinition, SftpReader

T = TypeVar("T")
_CONNECT_SECONDS = 15
_LOOK_SECONDS = 1.0


class SftpConnector:
    """Reads a folder of another machine."""

    type: ClassVar[str] = "sftp"

    @contextmanager
    def opened(self, definition: ConnectorDefinition, access: Access) -> Generator[_OpenSftp]:
        """Sign in and open the folder."""
        reads = definition.reads
        assert isinstance(reads, SftpReader)
        try:
            import asyncssh  # noqa: PLC0415 an optional part; only this connector needs it
        except ModuleNotFoundError as error:
            raise QunxiangError("sources.no_sftp", where=reads.host) from error
        where = f"sftp://{reads.host}:{reads.port}/{reads.path}"
        with asyncio.Runner() as runner, tempfile.TemporaryDirectory(dir=access.scratch) as folder:
            connection: Any = None
            try:
                options = _options(asyncssh, reads, access)
                connection = runner.run(_sign_in(asyncssh, reads, options))
                client = runner.run(_speak(connection))
                yield _OpenSftp(runner, client, reads, Path(folder))
            except (asyncssh.Error, OSError, TimeoutError) as error:
                reason = str(error) or type(error).__name__
                raise QunxiangError("sources.unreachable", where=where, reason=reason) from error
            finally:
                if connection is not None:
                    connection.close()
                    runner.run(connection.wait_closed())


async def _sign_in(asyncssh: Any, reads: SftpReader, options: dict[str, Any]) -> Any:
    return await asyncssh.connect(reads.host, reads.port, **options)


async def _speak(connection: Any) -> Any:
    return await connection.start_sftp_client()


def _options(asyncssh: Any, reads: SftpReader, access: Access) -> dict[str, Any]:
    """Return how to sign in; nothing of this machine's own SSH settings is used."""
    port = "" if reads.port == 22 else f":{reads.port}"
    name = f"[{reads.host}]{port}" if port else reads.host
    options: dict[str, Any] = {
        "username": reads.user,
        "known_hosts": asyncssh.import_known_hosts(f"{name} {reads.host_key}\n"),
        "config": None,
        "agent_path": None,
        "login_timeout": _CONNECT_SECONDS,
        "connect_timeout": _CONNECT_SECONDS,
    }
    secret = access.secret(reads.secret)
    if secret.lstrip().startswith("-----BEGIN"):
        return options | {"client_keys": [asyncssh.import_private_key(secret)], "password": None}
    return options | {"client_keys": None, "password": secret}


class _OpenSftp:
    def __init__(
        self, runner: asyncio.Runner, client: Any, reads: SftpReader, folder: Path
    ) -> None:
        self._runner = runner
        self._client = client
        self._reads = reads
        self._folder = folder
        self._root = PurePosixPath(reads.path)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def waits(self) -> bool:
        return bool(self._run(self._look()))

    def ready(self) -> list[Drop]:
        first = self._run(self._look())
        if first and self._reads.settle_seconds:
            self._run(asyncio.sleep(min(_LOOK_SECONDS, self._reads.settle_seconds)))
            return settled(first, self._run(self._look()), self._reads.settle_seconds)
        return sorted(first, key=lambda d: d.name)

    async def _look(self) -> list[Drop]:
        out: list[Drop] = []
        for entry in await self._client.readdir(str(self._root)):
            name, about = str(entry.filename), entry.attrs
            plain = about.permissions is None or stat.S_ISREG(about.permissions)
            # A name is a stranger's word: it may not lead out of the folder.
            if plain and "/" not in name and is_wanted(name, self._reads.pattern):
                out.append(Drop(name, about.size or 0, float(about.mtime or 0)))
        return out

    def fetch(self, drop: Drop) -> Path:
        target = self._folder / drop.name
        self._run(self._client.get(str(self._root / drop.name), str(target)))
        return target

    def put_away(self, drop: Drop, *, failed: str | None = None) -> None:
        if self._reads.after == "move":
            self._run(self._move(drop.name, failed))
        (self._folder / drop.name).unlink(missing_ok=True)

    async def _move(self, name: str, failed: str | None) -> None:
        place = self._root / (DONE if failed is None else FAILED)
        await self._client.makedirs(str(place), exist_ok=True)
        target, n = place / name, 2
        while await self._client.exists(str(target)):
            target, n = place / f"{Path(name).stem} ({n}){Path(name).suffix}", n + 1
        await self._client.rename(str(self._root / name), str(target))
        if failed is not None:
            async with self._client.open(f"{target}{REASON}", "w") as out:
                await out.write(failed + "\n")
