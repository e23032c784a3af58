"""Shapes of what the rules say of a title: ruling, runner-up and candidates. They hold no title of a material."""


from pydantic import BaseModel, Field

from services.catalog.domain.explanation import Candidate, Why
from services.catalog.domain.scheme import Fact, Scheme


class CategoryName(BaseModel):
    """A heading in both languages."""

    zh: str
    en: str


class CandidateOut(BaseModel):
    """A category to offer where no rule places the title, and why it comes near."""

    category: str
    name: CategoryName
    basis: str = Field(examples=["r2018:11"])
    source: str
    why: Why = Field(
        description="`next_rule`: the next rule that speaks of the title; `fact`: a rule that waits for the fact "
        "named; `alike`: the title resembles the example"
    )
    likeness: float = Field(ge=0, le=1)
    fact: Fact | None
    example: str | None = Field(description="A title of the rule file, never one of a dossier")

    @classmethod
    def of(cls, candidate: Candidate, scheme: Scheme) -> "CandidateOut":
        suggestion = candidate.suggestion
        name = scheme.name_of(suggestion.category)
        return cls(
            category=suggestion.category,
            name=CategoryName(zh=name.zh, en=name.en),
            basis=suggestion.basis,
            source=suggestion.source,
            why=candidate.why,
            likeness=candidate.likeness,
            fact=candidate.fact,
            example=candidate.example,
        )
