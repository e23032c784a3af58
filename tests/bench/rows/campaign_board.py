"""`campaign.board`: how many dossiers of a campaign stand where, by unit and state."""

from __future__ import annotations

from tests.bench.context import Context
from tests.bench.measure import Row
from tests.bench.rows.campaign_reads import SCOPE, Read, measured

COUNTS = f"""
select unit_id, state, count(*) as many from campaign_dossier where campaign_id = $1 and unit_id = any ({SCOPE})
group by unit_id, state order by unit_id, state
"""


async def run(context: Context) -> Row:
    """The whole board."""
    return await measured(context, Read("campaign.board", "board of a campaign", "board", COUNTS))
