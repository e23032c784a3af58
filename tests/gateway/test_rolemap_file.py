"""The file of the role mapping: faults with their line, hot reload, and the journal."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from chassis.rules import RuleFileInvalid
from deploy.embedded.provision import Target
from gateway import rolemap
from gateway.app import create_app
from gateway.rolemap import RoleMapFile
from tests.gateway.conftest import Running, gateway_settings, start_gateway
from tests.gateway.test_proxy import assert_problem

GOOD = """# who may what
[[rule]]
id = "r1"
issuer = "embedded"
group = "auditors"
role = "auditor"
unit = "QL"
"""


def rule(**changes: str) -> str:
    held = {"id": "r2", "issuer": "embedded", "group": "auditors", "role": "viewer", "unit": "*"} | changes
    return "\n[[rule]]\n" + "".join(f'{key} = "{value}"\n' for key, value in held.items())


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        (GOOD + rule(role="boss"), 13, "rule.1.role", "no such role"),
        (GOOD + rule(unit="/QL"), 14, "rule.1.unit", "a path of unit codes"),
        (GOOD + rule(colour="red"), 15, "rule.1.colour", "Remove the key"),
        (GOOD + rule(issuer="other"), 9, "rule.1.issuer", "no issuer is configured under the name 'other'"),
        (GOOD + rule(id="r1"), None, "(whole file)", "stands twice"),
        (GOOD + rule(role="system_admin"), None, "(whole file)", "nobody may hold together"),
        (GOOD + '[[rule]]\nid = "r2"\n', 8, "rule.1.issuer", "Add the key"),
        (GOOD + 'id = "again"\n', 8, "TOML", "Correct the spelling"),
        ("", None, "rule", "Add the key"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_key(
    tmp_path: Path, text: str, line: int | None, key: str, said: str
):
    """Who edits it learns where and how."""
    path = tmp_path / "rolemap.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileInvalid, match=said) as caught:
        RoleMapFile(path, ["embedded"])
    assert (caught.value.file, caught.value.key) == (path, key)
    assert caught.value.line == line
    assert str(path) in str(caught.value)


def test_a_changed_file_comes_into_force_and_a_wrong_one_does_not(tmp_path: Path):
    """What was in force stays until the file is right again."""
    path = tmp_path / "rolemap.toml"
    path.write_text(GOOD, encoding="utf-8")
    mapping = RoleMapFile(path, ["embedded"])
    before = mapping.digest
    assert not mapping.reload()
    path.write_text(GOOD + rule(role="boss"), encoding="utf-8")
    assert not mapping.reload()
    assert mapping.fault is not None
    assert (mapping.digest, len(mapping.current.rule)) == (before, 1)
    path.unlink()
    assert not mapping.reload()
    assert len(mapping.current.rule) == 1
    path.write_text(GOOD + rule(), encoding="utf-8")
    assert mapping.reload()
    assert mapping.fault is None
    assert [one.role for one in mapping.current.rule] == ["auditor", "viewer"]


def test_the_shipped_mapping_starts_no_production(gateway_database: Target, keys_dir: Path, tmp_path: Path):
    """Its issuer exists in the embedded and sandbox profiles only."""
    (tmp_path / "issuers.toml").write_text('[[issuer]]\nname = "sso"\nissuer = "https://sso.example"\n')
    settings = gateway_settings(
        gateway_database, keys_dir, tmp_path, "http://127.0.0.1:1",
        profile="production", issuers=tmp_path / "issuers.toml",
    )  # fmt: skip
    with pytest.raises(RuleFileInvalid, match="no issuer is configured under the name 'embedded'"):
        create_app(settings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[issuer]]\nname = "sso"\nissuer = "http://sso.example"\n', "https"),
        ('[[issuer]]\nname = "embedded"\nissuer = "https://sso.example"\n', "belongs to the built-in provider"),
        ('[[issuer]]\nname = "sso"\nissuer = "https://a.example"\nalgorithms = ["HS256"]\n', "RS256"),
        ('[[issuer]]\nname = "sso"\nissuer = "https://a.example"\nsecret = "x"\n', "Remove the key"),
        ("", "Add the key"),
    ],
)
def test_wrong_issuers_stop_the_start(gateway_database: Target, keys_dir: Path, tmp_path: Path, text: str, said: str):
    """Plain http, symmetric algorithms and unknown keys are refused with the file's name."""
    path = tmp_path / "issuers.toml"
    path.write_text(text, encoding="utf-8")
    settings = gateway_settings(gateway_database, keys_dir, tmp_path, "http://127.0.0.1:1", issuers=path)
    with pytest.raises(RuleFileInvalid, match=said):
        create_app(settings)


async def roles(running: Running, headers: dict[str, str]) -> list[str]:
    me = (await running.client.get("/v1/me", headers=headers)).json()
    return [f"{post['rule']}:{post['role']}" for post in me["posts"]]


async def test_a_running_gateway_takes_the_change_and_writes_it_down(
    gateway_database: Target, keys_dir: Path, workspace: Path, tmp_path: Path, rows: asyncpg.Connection,
    sample_units: dict[str, str],
):  # fmt: skip
    """Without a restart, for tokens already in use; one journal row a change, none for a restart."""
    path = tmp_path / "rolemap.toml"
    path.write_text(GOOD, encoding="utf-8")
    taken = "select count(*) from journal where verb = 'rolemap.taken'"
    async with AsyncExitStack() as stack:
        running = await start_gateway(stack, gateway_database, keys_dir, workspace, rolemap=path)
        headers = await running.auth("auditor")
        assert await roles(running, headers) == ["r1:auditor"]
        before = await rows.fetchval(taken)
        path.write_text(GOOD + rule(), encoding="utf-8")
        async with asyncio.timeout(10):
            while await rows.fetchval(taken) == before:
                await asyncio.sleep(0.05)
        assert await roles(running, headers) == ["r1:auditor", "r2:viewer"]
    async with AsyncExitStack() as stack:
        await start_gateway(stack, gateway_database, keys_dir, workspace, rolemap=path)
        assert await rows.fetchval(taken) == before + 1


async def test_a_change_is_recorded_once_the_database_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It holds at once, and the journal gets its row when it can."""
    monkeypatch.setattr(rolemap, "LOOK_SECONDS", 0.01)
    path = _written(tmp_path / "rolemap.toml", GOOD)
    mapping = RoleMapFile(path, ["embedded"])
    changes, attempts, recorded = 0, 0, asyncio.Event()

    def changed() -> None:
        nonlocal changes
        changes += 1

    async def record(digest: str) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionError
        assert digest == mapping.digest
        recorded.set()

    watching = asyncio.create_task(mapping.keep_watching(changed, record))
    path.write_text(GOOD + rule(), encoding="utf-8")
    await asyncio.wait_for(recorded.wait(), 5)
    watching.cancel()
    await asyncio.wait([watching])
    assert (changes, attempts) == (1, 3)


async def test_an_account_in_two_groups_that_must_be_separate_is_refused(
    gateway_database: Target, keys_dir: Path, workspace: Path, tmp_path: Path, rows: asyncpg.Connection
):
    """What the file alone cannot show is seen at the request."""
    path = _written(tmp_path / "rolemap.toml", GOOD + rule(group="security-admins", role="security_admin"))
    async with AsyncExitStack() as stack:
        running = await start_gateway(stack, gateway_database, keys_dir, workspace, rolemap=path)
        owner = "(select account_id from account where subject = 'auditor-2')"
        await rows.execute(
            f"update credential set groups = groups || 'security-admins'::text where account_id = {owner}"
        )
        try:
            headers = await running.auth("auditor-2", **{"Accept-Language": "en"})
        finally:
            await rows.execute(f"update credential set groups = array['auditors'] where account_id = {owner}")
        for address in ("/v1/me", "/v1/appraisals"):
            refused = await running.client.get(address, headers=headers)
            body = assert_problem(refused, "roles-not-separated", "en")
            assert (body["roles"], body["rules"]) == ("security_admin, auditor", "r2, r1")
        assert not running.stubs["audit"].heard


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
