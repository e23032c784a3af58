"""Forms of a special audit as text documents to edit on: the same cells as the prints, in the same places."""

from collections.abc import Sequence

from chassis.form_grid import Spot, draw_grid, label
from chassis.office_files import Column, word_table
from contracts.documents import (
    AuditRegisterDocument,
    AuditRegisterRow,
    ConfirmationFormDocument,
    DeterminationFormDocument,
    FactRegistered,
    Signer,
)
from services.audit.papers.office import DAY, begun, dotted, finished, line

_HALVES = (24, 61, 24, 61)
_BOXES = "□是　□否"
_SEAL = f"　　　　　　　　　　　　　　（盖　章）　{DAY}"


def determination_form_docx(document: DeterminationFormDocument) -> bytes:
    """干部人事档案专项审核认定表."""
    word = begun(document)
    line(word, document.campaign)
    names = "、".join(document.consistent)
    found = [*(f"{one.fact}：{one.found}" for one in document.facts), *document.problems]
    clean = f"经审核，{names}的记载一致，未发现问题。" if not found else f"其余各项（{names}）记载一致。"
    agreed = [clean] if names else []
    proposed = _numbered([f"{one.fact}：{one.proposed}" for one in document.facts])
    decided = _numbered([f"{one.fact}：{one.decided}" for one in document.facts])
    rule = f"入党时间认定口径：{document.party_date_rule}"
    basis = "依据组通字〔2006〕41号等规定，拟认定如下："
    accepted = [f"{names}：予以认可。"] if names else []
    meeting = [*filter(None, [document.meeting]), *decided, *accepted, *filter(None, [document.approval])]
    rows = [
        [label("姓名"), Spot(document.person_name), label("工作单位及\n职务（职称）"), Spot(document.post)],
        [label("审核中发现\n的问题及\n审核意见"), Spot("\n".join([*_numbered(found), *agreed]), 3)],
        [label("拟认定意见"), Spot("\n".join([basis, *proposed, *accepted, rule]), 3)],
        [label("党委（党组）\n或组织部门\n认定意见"), Spot("\n".join([*meeting, "", _sealed(document.decided_on)]), 3)],
        [label("审核人\n签字"), Spot(_signed(document.first_reviewers, document.second_reviewer), 3)],
        [label("本人意见"), Spot(_answered(document.answer, "□ 同意上述认定意见　　□ 不同意（另附书面说明）",
                                       document.signed_on), 3)],
    ]  # fmt: skip
    draw_grid(word, _HALVES, rows, (14, 66, 44, 46, 30, 24))
    return finished(word)


def confirmation_form_docx(document: ConfirmationFormDocument) -> bytes:
    """干部基本信息审核确认表."""
    word = begun(document)
    line(word, document.campaign)
    head = [[label("姓名"), Spot(document.person_name), label("工作单位及\n职务（职称）"), Spot(document.post)]]
    draw_grid(word, _HALVES, head, (14,))
    line(word, "")
    columns = [("项目", 24), ("审核认定的内容", 74), ("审核结论", 24), ("依据材料", 48)]
    rows = [((one.fact, one.value, one.conclusion, one.basis), False) for one in document.facts]
    word_table(word, [Column(name, width) for name, width in columns], rows)
    line(word, "")
    boxes = "以上内容已向本人反馈。　□ 本人确认无误　　□ 有异议（另附书面说明）"
    signed = [
        [label("审核人\n签字"), Spot(_signed(document.first_reviewers, document.second_reviewer))],
        [label("审核单位"), Spot(f"\n\n{_sealed(document.decided_on)}")],
        [label("本人意见"), Spot(_answered(document.answer, boxes, document.signed_on))],
    ]
    draw_grid(word, (24, 146), signed, (30, 24, 26))
    return finished(word)


def audit_register_docx(document: AuditRegisterDocument) -> bytes:
    """干部人事档案专项审核情况登记表 of one person."""
    word = begun(document)
    line(word, document.campaign)
    row = document.row
    card = [
        [label("姓名"), Spot(row.name), label("性别"), Spot(row.sex), label("身份证号"), Spot(row.id_number)],
        [label("档案编号"), Spot(row.dossier_no), label("柜号"), Spot(row.cabinet), label("层号"), Spot(row.layer)],
        [label("单位"), Spot(row.unit, 3), label("籍贯"), Spot(row.native_place)],
    ]
    draw_grid(word, (20, 40, 16, 24, 20, 50), card, (9, 9, 9))
    line(word, "")
    draw_grid(word, (30, 55, 30, 55), [*_facts(row), *_outcome(row)], (8,) * (len(_facts(row)) + len(_outcome(row))))
    return finished(word)


def _facts(row: AuditRegisterRow) -> list[Sequence[Spot]]:
    return [
        *_flags("出生日期", row.birth),
        *_material("最早材料", row.birth),
        [label("出现的时间罗列"), Spot("；".join(row.birth.stated), 3)],
        [label("认定出生年月"), Spot(row.birth.value, 3)],
        *_flags("参加工作时间", row.work_start),
        *_material("起薪材料", row.work_start),
        [label("出现的时间罗列"), Spot("；".join(row.work_start.stated), 3)],
        [label("间断情况"), Spot(row.gaps, 3)],
        [label("认定参加工作时间"), Spot(row.work_start.value, 3)],
        *_flags("政治面貌", row.party),
        [label("政治面貌"), Spot(row.political_status), label("入党时间"), Spot(row.party.value)],
        [label("出现的时间罗列"), Spot("；".join(row.party.stated), 3)],
        [label("民族"), Spot(row.ethnicity.value), label("民族罗列"), Spot("；".join(row.ethnicity.stated))],
        [label("全日制学历"), Spot(row.full_time), label("在职学历"), Spot(row.in_service)],
        [label("最高职称"), Spot(row.technical_title), label("是否被聘"), Spot(row.engaged or _BOXES)],
    ]


def _outcome(row: AuditRegisterRow) -> list[Sequence[Spot]]:
    first, second = [*row.first_reviewers, Signer(), Signer()][:2]
    return [
        [label("初审人／时间"), Spot(_by(first)), label("初审人／时间"), Spot(_by(second))],
        [label("复审人／时间"), Spot(_by(row.second_reviewer)), label("党组会时间"), Spot(dotted(row.meeting_on))],
        [label("本人签字时间"), Spot(dotted(row.signed_on)), label("本人意见"), Spot(row.answer)],
        [label("档案存在问题"), Spot(row.problems, 3)],
    ]


def _flags(name: str, fact: FactRegistered) -> list[Sequence[Spot]]:
    said = [one or _BOXES for one in (fact.consistent, fact.altered, fact.doubtful, fact.determined_before)]
    return [
        [label(name, 4)],
        [label("记载是否一致"), Spot(said[0]), label("是否有涂改"), Spot(said[1])],
        [label("真实性存疑"), Spot(said[2]), label("组织是否进行过认定"), Spot(said[3])],
    ]


def _material(name: str, fact: FactRegistered) -> list[Sequence[Spot]]:
    material = fact.material
    return [
        [label(f"{name}类号"), Spot(material.code), label("形成时间"), Spot(material.formed_on)],
        [label(f"{name}名称"), Spot(material.title, 3)],
    ]


def _numbered(lines: Sequence[str]) -> list[str]:
    return [f"{at}. {text}" for at, text in enumerate(lines, start=1)]


def _by(one: Signer) -> str:
    return "　".join(filter(None, (one.name, dotted(one.on))))


def _day(day: str | None) -> str:
    if day is None:
        return DAY
    year, month, date = day.split("-")
    return f"{year}年{int(month)}月{int(date)}日"


def _sealed(day: str | None) -> str:
    return _SEAL.replace(DAY, _day(day))


def _signed(first: Sequence[Signer], second: Signer) -> str:
    pair = [*first, Signer(), Signer()][: max(2, len(first))]
    named = [*(("初审人", one) for one in pair), ("复审人", second)]
    return "\n\n".join(f"{who}：{one.name}　　　（签字）　　　　　　{_day(one.on)}" for who, one in named)


def _answered(answer: str, boxes: str, signed_on: str | None) -> str:
    return f"{answer or boxes}\n\n本人签字：　　　　　　　　{_day(signed_on)}"
