"""A stream's ticket: once, for one stream, for half a minute, with the rights of whoever asked for it."""

import asyncpg
import pytest

from chassis.identity import InternalTokens
from chassis.keys import KeyRing
from contracts.values.ids import new_id
from tests.gateway.conftest import Running
from tests.gateway.test_proxy import assert_problem


async def given(gateway: Running, operation_id: str) -> str:
    """The address that a ticket for this stream opens."""
    answer = await gateway.client.post(
        "/v1/stream-tickets", json={"operation_id": operation_id}, headers=await gateway.auth("archivist")
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    told = answer.json()
    assert told["url"] == f"/v1/operations/{operation_id}/events?ticket={told['ticket']}"
    assert told["expires_in"] == 30
    return told["url"]


async def test_a_ticket_opens_its_stream_once_in_the_callers_name(
    gateway: Running, sample_units: dict[str, str], keys_dir, rows: asyncpg.Connection
):
    """The service hears the caller's own internal token and no ticket; the second time nobody is signed in."""
    operation_id = new_id("opnc")
    url = await given(gateway, operation_id)
    assert (await gateway.client.get(url, headers={"Last-Event-ID": "7"})).status_code == 200
    heard = gateway.stubs["catalog"].last
    assert (heard.path, heard.query) == (f"/v1/operations/{operation_id}/events", "")
    assert heard.headers["last-event-id"] == "7"
    caller = InternalTokens(KeyRing(keys_dir).public_jwk("internal-token"), "catalog").caller(
        heard.headers["dangan-internal-token"]
    )
    assert [role for role, _ in caller.posts] == ["archivist"]
    journal = "select verb from journal where actor = $1 order by id desc limit 1"
    assert await rows.fetchval(journal, caller.account_id) == "stream_ticket.given"
    assert_problem(await gateway.client.get(url), "not-signed-in")


async def test_a_ticket_opens_nothing_else(gateway: Running):
    """Not another operation's stream, not its other addresses, no other method; and it is not used up by trying."""
    operation_id = new_id("opnc")
    url = await given(gateway, operation_id)
    for other in (
        url.replace(operation_id, new_id("opnc")),
        url.replace("/events", "/items"),
        url.replace("/events", ""),
        f"{url}&ticket=x",
        f"{url}x",
    ):
        assert_problem(await gateway.client.get(other), "not-signed-in")
    assert_problem(await gateway.client.post(url), "not-signed-in")
    assert gateway.stubs["catalog"].heard == []
    assert (await gateway.client.get(url)).status_code == 200


async def test_a_ticket_ends_after_half_a_minute(gateway: Running, rows: asyncpg.Connection):
    """Used or not."""
    url = await given(gateway, new_id("opnc"))
    await rows.execute("update stream_ticket set ends_at = ends_at - interval '31 seconds'")
    assert_problem(await gateway.client.get(url), "not-signed-in")


async def test_a_ticket_is_kept_as_a_digest(gateway: Running, rows: asyncpg.Connection):
    """Who reads the table opens no stream."""
    ticket = (await given(gateway, new_id("opnc"))).partition("ticket=")[2]
    kept = await rows.fetch("select * from stream_ticket")
    assert kept
    assert ticket not in repr(kept)


@pytest.mark.parametrize(("account", "body", "code"), [
    ("submitter", {"operation_id": new_id("opnc")}, "role-missing"),
    ("archivist", {"operation_id": "opnc_1"}, "validation-failed"),
    ("archivist", {"operation_id": new_id("opnc"), "seconds": 60}, "validation-failed"),
])  # fmt: skip
async def test_who_sees_no_operation_gets_no_ticket(gateway: Running, account: str, body: dict[str, str], code: str):
    """As the stream itself; and a wrong body is named."""
    answer = await gateway.client.post("/v1/stream-tickets", json=body, headers=await gateway.auth(account))
    assert_problem(answer, code)
