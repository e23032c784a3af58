"""Routes and headers at the border."""

import pytest

from contracts.values.ids import is_id, new_id
from gateway.edge import headers
from gateway.edge.routing import JSON_BODY_BYTES, UPLOAD_BODY_BYTES, known_segments, route_of


@pytest.mark.parametrize(("segment", "owner"), known_segments().items())
def test_each_resource_goes_to_its_owner(segment: str, owner: str):
    """The first segment decides."""
    route = route_of(f"/v1/{segment}".encode())
    assert route is not None
    assert route.service == owner


@pytest.mark.parametrize(
    ("prefix", "owner"), [("tskc", "catalog"), ("tskt", "transfer"), ("tsku", "audit"), ("tskx", "access")]
)
def test_a_task_goes_where_its_id_says(prefix: str, owner: str):
    """The last letter of the prefix names the owner; the list is the gateway's own."""
    for tail in ("", "/decisions"):
        route = route_of(f"/v1/tasks/{new_id(prefix)}{tail}".encode())
        assert route is not None
        assert route.service == owner
    own = route_of(b"/v1/tasks")
    assert own is not None
    assert own.service == "identity"


@pytest.mark.parametrize(
    "path",
    [
        "/v1", "/v1/", "/v1/unknown", "/v1/units/", "/v1//units", "/v1/units/../persons", "/v1/units/%2e%2e/persons",
        "/v1/units/a%2fb", "/v1/units;x=1", "/v1/units/a\\b", "/v2/units", "/V1/units", "/v1/Units", "/v1/me/%00",
        "/v1/tasks/tskz_01", "/v1/tasks/tsk_01", "/v1/tasks/apr_01", "/v1/tasks/tskc", "/v1/units/../../metrics",
        "/v1/units/" + "a" * 600, "/v1/units/é", "/v1/.well-known", "/v1/units/a b", "/v1/journal-entries",
        "/v1/units/.", "/v1/units/a.", "/v1/units/.a", "/v1/units/a..b", "/v1/units/a./b",
    ],
)  # fmt: skip
def test_a_path_that_two_parsers_could_read_differently_is_no_path(path: str):
    """Only nouns and ids: no dot segments, encoded or empty segments."""
    assert route_of(path.encode("latin-1", "replace")) is None


def test_the_code_of_a_figure_may_have_dots():
    """A figure of a report opens to its dossiers."""
    route = route_of(f"/v1/campaigns/{new_id('cmp')}/report/figures/problem.birth_date/dossiers".encode())
    assert route is not None
    assert route.service == "audit"


def test_only_uploads_may_be_large():
    """64 MiB for a page file, 1 MiB for JSON."""
    upload, other = route_of(b"/v1/uploads"), route_of(b"/v1/submissions")
    assert upload is not None
    assert other is not None
    assert (upload.body_limit, other.body_limit) == (UPLOAD_BODY_BYTES, JSON_BODY_BYTES)


SPOOFED = [
    "X-User", "X-Remote-User", "Remote-User", "X-Auth-User", "X-Forwarded-User", "X-Dangan-User", "X-Dangan-Role",
    "X-Role", "X-Roles", "X-User-Roles", "X-Internal-Token", "Internal-Token", "X-Units", "X-Person-No",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "X-Original-Url",
    "X-Rewrite-Url", "X-Http-Method-Override", "X-Authenticated-User", "X-Ssl-Client-Cert", "Cookie",
    "Proxy-Authorization", "Dangan-Internal-Token", "Traceparent", "Request-Id", "X-Request-Id",
    "Authorization", "Host",
    "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect",
]  # fmt: skip


@pytest.mark.parametrize("name", SPOOFED)
def test_a_header_that_could_claim_an_identity_is_dropped(name: str):
    """Identity, routing and hop-by-hop headers from outside never reach a service."""
    inner = headers.inward([(name.lower().encode(), b"forged")], "inner", "req_1", "00-trace")
    assert dict(inner) == {b"dangan-internal-token": b"inner", b"request-id": b"req_1", b"traceparent": b"00-trace"}


def test_what_a_service_needs_is_passed_on():
    """Content, preconditions, idempotency and language go through unchanged."""
    sent = {
        "accept-language": "en", "content-type": "application/json", "content-length": "2", "if-match": '"7"',
        "idempotency-key": "k-12345678", "repr-digest": "sha-256=:x:", "prefer": "wait=10", "range": "bytes=0-1",
    }  # fmt: skip
    outer = [(name.encode(), value.encode()) for name, value in sent.items()]
    assert headers.inward(outer, "inner", "req_1", "00-trace")[: len(outer)] == outer


def test_answers_lose_hop_by_hop_headers_and_those_that_connection_names():
    """What belongs to the inner connection ends there; our request id replaces the service's."""
    inner = [
        (b"content-type", b"application/json"), (b"connection", b"keep-alive, X-Secret-Hop"), (b"x-secret-hop", b"1"),
        (b"keep-alive", b"5"), (b"transfer-encoding", b"chunked"), (b"server", b"uvicorn"), (b"date", b"now"),
        (b"set-cookie", b"a=b"), (b"request-id", b"req_other"), (b"etag", b'"7"'),
    ]  # fmt: skip
    assert headers.outward(inner, "req_1") == [
        (b"request-id", b"req_1"), (b"content-type", b"application/json"), (b"etag", b'"7"'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "token"),
    [
        ([b"Bearer abc"], b"abc"),
        ([b"bearer abc"], b"abc"),
        ([b"Basic abc"], None),
        ([b"Bearer "], None),
        ([b"Bearer"], None),
        ([b""], None),
        ([], None),
        ([b"Bearer abc", b"Bearer def"], None),
    ],
)
def test_one_bearer_token_is_read(sent: list[bytes], token: bytes | None):
    """Two Authorization headers are as good as none: two readers could take different ones."""
    assert headers.bearer_token([(b"authorization", value) for value in sent]) == token


def test_header_sections_have_a_limit():
    """By number and by size."""
    assert headers.too_many([(b"a", b"b")] * (headers.MAX_HEADERS + 1))
    assert headers.too_many([(b"a", b"b" * headers.MAX_HEADER_BYTES)])
    assert not headers.too_many([(b"a", b"b")] * 20)


def test_request_ids_are_ours():
    """Each request has a new one."""
    one, other = headers.new_request_id(), headers.new_request_id()
    assert one != other
    assert is_id("req", one)
