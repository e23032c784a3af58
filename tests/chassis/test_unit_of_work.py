"""One transaction for state, event, journal and key: all of it, or nothing."""

import asyncio
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text

from chassis.deps import Deps
from chassis.idempotency import IdempotencyKey
from chassis.identity import Caller
from chassis.journal import commitment
from contracts.events import MaterialAppraised, UnitChanged
from contracts.problems import IdempotencyInProgress, IdempotencyKeyReused
from contracts.values.ids import new_id, to_uuid

ROOT, CHILD, OTHER = new_id("unt"), new_id("unt"), new_id("unt")
COUNTER = "insert into counter (kind, unit_id, year, value) values ($1, $2, 2026, 1)"
TRANSACTION = text("select txid_current()")
AUDITOR = Caller(new_id("acc"), posts=(("auditor", ROOT),))


def appraised() -> MaterialAppraised:
    return MaterialAppraised(
        material_id=new_id("mat"),
        appraisal_id=new_id("apr"),
        item_id=new_id("itm"),
        submission_id=new_id("sub"),
        unit_id=ROOT,
        dossier_id=new_id("dos"),
        dossier_unit_id=ROOT,
        person_id=new_id("per"),
        outcome="accepted",
        reasons=[],
        kind="annual",
        confirmed_by=[],
        checks=[],
        title="年度考核登记表",
        formed_on=None,
        page_count=1,
        pages=[],
    )


async def counts(rows: asyncpg.Connection) -> list[int]:
    return [await rows.fetchval(f"select count(*) from {table}") for table in ("outbox", "journal", "idempotency")]


async def test_what_is_told_and_recorded_commits_together(deps: Deps, rows: asyncpg.Connection):
    """State, event, journal row, salt and key stand after the block, and not before its end."""
    key = IdempotencyKey("acc POST /v1/x", "key-00000001", b"h" * 32)
    async with deps.unit_of_work(AUDITOR, frozenset({ROOT}), idempotency=key) as uow:
        uow.tell(appraised(), version=3)
        uow.record("appraisal.decided", new_id("apr"), 3, {"state": "accepted"}, changed=["state"])
        await uow.remember("apr_x")
        assert await counts(rows) == [0, 0, 0]
    assert await counts(rows) == [1, 1, 1]
    assert await rows.fetchval("select count(*) from journal join journal_salt on journal_id = id") == 1


async def test_what_is_only_tried_leaves_nothing(deps: Deps, rows: asyncpg.Connection):
    """All of it is done, also what fails at the end only; then none of it stays, nor is the key used up."""
    key = IdempotencyKey("acc POST /v1/x", "key-00000009", b"h" * 32)
    async with deps.unit_of_work(AUDITOR, frozenset({ROOT}), idempotency=key, only_try=True) as uow:
        assert await uow.replay_of() is None
        uow.tell(appraised(), version=3)
        uow.record("appraisal.decided", new_id("apr"), 3, {"state": "accepted"}, changed=["state"])
        await uow.raw().execute(COUNTER, "x", to_uuid(ROOT))
        await uow.remember("apr_x")
    assert await counts(rows) == [0, 0, 0]
    assert await rows.fetchval("select count(*) from counter") == 0
    with pytest.raises(asyncpg.NotNullViolationError):
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT}), only_try=True) as uow:
            uow.record("x.y", None, 1, {})  # type: ignore[arg-type]


async def test_a_raw_insert_followed_by_an_exception_leaves_no_row(deps: Deps, rows: asyncpg.Connection):
    """raw() writes inside the unit of work's own transaction."""
    with pytest.raises(ZeroDivisionError):
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
            await uow.raw().execute(COUNTER, "x", to_uuid(ROOT))
            raise ZeroDivisionError
    assert await rows.fetchval("select count(*) from counter") == 0


async def test_raw_and_session_are_refused_outside_the_transaction(deps: Deps):
    """A connection kept beyond the block would write outside any transaction."""
    uow = deps.unit_of_work(AUDITOR, frozenset({ROOT}))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            uow.raw()
        with pytest.raises(RuntimeError):
            uow.session  # noqa: B018
        async with uow:
            assert await uow.raw().fetchval("select txid_current()") == await uow.session.scalar(TRANSACTION)
    with pytest.raises(RuntimeError):
        uow.session  # noqa: B018


@pytest.mark.parametrize("fails", [False, True])
async def test_the_session_writes_in_the_transaction_and_ends_with_it(
    deps: Deps, rows: asyncpg.Connection, *, fails: bool
):
    """It is made late and for one block; neither its own commit nor its end keeps what an exception takes back."""
    with pytest.raises(ZeroDivisionError) if fails else nullcontext():
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
            await uow.raw().execute(COUNTER, "x", to_uuid(ROOT))
            joined = await uow.session.connection()
            await joined.execute(text(f"insert into counter values ('y', '{to_uuid(ROOT)}', 2026, 1)"))
            await uow.session.commit()
            assert await rows.fetchval("select count(*) from counter") == 0
            if fails:
                raise ZeroDivisionError
    assert await rows.fetchval("select count(*) from counter") == (0 if fails else 2)


async def test_the_scope_holds_the_units_below_its_roots(deps: Deps, rows: asyncpg.Connection):
    """A caller's units are the roots and all below; `*` is every unit known; no post, no unit."""
    for unit, ancestors in ((ROOT, [ROOT]), (CHILD, [ROOT, CHILD]), (OTHER, [OTHER])):
        await rows.execute(
            "insert into unit_scope values ($1, $2, '{}', 'c', true, 1)",
            to_uuid(unit),
            [to_uuid(ancestor) for ancestor in ancestors],
        )
    for roots, expected in (({ROOT}, {ROOT, CHILD}), ({CHILD}, {CHILD}), (set(), set())):
        async with deps.unit_of_work(AUDITOR, frozenset(roots)) as uow:
            assert set(uow.units) == expected
    async with deps.unit_of_work(AUDITOR, "*") as uow:
        assert set(uow.units) == {ROOT, CHILD, OTHER}


async def test_time_is_the_databases_with_the_sandboxs_offset(deps: Deps, rows: asyncpg.Connection):
    """`now` is read once and moves only with the clock row, which the service cannot set."""
    await rows.execute("update clock set moved = interval '31 days'")
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        ahead = uow.now - datetime.now(UTC)
        assert timedelta(days=30) < ahead < timedelta(days=32)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await uow.raw().execute("update clock set moved = '0'")


@pytest.mark.parametrize(
    ("utc", "day"),
    [("2025-12-31T15:59:59", "2025-12-31"), ("2025-12-31T16:00:00", "2026-01-01")],
)
async def test_days_count_in_china(deps: Deps, utc: str, day: str):
    """The date changes at 16:00 UTC, whatever the machine's zone."""
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        uow.now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
        assert uow.today.isoformat() == day


async def test_numbers_have_no_gap_even_after_a_rollback(deps: Deps):
    """A number is given in the transaction that issues the document."""
    numbers: list[int] = []

    async def issue(fails: bool) -> None:
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
            number = await uow.next_number("receipt", ROOT, 2026)
            if fails:
                raise ZeroDivisionError
            numbers.append(number)

    results = await asyncio.gather(*(issue(n % 3 == 0) for n in range(12)), return_exceptions=True)
    assert sum(isinstance(result, ZeroDivisionError) for result in results) == 4
    assert sorted(numbers) == list(range(1, 9))


async def test_a_service_says_only_its_own_events(deps: Deps):
    """An event has one owner."""
    unit = UnitChanged(unit_id=ROOT, parent_id=None, code="r", name="县", ancestors=[ROOT], path=["县"])
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        with pytest.raises(ValueError, match="may not say"):
            uow.tell(unit, version=1)


async def test_a_repeated_key_gives_the_first_result(deps: Deps):
    """Same key and body: the resource of the first call. Same key, other body: refused."""
    key = IdempotencyKey("acc POST /v1/x", "key-00000001", b"h" * 32)
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as uow:
        assert await uow.replay_of() is None
        await uow.remember("apr_first")
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as uow:
        assert await uow.replay_of() == "apr_first"
        assert uow.replayed
    other = IdempotencyKey(key.scope, key.key, b"i" * 32)
    with pytest.raises(IdempotencyKeyReused):
        async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=other) as uow:
            await uow.replay_of()


async def test_a_key_at_work_is_refused_until_it_is_done(deps: Deps):
    """Two calls with one key at the same moment: one runs, the other is told to wait."""
    key = IdempotencyKey("acc POST /v1/x", "key-00000002", b"h" * 32)
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as first:
        await first.replay_of()
        with pytest.raises(IdempotencyInProgress):
            async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as second:
                await second.replay_of()


async def test_a_key_is_forgotten_after_72_hours(deps: Deps, rows: asyncpg.Connection):
    """After its time a key names a new request."""
    key = IdempotencyKey("acc POST /v1/x", "key-00000003", b"h" * 32)
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as uow:
        await uow.remember("apr_old")
    await rows.execute("update idempotency set made_at = made_at - interval '73 hours'")
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as uow:
        assert await uow.replay_of() is None
        await uow.remember("apr_new")
    async with deps.unit_of_work(AUDITOR, frozenset(), idempotency=key) as uow:
        assert await uow.replay_of() == "apr_new"


async def test_the_journal_can_be_neither_changed_nor_emptied(deps: Deps):
    """Its tables admit insert and select for the service's role."""
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        uow.record("x.y", "apr_1", 1, {})
    for statement in ("update journal set verb = 'z'", "delete from journal", "truncate journal"):
        async with deps.db.pool.acquire() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_a_commitment_proves_the_state_with_its_salt(deps: Deps, rows: asyncpg.Connection):
    """Who has the salt and the state can show that the journal row meant it; order of keys does not matter."""
    resource = new_id("apr")
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        uow.record("x.y", resource, 1, {"b": "二", "a": 1})
    row = await rows.fetchrow(
        "select commitment, salt from journal join journal_salt on journal_id = id where resource = $1", resource
    )
    assert commitment(row["salt"], {"a": 1, "b": "二"}) == row["commitment"]
    assert commitment(row["salt"], {"a": 2, "b": "二"}) != row["commitment"]


async def test_members_changed_since_a_version_are_named(deps: Deps):
    """A stale writer learns what changed meanwhile."""
    resource = new_id("apr")
    for version, changed in ((2, ["title"]), (3, ["formed_on", "title"])):
        async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
            uow.record("x.y", resource, version, {}, changed=changed)
    async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
        assert await uow.changed_since(resource, 2) == ["formed_on", "title"]
        assert await uow.changed_since(resource, 1) == ["formed_on", "title"]
        assert await uow.changed_since(resource, 3) == []


async def test_a_blob_is_used_and_released(deps: Deps, rows: asyncpg.Connection):
    """References begin and end in the transaction of the use; a second use opens it again; the same file
    may stand twice in one resource."""
    resource, digest = new_id("mat"), "a" * 64
    for act in ("use", "release", "use"):
        async with deps.unit_of_work(AUDITOR, frozenset()) as uow:
            await (uow.use_blob if act == "use" else uow.release_blob)(ROOT, [digest, digest], resource)
        ended = await rows.fetchval("select until is not null from blob_ref where digest = $1", digest)
        assert ended == (act == "release")


async def test_acting_as_the_service_may_nest(deps: Deps):
    """The inner block's end does not narrow the outer one; the outer one's end does."""
    acting = "select current_setting('app.actor')"
    async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
        async with uow.as_service():
            async with uow.as_service():
                assert await uow.raw().fetchval(acting) == "service"
            assert await uow.raw().fetchval(acting) == "service"
        assert await uow.raw().fetchval(acting) == "user"


async def test_a_failed_statement_is_told_as_what_it_was_even_while_acting_as_the_service(deps: Deps):
    """The setting cannot be put back in a failed transaction; that must not hide why it failed."""
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow, uow.as_service():
            await uow.raw().fetchval("select 1 / 0")


async def test_a_unit_of_work_used_twice_writes_each_row_once(deps: Deps, rows: asyncpg.Connection):
    """A route that reads after its commit begins again: nothing of the first transaction is written anew."""
    uow = deps.unit_of_work(AUDITOR, frozenset())
    keys = []
    for verb in ("x.first", "x.second"):
        async with uow:
            keys.append(uow.record(verb, "apr_twice", 1, {}))
    found = await rows.fetch("select id, verb from journal where resource = 'apr_twice' order by id")
    assert [(row["id"], row["verb"]) for row in found] == list(zip(keys, ("x.first", "x.second"), strict=True))
