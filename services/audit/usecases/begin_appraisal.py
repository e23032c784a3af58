"""Begin the appraisal of a received material: run the automatic checks, then ask a person or decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chassis.blind_index import blind_index
from chassis.deps import Deps
from chassis.inbox import NotHeardYet
from chassis.unit_of_work import UnitOfWork
from contracts.events import Envelope, MaterialReceived
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from services.audit.domain.appraisal import Appraisal, verdict_of
from services.audit.domain.case import Case, Material
from services.audit.domain.checks import PageSeen, Paper, SeenBefore, Subject, run_checks
from services.audit.domain.rulebook import Rulebook
from services.audit.store import appraisals, heard
from services.audit.store.tables import HeardDossier, HeardPerson
from services.audit.usecases.next_step import next_step


async def begin_appraisal(
    event: Envelope[MaterialReceived], uow: UnitOfWork, deps: Deps, prepared: Sequence[PageSeen]
) -> None:
    """One appraisal for each material, whatever is told how often.

    The dossier is held, so that of two equal pages handled at the same moment the later sees the earlier.
    """
    received, rules = event.data, deps.rules.appraisal
    await uow.lock(received.dossier_id)
    if await appraisals.known(uow, received.material_id):
        return
    person = await heard.find_person(uow, received.person_id)
    dossier = await heard.find_dossier(uow, received.dossier_id)
    if person is None or dossier is None:
        raise NotHeardYet()
    subject = subject_of(received, person, dossier, deps.keys.blind_index_key)
    seen = await _seen_before(uow, received)
    case = _case(uow, rules, _material(received, dossier), subject, seen, prepared, deps.settings.profile)
    await appraisals.add(uow, case)
    digests = case.material.digests
    await uow.use_blob(received.unit_id, digests, case.id)
    uow.record("appraisal.begun", case.id, case.version, _state_of(case))
    await next_step(uow, case, rules)


def _case(
    uow: UnitOfWork,
    rules: Rulebook,
    material: Material,
    subject: Subject,
    seen: SeenBefore,
    pages: Sequence[PageSeen],
    profile: str,
) -> Case:
    kind = rules.kind_of(material.title)
    paper = Paper(material.title, material.formed_on, material.declared_page_count, tuple(pages))
    checks = run_checks(paper, subject, seen, kind, rules, uow.today)
    # A title is what a department writes: in production it must not let a material pass without a person.
    samples = profile != "production"
    persons = rules.persons_for(kind, samples_allowed=samples)
    verify = rules.wants_report(material.title, samples_allowed=samples)
    appraisal = Appraisal.begin(persons, verdict_of(checks), verify=verify)
    return Case(
        id=new_id("apr"),
        version=1,
        material=material,
        kind=kind.id if kind else None,
        checks=tuple(checks),
        appraisal=appraisal,
        rules_digest=rules.digest,
        received_at=uow.now,
        ended_at=None if appraisal.state.open else uow.now,
    )


def subject_of(received: MaterialReceived, person: HeardPerson, dossier: HeardDossier, key: bytes) -> Subject:
    """Compare what the submission declares with the person and dossier heard of."""

    def index(name: str) -> str:
        return blind_index(key, "name", name)

    declared_no, declared_name = received.declared_person_no, received.declared_name_index
    return Subject(
        person_no="not_declared" if declared_no is None else "same" if declared_no == person.person_no else "other",
        name=(
            "not_declared"
            if declared_name is None
            else "same"
            if declared_name == index(person.name)
            else "former"
            if declared_name in map(index, person.former_names)
            else "other"
        ),
        dossier_is_theirs=dossier.person_id == received.person_id,
        dossier_open=dossier.state == "open",
        birth_date=PartialDate.model_validate(person.birth_date) if person.birth_date else None,
    )


async def _seen_before(uow: UnitOfWork, received: MaterialReceived) -> SeenBefore:
    digests = [page.digest for page in received.pages]
    filed = await heard.filed_with(uow, received.person_id, digests, except_of=received.material_id)
    waiting = await appraisals.count_waiting(uow, received.person_id, digests, except_of=received.material_id)
    return SeenBefore(
        filed_pages=len({digest for digest, _ in filed}),
        filed_in=filed[0][1] if filed else None,
        waiting_pages=waiting,
        repeated=sum(times - 1 for times in Counter(digests).values()),
    )


def _material(received: MaterialReceived, dossier: HeardDossier) -> Material:
    return Material(
        material_id=received.material_id,
        item_id=received.item_id,
        submission_id=received.submission_id,
        from_unit_id=received.unit_id,
        dossier_id=received.dossier_id,
        # The unit that keeps the dossier now; the event may have been told before it moved.
        dossier_unit_id=dossier.unit_id,
        person_id=received.person_id,
        title=received.title,
        formed_on=received.formed_on,
        declared_page_count=received.declared_page_count,
        pages=tuple(received.pages),
    )


def _state_of(case: Case) -> dict[str, object]:
    """What the journal commits to: ids and codes."""
    return {
        "material_id": case.material.material_id,
        "dossier_id": case.material.dossier_id,
        "kind": case.kind,
        "state": case.appraisal.state.value,
        "checks": {check.code: check.outcome for check in case.checks},
        "rules_digest": case.rules_digest,
    }
