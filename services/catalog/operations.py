"""The long work of the catalog, by kind, and what is told when it ends."""

from collections.abc import Sequence

from chassis.deps import Deps
from chassis.operations import OperationKinds
from contracts.events import OperationFinished
from contracts.operations import Operation
from services.catalog.usecases.do_batch import Refile, Retitle
from services.catalog.usecases.print_kinds import CataloguePrints, FormPrints


def operation_kinds(deps: Deps) -> OperationKinds:
    """Every kind that this service can do."""
    return OperationKinds(
        "opnc", [CataloguePrints(deps), FormPrints(deps), Refile(deps.rules), Retitle(deps.rules)], _finished
    )


def _finished(operation: Operation, units: Sequence[str]) -> OperationFinished:
    return OperationFinished(
        operation_id=operation.id,
        unit_ids=list(units),
        kind=operation.kind,
        state=operation.state,  # pyright: ignore[reportArgumentType]  # it has ended
        done=operation.progress.done,
        failed=operation.progress.failed,
        total=operation.progress.total,
        undoes=operation.undoes,
    )
