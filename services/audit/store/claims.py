"""Claims: what single papers say about persons, with the titles and dates that the catalog tells of the papers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import insert, update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Altered, Claim, Evidence, Exclusion
from services.audit.domain.claim_entry import MOST_CLAIMS, Entered
from services.audit.domain.facts import VALUE_OF, AuditFact, ClaimValue
from services.audit.store.scope import in_scope
from services.audit.store.tables import CampaignDossier, HeardDossier, HeardMaterial, Review
from services.audit.store.tables_appraisal import VerificationReportRow
from services.audit.store.tables_claims import ClaimBatchRow, ClaimRow

KindOf = Callable[[str], str | None]
"""The evidence kind of the rules that a material's title is of."""


@dataclass(frozen=True)
class KnownClaim:
    """A claim with its paper: `title` and `formed_on` are the catalog's for a material of the dossier, and `removed`
    says that it is in none any more."""

    row: ClaimRow
    title: str
    formed_on: PartialDate | None
    removed: bool

    @property
    def value(self) -> ClaimValue:
        """What the paper says."""
        return VALUE_OF[AuditFact(self.row.fact)].model_validate(self.row.value)

    def claim(self, kind_of: KindOf) -> Claim:
        """The claim in the words of the rules."""
        row = self.row
        evidence = Evidence(self.title, kind_of(self.title), self.formed_on, row.signed, row.material_id)
        return Claim(
            id=row.id,
            fact=AuditFact(row.fact),
            value=self.value,
            evidence=evidence,
            altered=cast("Altered", row.altered),
            excluded=cast("Exclusion | None", row.excluded),
            page_id=row.page_id,
        )

    def entered(self) -> Entered:
        """The claim as it was entered, for changing it."""
        row = self.row
        return Entered(
            person_id=row.person_id,
            fact=AuditFact(row.fact),
            value=self.value,
            material_id=row.material_id,
            page_id=row.page_id,
            box=row.box,
            title=row.title,
            formed_on=_date(row.formed_on),
            signed=row.signed,
            altered=cast("Altered", row.altered),
            as_on_paper=row.as_on_paper,
            remark=row.remark,
        )


def _date(told: Any) -> PartialDate | None:
    return PartialDate.model_validate(told) if told else None


def columns_of(entered: Entered) -> dict[str, Any]:
    """The columns that an entry fills, and that a change of it may fill anew."""
    return {
        "value": entered.value.model_dump(mode="json"),
        "page_id": entered.page_id,
        "box": dict(entered.box) if entered.box else None,
        "title": entered.title,
        "formed_on": entered.formed_on.model_dump(mode="json") if entered.formed_on else None,
        "signed": entered.signed,
        "altered": entered.altered,
        "as_on_paper": entered.as_on_paper,
        "remark": entered.remark,
        "statement": entered.statement,
    }


# The checker knows no tuple of this length.
_KNOWN: Any = select(ClaimRow, HeardMaterial.title, HeardMaterial.formed_on, HeardMaterial.removed).join(
    HeardMaterial, col(HeardMaterial.material_id) == ClaimRow.material_id, isouter=True
)


def _known(row: ClaimRow, title: str | None, formed_on: Any, removed: bool | None) -> KnownClaim:
    # A material that was claimed on was heard of, and what was heard is never forgotten.
    return KnownClaim(row, row.title or title or "", _date(formed_on) or _date(row.formed_on), bool(removed))


async def _fetch(uow: UnitOfWork, statement: Any) -> list[KnownClaim]:
    rows = (await uow.session.exec(statement)).all()
    return [_known(*row) for row in rows]


async def get(uow: UnitOfWork, claim_id: str, *, lock: bool = False) -> KnownClaim:
    """One claim; NotFound outside the caller's scope. With `lock`, whoever changes it comes one after the other."""
    statement = _KNOWN.where(ClaimRow.id == claim_id)
    if lock:
        statement = statement.with_for_update(of=ClaimRow)
    found = await _fetch(uow, statement.execution_options(populate_existing=True))
    if not found:
        raise NotFound()
    return found[0]


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    person_id: str | None,
    material_id: str | None,
    facts: Collection[str],
    withdrawn: bool,
    hidden_persons: Collection[str],
) -> list[KnownClaim]:
    """Claims by id, without those on `hidden_persons`: the caller's own and relatives'."""
    statement = _KNOWN.where(in_scope(uow, ClaimRow.unit_id)).order_by(col(ClaimRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(ClaimRow.id) > after)
    if person_id is not None:
        statement = statement.where(ClaimRow.person_id == person_id)
    if material_id is not None:
        statement = statement.where(ClaimRow.material_id == material_id)
    if facts:
        statement = statement.where(col(ClaimRow.fact).in_(facts))
    if not withdrawn:
        statement = statement.where(col(ClaimRow.withdrawn_at).is_(None))
    if hidden_persons:
        statement = statement.where(col(ClaimRow.person_id).not_in(hidden_persons))
    return await _fetch(uow, statement)


async def list_standing(uow: UnitOfWork, person_ids: Collection[str]) -> list[KnownClaim]:
    """The claims on these persons that nobody withdrew, at most as many as may stand of each."""
    if not person_ids:
        return []
    statement = (
        _KNOWN.where(col(ClaimRow.person_id).in_(person_ids), col(ClaimRow.withdrawn_at).is_(None))
        .order_by(col(ClaimRow.person_id), col(ClaimRow.id))
        .limit(MOST_CLAIMS * len(person_ids))
    )
    return await _fetch(uow, statement)


async def add(uow: UnitOfWork, rows: Sequence[ClaimRow]) -> None:
    """Keep new claims, in one statement."""
    if rows:
        connection = await uow.session.connection()
        await connection.execute(insert(ClaimRow), [row.model_dump() for row in rows])


async def save(uow: UnitOfWork, row: ClaimRow, changes: Mapping[str, Any]) -> ClaimRow:
    """Keep changed columns; the row as it is then, of the next version."""
    changed = {**changes, "version": row.version + 1}
    await uow.session.exec(update(ClaimRow).where(col(ClaimRow.id) == row.id).values(**changed))
    return ClaimRow.model_validate({**row.model_dump(), **changed})


async def list_by_ids(uow: UnitOfWork, claim_ids: Collection[str]) -> list[KnownClaim]:
    """These claims, as far as the caller sees them, by id."""
    if not claim_ids:
        return []
    return await _fetch(uow, _KNOWN.where(col(ClaimRow.id).in_(claim_ids)).order_by(col(ClaimRow.id)))


async def dossiers_of(uow: UnitOfWork, person_ids: Collection[str]) -> dict[str, HeardDossier]:
    """The dossier of each person that the caller sees: the open one, or else the last."""
    found = await uow.session.exec(
        select(HeardDossier)
        .where(col(HeardDossier.person_id).in_(person_ids))
        .order_by(col(HeardDossier.state), col(HeardDossier.dossier_id))
        .execution_options(populate_existing=True)
    )
    return {row.person_id: row for row in found.all()}


async def lock_dossiers(uow: UnitOfWork, dossier_ids: Collection[str]) -> None:
    """Hold dossiers until the end of this transaction, in one order for everybody: as `uow.lock` does with one."""
    await uow.raw().fetch(
        """select pg_advisory_xact_lock(hashtextextended(id, 11))
        from (select id from unnest($1::text[]) as id order by id) as held""",
        sorted(dossier_ids),
    )


async def materials_by_ids(uow: UnitOfWork, material_ids: Collection[str]) -> dict[str, HeardMaterial]:
    """These materials, as far as the caller sees them."""
    if not material_ids:
        return {}
    found = await uow.session.exec(select(HeardMaterial).where(col(HeardMaterial.material_id).in_(material_ids)))
    return {row.material_id: row for row in found.all()}


async def persons_under_blind_review(uow: UnitOfWork, person_ids: Collection[str]) -> set[str]:
    """Those whose dossier the caller reviews in a pair that is not opened yet. Own rows are all that they see."""
    found = await uow.session.exec(
        select(CampaignDossier.person_id)
        .join(Review, col(Review.campaign_dossier_id) == CampaignDossier.id)
        .where(Review.account_id == uow.caller.account_id)
        .where(col(CampaignDossier.person_id).in_(person_ids))
        .where(Review.state != "void", ~col(Review.opened))
    )
    return set(found.all())


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's claims into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(ClaimRow)
        .where(col(ClaimRow.dossier_id) == dossier_id)
        .where(col(ClaimRow.unit_id) != unit_id)
        .values(unit_id=unit_id, version=ClaimRow.version + 1)
        .returning(col(ClaimRow.id), col(ClaimRow.version))
    )
    return [(claim_id, version) for claim_id, version in moved.all()]


async def not_recognised_among(uow: UnitOfWork, material_ids: Collection[str]) -> set[str]:
    """Those of these materials of which the last report on the certificate says that it is not recognised."""
    if not material_ids:
        return set()
    found = await uow.session.exec(
        select(VerificationReportRow.material_id, VerificationReportRow.result)
        .where(col(VerificationReportRow.material_id).in_(material_ids))
        .order_by(col(VerificationReportRow.id))
    )
    last = dict(found.all())
    return {material_id for material_id, result in last.items() if result == "refused"}


async def exclude_of_material(
    uow: UnitOfWork, material_id: str, facts: Collection[str], kind: str, reason: str
) -> list[ClaimRow]:
    """Let the claims on these facts that stand on a material count no more; each as it is then."""
    changed = await uow.session.exec(
        update(ClaimRow)
        .where(col(ClaimRow.material_id) == material_id, col(ClaimRow.fact).in_(facts))
        .where(col(ClaimRow.withdrawn_at).is_(None), col(ClaimRow.excluded).is_(None))
        .values(excluded=kind, excluded_reason=reason, version=ClaimRow.version + 1)
        .returning(ClaimRow)
    )
    return [ClaimRow.model_validate(row[0].model_dump()) for row in changed.all()]


async def count_again(uow: UnitOfWork, material_id: str, person_id: str, kind: str, reason: str) -> list[ClaimRow]:
    """Let the claims on a person from a material count that were set aside for this; each as it is then."""
    changed = await uow.session.exec(
        update(ClaimRow)
        .where(col(ClaimRow.material_id) == material_id, col(ClaimRow.person_id) == person_id)
        .where(col(ClaimRow.withdrawn_at).is_(None), col(ClaimRow.excluded) == kind)
        .values(excluded=None, excluded_reason=reason, version=ClaimRow.version + 1)
        .returning(ClaimRow)
    )
    return [ClaimRow.model_validate(row[0].model_dump()) for row in changed.all()]


async def add_batch(uow: UnitOfWork, row: ClaimBatchRow) -> None:
    """Keep what became of an import."""
    uow.session.add(row)
    await uow.session.flush()


async def batch_items(uow: UnitOfWork, batch_id: str) -> list[dict[str, Any]]:
    """What became of an import of the caller's; NotFound for another's."""
    found = (await uow.session.exec(select(ClaimBatchRow.items).where(ClaimBatchRow.id == batch_id))).first()
    if found is None:
        raise NotFound()
    return list(found)
