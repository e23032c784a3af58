"""What the Alembic migrations of all services share: the house tables and the unit policies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

_SQL = Path(__file__).with_name("sql")
UNITS_IN_SCOPE = "(select nullif(current_setting('app.units', true), '')::uuid[])::uuid[]"
ACCOUNT = "(select nullif(current_setting('app.account', true), '')::uuid)"
# The old expression as PostgreSQL spells it back.
_CAST_ONCE = """
do $do$
declare
  policy record;
  each_row constant text := $x$( SELECT NULLIF(current_setting('app.units'::text, true), ''::text) AS "nullif")$x$;
  once constant text := $x$( SELECT (NULLIF(current_setting('app.units'::text, true), ''::text))::uuid[] AS units)$x$;
begin
  for policy in select * from pg_policies where schemaname = '{schema}' and strpos(qual, each_row) > 0 loop
    execute format('alter policy %I on {schema}.%I using (%s) with check (%s)', policy.policyname, policy.tablename,
      replace(policy.qual, each_row, once), replace(coalesce(policy.with_check, policy.qual), each_row, once));
  end loop;
end $do$
"""


def create_house_tables(op: Any, schema: str) -> None:
    """Make outbox, inbox, journal and the other tables of the chassis in `schema` (release 0001)."""
    _run_file(op, schema, "house_0001.sql")


def create_operation_tables(op: Any, schema: str) -> None:
    """Make the tables of `chassis.operations` in `schema`, for a service that does long work (release 0001)."""
    _run_file(op, schema, "operations_0001.sql")


def _run_file(op: Any, schema: str, name: str) -> None:
    text = (_SQL / name).read_text(encoding="utf-8").format(schema=schema)
    op.get_bind().exec_driver_sql("set local lock_timeout = '5s'")
    for statement in split_statements(text):
        op.get_bind().exec_driver_sql(statement)


def split_statements(text: str) -> list[str]:
    """Statements of an SQL file; a semicolon inside `$$ … $$` ends none."""
    statements: list[str] = []
    # Comments go first, because they hold semicolons too.
    for position, part in enumerate(_without_comments(text).split("$$")):
        if position % 2:
            statements[-1] += f"$${part}$$"
            continue
        first, *rest = part.split(";")
        if statements and position:
            statements[-1] += first
        else:
            statements.append(first)
        statements.extend(rest)
    return [cleaned for statement in statements if (cleaned := _without_comments(statement))]


def _without_comments(statement: str) -> str:
    lines = [line for line in statement.splitlines() if not line.strip().startswith("--")]
    return "\n".join(lines).strip()


def unit_policies(schema: str, table: str, columns: Sequence[str] = ("unit_id",)) -> list[str]:
    """Row-level security for a table: rows whose unit is in the caller's scope, and the service's own acts.

    The setting is read and cast in the sub-select, once a statement (ADR 0013); the outer cast, to the same type,
    only says that an array is meant. With no setting, or the empty one that PostgreSQL leaves behind after a
    transaction, no row is seen.
    """
    seen = " or ".join(f"{column} = any ({UNITS_IN_SCOPE})" for column in columns)
    service = "(select current_setting('app.actor', true)) = 'service'"
    return [
        f"alter table {schema}.{table} enable row level security",
        f"create policy {table}_unit on {schema}.{table} using ({seen}) with check ({seen})",
        f"create policy {table}_service on {schema}.{table} using ({service}) with check ({service})",
    ]


def own_row_policies(schema: str, table: str, *, account: str = "account_id", opened: str = "opened") -> list[str]:
    """Row-level security for what one person writes and nobody else may see until it is opened.

    A row is seen in its unit's scope by the account that it belongs to, and by all others once its column
    `opened` is true; the service's own acts see all. Reads outside a transaction are told of no account.
    """
    seen = f"unit_id = any ({UNITS_IN_SCOPE}) and ({account} = {ACCOUNT} or {opened})"
    service = "(select current_setting('app.actor', true)) = 'service'"
    return [
        f"alter table {schema}.{table} enable row level security",
        f"create policy {table}_own on {schema}.{table} using ({seen}) with check ({seen})",
        f"create policy {table}_service on {schema}.{table} using ({service}) with check ({service})",
    ]


def cast_scope_once(op: Any, schema: str) -> None:
    """Rewrite the policies of a schema that cast the caller's units anew for each row, as all did before ADR 0013."""
    op.get_bind().exec_driver_sql(_CAST_ONCE.format(schema=schema))


def run_statements(op: Any, *groups: str | Sequence[str]) -> None:
    """Run statements one by one (asyncpg takes one at a time)."""
    for group in groups:
        for statement in split_statements(group) if isinstance(group, str) else group:
            op.get_bind().exec_driver_sql(statement)
