"""The built-in provider's endpoints. Outside the embedded and sandbox profiles they are not there."""

import base64
import binascii
from typing import Annotated, Literal
from urllib.parse import unquote_plus

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from chassis.web import CurrentDeps, refusals
from contracts import problems
from contracts.problems import FieldFault, NotFound, SignInFailed, ValidationFailed
from gateway.api.public import public
from gateway.idp import tokens
from gateway.tokens.issuers import embedded_issuer
from gateway.usecases.sign_in import SignIn, SignInDesk

router = APIRouter(prefix="/idp", tags=["sign-in"], dependencies=[public("signing in comes before being signed in")])

_Short = Annotated[str | None, Form(max_length=200)]
_Secret = Annotated[str | None, Form(max_length=1024)]


class TokenOut(BaseModel):
    """RFC 6749, section 5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # a scheme, not a secret
    expires_in: int


def _desk(request: Request) -> SignInDesk:
    desk: SignInDesk | None = request.app.state.desk
    if desk is None:
        raise NotFound()
    return desk


@router.post(
    "/token",
    responses=refusals(
        problems.VALIDATION_FAILED, problems.SIGN_IN_FAILED, problems.SIGN_IN_LOCKED, problems.OVERLOADED
    ),
)
async def create_token(
    request: Request,
    response: Response,
    grant_type: Annotated[Literal["password", "client_credentials"], Form()],
    username: _Short = None,
    password: _Secret = None,
    client_id: _Short = None,
    client_secret: _Secret = None,
) -> TokenOut:
    """An access token for a sample account (`password`) or a machine (`client_credentials`).

    A client may also send its id and secret as HTTP Basic. Members that OAuth knows and we do not use
    (`scope`) are ignored, as RFC 6749, section 3.2, asks.
    """
    desk = _desk(request)
    response.headers["Cache-Control"] = "no-store"
    if grant_type == "password":
        attempt = _attempt("person", ("username", username), ("password", password))
    else:
        basic = _basic(request)
        name, secret = basic or (client_id, client_secret)
        attempt = _attempt("client", ("client_id", name), ("client_secret", secret))
    token = await desk.sign_in(attempt)
    return TokenOut(access_token=token, expires_in=tokens.LIFETIME_SECONDS)


def _attempt(kind: Literal["person", "client"], name: tuple[str, str | None], secret: tuple[str, str | None]) -> SignIn:
    missing = [FieldFault(f"/{member}", "required") for member, value in (name, secret) if not value]
    if missing or name[1] is None or secret[1] is None:
        raise ValidationFailed(errors=missing)
    return SignIn(kind, name[1], secret[1])


def _basic(request: Request) -> tuple[str, str] | None:
    """Id and secret out of HTTP Basic, each form-encoded first (RFC 6749, section 2.3.1)."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SignInFailed() from None
    if not colon:
        raise SignInFailed()
    return unquote_plus(name), unquote_plus(secret)


@router.get("/.well-known/openid-configuration", include_in_schema=False)
async def get_metadata(request: Request, deps: CurrentDeps) -> dict[str, object]:
    """OpenID Connect Discovery 1.0."""
    _desk(request)
    return tokens.metadata(embedded_issuer(deps.settings.public_url).issuer)


@router.get("/.well-known/jwks.json", include_in_schema=False)
async def get_keys(request: Request, deps: CurrentDeps) -> dict[str, object]:
    """The provider's public keys."""
    _desk(request)
    return tokens.key_set(deps.keys.public_jwk("idp"))
