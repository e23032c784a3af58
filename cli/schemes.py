"""`dangan schemes`: check a scheme file before it goes in, and ask where a title would be filed and why."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import NOT_FOUND, fail, say

if TYPE_CHECKING:
    from services.catalog.domain.explanation import Candidate, Explanation, Ruling
    from services.catalog.domain.scheme import Scheme

INVALID = 6
WORDS = {"ask": "由档案员决定 the archivist decides", "retitle": "另拟标题 needs another title"}
FACTS = {
    "mainly_autobiography": "以自传为主 mainly an autobiography",
    "linked_to_appointment": "与任免相关 linked to an appointment",
    "approval_opinion_sealed": "有审批意见并盖章 has a sealed opinion of approval",
}

app = typer.Typer(
    name="schemes", help="Classification schemes 分类方案: check a file, explain a title.", no_args_is_help=True
)


class Output(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"


class AssertedFact(StrEnum):
    """What a person must assert, since no title tells it."""

    MAINLY_AUTOBIOGRAPHY = "mainly_autobiography"
    LINKED_TO_APPOINTMENT = "linked_to_appointment"
    APPROVAL_OPINION_SEALED = "approval_opinion_sealed"


OutputOption = Annotated[Output | None, typer.Option(help="table (default on a terminal) or json.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Short for --output json.")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A scheme file, such as r2018.toml.")],
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a scheme file as the catalog would at its start: keys, patterns, order, examples and overlaps.

    Exit codes: 0 it holds; 6 it does not (file, line, key and cure are named); 4 there is no such file.
    Example: dangan schemes check services/catalog/rules/schemes/r2018.toml
    """
    from chassis.rules import RuleFileInvalid
    from services.catalog.rules import load_scheme

    wants_json = _wants_json(output, as_json)
    if not file.is_file():
        fail(f"{file}: 没有此文件 no such file", "请检查文件名 check its name", NOT_FOUND)
    try:
        scheme, digest = load_scheme(file)
    except RuleFileInvalid as fault:
        if wants_json:
            found = {"file": str(fault.file), "line": fault.line, "key": fault.key, "reason": fault.reason}
            print(json.dumps({"valid": False, **found, "cure": fault.cure}, ensure_ascii=False, indent=1))
        place = f"{fault.file}:{fault.line}" if fault.line else str(fault.file)
        fail(f"{place}: {fault.key}: {fault.reason}", fault.cure, INVALID)
    counts = {
        "title_rules": len(scheme.title_rules),
        "examples": sum(len(rule.examples) for rule in scheme.title_rules),
        "overlaps": len(scheme.overlaps),
        "content_ranks": len(scheme.content_ranks),
    }
    if wants_json:
        print(
            json.dumps({"valid": True, "scheme": scheme.id, "digest": digest, **counts}, ensure_ascii=False, indent=1)
        )
    else:
        print(f"{scheme.id} {scheme.title.zh}")
        print(f"sha256 {digest}")
    say(
        f"方案有效 the scheme holds: 题名规则 {counts['title_rules']} title rules, 例题 {counts['examples']} examples, "
        f"重叠规则 {counts['overlaps']} overlaps, 内容次序 {counts['content_ranks']} content ranks"
    )


@app.command()
def explain(
    title: Annotated[str, typer.Argument(help="The title of a material, in quotation marks.")],
    scheme: Annotated[str, typer.Option(help="Which scheme.")] = "r2018",
    file: Annotated[Path | None, typer.Option(help="Explain by this scheme file instead of a shipped one.")] = None,
    fact: Annotated[list[AssertedFact] | None, typer.Option(help="A fact that you assert; repeat for more.")] = None,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where a title, in the catalogue's form, would be filed: category, deciding rule, runner-up and source.

    Where no rule places it, candidates are listed, the likeliest first.

    Exit codes: 0 explained, whatever the answer; 4 there is no such scheme; 6 the file is at fault; 2 usage.
    Example: dangan schemes explain "干部任免审批表（档案审核专用）"
    """
    from services.catalog.domain.explanation import explain as explain_title
    from services.catalog.domain.titles import catalogue_title
    from services.catalog.rules import title_form

    if not title.strip():
        raise typer.BadParameter("the title is empty 题名为空")
    rules = _scheme(scheme, file)
    written = catalogue_title(title, title_form())
    found = explain_title(written, rules, {one.value for one in fact or ()})
    if _wants_json(output, as_json):
        print(json.dumps(_answer(found, rules), ensure_ascii=False, indent=1))
    else:
        _print(found, rules)


def _wants_json(output: Output | None, as_json: bool) -> bool:
    return as_json or (output or (Output.TABLE if sys.stdout.isatty() else Output.JSON)) is Output.JSON


def _scheme(name: str, file: Path | None) -> Scheme:
    from chassis.rules import RuleFileInvalid
    from services.catalog.rules import load_catalog_rules, load_scheme

    try:
        if file is not None:
            return load_scheme(file)[0]
        schemes = load_catalog_rules().schemes
    except RuleFileInvalid as fault:
        missing = file is not None and not file.exists()
        fail(str(fault), "先用 first use `dangan schemes check`", NOT_FOUND if missing else INVALID)
    if name not in schemes:
        fail(f"没有方案 there is no scheme {name!r}", f"可用 use one of: {', '.join(sorted(schemes))}", NOT_FOUND)
    return schemes[name]


def _answer(found: Explanation, scheme: Scheme) -> dict[str, Any]:
    return {
        "scheme": scheme.id,
        "normalised": found.normalised,
        "facts": sorted(found.facts),
        "category": found.deciding.suggestion.category if found.deciding else "unclassified",
        "deciding": _rule(found.deciding),
        "runner_up": _rule(found.runner_up),
        "candidates": [
            {
                "category": one.suggestion.category,
                "basis": one.suggestion.basis,
                "source": one.suggestion.source,
                "why": one.why,
                "likeness": one.likeness,
                "fact": one.fact,
                "example": one.example,
            }
            for one in found.candidates
        ],
    }


def _rule(ruling: Ruling | None) -> dict[str, Any] | None:
    if ruling is None:
        return None
    suggestion = ruling.suggestion
    return {
        "category": suggestion.category,
        "basis": suggestion.basis,
        "matched": ruling.matched,
        "source": suggestion.source,
        "note": ruling.note,
        "requires_fact": ruling.requires_fact,
        "because": ruling.because,
    }


def _print(found: Explanation, scheme: Scheme) -> None:
    print(f"题名 title      {found.normalised}")
    if found.deciding is None:
        print("类别 category   待处理 unclassified: 没有规则提到 no rule speaks of it")
    else:
        print(f"类别 category   {_place(found.deciding.suggestion.category, scheme)}")
        _print_rule("依据 rule      ", found.deciding)
    if found.runner_up is not None:
        _print_rule("其次 runner-up ", found.runner_up, _place(found.runner_up.suggestion.category, scheme))
    for no, candidate in enumerate(found.candidates, start=1):
        print(f"候选 {no}          {_place(candidate.suggestion.category, scheme)} — {_why(candidate)}")


def _print_rule(label: str, ruling: Ruling, place: str = "") -> None:
    suggestion = ruling.suggestion
    print(f"{label} {suggestion.basis} 「{ruling.matched}」 {place}".rstrip())
    print(f"                来源 source: {suggestion.source}")
    if ruling.because and not place:
        print(f"                先于他条 goes first: {ruling.because}")
    if ruling.note and not place:
        print(f"                注 note: {ruling.note}")


def _place(category: str, scheme: Scheme) -> str:
    return WORDS[category] if category in WORDS else f"{category} {scheme.name_of(category).zh}"


def _why(candidate: Candidate) -> str:
    basis = candidate.suggestion.basis
    if candidate.fact:
        return f"{basis}，须认定 needs the fact: {FACTS[candidate.fact]}"
    if candidate.example:
        return f"{basis}，近似 like {candidate.example}（{candidate.likeness:.0%}）"
    return f"{basis}，其次命中的规则 the next rule that speaks of it"
