"""The list of missing materials as a document, and as a text document to edit on."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from chassis.office_files import Column, new_word, plain_text, steady, word_heading, word_table
from chassis.printing import ENGINE
from chassis.sheets import day_of_print
from chassis.unit_of_work import SHANGHAI
from contracts.documents import MissingMaterialsDocument, MissingRow
from services.catalog.domain.gaps import GapRules, Piece
from services.catalog.domain.scheme import Scheme
from services.catalog.papers.sheet import sheet_of
from services.catalog.store.gaps import Gap
from services.catalog.store.print_facts import Owner

_COLUMNS = (
    Column("序号", 10),
    Column("类号", 12),
    Column("材料名称", 44),
    Column("份数", 11),
    Column("登记时间", 22),
    Column("材料形成单位", 26),
    Column("问题", 11),
    Column("经办人", 15),
    Column("备注", 34),
)


def missing_materials(
    owner: Owner, gaps: Sequence[Gap], rules: GapRules, scheme: Scheme, today: date
) -> MissingMaterialsDocument:
    """缺失材料清单 of today, by category: a line a kind of material, with the years or facts that lack it."""
    return MissingMaterialsDocument(
        engine=ENGINE,
        issued_at=day_of_print(today),
        sheet=sheet_of(scheme.printing.page),
        dossier_no=owner.dossier_no,
        person_name=owner.name,
        rows=[_row(gap, rules) for gap in gaps if gap.missing],
    )


def _row(gap: Gap, rules: GapRules) -> MissingRow:
    rule = rules.by_id.get(gap.rule)
    return MissingRow(
        category=gap.category,
        title=rule.title.zh if rule else gap.rule,
        copies=len(gap.missing),
        registered_on=gap.opened_at.astimezone(SHANGHAI).date().isoformat(),
        remark="、".join(_pieces(gap.missing)),
    )


def _pieces(missing: Sequence[Piece]) -> Iterator[str]:
    """Years that follow each other as one (1994—1996年), then what facts say."""
    years = sorted({piece.year for piece in missing if piece.year and not piece.text})
    for _, run in groupby(enumerate(years), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [year for _, year in run]
        yield f"{first}—{rest[-1]}年" if rest else f"{first}年"
    for piece in missing:
        if piece.text:
            yield f"{piece.year}年{piece.text}" if piece.year else piece.text


def missing_materials_docx(document: MissingMaterialsDocument, _: Mapping[str, bytes]) -> bytes:
    """The same list in a table; the columns that are filled by hand stay empty."""
    word: Any = new_word(document.sheet, document.title_zh, document.issued_at)
    word_heading(word, document.title_zh)
    name, number = plain_text(document.person_name or ""), plain_text(document.dossier_no or "")
    word.add_paragraph(f"姓名：{name}　　档案编号：{number}")
    rows = [
        (
            str(no),
            row.category,
            row.title,
            str(row.copies),
            row.registered_on.replace("-", "."),
            "",
            row.problem,
            "",
            row.remark,
        )
        for no, row in enumerate(document.rows, start=1)
    ]
    word_table(word, _COLUMNS, [(row, False) for row in rows], left=(2,))
    word.add_paragraph("问题：1 短缺　2 手续不完备　3 其他")
    content = io.BytesIO()
    word.save(content)
    return steady(content.getvalue())
