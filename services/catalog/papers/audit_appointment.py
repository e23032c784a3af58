"""干部任免审批表（档案审核专用）: the appointment form as a special audit files it, with what was determined."""

from collections.abc import Iterator

from contracts.documents import AuditAppointmentFormDocument
from services.catalog.domain.facts import FactKind, Facts
from services.catalog.domain.form_rules import FormRules
from services.catalog.papers.person_forms import Proposal, Sheet, appointment_cells, month_of, party_of


def audit_appointment_form(sheet: Sheet, facts: Facts, rules: FormRules) -> AuditAppointmentFormDocument:
    """The form of today: no post is proposed, and the facts that the organisation determined are named."""
    cells = appointment_cells(sheet, facts, Proposal(reason=rules.audit_reason), rules)
    return AuditAppointmentFormDocument(**cells, determined=list(_determined(facts)))


def _determined(facts: Facts) -> Iterator[str]:
    """Facts that stand as the organisation determined them: `出生年月1968.03`."""
    shown: tuple[tuple[FactKind, str, str], ...] = (
        ("birth_date", "出生年月", month_of(facts.date("birth_date"))),
        ("party", "入党时间", party_of(facts)),
        ("work_start", "参加工作时间", month_of(facts.date("work_start"))),
        ("ethnicity", "民族", facts.text("ethnicity") or ""),
        ("native_place", "籍贯", facts.text("native_place") or ""),
    )
    for kind, name, value in shown:
        fact = facts.one(kind)  # pyright: ignore[reportArgumentType]  # each of these is a single fact
        if fact is not None and fact.provenance.kind == "determination":
            yield f"{name}{value}"
