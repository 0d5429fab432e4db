"""Takes rows in, from files, SDKs, web hooks and databases, and lands them untouched."""

from qunxiang.sources.connectors import Access, Drop, OpenDrops
from qunxiang.sources.days import DAY, MESSAGES, Days, is_stream
from qunxiang.sources.definitions import (
    ConnectorDefinition,
    FolderReader,
    RestReader,
)
from qunxiang.sources.estimates import estimate_rows
from qunxiang.sources.exports import write_csv, write_jsonl, write_xlsx
from qunxiang.sources.files import fingerprint, read
from qunxiang.sources.flow import Import, Sources, withdrawal
from qunxiang.sources.guesses import EVENTS, Guess, guess_rows
from qunxiang.sources.hooks import HookDefinition, StandardSigned
from qunxiang.sources.landing import LandingLog, Position
from qunxiang.sources.limits import Limits
from qunxiang.sources.mappings import (
    AT,
    CUSTOMERS,
    EVENT,
    ID,
    KEY,
    PERSON,
    ColumnMapping,
    MappingDefinition,
    Switch,
)
from qunxiang.sources.marks import Mark, find_mark, note_of
from qunxiang.sources.mends import Mend, Mended, Mends, put_mended
from qunxiang.sources.messages import CONTEXT, Change, Message, correct
from qunxiang.sources.messages import Kind as MessageKind
from qunxiang.sources.objects import flatten
from qunxiang.sources.origins import PullNote
from qunxiang.sources.places import FilePlace, JetStreamPlace, StreamPlace, StreamTail
from qunxiang.sources.proposals import Vocabulary, field_name, plain, propose, value_type
from qunxiang.sources.protocols.hook import Hook
from qunxiang.sources.protocols.spoken import BY_NAME, SPOKEN, find_speaker
from qunxiang.sources.protocols.wire import (
    REPEAT,
    Item,
    Reading,
    Reply,
    Request,
    Speaker,
    judge,
    parse_form,
    unpack,
)
from qunxiang.sources.pulls import Gathered, Pull, first_rows, imports_of, open_drops
from qunxiang.sources.refusals import Refusal, Refusals
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.shapes import FileShape, ShapeOverrides, detect
from qunxiang.sources.signatures import standard_key, verify
from qunxiang.sources.streams import Arrival, Portion, StreamLog, batch_of
from qunxiang.sources.tails import FileTail, News
from qunxiang.sources.templates import Template, list_templates

__all__ = [
    "AT",
    "BY_NAME",
    "CONTEXT",
    "CUSTOMERS",
    "DAY",
    "EVENT",
    "EVENTS",
    "ID",
    "KEY",
    "MESSAGES",
    "PERSON",
    "REPEAT",
    "SPOKEN",
    "Access",
    "Arrival",
    "BadRow",
    "Change",
    "ColumnMapping",
    "ConnectorDefinition",
    "Days",
    "Drop",
    "FilePlace",
    "FileShape",
    "FileTail",
    "FolderReader",
    "Gathered",
    "Guess",
    "Hook",
    "HookDefinition",
    "Import",
    "Item",
    "JetStreamPlace",
    "LandingLog",
    "Limits",
    "MappingDefinition",
    "Mark",
    "Mend",
    "Mended",
    "Mends",
    "Message",
    "MessageKind",
    "News",
    "OpenDrops",
    "Portion",
    "Position",
    "Pull",
    "PullNote",
    "RawBatch",
    "Reading",
    "Refusal",
    "Refusals",
    "Reply",
    "Request",
    "RestReader",
    "ShapeOverrides",
    "Sources",
    "Speaker",
    "StandardSigned",
    "StreamLog",
    "StreamPlace",
    "StreamTail",
    "Switch",
    "Template",
    "Vocabulary",
    "batch_of",
    "correct",
    "detect",
    "estimate_rows",
    "field_name",
    "find_mark",
    "find_speaker",
    "fingerprint",
    "first_rows",
    "flatten",
    "guess_rows",
    "imports_of",
    "is_stream",
    "judge",
    "list_templates",
    "note_of",
    "open_drops",
    "parse_form",
    "plain",
    "propose",
    "put_mended",
    "read",
    "standard_key",
    "unpack",
    "value_type",
    "verify",
    "withdrawal",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
