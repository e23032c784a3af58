"""Count a campaign's report a second time, from the record of acts, and compare: what differs is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast, get_args

from chassis.deps import Deps
from chassis.identity import Caller, Roots
from chassis.journal import commitment
from contracts.values.ids import from_uuid
from services.audit.domain.adjudication import DossierResult
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact
from services.audit.domain.report import Report, check_same, check_sums, count
from services.audit.domain.report_case import Collected, FalseAge, ReportCase
from services.audit.domain.report_record import TABLED, Act, DossierRecord, FactStep, recounted
from services.audit.domain.report_rules import ReportRules
from services.audit.store import report_record, reports
from services.audit.store.report_record import Entry, Recorded

Word = TypeVar("Word")

AT_ONCE = 1000
"""Dossiers whose record is read together."""

_AGE = ("direction", "purpose", "band", "months")


async def checked_report(campaign_id: str, caller: Caller, roots: Roots, *, deps: Deps) -> Report:
    """The report, which came out the same from the tables and from the record, both as they stood at one moment.

    ReportSumDiffers names the sum or the figure that does not hold.
    """
    rules: ReportRules = deps.rules.report
    async with (
        deps.db.reading(caller, roots) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        meetings = await reports.meetings_of(connection, campaign_id)
        report = count(await reports.cases_of(connection, campaign_id, rules), meetings)
        await report_record.see_salts(connection)
        cases: list[ReportCase] = []
        after: str | None = None
        while batch := await report_record.batch_of(connection, campaign_id, after=after, limit=AT_ONCE):
            cases += [recounted(_record(one, rules)) for one in batch]
            after = batch[-1].id
    check_sums(report)
    check_same(report, await deps.run_cpu(count, cases, meetings))
    return report


def _record(one: Recorded, rules: ReportRules) -> DossierRecord:
    states = dict(one.collected)
    filed, returned = states.pop("accepted", 0), states.pop("rejected", 0)
    return DossierRecord(
        unit=one.unit_id,
        rank=rules.group_of(one.rank),
        acts=tuple(_act(one, entry) for entry in one.acts),
        steps=tuple(_step(row) for row in one.steps),
        forms=tuple(one.forms),
        age=FalseAge(*(one.age[name] for name in _AGE)) if one.age else FalseAge(),
        education=frozenset(one.educations),  # pyright: ignore[reportArgumentType]  # the statement names the codes
        issues=frozenset(one.issues),  # pyright: ignore[reportArgumentType]
        altered=frozenset(_altered(one)),
        collected=Collected(filed, returned, sum(states.values())),
    )


def _act(one: Recorded, entry: Entry) -> Act:
    if entry.verb != TABLED:
        return Act(entry.verb, entry.at)
    if entry.salt is None:  # removed with an erasure: nothing contradicts what stands
        return Act(entry.verb, entry.at, cast("DossierResult | None", one.result))
    opens = {result: {"state": "collective_determination", "result": result} for result in get_args(DossierResult)}
    return Act(entry.verb, entry.at, cast("DossierResult | None", _opened(entry, opens)))


def _step(row: Any) -> FactStep:
    false = row["cause"] == "false_statement"
    return FactStep(AuditFact(row["fact"]), row["version"], Status(row["status"]), false, row["decided_at"])


def _altered(one: Recorded) -> Iterable[tuple[AuditFact, Verdict]]:
    """Each alteration with the verdict that the journal committed to last."""
    for row, entries in one.altered:
        if not entries:
            continue  # nobody recorded it
        last = entries[-1]
        told = {"material_id": from_uuid("mat", row["material_id"]), "fact": row["fact"], "relation": row["relation"]}
        first = {verdict: {**told, "verdict": verdict.value} for verdict in Verdict}
        later = {verdict: {"verdict": verdict.value} for verdict in Verdict}
        opens = first if last.verb == "alteration.recorded" else later
        verdict = Verdict(row["verdict"]) if last.salt is None else _opened(last, opens)
        if verdict is not None:
            yield AuditFact(row["fact"]), verdict


def _opened(entry: Entry, opens: Mapping[Word, Mapping[str, Any]]) -> Word | None:
    """Of several states the one that the entry committed to; None: it is none of them."""
    salt = entry.salt or b""
    return next((word for word, state in opens.items() if commitment(salt, state) == entry.commitment), None)
