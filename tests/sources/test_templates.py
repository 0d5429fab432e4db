"""Exports as these systems write them are mapped right at once, column by column."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from qunxiang.app import House, Imports
from qunxiang.cleaning import event_table
from qunxiang.governance import HOUSEHOLDER
from qunxiang.sources import list_templates
from tests.app.company import names_in, refresh

# Made-up rows under the headings of each export; what a column must come to mean stands below it.
EXPORTS = {
    "taobao_orders": (
        "订单编号,买家会员名,买家支付宝账号,支付单号,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址,运送方式,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,店铺名称,订单关闭原因,退款金额",
        "order_id,@id:taobao_account,,,,,,amount,status,,@person:name,@person:address,,@id:phone,@id:phone,@at,,product_name,,,,,quantity,store,,",
        (
            "2158800001,tb_lily88,lily@aliyun.com,3301,199.00,0.00,199.00,189.00,交易成功,尽快发,李莉莉,浙江省 杭州市 西湖区 文三路 1 号,快递,,'13812345001,2026-03-01 10:00:00,2026-03-01 10:02:00,保湿面霜 50g,1,SF1001,顺丰速运,'null,1,示例旗舰店,订单未关闭,0.00",
            "2158800002,tb_wang,,3302,59.00,6.00,65.00,65.00,交易关闭,,王大力,北京市 北京市 朝阳区 建国路 2 号,快递,,'13812345002,2026-03-02 11:00:00,,口红,1,,,'null,1,示例旗舰店,未及时付款,0.00",
        ),
    ),
    "jd_orders": (
        "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单账号,客户姓名,客户地址,联系电话,订单备注,发票类型,商家备注,运费金额,付款确认时间,货号",
        "order_id,product,product_name,quantity,payment,@at,unit_price,,amount,,,status,,@id:jd_account,@person:name,@person:address,@id:phone,,,,,,",
        (
            "290000000001,100012043978,保温杯,1,在线支付,2026-03-05 09:00:00,99.00,198.00,99.00,0.00,99.00,完成,SOP,jd_abc,赵小云,上海市浦东新区世纪大道 3 号,13812345003,,不开发票,,0.00,2026-03-05 09:01:00,A-1",
            "290000000001,100012043979,茶叶,1,在线支付,2026-03-05 09:00:00,99.00,198.00,99.00,0.00,99.00,完成,SOP,jd_abc,赵小云,上海市浦东新区世纪大道 3 号,13812345003,,不开发票,,0.00,2026-03-05 09:01:00,A-2",
        ),
    ),
    "youzan_orders": (
        "订单号,订单类型,订单状态,订单创建时间,买家付款时间,买家昵称,买家手机号,收货人/提货人,收货人手机号/提货人手机号,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,商品名称,商品种类数,商品金额合计,运费,应收订单金额,订单实付金额,支付方式,归属店铺,买家备注,商家订单备注",
        "order_id,,status,@at,,,@id:phone,@person:name,@id:phone,@person:province,@person:city,@person:district,@person:address,product_name,,,,,amount,payment,store,,",
        (
            "E20260306100000000000001,普通订单,交易完成,2026-03-06 10:00:00,2026-03-06 10:00:30,小雨🌧,13812345004,周小雨,13812345004,广东省,深圳市,南山区,科技园 4 号,洗面奶,1,88.00,0.00,88.00,80.00,微信支付,总店,,",
            "E20260306100000000000002,普通订单,交易关闭,2026-03-06 11:00:00,,路人,13812345005,陈路,13812345005,广东省,深圳市,福田区,福中路 5 号,洗面奶,1,88.00,0.00,88.00,0.00,,总店,,",
        ),
    ),
    "kingdee_customers": (
        "编码,名称,简称,客户分组,客户类别,联系人,移动电话,固定电话,电子邮箱,省份,城市,通讯地址,销售员,创建组织,创建日期,修改日期,数据状态,禁用状态",
        "@id:user_id,name,,,member_level,,phone,,email,province,city,address,adviser,,registered_at,@at,,",
        (
            "CUST0001,孙建国,孙,零售客户,A类,孙建国,13812345006,0571-88880001,sun@aliyun.com,浙江省,杭州市,文一路 6 号,钱多多,总公司,2025-01-02,2026-01-02,已审核,否",
            "CUST0002,吴美丽,吴,零售客户,B类,吴美丽,13812345007,,,江苏省,南京市,中山路 7 号,钱多多,总公司,2025-02-02,2026-02-02,已审核,否",
        ),
    ),
    "kingdee_outbound": (
        "日期,单据编号,分录序号,单据状态,客户编码,客户,物料编码,物料名称,规格型号,库存单位,实发数量,含税单价,价税合计,税额,仓库,销售组织,销售部门,销售员",
        "@at,order_id,line_id,status,@id:user_id,@person:name,product,product_name,,,quantity,unit_price,amount,,,,,",
        (
            "2026-03-07,XSCKD000001,1,已审核,CUST0001,孙建国,1.01.001,面膜,10片,盒,2,50.00,100.00,11.50,成品仓,总公司,零售部,钱多多",
            "2026-03-07,XSCKD000001,2,已审核,CUST0001,孙建国,1.01.002,精华,30ml,瓶,1,200.00,200.00,23.01,成品仓,总公司,零售部,钱多多",
        ),
    ),
    "yonyou_customers": (
        "客户编码,客户名称,客户简称,客户分类,客户级别,地区名称,联系人,手机,电话,Email地址,地址,发展日期,专管业务员,分管部门,停用日期,变更日期",
        "@id:user_id,name,,,member_level,,,phone,,email,address,registered_at,adviser,,,@at",
        (
            "01001,郑小明,郑,零售,一级,华东,郑小明,13812345008,,zheng@aliyun.com,上海市徐汇区漕溪路 8 号,2025-03-03,业务一,零售部,,2026-03-03",
            "01002,冯小刚,冯,零售,二级,华北,冯小刚,13812345009,,,北京市海淀区中关村 9 号,2025-04-04,业务二,零售部,,2026-03-04",
        ),
    ),
    "yonyou_orders": (
        "订单号,行号,订单日期,客户编码,客户简称,销售类型,销售部门,业务员,存货编码,存货名称,规格型号,主计量,数量,含税单价,价税合计,税率,预发货日期,单据状态",
        "order_id,line_id,@at,@id:user_id,,,,,product,product_name,,,quantity,unit_price,amount,,,status",
        (
            "SO260308001,1,2026-03-08,01001,郑,普通销售,零售部,业务一,0101,洗发水,500ml,瓶,3,30.00,90.00,13,2026-03-10,审核",
            "SO260308001,2,2026-03-08,01001,郑,普通销售,零售部,业务一,0102,护发素,500ml,瓶,1,35.00,35.00,13,2026-03-10,审核",
        ),
    ),
    "crm_customers": (
        "客户编号,客户名称,性别,手机,邮件,客户级别,客户状态,客户来源,所属行业,省,市,区,详细地址,负责人,归属部门,创建人,创建时间,最后修改时间,最后跟进时间,备注",
        "@id:user_id,name,gender,phone,email,member_level,,acquired_by,,province,city,district,address,adviser,,,registered_at,@at,,remark",
        (
            "K0001,蒋欣欣,女,13812345010,jiang@aliyun.com,重点,跟进中,展会,零售,浙江省,宁波市,鄞州区,天童路 10 号,小王,华东区,小王,2025-05-05 10:00:00,2026-03-05 10:00:00,2026-03-04 10:00:00,喜欢面霜",
        ),
    ),
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path):
    with House(tmp_path / "w") as opened:
        yield opened


def write(folder: Path, name: str, encoding: str = "gb18030") -> Path:
    heading, _, rows = EXPORTS[name]
    path = folder / "ExportOrderList202603.csv"
    path.write_text("\r\n".join([heading, *rows]) + "\r\n", encoding=encoding)
    return path


def test_every_template_is_shown_by_an_export() -> None:
    assert {t.name for t in list_templates()} == EXPORTS.keys()
    for template in list_templates():
        assert template.zh
        assert template.en
        assert set(template.marks) <= template.columns.keys()
        assert {c for key in template.keys for c in key} <= template.columns.keys()


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_mapped_column_by_column(house: House, tmp_path: Path, name: str) -> None:
    heading, meanings, _ = EXPORTS[name]
    template = next(t for t in list_templates() if t.name == name)
    look = Imports(house).look(write(tmp_path, name), template.rows)
    wanted = dict(zip(heading.split(","), meanings.split(","), strict=True))
    assert {c.column: c.to or "" for c in look.mapping.columns} == wanted
    assert {c.because for c in look.mapping.columns} == {"template"}
    assert look.mapping.template == name
    assert look.mapping.new == ()


@pytest.mark.parametrize("name", EXPORTS)
def test_what_an_export_holds_is_guessed(house: House, tmp_path: Path, name: str) -> None:
    template = next(t for t in list_templates() if t.name == name)
    look = Imports(house).look(write(tmp_path, name), None)
    assert look.mapping.rows == template.rows
    assert look.mapping.template == name


@pytest.mark.parametrize("name", [n for n in EXPORTS if n.endswith(("orders", "outbound"))])
def test_the_same_order_in_two_exports_counts_once(house: House, tmp_path: Path, name: str) -> None:
    path = write(tmp_path, name)
    imports = Imports(house)
    imports.bring(path, imports.look(path, "orders", source="shop"), HOUSEHOLDER)
    changed = path.with_name("later.csv")
    text = path.read_text(encoding="gb18030")
    changed.write_text(text.replace("1 号", "11 号").replace("审核", "核准"), encoding="gb18030")
    rows = csv.DictReader(changed.read_text(encoding="gb18030").splitlines())
    count = sum(1 for _ in rows)
    imports.bring(changed, imports.look(changed, "orders", source="shop"), HOUSEHOLDER)
    refresh(house)
    ids = [
        house.warehouse.read(event_table(e), ["row_id"])["row_id"].to_pylist()
        for e in ("purchase", "refund")
    ]
    assert sum(len(set(each)) for each in ids) == count


def test_a_shops_orders_lead_to_people(house: House, tmp_path: Path) -> None:
    path = write(tmp_path, "taobao_orders")
    imports = Imports(house)
    imports.bring(path, imports.look(path, "orders"), HOUSEHOLDER)
    refresh(house)
    assert names_in(house, "did purchase") == {"李莉莉"}
    assert names_in(house, "did refund") == {"王大力"}  # closed without payment
    assert house.identity.find("tb_lily88") == house.identity.find("13812345001")


def test_a_file_that_only_looks_alike_is_none(house: House, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("订单号,下单时间,手机号,金额\nA1,2026-03-01,13812345001,5\n", encoding="utf-8")
    look = Imports(house).look(path, "orders")
    assert look.mapping.template is None
    assert look.mapping.key == ()
