"""`determine`: all facts of one person with 40 claims, from the claims as sent to the results with their paragraphs."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from contracts.values.partial_date import PartialDate
from services.audit.determination_file import load_determination_rules
from services.audit.domain.claim import Altered, Claim, Evidence
from services.audit.domain.determination import Context, Determination
from services.audit.domain.determine import determine
from services.audit.domain.facts import AnyClaimValue, AuditFact
from tests.bench.context import Context as Bench
from tests.bench.measure import ROUNDS, Row, compare

PERSONS, CLAIMS = 50, 40
DAY = dt.date(2026, 11, 24)


class Sent(BaseModel):
    """A claim as a reviewer's screen sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    fact: AuditFact
    title: str
    formed_on: PartialDate | None
    signed: bool | None
    material_id: str | None
    altered: Altered
    value: AnyClaimValue


async def run(context: Bench) -> Row:
    """Ours against a loop that only validates the same claims; both in one process."""
    rules = load_determination_rules()
    persons = [_person(random.Random(number)) for number in range(PERSONS)]
    seconds = context.seconds(5, 40) / ROUNDS
    whole = Context(on=DAY, employed=(), held=frozenset())

    def validated(sent: Sequence[dict[str, Any]]) -> list[Sent]:
        return [Sent.model_validate(one) for one in sent]

    def determined(sent: Sequence[dict[str, Any]]) -> list[Determination]:
        claims = [_claim(one, rules.kind_of(one.title)) for one in validated(sent)]
        return [determine(fact, claims, whole, rules) for fact in AuditFact]

    async def floor() -> float:
        return _per_second(persons, validated, seconds)

    async def ours() -> float:
        return _per_second(persons, determined, seconds)

    return await compare(
        "determine",
        f"determinations of one person with {CLAIMS} claims",
        "persons/s",
        floor=floor,
        ours=ours,
        goal=0.2,
        better="higher",
    )


def _per_second(persons: Sequence[Any], work: Callable[[Any], object], seconds: float) -> float:
    done, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < seconds:
        work(persons[done % len(persons)])
        done += 1
    return done / took


def _claim(sent: Sent, kind: str | None) -> Claim:
    evidence = Evidence(sent.title, kind, sent.formed_on, sent.signed, sent.material_id)
    return Claim(sent.id, sent.fact, sent.value, evidence, sent.altered)


def _person(chance: random.Random) -> list[dict[str, Any]]:
    """A dossier's claims: most agree, some do not, and some places were altered."""
    born = chance.randint(1955, 1985)
    sent = [*_ages(chance, born), *_studies(born), *_posts(born), *_words()]
    return [
        {"id": f"clm_{number}", "signed": True, "altered": "altered" if chance.random() < 0.03 else "none", **one}
        for number, one in enumerate(sent)
    ]


def _sent(fact: str, title: str, formed: str, value: dict[str, Any]) -> dict[str, Any]:
    about = {"title": title, "formed_on": formed, "material_id": f"mat_{title}"}
    return {"fact": fact, **about, "value": value}


def _ages(chance: random.Random, born: int) -> list[dict[str, Any]]:
    def said(year: int) -> dict[str, Any]:
        return {"type": "date", "date": f"{year + (chance.random() < 0.1)}-{chance.choice(('03', '03', '05'))}"}

    forms = (
        ("入团志愿书", 16),
        ("高中毕业生登记表", 18),
        ("干部履历表", 30),
        ("干部任免审批表", 35),
        ("公务员登记表", 51),
    )
    births = [_sent("birth_date", title, f"{born + at}-09", said(born)) for title, at in forms]
    works = [
        _sent("work_start_date", title, f"{born + at}-09", said(born + 22))
        for title, at in (("报到证", 22), ("毕业生转正定级审批表", 23), ("干部履历表", 30), ("干部任免审批表", 35))
    ]
    steps = {"branch_meeting": f"{born + 28}-06-12", "committee_approval": f"{born + 28}-08-01"}
    form = _sent("party_join_date", "入党志愿书", f"{born + 28}", {"type": "party", **steps})
    later = [
        _sent("party_join_date", title, f"{born + at}", {"type": "party", "join_date": f"{born + 28}-06"})
        for title, at in (("党员登记表", 31), ("干部履历表", 30), ("干部任免审批表", 35))
    ]
    return [*births, *works, form, *later]


def _studies(born: int) -> list[dict[str, Any]]:
    study = {"type": "education", "level": "大学本科", "school": "样例师范大学", "full_time": True}
    study |= {"begins": f"{born + 18}-09", "ends": f"{born + 22}-07"}
    titles = (
        ("报考登记表", 18), ("学生成绩登记表", 22), ("毕业生登记表", 22), ("学历认证报告", 40), ("学位证书", 22),
        ("干部履历表", 30), ("干部任免审批表", 35),
    )  # fmt: skip
    return [_sent("education", title, f"{born + at}", study) for title, at in titles]


def _posts(born: int) -> list[dict[str, Any]]:
    units = ("样例县农业局", "样例县政府办", "样例市委办", "样例市委组织部")
    found: list[dict[str, Any]] = []
    for number, unit in enumerate(units):
        begins = born + 22 + number * 4
        post = {"type": "post", "unit": unit, "begins": f"{begins}-08", "ends": f"{begins + 4}-08"}
        found.append(_sent("work_experience", "干部履历表", f"{born + 40}", post))
        found.append(_sent("work_experience", "干部任免审批表", f"{begins}-08", post))
    identity = {"type": "identity", "route": "graduate", "date": f"{born + 23}-08"}
    return [*found, _sent("cadre_identity", "毕业生转正定级审批表", f"{born + 23}", identity)]


def _words() -> list[dict[str, Any]]:
    stated = [
        ("name", "样例甲", ("入团志愿书", "干部履历表", "干部任免审批表")),
        ("ethnicity", "汉族", ("入团志愿书", "干部履历表", "干部任免审批表")),
        ("native_place", "样例县", ("入团志愿书", "干部履历表")),
        ("professional_title", "助理工程师", ("干部履历表",)),
        ("rewards", "三等功", ("奖励审批表", "干部履历表")),
    ]
    return [
        _sent(fact, title, str(1990 + number), {"type": "text", "text": text})
        for fact, text, titles in stated
        for number, title in enumerate(titles)
    ]
