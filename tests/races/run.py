"""Races pairs of one rule after the other on a database of their own, through the use cases."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from chassis.deps import Deps
from chassis.settings import Settings
from contracts.problems import Refusal
from contracts.values.ids import from_uuid, prefix_of, to_uuid
from deploy.embedded.provision import Target
from services.audit.app import SPEC
from tests.races.adjudging import ADJUDGING
from tests.races.copies import Ids, Situation, put, rows_of, without
from tests.races.gating import GATING
from tests.races.judge import DONE, Outcome, Score, judge
from tests.races.materials import MATERIALS
from tests.races.rule import Act, Rule
from tests.services.audit.office import Office

RULES: tuple[Rule, ...] = (*ADJUDGING, *MATERIALS, *GATING)
AT_ONCE = 4
"""Pairs under way; each needs two connections."""
PART = 100
"""Pairs that are copied, raced and looked at together."""
HEAD_STARTS = (0.0, 0.004, 0.02)
"""The most by which one of a pair is ahead, in seconds: nothing, half of a short act, or half of a long one."""
_VERBS = "select resource, verb, count(*) as many from audit.journal where resource = any ($1::text[]) group by 1, 2"
_TOLD = """
select e.told->>$2 as about, count(*) as many
from (select convert_from(body, 'UTF8')::jsonb->'data' as told from audit.outbox where subject = $1) e
where e.told->>$2 = any ($3::text[]) group by 1
"""


@dataclass
class Track:
    """A database on which pairs race."""

    office: Office
    situations: dict[str, Situation]

    async def prepare(self, rules: Sequence[Rule]) -> None:
        """One situation of each rule, by the use cases. A worker process that is still starting would hold its
        pair's rows for longer than the other one waits."""
        await self.office.deps.run_cpu(int)
        for rule in rules:
            before = await rows_of(self.office.admin)
            ids = await rule.prepare(self.office)
            self.situations[rule.id] = Situation(ids, without(await rows_of(self.office.admin), before))

    async def race(self, rule: Rule, pairs: int, seed: str) -> Score:
        """So many pairs, a part at a time."""
        score, rng = Score(), random.Random(f"{rule.id}:{seed}")
        while score.pairs < pairs:
            many = min(PART, pairs - score.pairs)
            copies = [self.situations[rule.id].copied() for _ in range(many)]
            await put(self.office.admin, [rows for _, rows in copies])
            if score.pairs == 0 and many == PART:
                await self.office.admin.execute("analyze")
            await self._part(rule, [ids for ids, _ in copies], rng, score)
        return score

    async def _part(self, rule: Rule, situations: Sequence[Ids], rng: random.Random, score: Score) -> None:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(ids: Ids, leads: int, by: float) -> Sequence[Outcome]:
            async with turn:
                acts = rule.pair(self.office.deps, ids)
                return await asyncio.gather(*(_does(act, by if at == leads else 0.0) for at, act in enumerate(acts)))

        draws = [(rng.randrange(2), rng.random() * rng.choice(HEAD_STARTS)) for _ in situations]
        outcomes = await asyncio.gather(*(one(ids, *draw) for ids, draw in zip(situations, draws, strict=True)))
        await self._look(rule, situations, outcomes, score)

    async def _look(
        self, rule: Rule, situations: Sequence[Ids], outcomes: Sequence[Sequence[Outcome]], score: Score
    ) -> None:
        about = [ids[rule.about] for ids in situations]
        admin, prefix = self.office.admin, prefix_of(about[0])
        effects: defaultdict[str, list[str]] = defaultdict(list)
        for row in await admin.fetch(rule.effects, [to_uuid(one) for one in about]):
            effects[from_uuid(prefix, row["about"])].append(from_uuid("acc", row["who"]))
        verbs: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in await admin.fetch(_VERBS, about):
            verbs[row["resource"]][row["verb"]] = row["many"]
        told = await self._told(rule, about)
        for ids, one, said in zip(situations, about, outcomes, strict=True):
            judge(f"{rule.id} {one}", said, effects[one], verbs[one], rule.terms, score)
            wanted = rule.told.wanted(ids) if rule.told else 0
            if (many := told.get(one, 0)) != wanted:
                score.lost += many < wanted
                score.doubled += many > wanted
                score.findings.append(f"{rule.id} {one}: {many} events instead of {wanted}")

    async def _told(self, rule: Rule, about: Sequence[str]) -> Mapping[str, int]:
        if rule.told is None:
            return {}
        subject = f"dangan.audit.{rule.told.type}.v1"
        rows = await self.office.admin.fetch(_TOLD, subject, rule.told.member, about)
        return {row["about"]: row["many"] for row in rows}


async def _does(act: Act, after: float) -> Outcome:
    """What somebody is answered. An error that is no refusal is an answer too: it is what the user would get."""
    await asyncio.sleep(after)  # by how much the other is ahead; nothing waits for it
    try:
        await act.does()
    except Refusal as refused:
        return Outcome(act.who, refused.problem.code)
    except Exception as error:
        logging.getLogger(__name__).exception("no refusal")
        return Outcome(act.who, type(error).__name__)
    return Outcome(act.who, DONE)


@asynccontextmanager
async def track(target: Target, keys: Path, folder: Path) -> AsyncIterator[Track]:
    """Audit with its shipped rules on this database, and the superuser's eyes."""
    settings = Settings(
        database_url=target.service_url("audit"),
        nats_url="nats://127.0.0.1:1",  # nothing listens: events are looked for in the outbox
        nats_user="audit",
        nats_password="none",
        keys_dir=keys,
        blobs_url=(folder / "blobs").as_uri(),
        pool_size=2 * AT_ONCE,
        workers=1,
        log_level="ERROR",
    )
    deps = Deps("audit", settings, SPEC.load_rules())
    admin = await asyncpg.connect(target.admin_url())
    try:
        await deps.open()
        yield Track(Office(deps, admin), {})
    finally:
        await deps.close()
        await admin.close()
