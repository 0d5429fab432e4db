"""Text in any of the encodings customers send: found by strict tests, read as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import NamedTuple

from charset_normalizer import from_bytes

# Stands before bytes that could not be decoded. A noncharacter: Unicode keeps it out of real text.
MARK = "\U0010fffe"
# Controls that a text file may hold: tabs, line ends, Hive's \x01, DOS's \x1a.
ORDINARY = frozenset("\t\r\n\f\v\x01\x1a")
LEAST_READ = 64_000
_HARD_ONES = ["utf_8", "gb18030", "big5", "cp1252", "latin_1", "shift_jis", "euc_kr", "cp1251"]


class Guess(NamedTuple):
    """An encoding and how sure we are, from 0 to 1."""

    encoding: str
    sure: float


def _mark(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(f"{MARK}\\x{byte:02x}" for byte in lost), error.end


codecs.register_error("qunxiang.mark", _mark)


def guess(samples: list[bytes]) -> Guess:
    """Guess the encoding from samples of a file, the first of them from its very start.

    Strict tests first: what decodes as UTF-8 is UTF-8. Then GB18030 and Big5 are told apart by how
    common the characters are, and only what neither explains is left to statistics.
    """
    first = samples[0]
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if first.startswith(bom):
            return Guess(encoding, 1.0)
    wide = _utf16_without_bom(first)
    if wide:
        return wide
    whole = [
        first[: first.rfind(b"\n") + 1] or first,
        *(_whole_lines(each) for each in samples[1:]),
    ]
    return _narrow(whole)


def _whole_lines(sample: bytes) -> bytes:
    # A sample from the middle may begin or end inside a character; no line does.
    start, end = sample.find(b"\n"), sample.rfind(b"\n")
    return sample[start + 1 : end + 1] if end > start else b""


def _utf16_without_bom(sample: bytes) -> Guess | None:
    sample = sample[: len(sample) // 2 * 2]
    nul = sample.count(0) / max(len(sample), 1)
    if nul < 0.01 or (nul < 0.3 and _is_plain(sample.replace(b"\0", b""))):
        return None  # a few NULs in plain text are damage, and their rows are set aside later
    odd, encoding = min(
        (_odd(sample.decode(encoding, "replace")), encoding)
        for encoding in ("utf-16-le", "utf-16-be")
    )
    return Guess(encoding, round(1 - odd, 2)) if odd <= 0.05 else None


def _is_plain(data: bytes) -> bool:
    text = data.decode("utf-8", "ignore")
    return len(text.encode()) >= len(data) - 3 and _odd(text) <= 0.02


def _odd(text: str) -> float:
    return sum(not (char.isprintable() or char in ORDINARY) for char in text) / max(len(text), 1)


def _narrow(samples: list[bytes]) -> Guess:
    data = b"\n".join(samples)
    if data.isascii():
        return Guess("utf-8", 1.0)
    text = data.decode("utf-8", "qunxiang.mark")
    bad = text.count(MARK)
    good = sum(char > "\x7f" for char in text) - bad
    if not bad:
        return Guess("utf-8", 1.0)
    if good >= 10 * bad:  # chance alone never makes so many valid sequences
        return Guess("utf-8", round(good / (good + bad), 2))
    gb, big5 = _plausibility(data, "gb18030", 0xD7), _plausibility(data, "big5", 0xC6)
    if max(gb, big5) >= 0.7:
        return Guess("gb18030", round(gb, 2)) if gb >= big5 else Guess(_big5(data), round(big5, 2))
    return _statistics(data, gb)


def _plausibility(data: bytes, encoding: str, last_common_lead: int) -> float:
    """Return the share of the non-ASCII characters that are valid and in everyday use.

    GB 2312 level 1 has lead bytes B0-D7 and Big5 level 1 has A4-C6: text read in the wrong one of
    the two scatters over the rare levels.
    """
    first_common_lead = 0xB0 if encoding == "gb18030" else 0xA4
    text = data.decode(encoding, "qunxiang.mark")
    wide = [char for char in text if char > "\x7f"]
    common = 0
    for char in wide:
        lead = char.encode(encoding, "ignore")[:1] if char != MARK else b""
        # Full-width punctuation counts as everyday too.
        common += bool(lead) and (
            first_common_lead <= lead[0] <= last_common_lead or lead[0] in (0xA1, 0xA3)
        )
    return common / max(len(wide), 1)


def _big5(data: bytes) -> str:
    # Windows adds characters found in names (裏, 恒, 碁) that plain Big5 does not know.
    marks = {name: data.decode(name, "qunxiang.mark").count(MARK) for name in ("big5", "cp950")}
    return "cp950" if marks["cp950"] < marks["big5"] else "big5"


def _statistics(data: bytes, gb: float) -> Guess:
    best = from_bytes(data[:200_000], cp_isolation=_HARD_ONES).best()
    name = best.encoding if best else "latin_1"
    if name in ("cp1252", "latin_1"):
        # Windows writes 80-9F as quotes and dashes; ISO 8859-1 has nothing there.
        name = "cp1252" if any(0x80 <= byte <= 0x9F for byte in data) else "latin-1"
    if name == "gb18030":
        return Guess(name, round(max(gb, 0.5), 2))
    return Guess(codecs.lookup(name).name, 0.5)


class Utf8Stream(io.RawIOBase):
    r"""The text of a file as UTF-8 bytes, whatever encoding it came in.

    Nothing is replaced in silence: undecodable bytes come out as `MARK` and `\xNN`, so that
    whoever reads the rows can set them aside.

    Attributes:
        marked: whether any undecodable bytes were met so far.
        nul: whether any NUL was met so far.
        quotes: how many quote characters went by.
    """

    def __init__(self, source: io.RawIOBase, encoding: str, quote: str | None = None) -> None:
        self._source = source
        self._utf8 = codecs.lookup(encoding).name == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("qunxiang.mark")
        self._ready = b""
        self._carry = b""
        self._started = False
        self._done = False
        self._quote = quote.encode() if quote else b'"'
        self.marked = False
        self.nul = False
        self.quotes = 0

    def readable(self) -> bool:
        """Say yes: this is for reading."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return exactly so many bytes, fewer only at the end: a parser may stumble over less."""
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        parts, have = [self._ready], len(self._ready)
        while have < size and not self._done:
            parts.append(self._next(max(size - have, LEAST_READ)))
            have += len(parts[-1])
        data = b"".join(parts)
        self._ready = data[size:]
        return data[:size]

    def push_back(self, data: bytes) -> None:
        """Give bytes back, to be read again."""
        self._ready = data + self._ready

    def _next(self, size: int) -> bytes:
        raw = self._source.read(size) or b""
        self._done = not raw
        data = self._decode_utf8(raw) if self._utf8 else self._decode_other(raw)
        if not self._started and data:
            self._started = True
            data = data.removeprefix(codecs.BOM_UTF8)
        self.nul = self.nul or b"\0" in data
        self.quotes += data.count(self._quote)
        return data

    def _decode_utf8(self, raw: bytes) -> bytes:
        data = self._carry + raw
        try:
            _, used = codecs.utf_8_decode(data, "strict", self._done)
        except UnicodeDecodeError:
            text, used = codecs.utf_8_decode(data, "qunxiang.mark", self._done)
            self._carry = data[used:]
            self.marked = True
            return text.encode()
        # Valid as it stands: only checked, not copied.
        self._carry = data[used:]
        if MARK.encode() in data:
            self.marked = True
        return data[:used]

    def _decode_other(self, raw: bytes) -> bytes:
        text = self._decoder.decode(raw, self._done)
        if MARK in text:
            self.marked = True
        return text.encode()
