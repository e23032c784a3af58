"""What stands on the pages of a material: the form's rows, the story told, place and date, the seal."""

from __future__ import annotations

import random

from cli.sample.model import Material, Page, Person, Unit
from cli.sample.paper import CELL

_SEXES = {"m": "男", "f": "女"}
_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")

_TOLD = {
    "1": (
        "本人自参加工作以来，先后在多个岗位工作，历任职务及证明人如下，所填内容如有不实，愿承担责任。",
        "曾参加业务培训和岗位练兵，掌握本岗位应知应会的政策和规定，能够独立承担工作。",
        "家庭主要成员及重要社会关系均已如实填写，无其他需要向组织说明的问题。",
    ),
    "2": (
        "我出生在一个普通家庭，从小受到良好教育，在组织的关怀和同志们的帮助下逐步成长。",
        "参加工作以后，我认真学习，虚心求教，逐渐懂得了为人民服务的道理，也看到了自己的不足。",
        "今后我要严格要求自己，发扬成绩，克服缺点，在实际工作中接受组织的考验。",
    ),
    "3": (
        "该同志本年度能够认真履行岗位职责，按时完成各项工作任务，遵守工作纪律，团结同志。",
        "工作中深入基层，调查研究，对分管业务情况熟悉，提出的建议多次被采纳。",
        "存在的不足是理论学习还不够系统，今后应当加强。民主测评结果良好，确定为称职等次。",
    ),
    "4": (
        "该学员在校期间学习刻苦，成绩合格，修完教学计划规定的全部课程，准予毕业。",
        "遵守学校各项规章制度，积极参加集体活动和社会实践，尊敬师长，团结同学。",
        "毕业论文选题联系实际，论证清楚，答辩时回答问题准确，成绩评定为良好。",
    ),
    "5": (
        "经查阅档案材料并向有关单位核实，未发现影响使用的问题，所填内容与原始材料一致。",
        "对本人及其主要社会关系进行了调查，有关单位出具了证明，证明材料附后。",
        "经集体研究，认为情况清楚，结论恰当，同意归入本人档案。",
    ),
    "6": (
        "我志愿加入组织，拥护章程，履行义务，执行决定，严守纪律，对组织忠诚，积极工作。",
        "经过一段时间的学习和实践，我对组织的性质和任务有了进一步的认识，决心为之奋斗。",
        "我请求组织在实际工作中考验我，并请同志们对我的缺点和不足提出批评和帮助。",
    ),
    "7": (
        "该同志工作成绩突出，群众公认，经研究决定，予以表彰，以资鼓励。",
        "在急难险重任务面前冲锋在前，连续多日坚守岗位，为集体赢得了荣誉。",
        "望受表彰的同志戒骄戒躁，再接再厉，其他同志要向先进学习。",
    ),
    "8": (
        "经核查，事实清楚，依照有关规定，经集体研究，作出如下决定，并抄送有关单位。",
        "本人对所犯错误有一定认识，态度端正，能够主动配合组织调查，并作出书面检讨。",
        "如对本决定不服，可以自收到之日起三十日内向作出决定的机关申请复核。",
    ),
    "9": (
        "经组织考察，并按干部管理权限报批，同意办理，自批准之月起执行。",
        "该同志政治立场坚定，工作勤勉，熟悉业务，有较强的组织协调能力，群众反映良好。",
        "经核对本人档案，有关时间、学历和任职经历与原始材料记载一致，符合规定的条件。",
    ),
    "10": (
        "经检查，各项指标在正常范围之内，符合录用标准，材料存档备查。",
        "请于规定期限之内持本证明前往单位办理有关手续，逾期应当说明原因。",
        "本材料一式两份，一份存入本人档案，一份由出具单位留存。",
    ),
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
    head = [material.title, *_card(person, material, unit)] if number == 1 else [f"{material.title}（续）"]
    body = ["", *(rng.sample(told, rng.randint(2, 3))), ""]
    if number == min(2, count):
        body += _table(person, material)
    foot = [rng.choice(_OPINIONS), "", f"　　　　　　　　　　　　　　　{chinese_date(material.formed_on)}"]
    return (*head, *body, *(foot if number == count else ()), f"第{number}页　共{count}页")


def _card(person: Person, material: Material, unit: Unit) -> list[str]:
    """The person as the form could know it on its day: no post and no party that came later."""
    day = material.formed_on
    member = person.party_date is not None and person.party_date <= day
    joined = person.party_date if member else None
    schools = [school for school in person.schools if school.until <= day] or [person.schools[0]]
    posts = [post.title for post in person.posts if post.since <= day]
    return [
        CELL.join(("姓名", person.name, "性别", _SEXES[person.sex], "出生年月", _dotted(person.birth_date))),
        CELL.join(
            ("民族", person.ethnicity, "籍贯", person.native_place, "政治面貌", person.party if member else "群众")
        ),
        CELL.join(
            (
                "参加工作时间",
                _dotted(person.work_start) if person.work_start <= day else "",
                "入党时间",
                _dotted(joined),
            )
        ),
        CELL.join(("学历", schools[-1].level, "毕业（在读）院校", schools[-1].name)),
        CELL.join(("单位及职务", f"{unit.name}{posts[-1]}" if posts else "学生")),
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
