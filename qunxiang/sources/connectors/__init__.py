"""What can be pulled from: one file for each kind of place, and the list of them."""

from qunxiang.sources.connectors.database import DatabaseConnector, make_url
from qunxiang.sources.connectors.files import FilesConnector
from qunxiang.sources.connectors.folder import FolderConnector
from qunxiang.sources.connectors.rest import RestConnector
from qunxiang.sources.connectors.sftp import SftpConnector
from qunxiang.sources.connectors.terms import (
    Access,
    Ask,
    Chunk,
    Drop,
    DropConnector,
    OpenDrops,
    TableConnector,
)

TABLES: tuple[TableConnector, ...] = (DatabaseConnector(), FilesConnector(), RestConnector())
DROPS: tuple[DropConnector, ...] = (FolderConnector(), SftpConnector())

__all__ = [
    "DROPS",
    "TABLES",
    "Access",
    "Ask",
    "Chunk",
    "Drop",
    "DropConnector",
    "OpenDrops",
    "TableConnector",
    "make_url",
]
