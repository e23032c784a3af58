"""The rules of determination: what ships, and what a start refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from chassis.rules import RuleFileInvalid
from services.audit.determination_file import RULES_FILE, load_determination_rules
from services.audit.domain.facts import AuditFact

RULES = load_determination_rules()
SHIPPED = RULES_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("入团志愿书", "league_application"),
        ("《入党志愿书》", "party_application"),
        ("入党申请书", "party_request"),
        ("高中毕业生登记表", "school_record"),
        ("中学生学籍表", "school_record"),
        ("应征公民入伍批准书", "enlistment"),
        ("入伍登记表", "enlistment"),
        ("招工审批表", "worker_hiring"),
        ("招工表", "worker_hiring"),
        ("职工登记表", "worker_register"),
        ("知识青年上山下乡证明", "educated_youth"),
        ("毕业生转正定级审批表", "regularisation"),
        ("就业报到证", "reporting_card"),
        ("派遣证", "reporting_card"),
        ("录（聘）用审批表", "cadre_hiring"),
        ("吸收录用干部审批表", "cadre_hiring"),
        ("聘用制干部审批表", "contract_hiring"),
        ("公务员登记表", "civil_servant_register"),
        ("军队转业干部审批表", "demobilised"),
        ("原始户口底账", "household_register"),
        ("出生医学证明", "birth_certificate"),
        ("居民身份证复印件", "identity_card"),
        ("报考登记表", "exam_registration"),
        ("学生成绩登记表", "transcript"),
        ("毕业生登记表", "graduation"),
        ("学位证书", "degree"),
        ("学历认证报告", "verification_report"),
        ("国（境）外学历学位认证书", "foreign_certificate"),
        ("进修班结业证书", "training_certificate"),
        ("干部任免审批表", "appointment_form"),
        ("年度考核登记表", "assessment"),
        ("工资变动审批表", "wage"),
        ("干部履历表", "resume_form"),
        ("自传", "autobiography"),
        ("购物清单", None),
    ],
)
def test_a_title_is_evidence_of_a_kind(title: str, kind: str | None):
    """The papers that the audit rules name, as dossiers title them."""
    assert RULES.kind_of(title) == kind


def test_every_rule_names_its_source_and_the_file_its_digest():
    """Each determination keeps both."""
    assert all(rule.source and rule.zh for rule in RULES.rules)
    assert {rule.fact for rule in RULES.rules} == set(AuditFact)
    assert hashlib.sha256(RULES_FILE.read_bytes()).hexdigest() == RULES.digest


def test_the_periods_of_the_party_leave_no_day_out():
    """From the first congress on, nine periods (中组部 1997 党龄计算方法)."""
    begins = [period.begins.isoformat() for period in RULES.periods]
    assert begins == [
        "1921-07-01",
        "1923-06-10",
        "1927-04-27",
        "1928-06-18",
        "1945-04-23",
        "1956-09-15",
        "1969-04-01",
        "1977-08-12",
        "1982-09-06",
    ]
    ends = [period.ends for period in RULES.periods]
    assert ends[-1] is None
    assert [end + dt.timedelta(days=1) for end in ends if end] == [period.begins for period in RULES.periods[1:]]


def test_a_changed_rule_is_closed_and_its_successor_begins(tmp_path: Path):
    """The day decides which of the two is in force; both may stand in the file."""
    newer = """
[[rule]]
id = "birth-earliest-2030"
fact = "birth_date"
method = "earliest_record"
zh = "新规定"
source = "某文件"
valid_from = 2030-01-01
"""
    text = SHIPPED.replace('id = "birth-earliest"', 'id = "birth-earliest"\nvalid_to = 2029-12-31') + newer
    path = tmp_path / RULES_FILE.name
    path.write_text(text, encoding="utf-8")
    rules = load_determination_rules(path)
    found = [rules.rule(AuditFact.BIRTH_DATE, "earliest_record", dt.date(year, 6, 1)) for year in (2005, 2029, 2030)]
    assert [rule and rule.id for rule in found] == [None, "birth-earliest", "birth-earliest-2030"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('party_date_rule = "by_period"', 'party_date_rule = "by_guess"', "settings.party_date_rule"),
        ("work_start_age = 16", "work_start_age = 160", "limits.work_start_age"),
        ("up_to = 12", "up_to = 2", "band"),
        ("up_to = 24", "", "band"),
        ('id = "party_request"', 'id = "party_application"', "kind.2.id"),
        ('patterns = ["入团志愿书"]', 'patterns = ["("]', "kind.0.patterns.0"),
        ('patterns = ["入团志愿书"]', 'patterns = ["x*"]', "kind.0.patterns.0"),
        ('patterns = ["入团志愿书"]', 'patterns = ["入团志愿书"]\nborn_from = 1949-10-01', "kind.0.outside"),
        ('patterns = ["入团志愿书"]', 'patterns = ["入团志愿书"]\nentry = "league"', "kind.0.entry"),
        ('purpose = "league"', 'purpose = "fame"', "kind.0.purpose"),
        ('fact = "birth_date"', 'fact = "horoscope"', "rule.0.fact"),
        ('method = "prior"', 'method = "agreement"', "rule.1.id"),
        ('tiers = [["enlistment"]]', 'tiers = [["enlisting"]]', "entry.1.tiers"),
        ('decisive = ["party_application"]', 'decisive = ["party_form"]', "party.decisive"),
        ("begins = 1923-06-10", "begins = 1923-06-11", "party.period.1.begins"),
        ("probation = { worker = 0, intellectual = 3, free_profession = 3 }", "", "party.period.2.seniority"),
        ('entry = "master"', 'entry = "magister"', "level.0.entry"),
        ('training = ["training_certificate"]', 'training = ["course"]', "education.training"),
        ('kinds = ["transcript"]', 'kinds = ["marks"]', "education.set.1.kinds"),
        ('stated = ["resume_form", "appointment_form"]', 'stated = ["letter"]', "resume.stated"),
        ('kinds = ["demobilised"]', 'kinds = ["soldier"]', "route.1.kinds"),
        ("term_only = true", "term = true", "route.5.term"),
    ],
)
def test_a_fault_in_the_file_is_named(tmp_path: Path, old: str, new: str, key: str):
    """File, key and cure; nothing is read in part."""
    assert old in SHIPPED
    path = tmp_path / RULES_FILE.name
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleFileInvalid) as fault:
        load_determination_rules(path)
    assert fault.value.key == key
    assert fault.value.cure
