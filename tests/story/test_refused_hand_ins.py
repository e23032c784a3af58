"""Where a hand-in does not go on: each refusal has its own code, and nothing half-done stays behind."""

from __future__ import annotations

import asyncio
import io
import struct
import uuid
import zlib
from typing import Any

import pytest

from cli import acts
from cli.client import Caller
from tests.story.deciding import handed_in, refused
from tests.support.county import County, pages, paper

SAMPLE = "样例材料：年度考核登记表"
NOBODY = "dos_00000000000000000000000000"


@pytest.fixture
def submitter(county: County) -> Caller:
    """The education bureau's clerk."""
    return county.signed_in("submitter")


class TestSubmissions:
    """What a department may not do."""

    async def test_a_second_delivery_is_a_state_conflict(self, county: County, submitter: Caller):
        submission = await handed_in(county, paper(SAMPLE))
        problem = await refused(acts.deliver(submitter, submission["id"]))
        assert (problem.status, problem.code) == (409, "state-conflict")

    async def test_after_delivery_it_is_too_late_to_withdraw(self, county: County, submitter: Caller):
        submission = await handed_in(county, paper(SAMPLE))
        problem = await refused(submitter.post(f"/v1/submissions/{submission['id']}/withdrawals"))
        assert (problem.status, problem.code) == (409, "state-conflict")

    async def test_what_was_withdrawn_is_not_delivered(self, county: County, submitter: Caller):
        submission = await acts.draft(submitter, county.subject())
        await acts.add_paper(submitter, submission, paper(SAMPLE))
        withdrawn = await submitter.post(f"/v1/submissions/{submission['id']}/withdrawals")
        assert withdrawn["state"] == "withdrawn"
        assert (await refused(acts.deliver(submitter, submission["id"]))).code == "state-conflict"

    async def test_a_delivered_submission_takes_no_more_papers(self, county: County, submitter: Caller):
        submission = await handed_in(county, paper(SAMPLE))
        assert (await refused(acts.add_paper(submitter, submission, paper(SAMPLE)))).code == "state-conflict"

    async def test_an_empty_submission_is_not_delivered(self, county: County, submitter: Caller):
        submission = await acts.draft(submitter, county.subject())
        problem = await refused(acts.deliver(submitter, submission["id"]))
        assert (problem.code, problem.faults) == ("validation-failed", [("/items", "no-items")])

    @pytest.mark.parametrize(
        "change",
        [{"name": "王建国"}, {"person_no": "10000001"}, {"person_no": "99999999"}],
        ids=["the name of another", "the number of another", "a number of nobody"],
    )
    async def test_number_and_name_must_agree(self, county: County, submitter: Caller, change: dict[str, str]):
        """The answer is the same each time, so that it does not tell which numbers exist."""
        problem = await refused(acts.draft(submitter, county.subject() | change))
        assert (problem.status, problem.code) == (422, "person-mismatch")
        assert not any(value in str(problem.document) for value in change.values())

    async def test_a_name_alone_selects_nobody(self, county: County, submitter: Caller):
        problem = await refused(acts.draft(submitter, {"name": county.person().name}))
        assert (problem.code, problem.faults) == ("validation-failed", [("/subject/person_no", "required")])

    async def test_an_unknown_dossier_is_said_to_be_unknown(self, submitter: Caller):
        problem = await refused(acts.draft(submitter, {"dossier_id": NOBODY}))
        assert (problem.status, problem.faults) == (422, [("/subject/dossier_id", "unknown-reference")])

    async def test_another_departments_submission_is_not_there(self, county: County, submitter: Caller):
        """Not 403: whoever may not know of it does not learn that it exists."""
        submission = await acts.draft(submitter, county.subject())
        other = county.signed_in("submitter-finance")
        problem = await refused(other.get(f"/v1/submissions/{submission['id']}"))
        assert (problem.status, problem.code) == (404, "not-found")

    @pytest.mark.parametrize("account", ["auditor", "viewer", "leader", "cadre", "system-admin", "security-auditor"])
    async def test_whoever_is_no_submitter_hands_nothing_in(self, county: County, account: str):
        problem = await refused(acts.draft(county.signed_in(account), county.subject()))
        assert (problem.status, problem.code) == (403, "role-missing")

    async def test_nobody_acts_without_signing_in(self, county: County, submitter: Caller):
        answer = await submitter.http.post(f"{county.system.url}/v1/submissions", json={"subject": county.subject()})
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


class TestKeysAndVersions:
    """Requests that come twice, at once, or late."""

    async def test_the_same_key_with_another_body_is_refused(self, county: County, submitter: Caller):
        key = str(uuid.uuid4())
        await acts.draft(submitter, county.subject(), key=key)
        problem = await refused(acts.draft(submitter, {"dossier_id": county.dossier_id()}, key=key))
        assert (problem.status, problem.code) == (422, "idempotency-key-reused")

    async def test_the_same_key_at_once_makes_one_submission(self, county: County, submitter: Caller):
        """The second waits for the first and answers it, or says that it is still running."""
        key = str(uuid.uuid4())
        found = await asyncio.gather(*(acts.draft(submitter, county.subject(), key=key) for _ in range(4)))
        assert len({submission["id"] for submission in found}) == 1

    async def test_a_stale_version_is_told_with_the_present_one(self, county: County, submitter: Caller):
        submission = await acts.draft(submitter, county.subject())
        await acts.add_paper(submitter, submission, paper(SAMPLE))
        change = {"subject": {"dossier_id": county.dossier_id("10000017")}}
        problem = await refused(submitter.patch(f"/v1/submissions/{submission['id']}", change, version=1))
        assert (problem.status, problem.code) == (412, "version-stale")


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def tiff() -> bytes:
    """A small TIFF; cut off, it has a head and no pages."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (20, 20), 255).save(file, "TIFF")
    return file.getvalue()


class TestPageFiles:
    """Files that are not what they say, or too much."""

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"", 422, "file-damaged"),
            (pages(1, seed="cut")[0][:20_000], 422, "file-damaged"),
            (png_claiming(30_000, 30_000), 413, "too-large"),
            (tiff()[:60], 422, "file-damaged"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", 422, "file-damaged"),
            (b"MZ" + bytes(4000), 415, "file-type-refused"),
        ],
        ids=["empty", "cut off", "30000 by 30000", "a cut TIFF", "a cut PDF", "a program named .jpg"],
    )
    async def test_a_file_is_judged_by_its_content(self, submitter: Caller, content: bytes, status: int, code: str):
        problem = await refused(submitter.upload(content))
        assert (problem.status, problem.code) == (status, code)

    async def test_a_wrong_digest_is_refused(self, submitter: Caller):
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Repr-Digest": f"sha-256=:{'A' * 43}=:"}
        answer = await submitter.send("POST", "/v1/uploads", content=pages()[0], headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "digest-mismatch")

    async def test_a_ticket_binds_only_for_its_uploader(self, county: County, submitter: Caller):
        other = county.signed_in("submitter-finance")
        ticket = await other.upload(pages()[0])
        submission = await acts.draft(submitter, county.subject())
        item = await acts.add_paper(submitter, submission, paper(SAMPLE))
        problem = await refused(submitter.post(f"/v1/submission-items/{item['id']}/pages", {"blob_tickets": [ticket]}))
        assert problem.faults == [("/blob_tickets/0", "ticket-invalid")]
        assert (await submitter.get(f"/v1/submission-items/{item['id']}"))["page_count"] == 1


class TestContent:
    """What an item may not say."""

    @pytest.mark.parametrize(
        ("change", "code", "fault"),
        [
            ({"title": "表" * 10_000}, "validation-failed", ("/title", "too-long")),
            ({"title": " "}, "validation-failed", ("/title", "too-short")),
            ({"formed_on": {"value": "2023-02-30"}}, "date-impossible", ("/formed_on/value", "date-impossible")),
            ({"declared_page_count": 0}, "validation-failed", ("/declared_page_count", "out-of-range")),
            ({"colour": "red"}, "validation-failed", ("/colour", "unknown-member")),
        ],
        ids=["10,000 characters", "nothing", "30 February", "no pages", "an unknown member"],
    )
    async def test_a_fault_is_told_by_pointer_and_code_and_the_value_is_not_repeated(
        self, county: County, submitter: Caller, change: dict[str, Any], code: str, fault: tuple[str, str]
    ):
        submission = await acts.draft(submitter, county.subject())
        item = {"title": SAMPLE, "formed_on": {"value": "2023-02-03"}, "declared_page_count": 1} | change
        problem = await refused(submitter.post(f"/v1/submissions/{submission['id']}/items", item))
        assert (problem.status, problem.code) == (422, code)
        assert fault in problem.faults
        assert "2023-02-30" not in str(problem.document)
        assert "表" * 100 not in str(problem.document)
        assert (await submitter.get(f"/v1/submissions/{submission['id']}"))["items"] == []

    async def test_a_problem_is_told_in_the_callers_language(self, county: County, submitter: Caller):
        submission = await acts.draft(submitter, county.subject())
        path, told = f"/v1/submissions/{submission['id']}/deliveries", {}
        for language in ("zh-CN", "en"):
            headers = {"Accept-Language": language, "Idempotency-Key": str(uuid.uuid4())}
            answer = await submitter.send("POST", path, json={}, headers=headers)
            assert answer.headers["content-language"] == language
            told[language] = answer.json()
        assert told["zh-CN"]["code"] == told["en"]["code"] == "validation-failed"
        assert told["zh-CN"]["title"] != told["en"]["title"]
