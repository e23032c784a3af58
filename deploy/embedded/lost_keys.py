"""A start beside which a key is lost: refused while anything in the database needs that key.

Making a key anew is right at a first start and wrong ever after: what the lost one sealed would stay closed without
a word, and new rows would be sealed with another. So each start notes which keys the database was used with; the
next start asks for just those, wherever rows exist that depend on them.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from chassis.keys import SECRET, SIGNING, KeyInfo, KeyRing, KeyUnreadable, Purpose, purpose_of
from chassis.sealing import key_ids
from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import Layout

SEALED: Final = ("catalog.id_number", "catalog.lrmx_import")
"""Tables whose rows name the key that sealed them."""

_NEEDED: Final[dict[Purpose, str]] = {
    "field-encryption": "exists (select from catalog.id_number) or exists (select from catalog.lrmx_import)",
    "blind-index": "exists (select from catalog.id_number)"
    " or exists (select from transfer.submission where declared_name_index is not null)",
    "receipt": "exists (select from transfer.receipt) or exists (select from transfer.return_note)",
}
"""Whether a row depends on a purpose's key. The other purposes' keys are made anew at no cost."""

_LOSS: Final = {
    "field-encryption": "身份证号码和已导入的任免表无法读取 id numbers and imported appointment forms cannot be read",
    "blind-index": "无法按身份证号码查找 nobody is found by id number, and no submission's name agrees",
    "receipt": "已发回执无法核验 receipts issued so far are verified only by who kept the published key",
}
_TABLE: Final = """
create table if not exists public.key_in_use (
  purpose text primary key, kid text not null, since timestamptz not null default now())
"""
_NOTE: Final = """
insert into public.key_in_use (purpose, kid) values ($1, $2)
on conflict (purpose) do update set kid = excluded.kid, since = now() where key_in_use.kid <> excluded.kid
"""


async def keys_for(database: asyncpg.Connection, layout: Layout) -> KeyRing:
    """The keys of these data: the missing ones made, and all noted. CannotStart where a lost one is needed."""
    await database.execute(_TABLE)
    ring = KeyRing(layout.keys)
    for purpose in (*SIGNING, *SECRET):
        present = _present(ring, purpose, layout)
        if purpose in _NEEDED and await database.fetchval(f"select {_NEEDED[purpose]}"):
            wanted = await _wanted(database, purpose)
            _check(ring, purpose, present, wanted - ring.given_up, layout)
    owner = None if layout.uid is None else (layout.uid, layout.uid)
    KeyRing.ensure(layout.keys, owner)
    await database.executemany(_NOTE, [(purpose, ring.kid(purpose)) for purpose in _NEEDED])
    return ring


def _present(ring: KeyRing, purpose: str, layout: Layout) -> KeyInfo | None:
    try:
        return ring.find(purpose)
    except KeyUnreadable as fault:
        cure = "bring it back from a backup"
        if purpose not in _NEEDED:
            cure += ", or delete it: another is made at no cost"
        raise CannotStart(f"密钥文件已损坏 {layout.keys / purpose}.json is damaged", cure) from fault


async def _wanted(database: asyncpg.Connection, purpose: str) -> set[str]:
    """Ids of the keys that rows depend on; empty for data older than the note, whose rows do not name theirs."""
    noted = await database.fetchval("select kid from public.key_in_use where purpose = $1", purpose)
    wanted = {noted} if noted else set[str]()
    if purpose == "field-encryption":
        wanted |= {kid for table in SEALED for kid in await key_ids(database, table)}
    return wanted


def _check(ring: KeyRing, purpose: str, present: KeyInfo | None, wanted: set[str], layout: Layout) -> None:
    lost = wanted - ({present.kid} if present else set())
    if present is not None and not lost:
        return
    if not lost and purpose in {purpose_of(kid) for kid in ring.given_up}:
        return  # another may be made
    names = ", ".join(sorted(lost)) or purpose
    holds = f" (there lies 那里是 {present.kid})" if present else ""
    cure = (
        "恢复备份，取其密钥文件 restore the last backup into a spare directory (`dangan restore DIR --data SPARE`, with"
        f" its passphrase) and copy its keys/{purpose}.json there"
    )
    if lost:
        cure += f"; only if no backup is left: `dangan keys give-up {sorted(lost)[0]}`"
    raise CannotStart(f"密钥丢失 the key {names} is not in {layout.keys / purpose}.json{holds}: {_LOSS[purpose]}", cure)
