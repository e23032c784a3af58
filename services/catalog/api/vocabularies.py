"""Vocabularies: dictionaries that archivists edit, and the enums of the contracts, which nobody edits."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    etag,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.problems import StateConflict
from services.catalog.api.texts import Name
from services.catalog.rules import CatalogRules
from services.catalog.rules.enum_file import EnumWords
from services.catalog.store import vocabularies
from services.catalog.store.vocabularies import Vocabulary, VocabularyEntry
from services.catalog.usecases.edit_vocabulary import (
    EditedEntry,
    add_vocabulary_entry,
    change_vocabulary_entry,
    view_vocabulary_entry,
)

router = APIRouter(tags=["vocabularies"])

VocabularyName = Annotated[str, Path(pattern=r"^[a-z][a-z_]{1,39}$", examples=["ethnicity"])]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
EntryCode = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$", examples=["01"])]
ValidateOnly = Annotated[bool, Query(description="Only try: the same checks and answer, and nothing is changed")]


class Words(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class VocabularyOut(BaseModel):
    """A dictionary, which archivists edit, or an enum of the contracts."""

    name: str
    kind: Literal["dictionary", "enum"]
    title: Words

    @classmethod
    def all(cls, dictionaries: list[Vocabulary], enums: Mapping[str, EnumWords]) -> "list[VocabularyOut]":
        """Both kinds together, by name."""
        shown = [cls(name=one.name, kind="dictionary", title=Words(zh=one.zh, en=one.en)) for one in dictionaries]
        shown += [
            cls(name=name, kind="enum", title=Words(zh=one.title.zh, en=one.title.en)) for name, one in enums.items()
        ]
        return sorted(shown, key=lambda one: one.name)


class VocabularyList(BaseModel):
    """One page of vocabularies, by name."""

    items: list[VocabularyOut]
    next_page_token: str | None


class EntryOut(BaseModel):
    """A code with its word in both languages. Only the entries of a dictionary have a version."""

    code: str
    zh: str
    en: str
    position: int = Field(description="Where it stands in the list, from 1")
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="The last day on which it may be chosen")
    merged_into: str | None = Field(default=None, description="The code that took its place")
    version: int | None = None

    @classmethod
    def of(cls, entry: VocabularyEntry) -> "EntryOut":
        return cls.model_validate({name: value for name, value in vars(entry).items() if name != "vocabulary"})


class EntryRead(EntryOut):
    """An entry, and in how many current facts of persons its word stands."""

    uses: int

    @classmethod
    def edited(cls, edited: EditedEntry) -> "EntryRead":
        return cls(**EntryOut.of(edited.entry).model_dump(), uses=edited.uses)


class VocabularyEntries(VocabularyOut):
    """A vocabulary with one page of its entries, in their order."""

    items: list[EntryOut]
    next_page_token: str | None


class EntryIn(RequestModel):
    """A word under a code of its own; without `position` it stands last."""

    code: Code
    zh: Name
    en: Name
    position: int | None = Field(default=None, ge=1, le=100_000)
    valid_from: date | None = None
    valid_to: date | None = None


class EntryPatch(RequestModel):
    """Members to change (RFC 7396); null ends a date or a merge."""

    zh: Name = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    en: Name = Field(default=None)  # pyright: ignore[reportAssignmentType]
    position: int = Field(default=None, ge=1, le=100_000)  # pyright: ignore[reportAssignmentType]
    valid_from: date | None = None
    valid_to: date | None = None
    merged_into: Code | None = Field(default=None, description="The code that takes its place; nothing is deleted")

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _refuse_enum(name: str, rules: CatalogRules) -> None:
    """A contract's codes are changed by a release, not at a desk."""
    if name in rules.enums:
        raise StateConflict(state="enum")


@router.get("/vocabularies", responses=refusals(problems.PAGE_TOKEN_INVALID))
async def list_vocabularies(
    caller: Annotated[Caller, requires("vocabulary:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> VocabularyList:
    """All vocabularies, by name."""
    async with deps.db.reading(caller, roots) as connection:
        found = VocabularyOut.all(await vocabularies.list_all(connection), deps.rules.enums)
    after = paging.after[0] if paging.after else ""
    rest = [one for one in found if one.name > after]
    return VocabularyList.model_validate(paging.answer(response, rest, lambda one: [one.name]))


@router.get("/vocabularies/{name}", responses=refusals(problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID))
async def get_vocabulary(
    name: VocabularyName,
    caller: Annotated[Caller, requires("vocabulary:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    valid_on: Annotated[date | None, Query(description="Only what may be chosen on this day")] = None,
) -> VocabularyEntries:
    """The words of a vocabulary in both languages, in their order."""
    after = (int(paging.after[0]), str(paging.after[1])) if paging.after else None
    if enum := deps.rules.enums.get(name):
        words = enumerate(enum.words.items(), start=1)
        items = [EntryOut(code=code, zh=word.zh, en=word.en, position=at) for at, (code, word) in words]
        items = [one for one in items if after is None or one.position > after[0]]
        shown = VocabularyOut(name=name, kind="enum", title=Words(zh=enum.title.zh, en=enum.title.en))
    else:
        async with deps.db.reading(caller, roots) as connection:
            found = await vocabularies.get(connection, name)
            entries = await vocabularies.list_entries(connection, name, valid_on, after, paging.size + 1)
        items = [EntryOut.of(entry) for entry in entries]
        shown = VocabularyOut(name=name, kind="dictionary", title=Words(zh=found.zh, en=found.en))
    page = paging.answer(response, items, lambda one: [one.position, one.code])
    return VocabularyEntries.model_validate({**shown.model_dump(), **page})


@router.post(
    "/vocabularies/{name}/entries",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY
    ),
)
async def create_vocabulary_entry(
    name: VocabularyName,
    body: EntryIn,
    caller: Annotated[Caller, requires("vocabulary:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: ValidateOnly = False,
) -> EntryRead:
    """Add a word to a dictionary. `uses` tells how often people wrote it before it stood here."""
    _refuse_enum(name, deps.rules)
    entry = VocabularyEntry(
        vocabulary=name,
        code=body.code,
        zh=body.zh,
        en=body.en,
        position=body.position or 1,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    made = await add_vocabulary_entry(entry, at_the_end=body.position is None, validate_only=validate_only, uow=uow)
    response.headers["ETag"] = etag(made.entry.version)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return EntryRead.edited(made)


@router.get(
    "/vocabularies/{name}/entries/{code}",
    response_model=EntryRead,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.STATE_CONFLICT),
)
async def get_vocabulary_entry(
    name: VocabularyName,
    code: EntryCode,
    caller: Annotated[Caller, requires("vocabulary:write")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One entry, and in how many facts of persons its word stands: to be seen before it is changed."""
    _refuse_enum(name, deps.rules)
    found = await view_vocabulary_entry(name, code, uow=uow)
    response.headers["ETag"] = etag(found.entry.version)
    if not_modified(request, found.entry.version):
        return Response(status_code=304, headers=dict(response.headers))
    return EntryRead.edited(found)


@router.patch(
    "/vocabularies/{name}/entries/{code}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_vocabulary_entry(
    name: VocabularyName,
    code: EntryCode,
    body: EntryPatch,
    caller: Annotated[Caller, requires("vocabulary:write")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: ValidateOnly = False,
) -> EntryRead:
    """Change words, order or validity, or merge the code into another. What people wrote stays as they wrote it."""
    _refuse_enum(name, deps.rules)
    changed = await change_vocabulary_entry(name, code, if_match, body.changes(), validate_only=validate_only, uow=uow)
    response.headers["ETag"] = etag(changed.entry.version)
    return EntryRead.edited(changed)
