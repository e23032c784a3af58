"""专项审核情况登记表 of many as a spreadsheet: one row a person, every column of the manual."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from chassis.office_files import plain_text, steady
from contracts.documents import AuditRegister, AuditRegisterDocument, AuditRegisterRow, FactRegistered, Signer
from services.audit.papers.office import dotted

_FLAGS: Final = (("记载是否一致", 8), ("是否有涂改", 8), ("真实性存疑", 8), ("组织是否进行过认定", 10))
_MATERIAL: Final = (("类号", 8), ("名称", 18), ("形成时间", 10))

GROUPS: Final[Sequence[tuple[str, Sequence[tuple[str, int]]]]] = (
    (
        "",
        (("序号", 6), ("姓名", 10), ("身份证号", 20), ("档案编号", 14), ("柜号", 6), ("层号", 6), ("单位", 20),
         ("性别", 6), ("籍贯", 12)),
    ),
    ("出生日期", (*_FLAGS, *((f"最早材料{name}", width) for name, width in _MATERIAL),
                ("出现的时间罗列", 36), ("认定出生年月", 12))),
    ("参加工作时间", (*_FLAGS, *((f"起薪材料{name}", width) for name, width in _MATERIAL),
                  ("出现的时间罗列", 36), ("间断情况", 20), ("认定参加工作时间", 12))),
    ("政治面貌", (("政治面貌", 10), *_FLAGS, ("出现的时间罗列", 36), ("入党时间", 12))),
    ("民族", (("民族", 8), ("民族罗列", 20))),
    ("学历", (("全日制学历", 20), ("在职学历", 20))),
    ("职称", (("最高职称", 14), ("是否被聘", 8))),
    ("审核与认定", (("初审人／时间", 24), ("复审人／时间", 20), ("党组会时间", 12), ("本人签字时间", 12),
               ("本人意见", 24))),
    ("", (("档案存在问题", 48),)),
)  # fmt: skip
"""Groups of columns in the order of the manual, each with its columns and their widths in characters."""


def audit_register_xlsx(register: AuditRegister) -> bytes:
    """One sheet. Text stays text, whatever it begins with: no cell is a formula."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, options)
    made = datetime.combine(date.fromisoformat(register.printed_on), time())
    book.set_properties({"title": AuditRegisterDocument.title_zh, "created": made})
    sheet = book.add_worksheet("登记表")
    _head(book, sheet, register)
    told = {"border": 1, "valign": "vcenter", "text_wrap": True}
    # The mark of "this is text" stays with the cell when somebody edits it or saves it as another format.
    cell, quoted = book.add_format(told), book.add_format({**told, "quote_prefix": True})
    line = _FIRST
    for at, row in enumerate(register.rows, start=1):
        for texts in _lines(cells(row)):
            line += 1
            sheet.write_number(line, 0, at, cell)
            for column, value in enumerate(texts, start=1):
                if value:
                    sheet.write_string(line, column, value, quoted)
                else:
                    sheet.write_blank(line, column, None, cell)
    book.close()
    return steady(content.getvalue())


def _lines(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """A row, and what no cell can hold in rows below it: a spreadsheet would drop the whole cell."""
    plain = [plain_text(text) for text in texts]
    longest = max(map(len, plain))
    for begin in range(0, max(longest, 1), _MOST_IN_A_CELL):
        yield [text[begin : begin + _MOST_IN_A_CELL] for text in plain]


_MOST_IN_A_CELL: Final = 32_000
"""Characters; the format ends at 32 767 and counts some of them twice."""
_FIRST: Final = 3
"""The line of the columns' names, counted from nought; the rows follow it."""


def _head(book: Any, sheet: Any, register: AuditRegister) -> None:
    """Title, campaign and day, groups and columns; all of it stays in sight and on each printed page."""
    bold = {"bold": True, "border": 1, "valign": "vcenter", "align": "center", "text_wrap": True}
    named = book.add_format(bold)
    large = book.add_format({"bold": True, "font_size": 16})
    count = sum(len(columns) for _, columns in GROUPS)
    sheet.write_string(0, 0, AuditRegisterDocument.title_zh, large)
    sheet.write_string(1, 0, plain_text(f"{register.campaign}　　打印日期：{dotted(register.printed_on)}"))
    at = 0
    for group, columns in GROUPS:
        for offset, (name, width) in enumerate(columns):
            sheet.write_string(_FIRST, at + offset, name, named)
            sheet.set_column(at + offset, at + offset, width)
        if len(columns) > 1:
            sheet.merge_range(_FIRST - 1, at, _FIRST - 1, at + len(columns) - 1, group, named)
        else:
            sheet.write_string(_FIRST - 1, at, group, named)
        at += len(columns)
    sheet.freeze_panes(_FIRST + 1, 2)
    sheet.repeat_rows(_FIRST - 1, _FIRST)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.autofilter(_FIRST, 0, _FIRST + max(1, len(register.rows)), count - 1)


def cells(row: AuditRegisterRow) -> list[str]:
    """The texts of a row, without its number, in the order of `GROUPS`."""
    party = _flags(row.party)
    return [
        row.name, row.id_number, row.dossier_no, row.cabinet, row.layer, row.unit, row.sex, row.native_place,
        *_flags(row.birth), *_material(row.birth), "；".join(row.birth.stated), row.birth.value,
        *_flags(row.work_start), *_material(row.work_start), "；".join(row.work_start.stated), row.gaps,
        row.work_start.value,
        row.political_status, *party, "；".join(row.party.stated), row.party.value,
        row.ethnicity.value, "；".join(row.ethnicity.stated), row.full_time, row.in_service,
        row.technical_title, row.engaged,
        "；".join(_by(one) for one in row.first_reviewers), _by(row.second_reviewer),
        dotted(row.meeting_on), dotted(row.signed_on), row.answer, row.problems,
    ]  # fmt: skip


def _flags(fact: FactRegistered) -> tuple[str, ...]:
    return fact.consistent, fact.altered, fact.doubtful, fact.determined_before


def _material(fact: FactRegistered) -> tuple[str, ...]:
    return fact.material.code, fact.material.title, fact.material.formed_on


def _by(one: Signer) -> str:
    return " ".join(filter(None, (one.name, dotted(one.on))))
