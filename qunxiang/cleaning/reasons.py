"""Why a value was set aside, and how to mend it, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from qunxiang.errors import Lang, QunxiangError, catalogue


@dataclass(frozen=True)
class Reason:
    """What is wrong with a value, and what the person who has it can do."""

    zh: str
    en: str
    zh_remedy: str
    en_remedy: str


#: Reason code -> its texts. Every code a normaliser gives stands here.
REASONS: dict[str, Reason] = {
    "choice.unknown": Reason(
        "不在可选值之内", "This is not one of the allowed choices",
        "改成可选值之一，或把这种写法加进同义词表", "Use one of the choices, or add this spelling to the synonyms",
    ),
    "identity.blocked": Reason(
        "这个标识不指向任何人", "This identifier names nobody",
        "换成真实的标识；值本身仍保留在画像里", "Give the true one; the value itself stays in the portrait",
    ),
    "row.empty": Reason(
        "这一行没有可用的内容", "The row says nothing that can be used",
        "检查列的映射，或删掉空行", "Check what the columns are mapped to, or delete the row",
    ),
    "row.no_event": Reason(
        "没有写明是什么事件", "The row does not say which event it is",
        "填上事件名称", "Fill in the event's name",
    ),
    "row.no_person": Reason(
        "没有任何标识，不知道是谁", "No identifier says whose row this is",
        "补上手机号、会员卡号等任意一种标识", "Add a phone, card number or any other identifier",
    ),
    "row.no_time": Reason(
        "没有可用的时间", "The row has no usable time",
        "补上发生时间", "Add when it happened",
    ),
    "row.same_id": Reason(
        "同一编号的消息内容不同", "Another message has the same id and says something else",
        "确认是否应改用新的编号；先到的一条已生效", "Give it an id of its own if it is another; the first one is in force",
    ),
    "row.too_many_events": Reason(
        "事件种类太多，不再新增", "There are too many kinds of events for one more",
        "检查事件名称里是否混入了编号等变化的内容", "See whether names of events hold something that changes, as a number",
    ),
    "row.change_not_kept": Reason(
        "累加只适用于数值字段，追加与移除只适用于列表字段", "Only numbers can be added to, and only lists appended to or taken from",
        "改为直接设置字段，或更改字段的类型", "Set the field instead, or change its type",
    ),
    "plan.required": Reason(
        "埋点方案要求的属性缺失", "The tracking plan asks for this property, and it is missing",
        "让来源补上这个属性，或写一条修正规则给出默认值", "Have the source send it, or write a fix that gives a default",
    ),
    "plan.type": Reason(
        "与埋点方案规定的类型不符", "This is not of the type that the tracking plan names",
        "让来源改正写法，或写一条修正规则转换格式", "Have the source write it otherwise, or write a fix that reads its form",
    ),
    "plan.range": Reason(
        "超出埋点方案规定的范围", "This is outside the range of the tracking plan",
        "核对数值；若属正常，放宽方案中的范围", "Check the number; if it is right, widen the range in the plan",
    ),
    "plan.choice": Reason(
        "不在埋点方案列出的取值之内", "This is none of the values that the tracking plan lists",
        "写一条修正规则映射取值，或把这个值加进方案", "Write a fix that maps the value, or add it to the plan",
    ),
    "plan.pattern": Reason(
        "与埋点方案规定的格式不符", "This does not match the pattern of the tracking plan",
        "让来源改正格式，或修改方案中的正则表达式", "Have the source mend it, or change the plan's pattern",
    ),
    "plan.length": Reason(
        "比埋点方案允许的更长", "This is longer than the tracking plan allows",
        "让来源缩短内容，或放宽方案中的长度", "Have the source shorten it, or allow more letters in the plan",
    ),
    "plan.unknown_event": Reason(
        "埋点方案里没有这个事件", "The tracking plan has no such event",
        "把事件加进方案，或写一条修正规则改名", "Add the event to the plan, or write a fix that renames it",
    ),
    "plan.unknown_property": Reason(
        "埋点方案里没有这个属性", "The tracking plan has no such property",
        "把属性加进方案，或写一条修正规则改名或丢弃", "Add the property to the plan, or write a fix that renames or drops it",
    ),
    "row.unknown_event": Reason(
        "不认识的事件", "There is no such event",
        "改成已有的事件名称，或先新建这个事件", "Use the name of an event there is, or define it first",
    ),
    "date.ambiguous": Reason(
        "分不清哪个是月、哪个是日", "Day and month cannot be told apart",
        "声明该列的日期顺序（日-月-年或月-日-年），或改成 2024-03-05 的写法",
        "Declare the column's order (day or month first), or write it as 2024-03-05",
    ),
    "date.impossible": Reason(
        "日历上没有这一天", "There is no such day",
        "核对月份和日期", "Check the month and the day",
    ),
    "date.no_day": Reason(
        "只有年和月，没有日", "The day is missing", "补上日期", "Add the day",
    ),
    "date.no_year": Reason(
        "没有年份", "The year is missing",
        "补上年份；只知道生日的月和日时，请放在另一列", "Add the year; keep a birthday without year in a column of its own",
    ),
    "date.only_year": Reason(
        "只有年份", "Only the year is given", "补上月和日", "Add the month and the day",
    ),
    "date.time_impossible": Reason(
        "没有这样的时刻", "There is no such time of day",
        "核对时、分、秒和时区", "Check hour, minute, second and offset",
    ),
    "date.too_early": Reason(
        "日期早于允许的最早日期", "The date is earlier than allowed",
        "核对年份；如确实如此，请放宽该列的最早日期", "Check the year, or allow earlier dates for this column",
    ),
    "date.too_late": Reason(
        "日期晚于允许的最晚日期", "The date is later than allowed",
        "核对年份；如确实如此，请放宽该列的最晚日期", "Check the year, or allow later dates for this column",
    ),
    "date.unreadable": Reason(
        "看不懂的日期", "This cannot be read as a date",
        "改成 2024-03-05 或 2024-03-05 14:05:06 的写法", "Write it as 2024-03-05 or 2024-03-05 14:05:06",
    ),
    "gender.unreadable": Reason(
        "看不懂的性别", "This cannot be read as a gender",
        "改成 男 或 女；如为代码，请声明代码的含义", "Write male or female; if it is a code, declare what it means",
    ),
    "mail.bad_domain": Reason(
        "@ 后面的域名不正确", "What follows the @ is no domain",
        "核对 @ 后面的部分", "Check what stands after the @",
    ),
    "mail.bad_local": Reason(
        "@ 前面的部分不正确", "What stands before the @ cannot be part of an address",
        "核对 @ 前面的部分，去掉空格和多余的符号", "Check what stands before the @; remove spaces and stray marks",
    ),
    "mail.masked": Reason(
        "邮箱被遮盖", "The address is masked", "请从来源取得完整的邮箱", "Ask the source for the whole address",
    ),
    "mail.no_at": Reason(
        "没有 @，不是邮箱", "Without an @ this is no address", "填写完整的邮箱", "Write the whole address",
    ),
    "mail.placeholder": Reason(
        "占位用的邮箱，不属于任何人", "A made-up address that belongs to nobody",
        "填写真实的邮箱，没有则留空", "Write the real address, or leave it empty",
    ),
    "money.other_currency": Reason(
        "币种与该列声明的不同", "The currency is not the one declared for this column",
        "先换算成声明的币种，或为它另设一列", "Convert it first, or give it a column of its own",
    ),
    "name.is_mail": Reason(
        "姓名栏里是邮箱", "A mail address stands in place of the name",
        "把它移到邮箱列", "Move it to the column of mail addresses",
    ),
    "name.is_phone": Reason(
        "姓名栏里是电话号码", "A phone number stands in place of the name",
        "把它移到电话列", "Move it to the column of phone numbers",
    ),
    "name.masked": Reason(
        "姓名被遮盖", "The name is masked", "请从来源取得完整的姓名", "Ask the source for the whole name",
    ),
    "name.no_letters": Reason(
        "没有任何文字，不是姓名", "A name has letters; this has none", "填写姓名", "Write the name",
    ),
    "name.nothing_left": Reason(
        "只有称呼、备注或数字，没有姓名", "Only a title, a remark or a number, and no name",
        "填写姓名", "Write the name",
    ),
    "name.placeholder": Reason(
        "测试或占位用的姓名", "A name used for testing or to fill the cell",
        "填写真实的姓名，没有则留空", "Write the real name, or leave it empty",
    ),
    "name.too_long": Reason(
        "太长，不像姓名", "Too long for a name", "只保留姓名", "Keep the name alone",
    ),
    "number.bad_grouping": Reason(
        "逗号或空格的位置不对，分不清是千分位还是小数点", "The commas or spaces do not stand at thousands",
        "去掉千分位符号；如用逗号作小数点，请为该列声明", "Remove the marks, or declare the decimal comma for this column",
    ),
    "number.has_currency": Reason(
        "数字带有货币符号", "The number carries a currency",
        "去掉货币符号，或把该列声明为金额", "Remove the sign, or declare the column as money",
    ),
    "number.not_a_number": Reason(
        "不是数字", "This is not a number", "只填数字", "Write the number alone",
    ),
    "number.not_whole": Reason(
        "应为整数", "A whole number is wanted", "改成整数，或把该列声明为小数", "Write a whole number, or declare decimals",
    ),
    "number.too_large": Reason(
        "数字太大，超出可保存的范围", "The number is too large to be kept",
        "核对是否多写了数字", "Check for digits too many",
    ),
    "phone.masked": Reason(
        "号码被遮盖", "The number is masked", "请从来源取得完整的号码", "Ask the source for the whole number",
    ),
    "phone.no_area_code": Reason(
        "座机缺少区号", "The area code is missing", "补上区号，如 010-", "Add the area code, as in 010-",
    ),
    "phone.no_such_country": Reason(
        "没有这个国家区号", "There is no such country code", "核对 + 后面的国家区号", "Check the code after the +",
    ),
    "phone.not_a_phone": Reason(
        "不是电话号码", "This is not a phone number", "只填电话号码", "Write the number alone",
    ),
    "phone.placeholder": Reason(
        "占位用的号码，不属于任何人", "A made-up number that belongs to nobody",
        "填写真实的号码，没有则留空", "Write the real number, or leave it empty",
    ),
    "phone.ruined_by_excel": Reason(
        "号码被表格软件改成了科学计数，后面的数字已丢失", "A spreadsheet has rounded the number; its last digits are lost",
        "在来源中把该列设为文本后重新导出", "Set the column to text at the source and export again",
    ),
    "phone.too_long": Reason(
        "号码太长", "The number is too long", "核对是否多写了数字", "Check for digits too many",
    ),
    "phone.too_short": Reason(
        "号码太短", "The number is too short", "核对是否漏写了数字", "Check for missing digits",
    ),
    "phone.unassigned": Reason(
        "没有分配过这样的号码", "No such number has been given out", "核对号码的开头几位", "Check the first digits",
    ),
    "region.ambiguous": Reason(
        "多个地方叫这个名字", "Several places have this name",
        "补上省或市，如 江苏省南京市鼓楼区", "Add the province or city",
    ),
    "region.no_city": Reason(
        "只有省，没有市", "A province is given, but no city", "补上城市", "Add the city",
    ),
    "region.no_district": Reason(
        "没有区县", "No district or county is given", "补上区县", "Add the district or county",
    ),
    "region.not_found": Reason(
        "找不到这个地方", "No such place is known",
        "写明省、市、区县，如 广东省深圳市南山区", "Write province, city and district",
    ),
    "resident.birth_impossible": Reason(
        "身份证号中的出生日期不存在", "The birth date in the number does not exist",
        "核对第 7 至 14 位", "Check digits 7 to 14",
    ),
    "resident.characters": Reason(
        "身份证号只能有数字，末位可为 X", "The number may hold only digits, and X at the end",
        "核对号码", "Check the number",
    ),
    "resident.checksum": Reason(
        "身份证号的校验位不符，有数字写错了", "The check digit does not fit: some digit is wrong",
        "对照证件核对号码", "Compare the number with the card",
    ),
    "resident.length": Reason(
        "身份证号应为 18 位（旧证 15 位）", "The number must have 18 digits (15 on old cards)",
        "核对是否漏写或多写了数字", "Check for missing digits or digits too many",
    ),
    "resident.masked": Reason(
        "身份证号被遮盖", "The number is masked", "请从来源取得完整的号码", "Ask the source for the whole number",
    ),
    "resident.ruined_by_excel": Reason(
        "身份证号被表格软件舍入，后面的数字已丢失", "A spreadsheet has rounded the number; its last digits are lost",
        "在来源中把该列设为文本后重新导出", "Set the column to text at the source and export again",
    ),
    "yesno.unreadable": Reason(
        "看不出是与否", "This is neither yes nor no", "改成 是 或 否", "Write yes or no",
    ),
}  # fmt: skip


def explain(code: str, lang: Lang) -> str:
    """Return why a value or row was set aside, in words; unreadable rows are told by their errors."""
    reason = REASONS.get(code)
    if reason is not None:
        return reason.zh if lang == "zh" else reason.en
    return QunxiangError(code).message(lang) if code in catalogue() else code


def remedy(code: str, lang: Lang) -> str:
    """Return what can be done about a reason for which something was set aside."""
    reason = REASONS.get(code)
    if reason is not None:
        return reason.zh_remedy if lang == "zh" else reason.en_remedy
    return QunxiangError(code).remedy(lang) if code in catalogue() else ""
