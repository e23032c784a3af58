"""Hold a dossier of a campaign for one act of those who settle its facts."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from services.audit.domain.progress import Move, Progress, moved
from services.audit.domain.recusal import Relation, admit
from services.audit.store import campaign_dossiers
from services.audit.store.tables import CampaignDossier
from services.audit.usecases.recuse import caller_relation


@dataclass(frozen=True)
class OnDossier:
    """Which dossier of a campaign, and the version that the caller saw. `not_related` is the caller's declaration,
    asked for where kin are not known well enough."""

    campaign_dossier_id: str
    seen_version: int
    not_related: bool | None = None


@dataclass(frozen=True)
class Held:
    """The dossier as it stands once it is held, and how the caller stands to its subject."""

    dossier: CampaignDossier
    relation: Relation

    def moved(self, move: Move) -> Progress:
        """The state after a move; StateConflict where there is none from here."""
        return moved(Progress(self.dossier.state), move)


async def hold_campaign_dossier(uow: UnitOfWork, on: OnDossier) -> Held:
    """Of two acts at once one comes after the other, and sees what the first has done.

    NotFound outside the caller's units; Recusal; VersionStale.
    """
    dossier = await campaign_dossiers.get(uow, on.campaign_dossier_id, lock=True)
    relation = await caller_relation(uow, dossier.person_id)
    admit(relation, on.not_related)
    await check_version(uow, dossier.id, dossier.version, on.seen_version)
    return Held(dossier, relation)
