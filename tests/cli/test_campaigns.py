"""`dangan campaigns verify-blind`: what it says and how it ends, for each way in which a proof comes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from cli.campaigns import INVALID, PARTLY, tell
from cli.main import build
from services.audit.domain.review_proof import Proven
from services.audit.usecases.verify_blind_reviews import BlindProof, Checked

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNCHANGED, CHANGED = Proven("unchanged"), Proven("changed", ("sheet_differs",))


def proof(*proven: Proven) -> BlindProof:
    """A campaign with these reviews, and three pairs that are not opened."""
    checked = tuple(Checked("cdo_1", f"rev_{n}", "acc_1", AT, AT, "ab", one) for n, one in enumerate(proven))
    return BlindProof("cmp_1", checked, 3)


def test_unchanged_reviews_end_well(capsys: pytest.CaptureFixture[str]):
    """One line for the person at the terminal, nothing on stdout."""
    tell(proof(UNCHANGED, UNCHANGED), as_json=False)
    out = capsys.readouterr()
    assert (out.out, out.err.count("\n")) == ("", 1)
    assert "2 份初审" in out.err
    assert "3 对未开启" in out.err


@pytest.mark.parametrize(
    ("proven", "code", "words"),
    [
        ((UNCHANGED, CHANGED), INVALID, "cdo_1 rev_1: sheet_differs"),
        ((CHANGED, Proven("cannot_tell")), INVALID, "rev_0: sheet_differs"),
        ((UNCHANGED, Proven("cannot_tell")), PARTLY, "1 份无法核验"),
    ],
)
def test_what_is_not_proved_ends_with_its_code(
    capsys: pytest.CaptureFixture[str], proven: tuple[Proven, ...], code: int, words: str
):
    """6 names each review that was changed and why; 8 where a salt is erased."""
    with pytest.raises(SystemExit) as ended:
        tell(proof(*proven), as_json=False)
    assert ended.value.code == code
    assert words in capsys.readouterr().err


def test_json_has_every_review_with_its_commitment(capsys: pytest.CaptureFixture[str]):
    """For a program, whatever the outcome."""
    with pytest.raises(SystemExit):
        tell(proof(UNCHANGED, CHANGED), as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["unchanged"], told["changed"], told["cannot_tell"], told["pairs_not_opened"]) == (1, 1, 0, 3)
    assert told["reviews"][1] == {
        "campaign_dossier_id": "cdo_1",
        "review_id": "rev_1",
        "account_id": "acc_1",
        "submitted_at": AT.isoformat(),
        "opened_at": AT.isoformat(),
        "commitment": "ab",
        "outcome": "changed",
        "faults": ["sheet_differs"],
    }


def test_what_is_no_campaign_is_refused_before_anything_is_asked():
    """A usage error, with the form that is wanted."""
    ended = CliRunner().invoke(build(["campaigns"]), ["campaigns", "verify-blind", "dos_1"])
    assert ended.exit_code == 2
