"""The one place where the catalog service is joined together."""

from pathlib import Path

from fastapi import FastAPI

from chassis.app import ServiceSpec, create_service
from chassis.settings import Settings
from services.catalog.api import (
    desk,
    dossiers,
    enhancements,
    facts,
    findings,
    gap_profiles,
    gaps,
    inventories,
    labels,
    loose_sheets,
    lrmx,
    managing_authorities,
    materials,
    operations,
    page_counts,
    pages,
    paper_order,
    persons,
    photographs,
    print_orders,
    prints,
    processing,
    removals,
    reprints,
    scheme_moves,
    shelf_counts,
    store_rooms,
    tasks,
    vocabularies,
    volumes,
)
from services.catalog.operations import operation_kinds
from services.catalog.rules import load_catalog_rules
from services.catalog.subscribers import SUBSCRIBERS
from services.catalog.usecases.measure_margins import MEASURE
from services.catalog.usecases.print_batch import FORGET_PRINTS
from services.catalog.usecases.review_dossier import MARK_ROUNDS, REVIEW
from services.catalog.usecases.set_managing_authority import TELL_AUTHORITIES

SPEC = ServiceSpec(
    name="catalog",
    title="Dangan catalog 档案目录",
    routers=(
        persons.router,
        facts.router,
        photographs.router,
        lrmx.router,
        managing_authorities.router,
        dossiers.router,
        materials.router,
        desk.router,
        scheme_moves.router,
        removals.router,
        pages.router,
        page_counts.router,
        paper_order.router,
        enhancements.router,
        prints.router,
        print_orders.router,
        tasks.router,
        vocabularies.router,
        reprints.router,
        volumes.router,
        store_rooms.router,
        loose_sheets.router,
        labels.router,
        inventories.router,
        processing.router,
        shelf_counts.router,
        findings.router,
        gaps.router,
        gap_profiles.router,
        operations.router,
    ),
    subscribers=SUBSCRIBERS,
    load_rules=load_catalog_rules,
    jobs=(FORGET_PRINTS, REVIEW, MARK_ROUNDS, MEASURE, TELL_AUTHORITIES),
    operations=operation_kinds,
    migrations=Path(__file__).parent / "migrations" / "versions",
    sealed=("id_number", "lrmx_import"),
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service for uvicorn: `uvicorn --factory services.catalog.app:create_app`."""
    return create_service(SPEC, settings)
