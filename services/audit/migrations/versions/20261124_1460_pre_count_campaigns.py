"""Find what a campaign's report counts: facts that are not consistent, what was stated falsely, what is flagged."""

from alembic import op

from chassis.migrations import run_statements

revision = "audit_0021"
down_revision = "audit_0020"
branch_labels = None
depends_on = None

# Most dossiers have nothing to tell, so each index holds the few that have. The report's statements repeat these
# conditions to the letter.
FACTS = """
create index determination_differs on audit.determination (campaign_id, campaign_dossier_id) include (fact, unit_id)
  where status <> 'consistent';
create index determination_false on audit.determination (campaign_id, campaign_dossier_id)
  where fact = 'birth_date' and cause = 'false_statement';
create index determination_education on audit.determination (campaign_id, campaign_dossier_id)
  where fact = 'education' and (cause = 'false_statement' or result @? '$.findings[*].code ? (
    @ == "training_as_education" || @ == "level_overstated" || @ == "part_time_as_full_time"
    || @ == "degree_not_conferred" || @ == "entry_qualification_false")');
"""
SHEETS = """
create index review_flagged on audit.review (campaign_dossier_id)
  where opened and sheet @? '$.facts[*] ? (@.doubtful == true || exists (@.issues[*].kind ? (
    @ == "doubtful" || @ == "forgery" || @ == "removal" || @ == "misfiled" || @ == "missing")))';
"""
MATERIALS = "create index appraisal_received on audit.appraisal (received_at) include (dossier_id, state, unit_id)"


def upgrade() -> None:
    run_statements(op, FACTS, SHEETS, MATERIALS)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
