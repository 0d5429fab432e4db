"""Somebody brings a messy workbook: from the file to the rows that were set aside, mended and brought back."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.access import find_barriers
from tests.browser.stage import OWNER, Site, shot
from tests.browser.workbook import BAD_PHONES, ROWS, write_members

MINUTE = 60_000


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    return write_members(tmp_path / "会员名单.xlsx")


@pytest.fixture
def fresh(page: Page, empty: Site) -> Page:
    """The page, signed in to an empty workspace as its owner."""
    assert page.request.post(empty.at("/v1/setup"), data=OWNER).ok
    return page


def look(page: Page, name: str) -> None:
    """Keep a picture, and find nothing that keeps anybody out."""
    shot(page, name)
    found = find_barriers(page)
    assert not found, f"{name}: {found}"


def figure(page: Page, label: str) -> str:
    panel = page.locator(".panel").filter(has=page.get_by_text(label, exact=True))
    return panel.locator(".figure").first.inner_text()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_a_messy_workbook_to_the_end(fresh: Page, empty: Site, messy: Path, tmp_path: Path) -> None:
    page = fresh
    page.goto(empty.at("/imports/new"))
    look(page, "import-1-file")
    page.set_input_files("input[type=file]", messy)

    # The header was found below the titles; another is chosen, and the file is read anew.
    header = page.get_by_role("radio", name="第 4 行是表头")
    expect(header).to_be_checked()
    expect(page.get_by_text("跳过了上方 2 行标题")).to_be_visible()
    page.get_by_role("radio", name="第 5 行是表头").check()
    expect(page.get_by_role("radio", name="第 5 行是表头")).to_be_checked()
    press(page, "恢复自动识别")
    expect(header).to_be_checked()
    look(page, "import-2-shape")

    # A column is corrected by pinyin, another becomes a field of its own.
    press(page, "下一步")
    page.get_by_role("button", name="对应到 肤质类型").click()
    page.get_by_role("combobox", name="对应到 肤质类型").fill("beizhu")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="对应到 肤质类型: 备注")).to_be_visible()
    page.get_by_role("button", name="新建字段 宠物").click()
    page.get_by_label("英文名称").fill("Pet")
    press(page, "使用这个字段")
    expect(page.get_by_role("dialog")).to_have_count(0)
    look(page, "import-3-columns")

    # A reload and a step back lose nothing.
    page.reload()
    expect(page.get_by_role("button", name="对应到 肤质类型: 备注")).to_be_visible()
    press(page, "下一步")
    expect(page.get_by_text("来自列:会员卡号")).to_be_visible()
    look(page, "import-4-identity")

    press(page, "检查整个文件")
    go = page.get_by_role("button", name=f"只导入正确的 {ROWS} 行")
    expect(go).to_be_visible(timeout=MINUTE)
    assert (figure(page, "将新增"), figure(page, "将搁置的行")) == (str(ROWS), "1")
    page.get_by_role("button", name="看例子").first.click()
    expect(page.get_by_text("12345")).to_have_count(BAD_PHONES)
    look(page, "import-5-check")
    page.go_back()
    expect(page.get_by_text("来自列:会员卡号")).to_be_visible()
    page.go_forward()
    page.reload()
    go.click()

    expect(page.get_by_text("导入完成")).to_be_visible(timeout=MINUTE)
    assert (figure(page, "新增"), figure(page, "搁置")) == (str(ROWS), "1")
    page.reload()
    press(page, "刷新画像")
    expect(page.get_by_role("link", name="看客户")).to_be_visible(timeout=MINUTE)
    look(page, "import-6-result")
    fields = {
        one["name"]: one for one in page.request.get(empty.at("/v1/definitions/fields")).json()
    }
    assert fields["宠物"]["en"] == "Pet"

    with page.expect_download() as taken:
        press(page, "下载搁置的行")
    mended = mend(Path(taken.value.path()), tmp_path / "mended.csv")
    page.get_by_role("link", name="这次导入的详情").click()
    expect(page.get_by_role("row", name=re.compile("号码太短"))).to_contain_text(str(BAD_PHONES))
    page.get_by_role("button", name="看这些行").first.click()
    expect(page.locator(".cells .is-wrong")).to_have_count(BAD_PHONES)
    look(page, "import-7-one")

    page.set_input_files("input[type=file]", mended)
    expect(page.get_by_text("已补回,刷新后生效")).to_be_visible(timeout=MINUTE)
    page.get_by_role("alert").get_by_role("button", name="刷新画像").click()
    expect(page.get_by_role("row", name=re.compile("号码太短"))).to_have_count(0, timeout=MINUTE)

    press(page, "撤销导入")
    page.get_by_role("dialog").get_by_role("button", name="撤销导入").click()
    expect(page.get_by_text("它的行在下次刷新时离开画像")).to_be_visible()


def mend(downloaded: Path, path: Path) -> Path:
    """Write good phones into the rows that were set aside for their phones."""
    with downloaded.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"_import", "_row", "_reason"} <= set(rows[0])
    bad = [row for row in rows if row["手机"] == "12345"]
    assert len(bad) == BAD_PHONES
    for number, row in enumerate(bad):
        row["手机"] = f"1390000000{number}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(bad)
    return path


def test_an_upload_that_breaks_off_is_tried_again(fresh: Page, empty: Site, messy: Path) -> None:
    def cut(route: Route) -> None:
        route.abort("connectionreset")

    fresh.route("**/v1/uploads", cut)
    fresh.goto(empty.at("/imports/new"))
    fresh.set_input_files("input[type=file]", messy)
    expect(fresh.get_by_text("文件没有传完")).to_be_visible()
    fresh.unroute("**/v1/uploads", cut)
    press(fresh, "重新上传")
    expect(fresh.get_by_role("radio", name="第 4 行是表头")).to_be_checked()


def test_a_file_whose_time_is_over_is_asked_for_again(fresh: Page, empty: Site) -> None:
    fresh.goto(empty.at("/imports/new?upload=0123456789abcdef&step=columns"))
    expect(fresh.get_by_text("这个文件已经过期")).to_be_visible()
    fresh.get_by_role("link", name="重新上传").click()
    expect(fresh.get_by_text("把文件拖到这里")).to_be_visible()


def test_a_table_in_another_encoding_is_read_as_told(
    fresh: Page, empty: Site, tmp_path: Path
) -> None:
    path = tmp_path / "订单.csv"
    lines = ["会员编号;订单号;下单时间;实付金额"]
    lines += [f"U{i};D{i};2026-0{1 + i % 9}-03 10:00;{i * 10}" for i in range(12)]
    path.write_bytes("\n".join(lines).encode("gb18030"))
    fresh.goto(empty.at("/imports/new"))
    fresh.set_input_files("input[type=file]", path)
    expect(fresh.get_by_text("自动识别 (分号 ;)")).to_be_visible()
    expect(fresh.get_by_text("购买", exact=True)).to_be_visible()  # guessed by its columns
    fresh.get_by_role("combobox", name="分隔符").click()
    fresh.get_by_title("竖线 |").click()
    expect(fresh.get_by_role("alert")).to_contain_text("分隔符")  # refused, and said why
    press(fresh, "恢复自动识别")
    expect(fresh.get_by_role("cell", name="下单时间")).to_be_visible()
