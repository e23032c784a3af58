"""`dangan campaigns`: prove that the two first reviews of each dossier were written blind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import NOT_FOUND, fail, say

if TYPE_CHECKING:
    from services.audit.usecases.verify_blind_reviews import BlindProof, Checked

INVALID, PARTLY = 6, 8

app = typer.Typer(help="Special audits 专项审核: prove that first reviews were blind.", no_args_is_help=True)


@app.callback()
def campaigns() -> None:
    """The proof needs the running system's database, and nothing else."""


@app.command("verify-blind")
def verify_blind(
    campaign: Annotated[str, typer.Argument(help="The campaign's id, cmp_….")],
    as_json: Annotated[bool, typer.Option("--json", help="Every review with its commitment, as JSON.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Compare each opened review with the commitment in the journal, made when it was handed in.

    Exit codes: 0 none was changed; 6 some were, or their pair was opened too early; 8 some cannot be told, because
    their salts were erased; 4 there is no such campaign. Pairs that are not opened are counted, never looked into.
    Example: dangan campaigns verify-blind cmp_01K9ZV8T3M5QH2E7R4X6C1B0DA --json
    """
    from contracts.problems import NotFound
    from contracts.values.ids import is_id

    if not is_id("cmp", campaign):
        raise typer.BadParameter("write the id of a campaign: cmp_…")
    try:
        proof = asyncio.run(verify(data, campaign))
    except NotFound:
        fail(f"没有此专项审核 no such campaign {campaign}", "请检查编号 check the id", NOT_FOUND)
    tell(proof, as_json=as_json)


def tell(proof: BlindProof, *, as_json: bool) -> None:
    """Say what came out; ends the command with 6 or 8 where not every review is unchanged."""
    if as_json:
        print(json.dumps(answer_of(proof), ensure_ascii=False, indent=1))
    changed, untold = proof.count("changed"), proof.count("cannot_tell")
    for one in proof.checked:
        if one.proven.outcome == "changed":
            say(f"{one.campaign_dossier_id} {one.review_id}: {', '.join(one.proven.faults)}")
    if changed:
        cure = "不要采信，保全数据库与备份后查明 do not rely on them; keep database and backups, and inquire"
        fail(f"{changed} 份初审与登记不符 reviews do not match the journal", cure, INVALID)
    if untold:
        fail(
            f"{untold} 份无法核验（盐值已清除） reviews cannot be told",
            "其余均未改动 none of the others changed",
            PARTLY,
        )
    say(
        f"{len(proof.checked)} 份初审自提交后未改动 reviews unchanged since they were handed in; "
        f"{proof.pairs_not_opened} 对未开启 pairs not opened"
    )


async def verify(data: Path | None, campaign_id: str) -> BlindProof:
    """The proof of a campaign on this data directory; CannotStart where nothing runs on it, NotFound."""
    from cli.operator import running_system, service_unit_of_work
    from services.audit.usecases.verify_blind_reviews import verify_blind_reviews

    async with service_unit_of_work(*running_system(data), "audit") as uow:
        return await verify_blind_reviews(campaign_id, uow=uow)


def answer_of(proof: BlindProof) -> dict[str, Any]:
    """The proof as JSON."""
    return {
        "campaign_id": proof.campaign_id,
        "unchanged": proof.count("unchanged"),
        "changed": proof.count("changed"),
        "cannot_tell": proof.count("cannot_tell"),
        "pairs_not_opened": proof.pairs_not_opened,
        "reviews": [_review(one) for one in proof.checked],
    }


def _review(one: Checked) -> dict[str, Any]:
    return {
        "campaign_dossier_id": one.campaign_dossier_id,
        "review_id": one.review_id,
        "account_id": one.account_id,
        "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
        "opened_at": one.opened_at.isoformat() if one.opened_at else None,
        "commitment": one.commitment,
        "outcome": one.proven.outcome,
        "faults": list(one.proven.faults),
    }
