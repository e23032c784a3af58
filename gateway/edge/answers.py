"""What the edge answers itself: refusals as problems in the caller's language."""

from starlette.responses import Response

from chassis.problems import render
from chassis.telemetry import current_trace
from contracts.problems import INTERNAL_ERROR, FieldFault, Problem, Refusal
from gateway.edge.headers import RawHeaders, find


class InternalError(Refusal):
    """Something unforeseen; its detail is in the log only."""

    problem = INTERNAL_ERROR


def problem_answer(refusal: Refusal, *, headers: RawHeaders, path: str, public_url: str) -> Response:
    """The refusal as `application/problem+json`, with the id of the request."""
    accept = find(headers, b"accept-language")
    problem: Problem = refusal.problem
    return render(
        problem,
        accept_language=accept.decode("latin-1") if accept is not None else None,
        public_url=public_url,
        instance=path,
        params=refusal.params,
        errors=[*refusal.errors, *([FieldFault(refusal.pointer, "invalid")] if refusal.pointer else [])],
        headers={"Request-Id": current_trace.get().request_id or "", **refusal.headers},
    )
