"""Takes rows in, from files, SDKs, web hooks and databases, and lands them untouched."""

from qunxiang.sources.days import DAY, Days, is_stream
from qunxiang.sources.estimates import estimate_rows
from qunxiang.sources.exports import write_csv, write_jsonl, write_xlsx
from qunxiang.sources.files import fingerprint, read
from qunxiang.sources.flow import Import, Sources
from qunxiang.sources.guesses import EVENTS, Guess, guess_rows
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
from qunxiang.sources.messages import CONTEXT, Change, Message, correct
from qunxiang.sources.messages import Kind as MessageKind
from qunxiang.sources.objects import flatten
from qunxiang.sources.proposals import Vocabulary, field_name, plain, propose, value_type
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
from qunxiang.sources.rows import BadRow, RawBatch
from qunxiang.sources.shapes import FileShape, ShapeOverrides, detect
from qunxiang.sources.streams import Arrival, FileLog, Portion, StreamLog, batch_of, segment_of

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
    "PERSON",
    "REPEAT",
    "SPOKEN",
    "Arrival",
    "BadRow",
    "Change",
    "ColumnMapping",
    "Days",
    "FileLog",
    "FileShape",
    "Guess",
    "Import",
    "Item",
    "LandingLog",
    "Limits",
    "MappingDefinition",
    "Message",
    "MessageKind",
    "Portion",
    "Position",
    "RawBatch",
    "Reading",
    "Reply",
    "Request",
    "ShapeOverrides",
    "Sources",
    "Speaker",
    "StreamLog",
    "Switch",
    "Vocabulary",
    "batch_of",
    "correct",
    "detect",
    "estimate_rows",
    "field_name",
    "find_speaker",
    "fingerprint",
    "flatten",
    "guess_rows",
    "is_stream",
    "judge",
    "parse_form",
    "plain",
    "propose",
    "read",
    "segment_of",
    "unpack",
    "value_type",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
