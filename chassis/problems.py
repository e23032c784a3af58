"""Turns refusals, validation errors and the unforeseen into problem+json in the caller's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from chassis.glyphs import GlyphMissing
from chassis.inbox import is_passing
from chassis.telemetry import current_trace, log, place_of
from contracts import problems
from contracts.problems import FAULTS, ONE_SIDED, FieldFault, Lang, Problem, Refusal, Text
from contracts.states import in_words

# pydantic's error types → our fault codes; what is not here is `invalid`. A custom error of our own value
# types carries our code already. No value of the request is ever repeated.
_FAULT_OF = {
    "missing": "required",
    "extra_forbidden": "unknown-member",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "too_long": "too-many",
    "too_short": "too-few",
    "string_pattern_mismatch": "pattern",
    "literal_error": "not-allowed-value",
    "enum": "not-allowed-value",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "less_than_equal": "out-of-range",
    "date_from_datetime_parsing": "date-impossible",
    "date_from_datetime_inexact": "date-impossible",
    "date_parsing": "date-impossible",
}
_TYPES = {"model_attributes_type": "object", "model_type": "object", "dict_type": "object"}
_LIMITS = {"max_length": "max", "min_length": "min", "ge": "min", "gt": "min", "le": "max", "lt": "max"}


def language(accept: str | None) -> Lang:
    """The caller's language: Chinese unless English is preferred."""
    best, quality = "zh", -1.0
    for part in (accept or "").split(","):
        name, _, parameters = part.strip().partition(";")
        tag = name.strip().lower()[:2]
        if tag not in ("zh", "en"):
            continue
        weight = parameters.strip().removeprefix("q=") if parameters else "1"
        try:
            value = float(weight)
        except ValueError:
            continue
        if value > quality:
            best, quality = tag, value
    return "en" if best == "en" else "zh"


def render(
    problem: Problem,
    *,
    accept_language: str | None,
    public_url: str,
    instance: str,
    params: Mapping[str, Any] | None = None,
    errors: Sequence[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem as an answer. `params` fill the texts and stand in the body as members of their own."""
    lang = language(accept_language)
    params = {name: _joined(value) for name, value in (params or {}).items()}
    body = {
        **described(problem, lang, public_url=public_url, params=params, errors=errors),
        "instance": instance,
        "request_id": current_trace.get().request_id,
    }
    return Response(
        orjson.dumps(body),
        problem.status,
        media_type="application/problem+json",
        headers={
            "Content-Language": "zh-CN" if lang == "zh" else "en",
            "Cache-Control": "no-store",
            **(headers or {}),
        },
    )


def described(
    problem: Problem,
    lang: Lang,
    *,
    public_url: str,
    params: Mapping[str, Any],
    errors: Sequence[FieldFault] = (),
) -> dict[str, Any]:
    """A problem as JSON, without the request that met it: what an item of a batch shows too."""
    told = {name: _joined(value) for name, value in params.items()}
    words = in_words(told, lang)
    return {
        "type": f"{public_url}/problems/{problem.code}",
        "title": problem.title.render(lang, words),
        "status": problem.status,
        "detail": problem.detail.render(lang, words),
        "code": problem.code,
        "retryable": problem.retryable,
        "errors": [_fault(fault, lang) for fault in errors],
        "fix": problem.fix.render(lang, words),
        **told,
    }


def _joined(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else value  # pyright: ignore


def _fault(fault: FieldFault, lang: Lang) -> dict[str, Any]:
    text: Text = FAULTS.get(fault.code) or FAULTS["invalid"]
    params = {name: _joined(value) for name, value in (fault.params or {}).items()}
    if fault.code == "out-of-range" and len(params) == 1:
        text = ONE_SIDED.get(next(iter(params)), text)
    detail = text.render(lang, in_words(params, lang))
    return {"pointer": fault.pointer, "code": fault.code, "detail": detail, "params": params}


def faults_of(errors: Sequence[Any]) -> list[FieldFault]:
    """Field faults out of pydantic's errors: pointer, code and limits, never the input."""
    return [_fault_of(error) for error in errors]


def _fault_of(error: Any) -> FieldFault:
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    location = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    pointer = "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in location)
    if kind in FAULTS:
        return FieldFault(pointer, kind, context)
    code = _FAULT_OF.get(kind)
    if code in ("not-allowed-value",):
        # pydantic says "'a', 'b' or 'c'"; the list is of no language.
        allowed = str(context.get("expected", "—")).replace("'", "").replace(" or ", ", ")
        return FieldFault(pointer, code, {"allowed": allowed})
    if code is None:
        expected = _TYPES.get(kind, kind.removesuffix("_type").removesuffix("_parsing"))
        return (
            FieldFault(pointer, "type", {"expected": expected}) if expected != kind else FieldFault(pointer, "invalid")
        )
    return FieldFault(pointer, code, {_LIMITS[name]: value for name, value in context.items() if name in _LIMITS})


def install(app: FastAPI, public_url: str, methods_of: Callable[[str], Sequence[str]]) -> None:
    """Answer every error of this app as a problem. `methods_of` a path are those that it takes."""

    def answer(request: Request, refusal: Refusal) -> Response:
        errors = list(refusal.errors)
        if refusal.pointer is not None and not errors:
            errors = [FieldFault(refusal.pointer, _pointer_code(refusal), refusal.params)]
        return render(
            refusal.problem,
            accept_language=request.headers.get("accept-language"),
            public_url=public_url,
            instance=request.url.path,
            params=refusal.params,
            errors=errors,
            headers=refusal.headers,
        )

    async def on_refusal(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101  # registered for this type
        return answer(request, error)

    async def on_glyph(request: Request, error: Exception) -> Response:
        assert isinstance(error, GlyphMissing)  # noqa: S101  # registered for this type
        return answer(request, error.refusal())

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this type
        found = error.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return answer(request, problems.MalformedRequest())
        faults = faults_of(found)
        if faults and all(fault.code == "date-impossible" for fault in faults):
            return answer(request, problems.DateImpossible(errors=faults))
        return answer(request, problems.ValidationFailed(errors=faults))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for this type
        if error.status_code == 405:
            refusal: Refusal = _MethodNotAllowed(headers={"Allow": ", ".join(methods_of(request.url.path))})
        elif error.status_code == 404:
            refusal = problems.NotFound()
        else:
            refusal = problems.MalformedRequest()
        return answer(request, refusal)

    async def on_unforeseen(request: Request, error: Exception) -> Response:
        if is_passing(error):
            log.warning("request_interrupted", error=type(error).__name__)
            return answer(request, problems.DependencyDown(dependency="database", headers={"Retry-After": "1"}))
        log.error("unforeseen", error=type(error).__name__, place=place_of(error))
        return answer(request, _InternalError())

    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(GlyphMissing, on_glyph)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.state.on_unforeseen = on_unforeseen


def _pointer_code(refusal: Refusal) -> str:
    return refusal.problem.code if refusal.problem.code in FAULTS else "invalid"


class _MethodNotAllowed(Refusal):
    problem = problems.METHOD_NOT_ALLOWED


class _InternalError(Refusal):
    problem = problems.INTERNAL_ERROR
