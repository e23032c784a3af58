"""An appraisal with all that is known of its material: what the store gives and takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.events.audit import CheckResult, MaterialAppraised
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.audit.domain.appraisal import Appraisal, Returned, Voice, explain
from services.audit.domain.rulebook import ReturnCode
from services.audit.domain.verification import Result


@dataclass(frozen=True)
class Material:
    """A received material. `from_unit_id` handed it in and holds its page files; `dossier_unit_id` keeps
    the subject's dossier."""

    material_id: str
    item_id: str
    submission_id: str
    from_unit_id: str
    dossier_id: str
    dossier_unit_id: str
    person_id: str
    title: str
    formed_on: PartialDate | None
    declared_page_count: int
    pages: tuple[PageRef, ...]

    @property
    def digests(self) -> list[str]:
        """Digest of each page, in order."""
        return [page.digest for page in self.pages]


@dataclass(frozen=True)
class Case:
    """One material's appraisal: the material, the machine's checks, and where the decision stands."""

    id: str
    version: int
    material: Material
    kind: str | None
    checks: tuple[CheckResult, ...]
    appraisal: Appraisal
    rules_digest: str
    received_at: datetime
    ended_at: datetime | None = None

    def decide(self, voice: Voice, now: datetime) -> Case:
        """The case after one more person's voice."""
        return self._moved(self.appraisal.decide(voice), now)

    def reported(self, result: Result, account_id: str, now: datetime) -> Case:
        """The case once the report that it waited for is there."""
        return self._moved(self.appraisal.reported(result, account_id), now)

    def held_apart(self, now: datetime) -> Case:
        """The case while its material is held apart."""
        return self._moved(self.appraisal.held_apart(), now)

    def let_go(self, returned: Returned | None, now: datetime) -> Case:
        """The case once its material is no longer held apart."""
        return self._moved(self.appraisal.let_go(returned), now)

    def _moved(self, appraisal: Appraisal, now: datetime) -> Case:
        ended_at = None if appraisal.state.open else now
        return replace(self, version=self.version + 1, appraisal=appraisal, ended_at=ended_at)

    def told(self, codes: Mapping[str, ReturnCode]) -> MaterialAppraised:
        """The event of its end, with the decision explained."""
        material, appraisal = self.material, self.appraisal
        return MaterialAppraised(
            material_id=material.material_id,
            appraisal_id=self.id,
            item_id=material.item_id,
            submission_id=material.submission_id,
            unit_id=material.from_unit_id,
            dossier_id=material.dossier_id,
            dossier_unit_id=material.dossier_unit_id,
            person_id=material.person_id,
            outcome="accepted" if appraisal.outcome == "approve" else "rejected",
            reasons=list(appraisal.reasons),
            kind=self.kind,
            confirmed_by=list(appraisal.confirmed_by),
            checks=explain(appraisal, self.checks, codes),
            title=material.title,
            formed_on=material.formed_on,
            page_count=len(material.pages),
            pages=list(material.pages),
        )
