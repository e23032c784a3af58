"""Shapes of what the rules say of a title: ruling, runner-up and candidates. They hold no title of a material."""

from pydantic import BaseModel, Field

from services.catalog.domain.explanation import Candidate, Explanation, Ruling, Why
from services.catalog.domain.scheme import Fact, Scheme


class CategoryName(BaseModel):
    """A heading in both languages."""

    zh: str
    en: str


class RulingOut(BaseModel):
    """A title rule that speaks of the title: `matched` is the part of it, `because` why the rule goes first."""

    category: str = Field(description="A category, `ask` or `retitle`")
    basis: str = Field(examples=["r2018:11"])
    source: str
    matched: str
    note: str | None
    requires_fact: Fact | None
    because: str | None

    @classmethod
    def of(cls, ruling: Ruling) -> "RulingOut":
        suggestion = ruling.suggestion
        return cls(
            category=suggestion.category,
            basis=suggestion.basis,
            source=suggestion.source,
            matched=ruling.matched,
            note=ruling.note,
            requires_fact=ruling.requires_fact,
            because=ruling.because,
        )


class ExplanationOut(BaseModel):
    """What the rules say of the title now, under the fact that its filing asserted."""

    deciding: RulingOut | None = Field(description="Null when no rule speaks of the title")
    runner_up: RulingOut | None = Field(description="The next rule that would have hit")

    @classmethod
    def of(cls, explanation: Explanation) -> "ExplanationOut":
        first, second = explanation.deciding, explanation.runner_up
        return cls(deciding=RulingOut.of(first) if first else None, runner_up=RulingOut.of(second) if second else None)


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
