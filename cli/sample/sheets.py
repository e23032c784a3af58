"""What stands on the pages of a material: the form's rows, the story told, place and date, the seal."""

from __future__ import annotations

import random

from cli.sample.model import Material, Page, Person, Unit
from cli.sample.paper import CELL

_SEXES = {"m": "男", "f": "女"}
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")

_TOLD = {
    "1": "本人自参加工作以来，先后在多个岗位工作，历任职务及证明人如下。",
    "2": "我出生在一个普通家庭，从小受到良好教育，在组织的关怀下逐步成长。",
    "3": "该同志本年度能够认真履行岗位职责，按时完成各项工作任务，遵守工作纪律，团结同志。",
    "4": "该学员在校期间学习刻苦，成绩合格，修完教学计划规定的全部课程，准予毕业。",
    "5": "经查阅档案材料并向有关单位核实，未发现影响使用的问题，所填内容与原始材料一致。",
    "6": "我志愿加入组织，拥护章程，履行义务，执行决定，严守纪律，对组织忠诚，积极工作。",
    "7": "该同志工作成绩突出，群众公认，经研究决定，予以表彰，以资鼓励。",
    "8": "经核查，事实清楚，依照有关规定，经集体研究，作出如下决定，并抄送有关单位。",
    "9": "经组织考察，并按干部管理权限报批，同意办理，自批准之月起执行。",
    "10": "经检查，各项指标在正常范围之内，符合录用标准，材料存档备查。",
}
_OPINIONS = ("所在单位意见：情况属实，同意上报。", "审查机关意见：同意。", "经办人核对无误，请予存档。")


def pages_of(person: Person, material: Material, unit: Unit, seed: str) -> tuple[Page, ...]:
    """The pages of one material of this person; the last one bears date and seal of the unit."""
    rng = random.Random(f"sheet:{seed}")
    count = material.page_count
    return tuple(
        Page(
            lines=_lines(rng, person, material, unit, number, count),
            seal=unit.name if number == count else None,
            seed=f"{seed}:{number}",
        )
        for number in range(1, count + 1)
    )


def _lines(
    rng: random.Random, person: Person, material: Material, unit: Unit, number: int, count: int
) -> tuple[str, ...]:
    told = _TOLD[material.category.partition("-")[0]]
    head = [material.title, *_card(person, unit)] if number == 1 else [f"{material.title}（续）"]
    body = ["", *(told for _ in range(rng.randint(2, 4))), ""]
    if number == min(2, count):
        body += _table(person, material)
    foot = [rng.choice(_OPINIONS), "", f"　　　　　　　　　　　　　　　{chinese_date(material.formed_on)}"]
    return (*head, *body, *(foot if number == count else ()), f"第{number}页　共{count}页")


def _card(person: Person, unit: Unit) -> list[str]:
    return [
        CELL.join(("姓名", person.name, "性别", _SEXES[person.sex], "出生年月", _dotted(person.birth_date))),
        CELL.join(("民族", person.ethnicity, "籍贯", person.native_place, "政治面貌", person.party)),
        CELL.join(("参加工作时间", _dotted(person.work_start), "入党时间", _dotted(person.party_date))),
        CELL.join(("学历学位", person.education.level, "毕业院校", person.education.name)),
        CELL.join(("单位及职务", f"{unit.name}{person.post.title}")),
    ]


def _table(person: Person, material: Material) -> list[str]:
    """Posts or schools that had been reached when the material was made."""
    rows: list[str] = []
    for school in person.schools:
        if school.since < material.formed_on:
            rows.append(CELL.join((_dotted(school.since), school.name, school.level)))
    for post in person.posts:
        if post.since < material.formed_on:
            rows.append(CELL.join((_dotted(post.since), post.title, post.rank)))
    return [CELL.join(("起始时间", "学习或工作经历", "层次")), *rows]


def _dotted(date: str | None) -> str:
    return "" if date is None else ".".join(date.split("-")[:2])


def chinese_date(date: str) -> str:
    """A date as it is signed: `二〇一九年三月十二日`, with what is known of it."""
    parts = date.split("-")
    text = parts[0].translate(_DIGITS) + "年"
    if len(parts) > 1:
        text += _number(int(parts[1])) + "月"
    if len(parts) > 2:
        text += _number(int(parts[2])) + "日"
    return text


def _number(value: int) -> str:
    tens, ones = divmod(value, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_digit(tens)}十"
    return ten + ("" if tens and not ones else _digit(ones))


def _digit(value: int) -> str:
    return str(value).translate(_DIGITS)
