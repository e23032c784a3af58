"""The texts of the appointment form (任免审批表), as the current facts fill them in.

Element names, their order and how each is written: GB/T 33870 practice, read from the files of the office program
(digitization rules, section 8). Fields of the form itself (拟任, 理由, 填表人 …) are no facts and are not here.
"""

from collections.abc import Mapping
from typing import Any, Final

from contracts.values.partial_date import PartialDate
from services.catalog.domain.facts import Fact, Facts, Mode, is_communist

LABELS: Final[Mapping[str, str]] = {
    "XingMing": "姓名",
    "XingBie": "性别",
    "ChuShengNianYue": "出生年月",
    "MinZu": "民族",
    "JiGuan": "籍贯",
    "ChuShengDi": "出生地",
    "RuDangShiJian": "入党时间",
    "CanJiaGongZuoShiJian": "参加工作时间",
    "JianKangZhuangKuang": "健康状况",
    "ZhuanYeJiShuZhiWu": "专业技术职务",
    "ShuXiZhuanYeYouHeZhuanChang": "熟悉专业有何专长",
    "QuanRiZhiJiaoYu_XueLi": "全日制教育学历",
    "QuanRiZhiJiaoYu_XueWei": "全日制教育学位",
    "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "全日制学历毕业院校系及专业",
    "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "全日制学位毕业院校系及专业",
    "ZaiZhiJiaoYu_XueLi": "在职教育学历",
    "ZaiZhiJiaoYu_XueWei": "在职教育学位",
    "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi": "在职学历毕业院校系及专业",
    "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi": "在职学位毕业院校系及专业",
    "XianRenZhiWu": "现任职务",
    "NiRenZhiWu": "拟任职务",
    "NiMianZhiWu": "拟免职务",
    "JianLi": "简历",
    "JiangChengQingKuang": "奖惩情况",
    "NianDuKaoHeJieGuo": "年度考核结果",
    "RenMianLiYou": "任免理由",
    "JiaTingChengYuan": "家庭成员",
    "ChengBaoDanWei": "呈报单位",
    "JiSuanNianLingShiJian": "计算年龄时间",
    "TianBiaoShiJian": "填表时间",
    "TianBiaoRen": "填表人",
    "ShenFenZheng": "身份证号",
    "ZhaoPian": "照片",
    "Version": "版本",
}
"""Every element of the form, in the order of the file."""
FORM_ONLY: Final = frozenset(
    (
        "NiRenZhiWu",
        "NiMianZhiWu",
        "RenMianLiYou",
        "ChengBaoDanWei",
        "JiSuanNianLingShiJian",
        "TianBiaoShiJian",
        "TianBiaoRen",
        "Version",
    )
)
"""What belongs to one filling-in of the form and not to the person."""
MODES: Final[Mapping[str, Mode]] = {"QuanRiZhiJiaoYu": "full_time", "ZaiZhiJiaoYu": "in_service"}
FAMILY_MEMBERS: Final[Mapping[str, str]] = {
    "ChengWei": "appellation",
    "XingMing": "name",
    "ChuShengRiQi": "birth_date",
    "ZhengZhiMianMao": "political_status",
    "GongZuoDanWeiJiZhiWu": "work",
}
COMMUNIST: Final = "中共党员"
_YEARS_SHOWN: Final = 3
_SEXES: Final = {"male": "男", "female": "女"}
_NO_END: Final = " " * 7
_NO_DATES: Final = " " * 18


def form_of(facts: Facts) -> dict[str, str]:
    """Text of each element that facts fill; '' where nothing is known. The number is masked, the photo its digest."""
    title, number, photo = facts.highest_title, facts.one("id_number"), facts.one("photo")
    form = {
        "XingMing": facts.text("name"),
        "XingBie": _SEXES.get(facts.sex or ""),
        "ChuShengNianYue": digits(facts.date("birth_date")),
        "MinZu": facts.text("ethnicity"),
        "JiGuan": facts.text("native_place"),
        "ChuShengDi": facts.text("birth_place"),
        "RuDangShiJian": _party(facts.one("party")),
        "CanJiaGongZuoShiJian": digits(facts.date("work_start")),
        "JianKangZhuangKuang": facts.text("health"),
        "ZhuanYeJiShuZhiWu": title.text if title else None,
        "ShuXiZhuanYeYouHeZhuanChang": facts.text("speciality"),
        "XianRenZhiWu": "，".join(post_text(post) for post in facts.posts_now),
        "JianLi": "\n".join(resume_line(fact) for fact in facts.of("resume")),
        "JiangChengQingKuang": "\n".join(reward_line(fact) for fact in facts.of("reward")),
        "NianDuKaoHeJieGuo": _assessments(facts),
        "JiaTingChengYuan": "\n".join(relative_line(fact.value) for fact in facts.of("family")),
        "ShenFenZheng": number.value["masked"] if number else None,
        "ZhaoPian": photo.value["digest"][:16] if photo else None,
    }
    for prefix, mode in MODES.items():
        form |= _schooling(facts, prefix, mode)
    return {element: form.get(element) or "" for element in LABELS if element not in FORM_ONLY}


def digits(date: PartialDate | None) -> str:
    """`199001`, to the month as the form has it; a year alone is `199000`."""
    return date.exchange[:6] if date else ""


def _party(fact: Fact | None) -> str:
    """The date for a member of the Communist Party, the name for others; both as `201506；民建`."""
    if fact is None:
        return ""
    date = digits(fact.date) if is_communist(fact.value["party"]) else ""
    return "；".join(part for part in (date or fact.value["party"], fact.value["also"]) if part)


def _schooling(facts: Facts, prefix: str, mode: Mode) -> dict[str, str | None]:
    education, degree = facts.highest_education(mode), facts.highest_degree(mode)
    first, second = school_text(education), school_text(degree)
    return {
        f"{prefix}_XueLi": education.value["level"] if education else None,
        f"{prefix}_XueWei": degree.value["degree"] if degree else None,
        f"{prefix}_XueLi_BiYeYuanXiaoXi": first,
        # The second stays blank where it is the first once more.
        f"{prefix}_XueWei_BiYeYuanXiaoXi": "" if second == first else second,
    }


def school_text(fact: Fact | None) -> str:
    """School, department and major, in one line."""
    return "" if fact is None else (fact.value["school"] or "") + (fact.value["major"] or "")


def post_text(fact: Fact) -> str:
    """`青岚县财政局局长`."""
    return (fact.value["unit"] or "") + fact.value["title"]


def resume_line(fact: Fact) -> str:
    """`1990.08--1994.07  某县某局科员`; the end stays blank while it goes on."""
    if fact.valid_from is None:
        return _NO_DATES + fact.value["text"]
    ends = fact.valid_to.dotted[:7] if fact.valid_to else _NO_END
    return f"{fact.valid_from.dotted[:7]}--{ends}  {fact.value['text']}"


def reward_line(fact: Fact) -> str:
    """The text, after its date where that is known apart from it."""
    return f"{fact.valid_from.dotted} {fact.value['text']}" if fact.valid_from else fact.value["text"]


def _assessments(facts: Facts) -> str:
    """The last three years; or what a form said in its own words, if it was told later than any year."""
    years = facts.of("assessment")[-_YEARS_SHOWN:]
    return facts.assessments_said or "，".join(f"{fact.value['year']}年度{fact.value['grade']}" for fact in years)


def relative_line(value: Mapping[str, Any]) -> str:
    """One relative for showing: `长子 王小明 199501 共青团员 某大学学生`."""
    born = value["birth_date"]
    date = digits(PartialDate.model_validate(born)) if born else ""
    told = (value["appellation"], value["name"], date, value["political_status"], value["work"])
    return " ".join(part or "-" for part in told)
