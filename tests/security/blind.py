"""A dossier in first review on the running system, and the eyes of everybody who should see nothing of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from chassis.deps import Deps
from cli.client import Caller
from contracts.values.ids import new_id, to_uuid
from services.audit.store.tables import Campaign, CampaignDossier, Review
from tests.security.world import ACCOUNT_OF
from tests.services.audit.blind import finished
from tests.support.county import SUBJECT, County
from tests.support.published import published

FIRST, OTHER = "auditor", "auditor-2"
ROLES = (OTHER, "auditor-3", *sorted(set(ACCOUNT_OF.values()) - {FIRST}))
"""Everybody but the reviewer who works: the other one of the pair, uninvolved colleagues, all roles, three admins."""

AT_ONCE = 14
"""Requests in flight, of all accounts together; with many more the gateway would wait too long for a service."""

_PASSING = ("request_id", "next_page_token", "trace_id", "counted_at")
_DRAWN = ("/report/pdf", "/report/xlsx")
"""The report once more, with the moment in its bytes: its figures are compared where they are told as JSON."""
Seen = dict[str, Any]


@dataclass
class BlindPair:
    """Ids of one pair, and who stands behind them."""

    county: County
    ids: dict[str, str]
    mine: str
    theirs: str
    accounts: dict[str, str]
    page_id: str = field(default_factory=lambda: new_id("pag"))
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def signed_in(self, account: str) -> Caller:
        """A sample account."""
        return self.county.signed_in(account)

    async def drafts(self, account: str, review_id: str) -> None:
        """The reviewer saves a finished sheet and does not hand it in."""
        path = f"/v1/reviews/{review_id}/sheet"
        saved = await self.signed_in(account).send("PUT", path, json=finished(), headers={"If-Match": '"1"'})
        assert saved.status_code == 200, saved.text

    async def works(self, account: str, review_id: str, sheet: Any = None) -> None:
        """The reviewer looks at the dossier, saves a draft twice, and hands it in."""
        who, path = self.signed_in(account), f"/v1/reviews/{review_id}"
        await who.get(f"{path}/materials")
        for version in (1, 2):
            saved = await who.send(
                "PUT", f"{path}/sheet", json=sheet or finished(), headers={"If-Match": f'"{version}"'}
            )
            assert saved.status_code == 200, saved.text
        await who.post(f"{path}/submissions", {"not_related": True}, version=3, key=KEY)


KEY = "a-key-that-another-may-guess"


def _settings(deps: Deps) -> dict[str, Any]:
    return deps.rules.campaign.defaults.model_dump(mode="json")


async def a_blind_pair(county: County, deps: Deps) -> BlindPair:
    """A running campaign with the sample's subject, given to two sample auditors."""
    accounts = {who: (await county.signed_in(who).get("/v1/me"))["account_id"] for who in (FIRST, OTHER)}
    unit = county.loaded.units["QL06"]
    campaign, dossier = new_id("cmp"), new_id("cdo")
    mine, theirs = new_id("rev"), new_id("rev")
    async with deps.as_service() as uow:
        rows = [
            Campaign(
                id=campaign, unit_id=unit, version=2, name="专项审核", state="running",
                settings=_settings(deps), seed=7,
                rules_digest="0" * 64, created_by=new_id("acc"), created_at=uow.now, started_at=uow.now,
            ),
            CampaignDossier(
                id=dossier, unit_id=unit, version=2, campaign_id=campaign, dossier_id=county.dossier_id(),
                person_id=county.loaded.persons[SUBJECT], state="first_review", difficulty=0, entered_at=uow.now,
            ),
            *(
                Review(
                    id=review, unit_id=unit, version=1, campaign_dossier_id=dossier, account_id=accounts[who],
                    state="open", sheet={}, assigned_at=uow.now,
                )
                for who, review in ((FIRST, theirs), (OTHER, mine))
            ),
        ]  # fmt: skip
        for row in rows:
            uow.session.add(row)
            await uow.session.flush()
    ids = {
        "campaign_id": campaign, "campaign_dossier_id": dossier, "review_id": theirs, "unit_id": unit,
        "person_id": county.loaded.persons[SUBJECT], "dossier_id": county.dossier_id(),
        # A task's address with the id of somebody's review in it.
        "task_id": theirs.replace("rev_", "tsku_"),
    }  # fmt: skip
    return BlindPair(county, ids, mine, theirs, accounts)


def _readable() -> list[str]:
    """Every address of the audit service that answers a GET."""
    paths = published()["audit"]["paths"]
    return [path for path, methods in paths.items() if "get" in methods and not path.endswith(_DRAWN)]


def addresses(pair: BlindPair) -> list[str]:
    """Every address of the audit service that can be read, for this pair; and the lists of all services' tasks."""
    filled = [re.sub(r"{(\w+)}", lambda name: pair.ids.get(name[1], pair.page_id), path) for path in _readable()]
    own = [f"/v1/reviews/{pair.mine}", "/v1/reviews?state=open&state=submitted&state=void", "/v1/tasks"]
    paged = [f"/v1/campaigns/{pair.ids['campaign_id']}/{part}?training=false" for part in ("agreement",)]
    return [*filled, *own, *paged]


async def shown(pair: BlindPair, account: str) -> Seen:
    """What this account is told by every address that can be read."""
    who = pair.signed_in(account)

    async def told(path: str) -> tuple[str, Any]:
        async with pair.turn:
            return f"GET {path}", _plain(await who.send("GET", path))

    return dict(await asyncio.gather(*map(told, addresses(pair))))


async def answers(pair: BlindPair, account: str) -> Seen:
    """The same, and what it is told by every attempt to write where it has no business."""
    who, told = pair.signed_in(account), await shown(pair, account)
    theirs = f"/v1/reviews/{pair.theirs}"
    for version in ("1", "2", "3", "4"):
        headers = {"If-Match": f'"{version}"'}
        told[f"PUT {version}"] = _plain(await who.send("PUT", f"{theirs}/sheet", json=finished(), headers=headers))
        headers |= {"Idempotency-Key": KEY}
        for query in ("", "?validate_only=true"):
            answer = await who.send("POST", f"{theirs}/submissions{query}", json={"not_related": True}, headers=headers)
            told[f"POST {version}{query}"] = _plain(answer)
    # Members changed meanwhile are named by a 412; of one's own sheet, and only to its reviewer.
    stale = await who.send("PUT", f"/v1/reviews/{pair.mine}/sheet", json=finished(), headers={"If-Match": '"9"'})
    told["stale"] = _plain(stale)
    # A rehearsal of handing in one's own finished sheet must not tell that it would open the pair.
    headers = {"If-Match": '"2"', "Idempotency-Key": KEY}
    mine = f"/v1/reviews/{pair.mine}/submissions?validate_only=true"
    told["rehearsal"] = _plain(await who.send("POST", mine, json={"not_related": True}, headers=headers))
    return told


def _plain(answer: Any) -> Any:
    body = answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _PASSING}
    return answer.status_code, answer.headers.get("etag"), answer.headers.get("content-length", ""), body


@asynccontextmanager
async def as_role_of(service_url: str, *, actor: str | None, account: str, units: list[str]) -> AsyncIterator[Any]:
    """A connection with the service's own login, and the settings of one person."""
    connection = await asyncpg.connect(service_url)
    try:
        async with connection.transaction():
            keys = "{" + ",".join(str(to_uuid(unit)) for unit in units) + "}"
            settings = {"app.units": keys, "app.account": str(to_uuid(account))}
            if actor is not None:
                settings["app.actor"] = actor
            for name, value in settings.items():
                await connection.execute("select set_config($1, $2, true)", name, value)
            yield connection
    finally:
        await connection.close()


_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'audit' and c.relkind in ('r', 'p') and not c.relispartition
  and has_table_privilege(c.oid, 'select') order by 1
"""


async def rows_of_every_table(connection: Any) -> Seen:
    """All that these settings can read of the service's tables, down to the system columns of each row."""
    found: Seen = {}
    for table in [row["relname"] for row in await connection.fetch(_TABLES)]:
        rows = await connection.fetch(
            f"select t.xmin::text, t.xmax::text, t.ctid::text, t::text as whole from audit.{table} t"
        )
        found[table] = sorted(json.dumps(dict(row)) for row in rows)
    return found
