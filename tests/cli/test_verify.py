"""`dangan verify` needs a file and a key, and no server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from chassis import jws
from chassis.documents import draw_document, sign_document
from chassis.keys import KeyRing
from chassis.printing import ENGINE
from cli.main import build
from cli.verify import judge
from contracts.answers import AGENDA_TYP, CLEARANCE_TYP
from contracts.documents import DOCUMENT_TYP
from deploy.embedded.layout import TREE
from deploy.fonts import FONTS_DIR
from tests.contracts.documents import samples

APP = build(["verify"])


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data directory with keys, a published key file, a receipt, and a return note."""
    root = tmp_path_factory.mktemp("data")
    ring = KeyRing.ensure(root / "keys")
    published = [ring.public_jwk(purpose) for purpose in ("internal-token", "receipt", "blob-ticket")]
    (root / "dangan-keys.json").write_text(json.dumps({"keys": published}))
    for name, document in (
        ("receipt", samples.receipt(engine=ENGINE)),
        ("note", samples.return_note(engine=ENGINE)),
        ("old", samples.receipt(engine="typst-py 0.1.0")),
    ):
        token = sign_document(document, ring.private_jwk("receipt"))
        (root / f"{name}.jws").write_text(token)
        if document.engine == ENGINE:
            (root / f"{name}.pdf").write_bytes(draw_document(token, FONTS_DIR))
    return root


def run(home: Path, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(APP, ["verify", *words], env={"DANGAN_DATA": str(home), "COLUMNS": "160"})
    return result.exit_code, result.stdout, result.stderr


def published(home: Path) -> list[dict]:
    return json.loads((home / "dangan-keys.json").read_text())["keys"]


@pytest.mark.parametrize("name", ["receipt.jws", "receipt.pdf", "note.jws", "note.pdf"])
@pytest.mark.parametrize("own_keys", [True, False])
def test_a_good_document_holds(home: Path, name: str, own_keys: bool) -> None:
    words = [] if own_keys else ["--keys", str(home / "dangan-keys.json")]
    code, out, err = run(home, str(home / name), *words)
    answer = json.loads(out)
    assert code == 0, err
    assert answer["valid"] is True
    assert answer["kid"].startswith("receipt-")
    assert answer["document"]["person"]["name"] == "王建国"


def test_a_person_reads_what_was_filed_where(home: Path) -> None:
    code, out, err = run(home, str(home / "receipt.pdf"), "--output", "table")
    assert code == 0
    assert "清组收〔2026〕0001号" in out
    assert "9-2-1" in out
    assert "验证通过" in err


def test_a_person_reads_why_it_was_returned(home: Path) -> None:
    _, out, _ = run(home, str(home / "note.jws"), "--output", "table")
    assert "缺少印章（seal_missing）" in out


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", ["receipt.jws", "receipt.pdf"])
def test_one_byte_changed_is_refused(home: Path, name: str, data: st.DataObject) -> None:
    content = (home / name).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
    verified, verdict = judge(content[:at] + bytes([byte]) + content[at + 1 :], published(home))
    assert verdict.exit_code in {4, 6}
    assert verified is None


@pytest.mark.parametrize("name", ["receipt.jws", "receipt.pdf"])
def test_a_changed_file_ends_with_code_six(home: Path, tmp_path: Path, name: str) -> None:
    changed = bytearray((home / name).read_bytes())
    changed[-40] ^= 1
    (tmp_path / name).write_bytes(changed)
    code, out, err = run(home, str(tmp_path / name), "--json")
    assert code == 6
    assert json.loads(out) == {"valid": False, "code": "invalid"}
    assert "验证未通过" in err


def test_a_key_that_is_not_here_is_named(home: Path, tmp_path: Path) -> None:
    other = KeyRing.ensure(tmp_path / "keys").public_jwk("receipt")
    (tmp_path / "other.json").write_text(json.dumps({"keys": [other]}))
    code, out, err = run(home, str(home / "receipt.pdf"), "--keys", str(tmp_path / "other.json"))
    assert code == 4
    assert json.loads(out)["code"] == "key_unknown"
    assert published(home)[1]["kid"] in err


def test_without_any_key_it_says_where_one_comes_from(home: Path, tmp_path: Path) -> None:
    code, _, err = run(tmp_path, str(home / "receipt.pdf"))
    assert code == 4
    assert "--keys" in err


def test_a_file_that_is_not_there(home: Path) -> None:
    code, _, err = run(home, str(home / "nothing.pdf"))
    assert code == 4
    assert "nothing.pdf" in err


NO_KEYS = ("", "[]", '{"keys": [1]}', '{"keys": {}}', "not json", '{"kid": "receipt-1"}')
CUT_KEY = '{"kid": "receipt-1", "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}'


@pytest.mark.parametrize("content", [*NO_KEYS, CUT_KEY])
def test_a_key_file_that_is_none(home: Path, tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content)
    code, _, err = run(home, str(home / "receipt.pdf"), "--keys", str(tmp_path / "keys.json"))
    assert code == 6
    assert "keys.json" in err


def test_a_document_of_a_later_release_is_not_called_forged(home: Path, tmp_path: Path) -> None:
    payload = {**samples.receipt().members(), "template": "receipt/9"}
    token = jws.sign(payload, KeyRing(home / "keys").private_jwk("receipt"), typ=DOCUMENT_TYP)
    (tmp_path / "later.jws").write_text(token)
    code, out, _ = run(home, str(tmp_path / "later.jws"))
    assert code == 1
    assert json.loads(out)["code"] == "unknown_template"


def test_a_token_of_another_engine_holds_by_its_signature(home: Path) -> None:
    code, out, _ = run(home, str(home / "old.jws"))
    assert code == 0
    assert json.loads(out)["document"]["engine"] == "typst-py 0.1.0"


def test_the_pages_of_another_engine_are_not_called_forged(home: Path, tmp_path: Path) -> None:
    """A PDF drawn by another release differs in bytes without being wrong."""
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("document.jws", (home / "old.jws").read_bytes())
    writer.write(tmp_path / "old.pdf")
    code, out, err = run(home, str(tmp_path / "old.pdf"))
    assert code == 8
    assert json.loads(out)["code"] == "pages_not_compared"
    assert "typst-py 0.1.0" in err


def test_the_command_runs_alone(home: Path) -> None:
    """As it is installed: one process, no server, no settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("DANGAN_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "verify", home / "receipt.pdf", "--keys", home / "dangan-keys.json"],
        capture_output=True,
        text=True,
        env=env,
        cwd=TREE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["valid"] is True


@pytest.mark.parametrize(("typ", "title"), [(CLEARANCE_TYP, "任前审核结论"), (AGENDA_TYP, "上会名单审核")])
def test_a_signed_answer_of_the_gate_holds(home: Path, tmp_path: Path, typ: str, title: str) -> None:
    """Clearance and agenda check, offline like a receipt; a changed one does not hold."""
    told = {"clearance_id": "clr_x", "state": "cleared", "reasons": []}
    token = jws.sign(told, KeyRing.ensure(home / "keys").private_jwk("receipt"), typ=typ)
    (tmp_path / "answer.jws").write_text(token)
    code, out, err = run(home, str(tmp_path / "answer.jws"))
    assert (code, json.loads(out)["answer"]) == (0, told), err
    assert title in run(home, str(tmp_path / "answer.jws"), "--output", "table")[1]
    (tmp_path / "changed.jws").write_text(token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"))
    code, _, err = run(home, str(tmp_path / "changed.jws"))
    assert (code, "the signature does not hold" in err) == (6, True), err
    other = jws.sign(told, KeyRing.ensure(tmp_path / "keys").private_jwk("receipt"), typ=typ)
    (tmp_path / "other.jws").write_text(other)
    assert run(home, str(tmp_path / "other.jws"))[0] == 4


def test_the_receipt_of_a_bound_set_holds(home: Path, tmp_path: Path) -> None:
    """A person reads who gave what to whom, and of which file."""
    document = samples.bound_set_receipt(engine=ENGINE)
    token = sign_document(document, KeyRing.ensure(home / "keys").private_jwk("receipt"))
    (tmp_path / "set.pdf").write_bytes(draw_document(token, FONTS_DIR))
    code, out, err = run(home, str(tmp_path / "set.pdf"), "--output", "table")
    assert code == 0, err
    assert "王审 → 赵档" in out
    assert document.digest[:16] in out
