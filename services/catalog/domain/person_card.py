"""The person's card: what lists show, projected from the current facts. Nothing writes it in any other way."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import FactKind, Facts, Provenance

CARD_MEMBERS: Final = ("name", "former_names", "sex", "ethnicity", "native_place", "birth_date", "rank")
KIND_OF: Final[Mapping[str, FactKind]] = {
    "name": "name",
    "former_names": "former_name",
    "sex": "sex",
    "ethnicity": "ethnicity",
    "native_place": "native_place",
    "birth_date": "birth_date",
    "rank": "rank",
}
_ENTERED: Final = Provenance("entry")
_CORRECTED: Final = Provenance("entry", reason="卡片更正")


def card_of(facts: Facts) -> dict[str, Any]:
    """The card's members as the facts have them."""
    rank = facts.rank_now
    return {
        "name": facts.text("name"),
        "former_names": [fact.value["text"] for fact in facts.of("former_name")],
        "sex": facts.sex,
        "ethnicity": facts.text("ethnicity"),
        "native_place": facts.text("native_place"),
        "birth_date": facts.date("birth_date"),
        "rank": rank.text if rank else None,
    }


def entries_of(facts: Facts, changes: Mapping[str, Any]) -> list[FactEntry]:
    """The lines that bring the card to these members: what is typed into a card is a fact, entered by hand."""
    found: list[FactEntry] = []
    for member in CARD_MEMBERS:
        if member not in changes:
            continue
        if member == "former_names":
            found += _former_names(facts, changes[member])
        else:
            found += _one(facts, KIND_OF[member], f"/{member}", changes[member])
    return found


def _one(facts: Facts, kind: FactKind, pointer: str, told: Any) -> Iterable[FactEntry]:
    present = facts.rank_now if kind == "rank" else facts.one(kind)
    corrects = present.fact_id if present else None
    if told is not None:
        value = {"sex": told} if kind == "sex" else {"text": told}
        if kind == "birth_date":
            value = {"date": told.model_dump(mode="json")}
        yield FactEntry(kind, _ENTERED, value, corrects=corrects, pointer=pointer)
    elif corrects is not None:
        yield FactEntry(kind, _CORRECTED, corrects=corrects, withdrawn=True, pointer=pointer)


def _former_names(facts: Facts, names: list[str]) -> Iterable[FactEntry]:
    """The list as a whole: those that are gone are withdrawn, those that are new stand behind the others."""
    known = {fact.value["text"]: fact.fact_id for fact in facts.of("former_name")}
    wanted = list(dict.fromkeys(names))
    stays = [name for name in known if name in wanted]
    if wanted[: len(stays)] != stays:  # another order: the whole list is told anew
        stays = []
    for name, fact_id in known.items():
        if name not in stays:
            yield FactEntry("former_name", _CORRECTED, corrects=fact_id, withdrawn=True, pointer="/former_names")
    for at, name in enumerate(wanted):
        if name not in stays:
            yield FactEntry("former_name", _ENTERED, {"text": name}, pointer=f"/former_names/{at}")
