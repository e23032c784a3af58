"""The one place where the audit service is joined together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from chassis.app import ServiceSpec, create_service
from chassis.jobs import Job
from chassis.settings import Settings
from services.audit.api import (
    adjudications,
    alterations,
    appraisals,
    audit_form_prints,
    bound_sets,
    bulletins,
    campaign_dossiers,
    campaign_reports,
    campaigns,
    claims,
    clearances,
    comparisons,
    determinations,
    dossier_audits,
    fact_matrices,
    feedback_rounds,
    handling_prints,
    identity,
    inbound_previews,
    investigations,
    quarantines,
    registers,
    reviews,
    scores,
    spot_checks,
    superior_reviews,
    tasks,
    verification_reports,
)
from services.audit.rulebook import load_audit_rules
from services.audit.subscribers import SUBSCRIBERS
from services.audit.usecases.compile_bound_set import compile_waiting

SPEC = ServiceSpec(
    name="audit",
    title="Dangan audit 审核",
    routers=(
        appraisals.router,
        tasks.router,
        campaigns.router,
        campaign_dossiers.router,
        campaign_reports.router,
        registers.router,
        verification_reports.router,
        reviews.router,
        comparisons.router,
        adjudications.router,
        determinations.router,
        investigations.router,
        feedback_rounds.router,
        spot_checks.router,
        superior_reviews.router,
        claims.router,
        fact_matrices.router,
        clearances.router,
        identity.router,
        dossier_audits.router,
        inbound_previews.router,
        scores.router,
        quarantines.router,
        alterations.router,
        handling_prints.router,
        bulletins.router,
        bound_sets.router,
        audit_form_prints.router,
    ),
    subscribers=SUBSCRIBERS,
    jobs=(Job("compile_bound_sets", 5, compile_waiting),),
    load_rules=load_audit_rules,
    migrations=Path(__file__).parent / "migrations" / "versions",
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service for uvicorn: `uvicorn --factory services.audit.app:create_app`."""
    return create_service(SPEC, settings)
