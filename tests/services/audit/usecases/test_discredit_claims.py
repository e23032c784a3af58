"""E1: the claim on a certificate that its issuer does not confirm gets `not_recognised`."""

from __future__ import annotations

from services.audit.domain.claim_entry import Entered
from services.audit.domain.facts import AuditFact, EducationClaim
from services.audit.store import claims
from tests.services.audit.claiming import a_claim_on, filed_paper, text
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.reports import report


async def excluded(office: Office, subject: Subject) -> dict[str, str | None]:
    """Why each standing claim on the subject does not count."""
    async with office.deps.as_service() as uow:
        return {one.row.id: one.row.excluded for one in await claims.list_standing(uow, [subject.person_id])}


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
