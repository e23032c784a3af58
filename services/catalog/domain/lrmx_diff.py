"""An LRMX file against the current facts: what it would change, and what of it still holds.

A field *agrees* when the facts say the same, or the same more exactly (a day where the form has the month). Where it
agrees nothing is recorded on import, and the file's own spelling stays on export.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from contracts.values.id_number import IdNumber
from contracts.values.partial_date import PartialDate
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import SINGLE, Fact, FactKind, Facts, Provenance, is_communist
from services.catalog.domain.lrmx_file import FAMILY, ROOT
from services.catalog.domain.lrmx_form import MODES, form_of, post_text, reward_line, school_text
from services.catalog.domain.lrmx_read import LrmxTold, Told

IMPORT: Final = Provenance("import")
_PERIOD: Final = frozenset(("valid_from", "valid_to"))
_GONE: Final = Provenance("import", reason="任免审批表导入：表中已无此项")


def entries_of_file(
    told: LrmxTold, facts: Facts, *, known_number: IdNumber | None, only: Collection[str] | None = None
) -> dict[str, list[FactEntry]]:
    """The lines by which the facts come to say what the file tells, by element; those of fields that agree are none.

    `only` names the elements to take; None takes all.
    """
    found: dict[str, list[FactEntry]] = {}
    for element, lines in told.fields.items():
        if only is not None and element not in only:
            continue
        found[element] = _Field(element, facts, known_number).entries(lines)
    return found


class _Field:
    def __init__(self, element: str, facts: Facts, known_number: IdNumber | None) -> None:
        self._pointer = f"/{ROOT}/{element}"
        self._element = element
        self._facts = facts
        self._known_number = known_number

    def entries(self, lines: Sequence[Told]) -> list[FactEntry]:
        if self._element == "JianLi":
            return self._list("resume", lines, lambda fact: (*_period(fact), fact.value["text"]))
        if self._element == "JiangChengQingKuang":
            return self._list(
                "reward", lines, lambda fact: reward_line(fact) if isinstance(fact, Fact) else fact.value["text"]
            )
        if self._element == FAMILY:
            return self._list("family", lines, lambda fact: fact.value["name"])
        if self._element == "NianDuKaoHeJieGuo":
            return self._assessments(lines)
        if self._element == "XianRenZhiWu":
            return self._posts(lines[0])
        return self._one(lines[0])

    def _entry(self, told: Told, corrects: Fact | None = None, **members: Any) -> FactEntry:
        return FactEntry(
            told.kind,
            members.pop("provenance", IMPORT),
            members.pop("value", told.value),
            told.valid_from,
            told.valid_to,
            corrects.fact_id if corrects else None,
            sort_date=told.sort_date,
            number=told.number,
            pointer=self._pointer,
            **members,
        )

    def _one(self, told: Told) -> list[FactEntry]:
        shown = self._shown(told)
        if shown is not None and self._agrees(told, shown):
            return []
        if told.kind in SINGLE or shown is None:
            return [self._entry(told)]
        return [self._entry(told, shown)]

    def _shown(self, told: Told) -> Fact | None:
        """The fact that the form shows in this field."""
        if told.kind == "technical_title":
            return self._facts.highest_title
        if told.kind == "education":
            return self._facts.highest_education(told.value["mode"])
        if told.kind == "degree":
            return self._facts.highest_degree(told.value["mode"])
        return self._facts.one(told.kind)

    def _agrees(self, told: Told, fact: Fact) -> bool:
        value, known = told.value, fact.value
        match told.kind:
            case "birth_date" | "work_start":
                return within(value["date"], known["date"])
            case "party":
                return _party_agrees(value, known)
            case "technical_title":
                return value["text"] == known["text"]
            case "education" | "degree":
                member = "level" if told.kind == "education" else "degree"
                return value[member] == known[member] and value["school"] in (None, school_text(fact))
            case "id_number":
                return told.number == self._known_number
            case "photo":
                return value["digest"] == known["digest"]
            case _:
                return dict(value) == dict(known)

    def _posts(self, told: Told) -> list[FactEntry]:
        now = self._facts.posts_now
        if told.value["title"] == form_of(self._facts)["XianRenZhiWu"]:
            return []
        if not now:
            return [self._entry(told)]
        alone = [fact for fact in now if post_text(fact) == told.value["title"]]
        stays = alone[0] if alone else now[0]
        kept = [] if alone else [self._entry(told, stays)]
        return kept + [self._withdrawn(fact) for fact in now if fact is not stays]

    def _assessments(self, lines: Sequence[Told]) -> list[FactEntry]:
        if lines[0].kind == "assessments_stated":
            agrees = form_of(self._facts)[self._element] == lines[0].value["text"]
            return [] if agrees else [self._entry(lines[0])]
        known = {fact.value["year"]: fact for fact in self._facts.of("assessment")}
        return [
            self._entry(told, known.get(told.value["year"]))
            for told in lines
            if (fact := known.get(told.value["year"])) is None or fact.value["grade"] != told.value["grade"]
        ]

    def _list(self, kind: FactKind, lines: Sequence[Told], key: Callable[[Any], Any]) -> list[FactEntry]:
        """A list is one field: its beginning stays as far as it agrees, the rest is told anew in the file's order."""
        known = list(self._facts.of(kind))
        told = _once(lines)
        if kind == "resume":  # the facts stand in order of time, whatever the file's order
            told.sort(key=lambda line: line.sort_date or (line.valid_from.sort_key if line.valid_from else ""))
        if kind == "reward" and sorted(map(key, told)) == sorted(map(key, known)):
            return []  # dated ones stand in order of time as well

        def alike(line: Told, fact: Fact) -> bool:
            return _same_row(line, fact) if kind == "family" else key(line) == key(fact)

        same = 0
        while same < min(len(told), len(known)) and alike(told[same], known[same]):
            same += 1
        rest = known[same:]
        found: list[FactEntry] = []
        for line in told[same:]:
            match = next((fact for fact in rest if key(line) == key(fact)), None)
            if match is None:
                found.append(self._entry(line))
                continue
            rest.remove(match)
            if alike(line, match):
                found.append(self._entry(line, match, moved=True, value=match.value, provenance=match.provenance))
                continue
            filled = {name: one for name, one in line.value.items() if one is not None}
            found.append(self._entry(line, match, moved=True, names=_PERIOD, value={**match.value, **filled}))
        return [*(self._withdrawn(fact) for fact in rest), *found]

    def _withdrawn(self, fact: Fact) -> FactEntry:
        return FactEntry(fact.kind, _GONE, corrects=fact.fact_id, withdrawn=True, pointer=self._pointer)


def within(told: Mapping[str, Any] | None, known: Mapping[str, Any] | None) -> bool:
    """Whether a date of the form is the known one, as exactly or less so."""
    if told is None or known is None:
        return told is None
    return known["value"] == told["value"] or known["value"].startswith(f"{told['value']}-")


def _party_agrees(told: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    communist = is_communist(told["party"]) and is_communist(known["party"])
    if (told["also"] or None) != (known["also"] or None) or not (communist or told["party"] == known["party"]):
        return False
    return within(told["joined_on"], known["joined_on"])


def _same_row(line: Told, fact: Fact) -> bool:
    """A cell that is blank in the form says nothing against the known one."""
    told, known = line.value, fact.value
    texts = ("political_status", "work")
    return (
        (told["appellation"], told["name"]) == (known["appellation"], known["name"])
        and within(told["birth_date"], known["birth_date"])
        and all(told[name] in (None, known[name]) for name in texts)
    )


def _period(fact: Told | Fact) -> tuple[str, str]:
    def month(date: PartialDate | None) -> str:
        return date.exchange[:6] if date else ""

    return month(fact.valid_from), month(fact.valid_to)


def _once(lines: Sequence[Told]) -> list[Told]:
    found: list[Told] = []
    for line in lines:
        if all(
            (line.value, line.valid_from, line.valid_to) != (one.value, one.valid_from, one.valid_to) for one in found
        ):
            found.append(line)
    return found


PAIRED: Final[Mapping[str, str]] = {
    f"{prefix}_{what}_BiYeYuanXiaoXi": f"{prefix}_{what}" for prefix in MODES for what in ("XueLi", "XueWei")
}
"""Elements that are read together with another: the school belongs to its education."""
