"""What catalog says when a dossier is opened or changes."""

from chassis.unit_of_work import UnitOfWork
from contracts.events import DossierChanged, DossierOpened
from services.catalog.store.tables import Dossier

_TOLD = {"dossier_id", "dossier_no", "person_id", "unit_id", "state"}


def tell_dossier_opened(uow: UnitOfWork, dossier: Dossier) -> None:
    """A dossier stands now."""
    uow.tell(DossierOpened.model_validate(dossier.model_dump(include=_TOLD)), version=dossier.version)


def tell_dossier_changed(uow: UnitOfWork, dossier: Dossier) -> None:
    """Its unit, number or state is another."""
    uow.tell(DossierChanged.model_validate(dossier.model_dump(include=_TOLD)), version=dossier.version)
