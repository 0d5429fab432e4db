"""Where rows are pulled from: connectors, each a place to read and what its rows mean.

A definition holds no password: `secret` is the name under which the workspace keeps one.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qunxiang.catalog import Definition, Name

System = Literal["postgresql", "mysql", "mariadb", "sqlite", "sqlserver"]
Port = Annotated[int, Field(ge=1, le=65_535)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]
# After a file was brought in it is moved into the folder `done`, or left and known by its content.
After = Literal["move", "leave"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseReader(_Part):
    """A table or a query of a database.

    Args:
        type: tells this reader from the others.
        system: which database it is.
        database: its name; of SQLite the path of its file.
        host: where it listens.
        port: on which port; the system's own if not given.
        user: who reads.
        table: as `name` or `schema.name`; or else
        query: a query that only reads.
        encrypt: whether the connection must be encrypted (PostgreSQL and MySQL).
        secret: the name of the user's password.
    """

    type: Literal["database"] = "database"
    system: System
    database: str = Field(min_length=1)
    host: Host | None = None
    port: Port | None = None
    user: str | None = None
    table: str | None = None
    query: str | None = None
    encrypt: bool = False
    secret: Name | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.table is None) == (self.query is None):
            message = "a database is read by a table or by a query, one of the two"
            raise ValueError(message)
        if self.system != "sqlite" and self.host is None:
            message = f"{self.system} needs a host"
            raise ValueError(message)
        return self


class FilesReader(_Part):
    """Files read together as one table: Parquet, CSV or JSON under a pattern.

    Args:
        type: tells this reader from the others.
        path: a path with `*`, or `s3://bucket/path/*.parquet` in an object store.
        format: how they are written; by their names if not given.
        endpoint: of an object store, its address; Amazon's if not given.
        region: of an object store.
        access_key: of an object store, the public half of its key.
        secret: the name under which the other half is kept.
    """

    type: Literal["files"] = "files"
    path: str = Field(min_length=1)
    format: Literal["parquet", "csv", "json"] | None = None
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret: Name | None = None


class ByNumber(_Part):
    """Pages asked for by their number; the first one without records is the last."""

    by: Literal["number"] = "number"
    param: str = "page"
    first: int = 1
    size_param: str | None = None


class ByOffset(_Part):
    """Pages asked for by how many records come before them."""

    by: Literal["offset"] = "offset"
    param: str = "offset"
    size_param: str = "limit"


class ByCursor(_Part):
    """Pages asked for by what the page before says, at a path of its body; none says it was the last."""

    by: Literal["cursor"] = "cursor"
    path: str
    param: str = "cursor"
    size_param: str | None = None


class ByLink(_Part):
    """Pages of which each names the next in its `Link` header."""

    by: Literal["link"] = "link"


class OnePage(_Part):
    """One page holds everything."""

    by: Literal["none"] = "none"


Paging = Annotated[ByNumber | ByOffset | ByCursor | ByLink | OnePage, Field(discriminator="by")]


class RestReader(_Part):
    """Records asked for over HTTP, page by page.

    Args:
        type: tells this reader from the others.
        url: where the first page is.
        records: the dotted path of the list of records in a page; empty for the page itself.
        paging: how the next page is asked for.
        params: what every request asks besides.
        since_param: the parameter that asks for what changed at or after the cursor; without one
            everything is asked for.
        headers: what every request says besides.
        auth: how the secret is shown: as a bearer's token, as the password of `user`, or in `header`.
        user: for `basic`.
        header: for `header`.
        secret: the name under which the token or password is kept.
        most_pages: more than these are refused as paging without an end.
    """

    type: Literal["rest"] = "rest"
    url: str = Field(pattern=r"^https?://[^\s]+$")
    records: str = ""
    paging: Paging = OnePage()
    params: dict[str, str] = {}
    since_param: str | None = None
    headers: dict[str, str] = {}
    auth: Literal["none", "bearer", "basic", "header"] = "none"
    user: str = ""
    header: str = "X-API-Key"
    secret: Name | None = None
    most_pages: int = Field(default=10_000, ge=1)

    @model_validator(mode="after")
    def _has_what_it_shows(self) -> Self:
        if (self.auth == "none") != (self.secret is None):
            message = "a secret needs a way to be shown (auth), and the other way round"
            raise ValueError(message)
        return self


class FolderReader(_Part):
    """A watched folder: every file that appears in it is imported.

    Args:
        type: tells this reader from the others.
        path: the folder.
        pattern: which files, as in `orders-*.csv`.
        settle_seconds: a file is taken up once it has not changed for so long.
        after: whether a file that was read is moved to `done` or `failed`, or left.
    """

    type: Literal["folder"] = "folder"
    path: str = Field(min_length=1)
    pattern: str = "*"
    settle_seconds: int = Field(default=10, ge=0)
    after: After = "move"


class SftpReader(_Part):
    """A folder on an SFTP server, watched like one of this machine.

    Args:
        type: tells this reader from the others.
        host: the server.
        host_key: its public key, as in `ssh-ed25519 AAAA…`; any other server is refused.
        user: who signs in.
        secret: the name under which the password, or a private key, is kept.
        path: the folder there.
        port: on which port it listens.
        pattern: which files.
        settle_seconds: a file is taken up once it has not changed for so long.
        after: whether a file that was read is moved to `done` or `failed` there, or left.
    """

    type: Literal["sftp"] = "sftp"
    host: Host
    host_key: str = Field(pattern=r"^[a-z0-9@.-]+ [A-Za-z0-9+/=]+")
    user: str
    secret: Name
    path: str = "."
    port: Port = 22
    pattern: str = "*"
    settle_seconds: int = Field(default=10, ge=0)
    after: After = "move"


Reader = Annotated[
    DatabaseReader | FilesReader | RestReader | FolderReader | SftpReader,
    Field(discriminator="type"),
]


class ConnectorDefinition(Definition):
    """A place that rows are pulled from, again and again.

    Args:
        reads: the place.
        source: the name of the source the rows come from; the connector's own if not given.
        mapping: the name of a saved mapping; or else
        rows: what each row is (`customers`, `orders` …): a mapping is proposed at the first pull.
        cursor: a column that grows with every change; only what has reached or passed its last
            value is pulled again. Without one every pull reads everything and lands what changed.
        overlap_seconds: how far before the cursor's last moment a pull begins again, for rows that
            were written earlier than they could be seen.
        key: the column that names a row for good. It is needed to tell changed rows from others
            where there is no cursor, and to detect rows that are gone.
        detect_deletions: whether rows that are no longer there are taken out of force.
        gone_at_most: a pull that misses more than this share of the known keys is refused.
        page_rows: how many rows are asked for at a time.
    """

    kind_zh: ClassVar[str] = "连接器"

    reads: Reader
    source: Name | None = None
    mapping: Name | None = None
    rows: str | None = None
    cursor: str | None = None
    overlap_seconds: int = Field(default=0, ge=0)
    key: str | None = None
    detect_deletions: bool = False
    gone_at_most: float = Field(default=0.5, ge=0, le=1)
    page_rows: int = Field(default=5_000, ge=1, le=100_000)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.mapping is None and self.rows is None:
            message = "say what the rows mean: mapping, or rows"
            raise ValueError(message)
        if isinstance(self.reads, FolderReader | SftpReader):
            if self.cursor or self.key or self.detect_deletions:
                message = "a folder's files are imported whole: no cursor, key or deletions"
                raise ValueError(message)
        elif self.detect_deletions and self.key is None:
            message = "deletions are detected by a key"
            raise ValueError(message)
        return self

    @property
    def origin(self) -> str:
        """The name of the source its rows come from."""
        return self.source or self.name
