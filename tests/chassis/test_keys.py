"""Keys: made once, 0600, never replaced, and shown by id and date only."""

import base64
import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.keys import SECRET, SIGNING, KeyMissing, KeyRing
from chassis.tickets import BlobTicket, BlobTickets, TicketInvalid
from contracts.values.ids import new_id


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path):
    """A second start keeps them; each file is 0600."""
    ring = KeyRing.ensure(tmp_path / "keys")
    before = {path.name: path.read_bytes() for path in (tmp_path / "keys").glob("*.json")}
    assert len(before) == len(SIGNING) + len(SECRET)
    KeyRing.ensure(tmp_path / "keys")
    for path in (tmp_path / "keys").rglob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert before.get(path.name, b"") == path.read_bytes() or path.parent.name == "public"
    assert ring.infos()


def test_what_is_shown_of_a_key_is_never_its_value(tmp_path: Path):
    """`dangan status` lists ids and dates; public halves hold no private number."""
    ring = KeyRing.ensure(tmp_path)
    shown = repr(ring.infos())
    for purpose in SIGNING:
        assert ring.private_jwk(purpose)["d"] not in shown  # pyright: ignore[reportArgumentType]
        assert "d" not in ring.public_jwk(purpose)  # pyright: ignore[reportArgumentType]
    assert json.loads((tmp_path / "blind-index.json").read_text())["k"] not in shown


def test_a_missing_key_says_how_to_make_it(tmp_path: Path):
    """One line that names the purpose and the cure."""
    with pytest.raises(KeyMissing, match=r"receipt.*dangan up"):
        KeyRing(tmp_path).private_jwk("receipt")


NOW = datetime(2026, 3, 1, tzinfo=UTC)


def ticket(uploader: str, until: datetime) -> BlobTicket:
    return BlobTicket(
        upload_id=new_id("upl"),
        digest="a" * 64,
        bytes=9,
        media_type="image/png",
        width=3,
        height=3,
        uploader=uploader,
        unit_id=new_id("unt"),
        until=int(until.timestamp()),
    )


def test_a_ticket_binds_for_its_uploader_while_it_lasts(tmp_path: Path):
    """Checked offline by any service with the public key."""
    tickets, uploader = BlobTickets(KeyRing.ensure(tmp_path)), new_id("acc")
    given = ticket(uploader, NOW + timedelta(hours=24))
    text = tickets.sign(given)
    assert tickets.check(text, uploader=uploader, now=NOW) == given
    for attempt in (
        lambda: tickets.check(text, uploader=new_id("acc"), now=NOW),
        lambda: tickets.check(text, uploader=uploader, now=NOW + timedelta(hours=25)),
        lambda: tickets.check(text[:-4] + "AAAA", uploader=uploader, now=NOW),
        lambda: tickets.check("x.y.z", uploader=uploader, now=NOW),
        lambda: tickets.check("", uploader=uploader, now=NOW),
        lambda: tickets.check(_nested(text), uploader=uploader, now=NOW),
    ):
        with pytest.raises(TicketInvalid):
            attempt()


def test_a_ticket_signed_by_another_deployment_is_refused(tmp_path: Path):
    """Only our own key counts."""
    uploader = new_id("acc")
    foreign = BlobTickets(KeyRing.ensure(tmp_path / "a")).sign(ticket(uploader, NOW + timedelta(hours=1)))
    with pytest.raises(TicketInvalid):
        BlobTickets(KeyRing.ensure(tmp_path / "b")).check(foreign, uploader=uploader, now=NOW)


def _nested(text: str) -> str:
    """A ticket whose payload is nested deeper than a reader can follow."""
    head, _, signature = text.split(".")
    return f"{head}.{base64.urlsafe_b64encode(b'[' * 3000).decode()}.{signature}"
