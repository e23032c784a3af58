"""Record in the journal that another role mapping is in force."""

from chassis.deps import Deps

_LAST = """
select resource, (select count(*) from journal where verb = 'rolemap.taken') as taken
from journal where verb = 'rolemap.taken' order by id desc limit 1
"""


async def take_role_map(deps: Deps, digest: str) -> None:
    """One row for each change, whichever replica sees it first; a restart with the same file adds none."""
    resource = f"rolemaps/{digest}"
    async with deps.as_service() as uow:
        await uow.lock("rolemap")
        last = await uow.raw().fetchrow(_LAST)
        if last is None or last["resource"] != resource:
            version = 1 if last is None else last["taken"] + 1
            uow.record("rolemap.taken", resource, version, {"sha256": digest})
