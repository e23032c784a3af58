"""Keep how the two sheets of an opened pair agree; hide blind reviews in the journal and in the keys of requests."""

from alembic import op

from chassis.migrations import run_statements, unit_policies

revision = "audit_0008"
down_revision = "audit_0007"
branch_labels = None
depends_on = None


# One row a fact of an opened pair: how the two answered, and the members in which they differ. `first` and `second`
# are told apart by their ids alone, so that a pair of persons is one pair whichever of them came first.
COMPARISONS = """
create table audit.comparison (
  campaign_dossier_id uuid not null,
  fact text not null,
  unit_id uuid not null,
  campaign_id uuid not null references audit.campaign,
  person_id uuid not null,
  training boolean not null,
  first_account_id uuid not null,
  second_account_id uuid not null,
  first_review_id uuid not null references audit.review,
  second_review_id uuid not null references audit.review,
  first_verdict text check (first_verdict in ('consistent', 'inconsistent', 'cannot_tell', 'not_applicable')),
  second_verdict text check (second_verdict in ('consistent', 'inconsistent', 'cannot_tell', 'not_applicable')),
  differs text[] not null,
  agreed boolean generated always as (cardinality(differs) = 0) stored,
  opened_at timestamptz not null,
  primary key (campaign_dossier_id, fact),
  foreign key (campaign_dossier_id, unit_id) references audit.campaign_dossier (id, unit_id) on update cascade,
  check (first_account_id < second_account_id)
);
create index comparison_differences on audit.comparison (campaign_id, campaign_dossier_id, fact) where not agreed;
create index comparison_agreement on audit.comparison (campaign_id, fact, first_account_id, second_account_id,
  first_verdict, second_verdict) include (agreed, training, unit_id);
create index review_pair on audit.review (campaign_dossier_id) where state <> 'void';
grant select, insert on audit.comparison to audit_svc;
grant update (unit_id) on audit.comparison to audit_svc;
"""

# A journal row of a blind review, or of a look at a page, would tell one reviewer how far the other has come. Only
# the service's own acts read them; anybody's act writes them. The same holds for the salts, with which a guess at a
# sheet could be tried, and for the keys under which a sheet was handed in, whose scope names the account.
HIDDEN = """
alter table audit.journal enable row level security;
create policy journal_written on audit.journal for insert with check (true);
create policy journal_read on audit.journal for select
  using ((select current_setting('app.actor', true)) = 'service' or verb !~ '^(review|page|catalogue)[.]');
alter table audit.journal_salt enable row level security;
create policy journal_salt_written on audit.journal_salt for insert with check (true);
create policy journal_salt_read on audit.journal_salt for select
  using ((select current_setting('app.actor', true)) = 'service');
alter table audit.idempotency enable row level security;
create policy idempotency_kept on audit.idempotency
  using ((select current_setting('app.actor', true)) = 'service' or strpos(scope, ' /v1/reviews/') = 0);
"""


def upgrade() -> None:
    run_statements(op, COMPARISONS, unit_policies("audit", "comparison"), HIDDEN)


def downgrade() -> None:
    raise NotImplementedError("audits are never dropped; restore a backup")
