"""What catalog says when a dossier is opened or changes."""

from typing import cast

from chassis.unit_of_work import UnitOfWork
from contracts.events import DossierChanged, DossierOpened
from services.catalog.domain.filing import DossierState
from services.catalog.store.tables import Dossier


def tell_dossier_opened(uow: UnitOfWork, dossier: Dossier) -> None:
    """A dossier stands now."""
    opened = DossierOpened(
        dossier_id=dossier.dossier_id,
        dossier_no=dossier.dossier_no,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        state=cast("DossierState", dossier.state),
    )
    uow.tell(opened, version=dossier.version)


def tell_dossier_changed(uow: UnitOfWork, dossier: Dossier) -> None:
    """Its unit, number or state is another."""
    changed = DossierChanged(
        dossier_id=dossier.dossier_id,
        dossier_no=dossier.dossier_no,
        person_id=dossier.person_id,
        unit_id=dossier.unit_id,
        state=cast("DossierState", dossier.state),
    )
    uow.tell(changed, version=dossier.version)
