"""`dangan verify`: does a receipt, return note, clearance or agenda check hold? Offline, against the published key."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.console import FAILED, NOT_FOUND, fail, say

if TYPE_CHECKING:
    from rich.table import Table

    from chassis.documents import Verified

INVALID, PARTLY = 6, 8
_PDF_MARK = b"%PDF-"
_LARGEST = 64 * 1024 * 1024


class Output(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"


@dataclass(frozen=True)
class Verdict:
    """The outcome for a person and for a program; `code` is one word that never changes."""

    exit_code: int
    code: str
    message: str
    cure: str = ""


@dataclass(frozen=True)
class SignedAnswer:
    """A signed answer without pages whose signature holds: what it is called, what it says, and who signed."""

    title: str
    members: dict[str, Any]
    kid: str


_HOLDS = Verdict(0, "valid", "验证通过 it holds")
_INVALID_CURE = "不要采信此文件，请向出具单位核实 do not rely on it; ask the issuing unit"


def verify(
    file: Annotated[
        Path,
        typer.Argument(help="A receipt's or return note's PDF or .jws; a clearance's .jws."),
    ],
    keys: Annotated[
        Path | None,
        typer.Option(help="Key file saved from /.well-known/dangan-keys; default: this machine's own."),
    ] = None,
    output: Annotated[
        Output | None, typer.Option(help="table (default on a terminal) or json.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --output json.")] = False,
    data: Annotated[Path | None, typer.Option(help="Data directory; default .dangan/ in the tree.")] = None,
) -> None:
    """Check a signed document with no server running.

    A PDF is drawn again from the signed data inside it, and every byte is compared.
    Exit codes: 0 it holds; 6 it does not; 4 the file or the key is not here; 8 the signature holds, but the
    pages cannot be compared by this release; 1 it was made by a later release.
    Example: dangan verify receipt.pdf --keys dangan-keys.json
    """
    content = _read(file)
    published = _keys(keys, data)
    wanted = Output.JSON if as_json else output or (Output.TABLE if sys.stdout.isatty() else Output.JSON)
    verified, verdict = judge(content, published)
    if wanted is Output.JSON:
        print(json.dumps(_answer(verified, verdict), ensure_ascii=False, indent=1))
    elif verified is not None:
        _draw(verified)
    if verdict.exit_code:
        fail(verdict.message, verdict.cure, verdict.exit_code)
    say(verdict.message)


def judge(content: bytes, keys: list[dict[str, Any]]) -> tuple[Verified | SignedAnswer | None, Verdict]:
    """The document or answer, when its signature holds, and what is to be said of the file."""
    from chassis.documents import (
        DocumentInvalid,
        DocumentUnreadable,
        check_pdf,
        read_document,
        token_in,
    )
    from chassis.jws import JwsKeyUnknown
    from deploy.fonts import FONTS_DIR

    is_pdf = _PDF_MARK in content[:1024]
    verified = None
    try:
        if not is_pdf and (answer := _judge_answer(content, keys)):
            return answer, _HOLDS
        verified = read_document(token_in(content) if is_pdf else content, keys)
        if is_pdf:
            check_pdf(content, keys, FONTS_DIR)
    except DocumentInvalid as error:
        return None, Verdict(INVALID, "invalid", f"验证未通过 does not hold: {error}", _INVALID_CURE)
    except JwsKeyUnknown as error:
        what = f"没有签名所用的公钥 the key is not here: {error.kid[:80]!r}"
        cure = "保存出具单位的 /.well-known/dangan-keys，用 --keys 指定 give the issuer's key file with --keys"
        return None, Verdict(NOT_FOUND, "key_unknown", what, cure)
    except DocumentUnreadable as error:
        return verified, _unjudged(verified, str(error))
    return verified, _HOLDS


def _judge_answer(content: bytes, keys: list[dict[str, Any]]) -> SignedAnswer | None:
    """A clearance or an agenda check; None for a file that is neither. DocumentInvalid, JwsKeyUnknown."""
    from chassis.documents import DocumentInvalid, document_keys
    from chassis.jws import JwsInvalid, JwsOfAnotherKind, verify
    from contracts.answers import ANSWERS

    for typ, title in ANSWERS.items():
        try:
            signed = verify(content.strip(), document_keys(keys), typ=typ)
        except JwsOfAnotherKind:
            continue
        except JwsInvalid as error:
            raise DocumentInvalid(str(error)) from None
        return SignedAnswer(title, dict(signed.payload), signed.kid)
    return None


def _unjudged(verified: Verified | None, why: str) -> Verdict:
    cure = "请用出具单位的版本验证 verify it with the issuer's release"
    if verified is None:
        return Verdict(FAILED, "unknown_template", f"本版本不认识此文件 cannot be judged here: {why}", cure)
    message = f"签名有效，版面无法比对 the signature holds, the pages cannot be compared: {why}"
    return Verdict(PARTLY, "pages_not_compared", message, cure)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST:
            fail(f"{file}: 文件过大 too large", "回执和退回通知单不超过 64 MiB no document is above 64 MiB", INVALID)
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}", "请检查文件名和权限 check its name and rights", NOT_FOUND)


def _keys(file: Path | None, data: Path | None) -> list[dict[str, Any]]:
    """The published keys: a saved key file, or those in this machine's data directory."""
    if file is not None:
        return _key_file(file)
    from deploy.embedded.layout import find_layout

    folder = find_layout(data).keys / "public"
    try:
        found = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]
    except (OSError, ValueError):
        found = []
    if not found:
        fail(
            f"{folder}: 没有公钥 no public keys",
            "用 --keys 指定保存的公钥文件 give a saved key file with --keys",
            NOT_FOUND,
        )
    return found


def _key_file(file: Path) -> list[dict[str, Any]]:
    from chassis.jws import is_public_key

    def unusable(why: str, code: int) -> NoReturn:
        fail(f"{file}: {why}", "重新保存 /.well-known/dangan-keys save it again from the issuer", code)

    try:
        content: Any = json.loads(file.read_bytes())
    except OSError as error:
        unusable(str(error.strerror), NOT_FOUND)
    except ValueError:
        unusable("不是公钥文件 not a key file", INVALID)
    found = content.get("keys", [content]) if isinstance(content, dict) else None
    if not isinstance(found, list) or not all(isinstance(key, dict) and is_public_key(key) for key in found):
        unusable("不是公钥文件 not a key file", INVALID)
    return found


def _answer(verified: Verified | SignedAnswer | None, verdict: Verdict) -> dict[str, Any]:
    answer: dict[str, Any] = {"valid": verdict.exit_code == 0, "code": verdict.code}
    if isinstance(verified, SignedAnswer):
        answer |= {"kid": verified.kid, "answer": verified.members}
    elif verified is not None:
        answer |= {"kid": verified.kid, "document": verified.document.members()}
    return answer


def _draw(verified: Verified | SignedAnswer) -> None:
    from rich.console import Console
    from rich.table import Table

    from contracts.documents import BoundSetReceiptDocument

    console = Console()
    if isinstance(verified, SignedAnswer):
        head = Table(title=verified.title, title_justify="left", show_header=False)
        for name, value in verified.members.items():
            head.add_row(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        head.add_row("签名密钥 key", verified.kid)
        console.print(head)
        return
    document = verified.document.members()
    bound = isinstance(verified.document, BoundSetReceiptDocument)
    head = Table(title=verified.document.title_zh, title_justify="left", show_header=False)
    for label, value in (
        ("编号 number", document["number"]),
        ("出具单位 issuer", document["issuer"]["name"]),
        *(_of_set(document) if bound else _of_submission(document)),
        ("出具时间 issued", document["issued_at"]),
        ("签名密钥 key", verified.kid),
    ):
        head.add_row(label, value)
    console.print(head, _persons(document) if bound else _items(document))


def _of_submission(document: dict[str, Any]) -> list[tuple[str, str]]:
    person = document["person"]
    named = " ".join(filter(None, (person["name"], person["person_no"], person["dossier_no"])))
    return [("来件单位 sender", document["sender"]["name"]), ("姓名 person", named)]


def _of_set(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("专项审核 campaign", document["campaign"]),
        ("移交 handed over", f"{document['handed_over_on']} {document['given_by']} → {document['received_by']}"),
        ("表册文件 file (SHA-256)", document["digest"]),
    ]


def _items(document: dict[str, Any]) -> Table:
    from rich.table import Table

    items = Table("材料名称 title", "形成时间 formed", "页数 pages", "去向 outcome")
    for item in document["items"]:
        items.add_row(item["title"], item["formed_on"] or "", str(item["page_count"]), _outcome(item))
    return items


def _persons(document: dict[str, Any]) -> Table:
    from rich.table import Table

    persons = Table("序号 no", "姓名 name", "档案编号 dossier", "页数 pages")
    for one in document["persons"]:
        persons.add_row(str(one["position"]), one["name"], one["dossier_no"], str(one["page_count"]))
    return persons


def _outcome(item: dict[str, Any]) -> str:
    if "category" in item:
        return f"归档 filed {item['category']}-{item['item_no']}"
    return "退回 returned " + "；".join(f"{reason['text']}（{reason['code']}）" for reason in item["reasons"])
