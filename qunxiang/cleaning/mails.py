"""Mail addresses: lower case, without what surrounds them, with the usual slips of the domain mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import polars as pl
from email_validator import EmailNotValidError, validate_email

from qunxiang.cleaning.layers import TEXT, Layer, Reading, by_columns, one_by_one, read_in_layers
from qunxiang.cleaning.values import Cleaned

_SCHEMA = {"value": pl.String, "mail_corrected": pl.Boolean, "more_mails": pl.List(pl.String)}

# Where most customers have their mail: with one of these behind the @ nothing is left to ask.
_KNOWN = (
    "qq.com", "163.com", "126.com", "gmail.com", "foxmail.com", "outlook.com", "hotmail.com", "sina.com",
    "sina.cn", "sohu.com", "139.com", "189.cn", "yeah.net", "aliyun.com", "icloud.com", "yahoo.com",
    "live.com", "msn.com", "me.com", "vip.qq.com", "vip.163.com", "vip.sina.com", "wo.cn", "21cn.com",
    "tom.com", "yahoo.com.cn", "yahoo.cn", "outlook.cn", "mail.com", "aol.com", "proton.me",
)  # fmt: skip

_TYPOS = {
    wrong: right
    for right, wrongs in {
        "gmail.com": "gamil.com gmial.com gmai.com gmal.com gnail.com gmaill.com gmil.com gmail.co "
        "gmail.cm gmail.cn gmailcom ggmail.com gmali.com",
        "qq.com": "qq.co qq.cm qqq.com qq.cn qqcom q.com qq.comm qq.com.cn",
        "163.com": "163.co 163.cm 163.cn 163com 136.com 1633.com 163.com.cn",
        "126.com": "126.co 126.cn 126com 126.cm",
        "139.com": "139.co 139.cn 139com",
        "hotmail.com": "hotmial.com hotmai.com hotmal.com hotamil.com hotmil.com hotmail.co "
        "hotmaill.com homail.com htomail.com hotmailcom",
        "outlook.com": "outlok.com outloook.com outlook.co outllok.com oulook.com outlookcom",
        "yahoo.com": "yaho.com yahooo.com yhoo.com yahoo.co yahoocom",
        "foxmail.com": "foxmai.com foxmial.com foxmail.co foxmail.cn foxmailcom",
        "sina.com": "sian.com sina.co sinacom",
        "icloud.com": "iclod.com icoud.com icloud.co icloudcom",
    }.items()
    for wrong in wrongs.split()
}  # fmt: skip

# No country or company ends so. .co, .cm and .om do exist and are mended at known domains only.
_NO_ENDING = r"\.(?:con|cmo|ocm|comm|vom|xom|coom|ccom|coml)$"
_LOCAL = r"[a-z0-9_+\-]+(?:\.[a-z0-9_+\-]+)*"
_LABEL = r"[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?"
_MAIL = rf"^(?P<local>{_LOCAL})@(?P<domain>(?:{_LABEL}\.)+[a-z]{{2,}})$"
_PRIVATE = r"\.(?:local|localhost|test|invalid|example|internal|lan|onion|arpa)$"
_LONGEST = 64  # of what stands before the @; a whole address this short needs no count

_ODD = "@(?:" + "|".join(map(re.escape, _TYPOS)) + ")$|" + _NO_ENDING + "|" + _PRIVATE
_NOBODY = (
    r"^(?:test|tests|testing|noemail|nomail|no-?email|no-?mail|none|null|na|nobody|unknown|"
    r"example|email|mail|abc|asdf?|xxx+|aaa+)@"
)
_NOWHERE = (
    r"@(?:test|tests|example|noemail|nomail|email|none|null|domain|123|1234|12345|123456|abc|a|aa|aaa|b|"
    r"x|xx|xxx|qwe|asd|asdf)\.(?:com|cn|net|org)$"
)
_MASKED = r"[^@]*\*.*@"

_LABELS = re.compile(
    r"^(?:mailto:|e-?mail|mail|邮箱|电子邮件|邮件)\s*[:：]?\s*(?=\S+@)", re.IGNORECASE
)
_AROUND = " ,;:<>()[]\"'、"
# john smith@corp.com: whose address is meant cannot be known. 张三 zs@corp.com is a name and an address.
_TWO_WORDS = re.compile(r"^[A-Za-z0-9._+\-]+\s+[^\s@<>;,]+@[^@]*$")
_SEVERAL = re.compile(r"[;,|、\s/]+")


def _quick() -> Mapping[str, pl.Expr]:
    domains = "|".join(domain.replace(".", r"\.") for domain in _KNOWN)
    known = TEXT.str.contains(rf"^{_LOCAL}@(?:{domains})$") & (TEXT.str.len_bytes() <= _LONGEST)
    return {"value": pl.when(known & ~TEXT.str.contains(_NOBODY)).then(TEXT)}


def _usual() -> Mapping[str, pl.Expr]:
    """Take addresses at any domain that has no known slip and is not reserved."""
    shaped = TEXT.str.contains(_MAIL) & (TEXT.str.len_bytes() <= _LONGEST)
    odd = TEXT.str.contains(_ODD) | TEXT.str.contains(_NOBODY) | TEXT.str.contains(_NOWHERE)
    return {"value": pl.when(shaped & ~odd).then(TEXT)}


def _mended(domain: pl.Expr) -> pl.Expr:
    """Return the domain with its usual slip put right: .con ends nothing, gamil.com is gmail.com."""
    ended = domain.str.replace(_NO_ENDING, ".com")
    return ended.replace(_TYPOS)


def _by_shape(texts: pl.Series) -> pl.DataFrame:
    """Take addresses of the usual shape once case, spaces and what clings to them are gone."""
    lowered = (
        TEXT.str.to_lowercase()
        .str.replace(r"^mailto:", "")
        .str.replace_all(r"\s*([@.])\s*", "${1}")
        .str.replace_all("。", ".", literal=True)
        .str.strip_chars(_AROUND)
        .str.strip_chars_end(".")
    )
    frame = texts.alias("text").to_frame().select(TEXT, lowered.alias("mail"))
    frame = frame.with_columns(pl.col("mail").str.extract_groups(_SHAPE).alias("parts")).unnest(
        "parts"
    )
    domain = _mended(pl.col("domain"))
    frame = frame.with_columns(
        whole=pl.col("local") + "@" + domain, corrected=domain != pl.col("domain")
    )
    whole = pl.col("whole")
    public = ~whole.str.contains(_PRIVATE)
    shaped = whole.str.contains(_MAIL) & public & (whole.str.len_bytes() <= _LONGEST)
    nobody = whole.str.contains(_NOBODY) | whole.str.contains(_NOWHERE)
    return frame.select(
        value=pl.when(shaped & ~nobody).then(whole),
        fault=pl.when(nobody).then(pl.lit("mail.placeholder")),
        mail_corrected=pl.when(shaped & ~nobody & pl.col("corrected")).then(pl.lit(value=True)),
        more_mails=pl.repeat(None, pl.len(), dtype=pl.List(pl.String)),
    )


_SHAPE = rf"^(?P<local>{_LOCAL})@(?P<domain>(?:{_LABEL}\.)*[a-z0-9\-]{{2,}})$"


@cache
def _layers() -> tuple[Layer, ...]:
    return (
        by_columns(_SCHEMA, _quick),
        by_columns(_SCHEMA, _usual),
        _by_shape,
        one_by_one(_SCHEMA, read_mail),
    )


def clean_mail(series: pl.Series) -> Cleaned:
    """Read mail addresses. No name server is asked.

    Derived: `mail_corrected`, true where the domain had a known slip (gamil.com, 163.con);
    `more_mails`, the other addresses of the same cell.
    """
    return read_in_layers(series, _layers())


def read_mail(text: str) -> Reading:
    """Read one cell, which may hold several addresses or a name with <address>."""
    bare = _LABELS.sub("", text)
    if _TWO_WORDS.search(bare):
        return {"fault": "mail.bad_local"}
    pieces = [piece.strip(_AROUND).rstrip(".").lower() for piece in _SEVERAL.split(bare)]
    addresses = [piece for piece in pieces if "@" in piece]
    if not addresses:
        return {"fault": "mail.no_at"}
    readings = [_read_address(address) for address in addresses]
    good = [reading for reading in readings if "value" in reading]
    if not good:
        return readings[0]
    others = list(dict.fromkeys(r["value"] for r in good[1:] if r["value"] != good[0]["value"]))
    return {**good[0], "more_mails": others or None}


def _read_address(address: str) -> Reading:
    local, _, domain = address.rpartition("@")
    if re.match(_MASKED, address):
        return {"fault": "mail.masked"}
    mended = re.sub(_NO_ENDING, ".com", domain)
    mended = _TYPOS.get(mended, mended)
    whole = f"{local}@{mended}"
    if re.search(_NOBODY, whole) or re.search(_NOWHERE, whole):
        return {"fault": "mail.placeholder"}
    if len(local) > _LONGEST:
        return {"fault": "mail.bad_local"}
    try:
        valid = validate_email(whole, check_deliverability=False)
    except EmailNotValidError:
        return {"fault": "mail.bad_domain" if _is_bad_domain(mended) else "mail.bad_local"}
    corrected = True if mended != domain else None
    return {"value": valid.normalized, "mail_corrected": corrected}


def _is_bad_domain(domain: str) -> bool:
    """Tell on which side of the @ the fault is, by trying the domain with a sound name."""
    try:
        validate_email(f"name@{domain}", check_deliverability=False)
    except EmailNotValidError:
        return True
    return False
