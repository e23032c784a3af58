"""How the database answers who is meant: by an index, under the service's own policies."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from contracts.values.ids import from_uuid, to_uuid
from services.audit.store import identity
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded, assert_narrow, nodes_of

MANY = 20_000

# Unit n of 200, person n of 20000 (one of 5000 sounds each), dossier n of 2000; one decision a person.
ROWS = f"""
insert into audit.heard_person (person_id, unit_id, version, person_no, name, former_names)
select pg_temp.some('per', n), pg_temp.some('unt', n % {UNITS}), 1, n::text, 'n', '{{}}'
from generate_series(0, {MANY - 1}) as n;

insert into audit.heard_name (person_id, unit_id, name, sound)
select pg_temp.some('per', n), pg_temp.some('unt', n % {UNITS}), 'n' || n % 5000, reading || n % 5000
from generate_series(0, {MANY - 1}) as n, unnest(array['n ', 'm ']) as reading;

insert into audit.identity_decision (id, unit_id, version, material_id, person_id, candidate_id, dossier_id, outcome,
  state, match, score, parts, said, reason, rules_digest, relation, decided_by, decided_at)
select pg_temp.some('idd', n), pg_temp.some('unt', n % {UNITS}), 1,
  case when n % 400 < 200 then pg_temp.some('mat', n) end, case when n % 400 >= 200 then pg_temp.some('new', n) end,
  pg_temp.some('per', n), pg_temp.some('dos', n % 2000), 'other_person', 'in_force', 'same_sound', 10, '[]', '{{}}',
  'x', 'x', 'not_related', pg_temp.some('acc', n % 20), now()
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = ("heard_person", "heard_name", "identity_decision")


async def test_decisions_of_a_unit_are_found_by_an_index(archive: Archive):
    """With every filter that the route has."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    for change, many in (
        ({}, 51),
        ({"after": from_uuid("idd", UUID(int=1)), "limit": 3}, 3),
        ({"person_id": await archive.some("per", "per", 7)}, 1),
        ({"person_id": await archive.some("per", "new", 207)}, 1),
        ({"material_id": await archive.some("mat", "mat", 7)}, 1),
        ({"hidden_persons": hidden, "limit": 200}, 98),
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "person_id": None, "material_id": None, "hidden_persons": []
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: identity.page_of(uow, **asked), li)
        assert found == many, change
        assert_bounded(nodes)


async def test_what_was_decided_of_a_subject_and_a_dossier_is_found_by_an_index(archive: Archive):
    """By material, by person, by pair; and where a dossier goes."""
    service = Caller.service("audit")
    per, new = await archive.some("per", "per", 207), await archive.some("per", "new", 207)
    material, candidate = await archive.some("mat", "mat", 7), await archive.some("per", "per", 7)
    for subject, one in ((material, candidate), (new, per)):
        found, nodes = await archive.plan(
            lambda uow, subject=subject, one=one: identity.outcomes_of(uow, subject, [one]), service
        )
        assert found == 1
        assert_narrow(nodes)
    _, nodes = await archive.plan(lambda uow: identity.others_among(uow, [material]), service)
    assert_narrow(nodes)
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    found, nodes = await archive.plan(lambda uow: identity.follow_dossier(uow, dossier, unit), service)
    assert found == 10
    assert_narrow(nodes)


async def test_names_that_sound_alike_are_found_by_their_sound(archive: Archive):
    """Four of 20,000 persons sound so, one of them in the caller's unit; the rest of the unit is not read."""
    unit = to_uuid(await archive.some("unt", "unt", 7))
    query = "explain (analyze, format json) " + identity._ALIKE  # pyright: ignore[reportPrivateUsage]
    li = await archive.auditor()
    async with archive._deps.unit_of_work(li, li.roots("audit-task:read")) as uow:  # pyright: ignore[reportPrivateUsage]
        told = await uow.raw().fetchval(query, ["n 7"], [unit], [], ["n7"], 51)
    nodes = list(nodes_of(json.loads(told)[0]["Plan"] if isinstance(told, str) else told[0]["Plan"]))
    assert "heard_name_sound" in {node.get("Index Name") for node in nodes}
    assert_bounded(nodes)
