from __future__ import annotations

from qunxiang.cleaning import clean_mail
from tests.cleaning.golden import blanks_of, derived_of, faults_of, values_of


def test_addresses() -> None:
    values_of(
        clean_mail,
        {
            "zs@qq.com": "zs@qq.com",
            "ZS@QQ.COM": "zs@qq.com",
            " zs@qq.com ": "zs@qq.com",
            "ｚｓ＠ｑｑ．ｃｏｍ": "zs@qq.com",
            "mailto:zs@qq.com": "zs@qq.com",
            "邮箱：zs@qq.com": "zs@qq.com",
            "zs@qq.com。": "zs@qq.com",
            "zs@qq.com,": "zs@qq.com",
            "zs@qq。com": "zs@qq.com",
            "zs @ qq . com": "zs@qq.com",
            "<zs@corp.com.cn>": "zs@corp.com.cn",
            "Zhang San <zs@corp.com.cn>": "zs@corp.com.cn",
            "张三 zs@corp.com.cn": "zs@corp.com.cn",
            "first.last+tag@sub.example-corp.co.uk": "first.last+tag@sub.example-corp.co.uk",
            "12345@qq.com": "12345@qq.com",
            "o'neil@corp.ie": "o'neil@corp.ie",
            "me@company.co": "me@company.co",
            "me@isp.om": "me@isp.om",
            "用户@corp.cn": "用户@corp.cn",
        },
    )


def test_slips_of_the_domain_are_mended_and_told() -> None:
    derived_of(
        clean_mail,
        {
            "zs@gamil.com": {"value": "zs@gmail.com", "mail_corrected": True},
            "zs@163.con": {"value": "zs@163.com", "mail_corrected": True},
            "zs@qq.con": {"value": "zs@qq.com", "mail_corrected": True},
            "zs@qqcom": {"value": "zs@qq.com", "mail_corrected": True},
            "ZS@Hotmial.com": {"value": "zs@hotmail.com", "mail_corrected": True},
            "zs@corp.comm": {"value": "zs@corp.com", "mail_corrected": True},
            "zs@gmail.com": {"value": "zs@gmail.com"},
        },
    )


def test_several_addresses() -> None:
    derived_of(
        clean_mail,
        {
            "zs@qq.com;ls@qq.com": {"value": "zs@qq.com", "more_mails": ["ls@qq.com"]},
            "zs@qq.com/zs@qq.com": {"value": "zs@qq.com"},
            "bad@;ls@qq.com": {"value": "ls@qq.com"},
        },
    )


def test_what_is_no_address() -> None:
    faults_of(
        clean_mail,
        {
            "test@test.com": "mail.placeholder",
            "a@a.com": "mail.placeholder",
            "123@123.com": "mail.placeholder",
            "noemail@qq.com": "mail.placeholder",
            "someone@example.com": "mail.placeholder",
            "no at": "mail.no_at",
            "13812345678": "mail.no_at",
            "zs@": "mail.bad_domain",
            "zs@localhost": "mail.bad_domain",
            "zs@-corp.com": "mail.bad_domain",
            "zs@corp.local": "mail.bad_domain",
            "@qq.com": "mail.bad_local",
            "z..s@qq.com": "mail.bad_local",
            ".zs@qq.com": "mail.bad_local",
            "zhang san@qq.com": "mail.bad_local",
            f"{'z' * 65}@qq.com": "mail.bad_local",
            "zs***@qq.com": "mail.masked",
        },
    )


def test_blanks() -> None:
    blanks_of(clean_mail, [None, "", "-", "无", "N/A"])
