"""Forms about a person as DOCX, for offices that edit them on: the same cells as the print, in the same places."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.form_grid import Spot, draw_grid, label
from chassis.office_files import Column, new_word, plain_text, steady, word_heading, word_table
from contracts.documents import (
    AppointmentFormDocument,
    BasicInfoDocument,
    EducationCells,
    PersonCells,
    PostChangesDocument,
    PrintDocument,
    ResumeFormDocument,
    ResumeLine,
)

if TYPE_CHECKING:
    from docx.document import Document as Word

Images = Mapping[str, bytes]

_WIDTHS = (17.0, 24.0, 19.0, 24.0, 20.0, 28.0, 38.0)


def appointment_docx(document: AppointmentFormDocument, images: Images) -> bytes:
    """干部任免审批表: the front's grid with the résumé, then the back's on a new page."""
    word = _begun(document)
    rows = [
        *_head(document, images),
        [label("现任职务", 2), Spot(document.post_now, 5)],
        [label("拟任职务", 2), Spot(document.post_proposed, 5)],
        [label("拟免职务", 2), Spot(document.post_removed, 5)],
        [label("简\n历"), Spot(_resume(document.resume), 6)],
    ]
    draw_grid(word, _WIDTHS, rows, [13, 13, 13, 13, 15, 15, 12, 12, 12, 120])
    word.add_page_break()
    relatives = [
        [Spot(one.appellation), Spot(one.name), Spot(_age(one.age)), Spot(one.political_status), Spot(one.work)]
        for one in document.family
    ]
    relatives += [[Spot("")] * 5 for _ in range(document.family_rows - len(relatives))]
    count = len(relatives) + 1
    family_head = [label(name) for name in ("称谓", "姓名", "年龄", "政治面貌", "工作单位及职务")]
    back = [
        [label("奖惩\n情况"), Spot(document.rewards, 5)],
        [label("年度考\n核结果"), Spot(document.assessments, 5)],
        [label("任免\n理由"), Spot(document.reason, 5)],
        [label("家庭主\n要成员\n及重要\n社会关系", down=count), *family_head],
        *relatives,
        [label("呈报\n单位"), Spot(document.submitted_by, 5)],
        [label("审批机\n关意见"), Spot("", 5)],
        [label("行政机关\n任免意见"), Spot("", 5)],
    ]
    draw_grid(word, (20, 18, 24, 14, 22, 72), back, [30, 22, 22, *[9.5] * count, 26, 34, 34])
    word.add_paragraph(f"填表人：{plain_text(document.filled_by)}　　计算年龄时间：{document.computed_on:%Y.%m.%d}")
    _audited(word, document)
    return _finished(word)


def _audited(word: "Word", document: AppointmentFormDocument) -> None:
    """What only the form for a special audit says: which facts were determined, and who signs."""
    if document.determined is None:
        return
    told = f"经组织认定：{'，'.join(document.determined)}（依据《干部人事档案专项审核认定表》）。"
    word.add_paragraph(plain_text(told if document.determined else "尚无经组织认定的事实，以上所填为现用记载。"))
    word.add_paragraph("初审人（签字）：　　　　　　复审人（签字）：　　　　　　本人（签字）：")


def resume_docx(document: ResumeFormDocument, images: Images) -> bytes:
    """干部简历表."""
    word = _begun(document)
    rows = [
        *_head(document, images),
        [label("现任职务", 2), Spot(document.post_now, 5)],
        [label("简\n历"), Spot(_resume(document.resume), 6)],
        [label("奖惩\n情况"), Spot(document.rewards, 6)],
    ]
    draw_grid(word, _WIDTHS, rows, [13, 13, 13, 13, 15, 15, 12, 100, 15])
    return _finished(word)


def basic_information_docx(document: BasicInfoDocument, images: Images) -> bytes:
    """干部基本信息表."""
    word = _begun(document)
    card = [
        [label("姓名"), Spot(document.person_name), label("人员编号"), Spot(document.person_no), _photo(images, 6)],
        [label("曾用名"), Spot(document.former_names), label("性别"), Spot(document.sex)],
        [label("民族"), Spot(document.ethnicity), label("籍贯"), Spot(document.native_place)],
        [label("出生地"), Spot(document.birth_place), label("身份证号"), Spot(document.id_number_masked)],
        [label("健康状况"), Spot(document.health), label("职级"), Spot(document.rank)],
        [label("技术职务"), Spot(document.technical_title), label("专长"), Spot(document.speciality)],
        [label("工作单位"), Spot(document.unit, 4)],
        [label("现任职务"), Spot(document.post_now, 4)],
        [label("全日制\n教育"), *_schooling(document.full_time)],
        [label("在职\n教育"), *_schooling(document.in_service)],
        [label("奖惩情况"), Spot(document.rewards, 4)],
        [label("年度考核"), Spot(document.assessments, 4)],
    ]
    draw_grid(word, (20, 48, 20, 46, 36), card, [8] * len(card))
    ages = [((one.name, one.value, _age(one.years), one.how), False) for one in document.ages]
    word.add_paragraph("三龄及认定依据")
    word_table(word, [Column(n, w) for n, w in (("项目", 32), ("时间", 28), ("年数", 18), ("依据", 92))], ages, left=())
    for title, listed in (("学习经历", document.educations), ("任职经历", document.posts)):
        word.add_paragraph(title)
        periods = [((f"{line.begins}--{line.ends}", line.text), False) for line in listed]
        word_table(word, [Column("起止年月", 40), Column(title, 130)], periods)
    word.add_paragraph("家庭主要成员及重要社会关系")
    columns = [("称谓", 18), ("姓名", 24), ("年龄", 14), ("政治面貌", 24), ("工作单位及职务", 90)]
    people = [
        ((one.appellation, one.name, _age(one.age), one.political_status, one.work), False) for one in document.family
    ]
    word_table(word, [Column(name, width) for name, width in columns], people, left=())
    return _finished(word)


def post_changes_docx(document: PostChangesDocument, images: Images) -> bytes:
    """干部职务变动登记表."""
    word = _begun(document)
    word.add_paragraph(f"姓名：{plain_text(document.person_name)}　　档案编号：{plain_text(document.dossier_no or '')}")
    columns = [("任职时间", 19), ("免职时间", 19), ("职务", 53), ("职级", 18), ("批准机关", 32), ("批准文号", 29)]
    rows = [
        ((row.begins, row.ends, row.post, row.rank, row.approved_by, row.document_no), False) for row in document.rows
    ]
    word_table(word, [Column(name, width) for name, width in columns], rows, left=(2,))
    return _finished(word)


def _begun(document: PrintDocument) -> "Word":
    word = new_word(document.sheet, document.title_zh, document.issued_at)
    word_heading(word, document.title_zh)
    return word


def _finished(word: "Word") -> bytes:
    content = io.BytesIO()
    word.save(content)
    return steady(content.getvalue())


def _head(cells: PersonCells, images: Images) -> list[Sequence[Spot]]:
    birth = cells.birth + (f"\n（{cells.age}岁）" if cells.age is not None else "")
    return [
        [label("姓名"), Spot(cells.person_name), label("性别"), Spot(cells.sex), label("出生年月\n（岁）"), Spot(birth),
         _photo(images, 4)],
        [label("民族"), Spot(cells.ethnicity), label("籍贯"), Spot(cells.native_place), label("出生地"),
         Spot(cells.birth_place)],
        [label("入党\n时间"), Spot(cells.party), label("参加工\n作时间"), Spot(cells.work_start), label("健康状况"),
         Spot(cells.health)],
        [label("专业技\n术职务"), Spot(cells.technical_title, 2), label("熟悉专业\n有何专长"),
         Spot(cells.speciality, 2)],
        [label("学历\n学位", down=2), label("全日制\n教育"), *_education(cells.full_time)],
        [label("在职\n教育"), *_education(cells.in_service)],
    ]  # fmt: skip


def _education(cells: EducationCells) -> list[Spot]:
    school = "\n".join(dict.fromkeys(part for part in (cells.level_school, cells.degree_school) if part))
    both = "\n".join(part for part in (cells.level, cells.degree) if part)
    return [Spot(both, 2), label("毕业院校\n系及专业"), Spot(school, 2)]


def _schooling(cells: EducationCells) -> list[Spot]:
    both, name, school = _education(cells)
    return [replace(both, across=1), name, replace(school, across=2)]


def _photo(images: Images, down: int) -> Spot:
    return Spot("照片", down=down, label=True, picture=images.get("photo"))


def _resume(lines: Sequence[ResumeLine]) -> str:
    return "\n".join(f"{line.begins}--{line.ends or '　' * 4}  {line.text}" for line in lines)


def _age(years: int | None) -> str:
    return "" if years is None else str(years)
