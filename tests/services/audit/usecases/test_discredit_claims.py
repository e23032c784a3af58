"""What stands on a paper and counts no more: E1, what its issuer does not confirm; and what is another person's."""

from __future__ import annotations

import asyncio

from contracts.values.ids import to_uuid
from services.audit.domain.claim_entry import Entered
from services.audit.domain.facts import AuditFact, EducationClaim
from services.audit.domain.identity import Outcome, Profile
from services.audit.store import claims
from services.audit.usecases.decide_identity import DecideIdentity, UndoIdentity, decide_identity, undo_identity
from services.audit.usecases.identity_profiles import About
from tests.services.audit.claiming import a_claim_on, entry, filed_paper, text
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.reports import report
from tests.support.contending import until_somebody_waits
from tests.support.rooms import somebody


async def excluded(office: Office, subject: Subject) -> dict[str, str | None]:
    """Why each standing claim on the subject does not count."""
    async with office.deps.as_service() as uow:
        return {one.row.id: one.row.excluded for one in await claims.list_standing(uow, [subject.person_id])}


async def test_what_a_paper_of_another_person_says_counts_no_more_until_that_is_undone(office: Office):
    """张冠李戴: every fact, what stands there and what is entered later; other papers are left alone."""
    subject = await office.known_subject()
    paper, other = await filed_paper(office, subject), await filed_paper(office, subject, "招工表")
    theirs = await a_claim_on(
        office, subject, entry(subject, title=None, formed_on=None, material_id=paper.material_id)
    )
    own = await a_claim_on(office, subject, entry(subject, title=None, formed_on=None, material_id=other.material_id))
    boss = somebody("adjudicator", subject.unit_id)
    decide = DecideIdentity(
        About(None, paper.material_id, Profile("李建国")),
        subject.person_id,
        Outcome.OTHER_PERSON,
        "系另一人",
        not_related=True,
    )
    uow = office.acting(boss, "identity:decide")
    row = await decide_identity(decide, uow=uow, rules=office.deps.rules.identity, keys=office.deps.keys)
    later = await a_claim_on(
        office, subject, Entered(subject.person_id, AuditFact.ETHNICITY, text("汉族"), material_id=paper.material_id)
    )
    assert await excluded(office, subject) == {
        theirs.row.id: "other_person",
        own.row.id: None,
        later.row.id: "other_person",
    }
    assert (await office.journal(theirs.row.id))[-1] == ("claim.excluded", boss.account_id, 2)
    undo = UndoIdentity(row.id, 1, "原系本人")
    async with office.admin.transaction():  # a move of the dossier, which holds it first and its decisions then
        await office.admin.execute("select pg_advisory_xact_lock(hashtextextended($1, 11))", subject.dossier_id)
        uow = office.acting(boss, "identity:decide")
        act = asyncio.create_task(undo_identity(undo, uow=uow, keys=office.deps.keys))
        await until_somebody_waits(office.admin)
        await office.admin.execute(
            "update audit.identity_decision set unit_id = unit_id where id = $1", to_uuid(row.id)
        )
    await act
    assert set((await excluded(office, subject)).values()) == {None}
    assert (await office.journal(theirs.row.id))[-1] == ("claim.counted_again", boss.account_id, 3)


async def test_a_refused_report_takes_the_claims_on_its_certificate_out(office: Office):
    """Those on education, of this paper: what stands there already, and what is entered later; a confirmed one not."""
    subject = await office.known_subject()
    paper = await filed_paper(office, subject, "毕业证书")
    other = await filed_paper(office, subject, "毕业生登记表")

    def education(material_id: str, level: str) -> Entered:
        value = EducationClaim(school="省农学院", level=level)
        return Entered(subject.person_id, AuditFact.EDUCATION, value, material_id=material_id)

    before = await a_claim_on(office, subject, education(paper.material_id, "大学"))
    elsewhere = await a_claim_on(office, subject, education(other.material_id, "大学"))
    named = Entered(subject.person_id, AuditFact.ETHNICITY, text("汉族"), material_id=paper.material_id)
    ethnicity = await a_claim_on(office, subject, named)
    li = auditor(subject.unit_id)
    await report(office, paper.material_id, "refused", li, unit_id=subject.unit_id)
    after = await a_claim_on(office, subject, education(paper.material_id, "大专"))
    assert await excluded(office, subject) == {
        before.row.id: "not_recognised",
        elsewhere.row.id: None,
        ethnicity.row.id: None,
        after.row.id: "not_recognised",
    }
    assert (await office.journal(before.row.id))[-1] == ("claim.excluded", li.account_id, 2)
    await report(office, paper.material_id, "confirmed", li, unit_id=subject.unit_id)
    last = await a_claim_on(office, subject, education(paper.material_id, "研究生"))
    assert (await excluded(office, subject))[last.row.id] is None
