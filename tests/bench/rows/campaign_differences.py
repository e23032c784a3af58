"""`campaign.differences` and `campaign.agreement`: where the reviewers of a campaign differ, and how far they agree."""

from __future__ import annotations

from tests.bench.context import Context
from tests.bench.measure import Row
from tests.bench.rows.campaign_reads import SCOPE, Read, measured

PAGE = 200
LISTED = f"""
select campaign_dossier_id, fact, unit_id, first_account_id, second_account_id, first_verdict, second_verdict, differs,
  opened_at
from comparison where campaign_id = $1 and not agreed and unit_id = any ({SCOPE})
order by campaign_dossier_id, fact limit {PAGE + 1}
"""
TALLIES = f"""
select fact, first_verdict, second_verdict, count(*) as facts, count(*) filter (where agreed) as agreed
from comparison where campaign_id = $1 and unit_id = any ({SCOPE}) group by fact, first_verdict, second_verdict
"""


async def run(context: Context) -> list[Row]:
    """The longest page of the list, and the agreement over all opened pairs."""
    listed = Read("campaign.differences", "first page of differences", f"discrepancies?page_size={PAGE}", LISTED)
    counted = Read("campaign.agreement", "agreement over a campaign", "agreement", TALLIES)
    return [await measured(context, listed), await measured(context, counted)]
