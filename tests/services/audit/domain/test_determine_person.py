"""All facts of a person together: the others are held against what is made of the birth date."""

from __future__ import annotations

from datetime import date

from contracts.values.partial_date import PartialDate
from services.audit.determination_file import load_determination_rules
from services.audit.domain.determination import Context, Status
from services.audit.domain.determine_person import determine_person
from services.audit.domain.facts import AuditFact
from tests.services.audit.claiming import claim, day

RULES = load_determination_rules()
BIRTH, WORK = AuditFact.BIRTH_DATE, AuditFact.WORK_START_DATE


def test_work_is_held_against_the_birth_date_that_is_proposed():
    """Sixteen by the card, not yet by the earliest record: the start of work is told as too early."""
    told = [
        claim("入团志愿书", "1984-05", "1970-03"),
        claim("招工登记表", "1985-08", day("1985-08"), WORK),
    ]
    context = Context(on=date(2026, 11, 24), birth=PartialDate(value="1968-03"))
    codes: dict[bool, set[str]] = {}
    for with_birth in (True, False):
        contexts = {fact: context for fact in (BIRTH, WORK) if with_birth or fact is WORK}
        found = determine_person(told, contexts, RULES)
        codes[with_birth] = {finding.code for finding in found[WORK].findings}
    assert ("below_age" in codes[True], "below_age" in codes[False]) == (True, False)


def test_only_facts_with_a_context_are_determined_and_in_the_order_of_the_forms():
    """Whatever the order of the contexts."""
    told = [claim("入团志愿书", "1984-05", "1968-03")]
    context = Context(on=date(2026, 11, 24))
    found = determine_person(told, {WORK: context, BIRTH: context}, RULES)
    assert list(found) == [BIRTH, WORK]
    assert (found[BIRTH].status, found[WORK].status) == (Status.CONSISTENT, Status.UNDETERMINED)
    assert determine_person(told, {}, RULES) == {}
