"""`titles.toml` as it is written: how the catalogue writes titles."""

import re
from typing import Annotated

from pydantic import Field, model_validator

from chassis.patterns import PatternText
from chassis.rules import RuleFault, RuleModel
from services.catalog.domain.titles import Rewrite, TitleForm, catalogue_title

Word = Annotated[str, Field(min_length=2, max_length=20)]


class _Rewrite(RuleModel):
    pattern: PatternText
    replacement: str
    source: str = Field(min_length=1)
    examples: list[tuple[str, str]] = Field(min_length=1)


class TitleFile(RuleModel):
    """Longest title, variants of words, and rewriting."""

    longest: int = Field(ge=10, le=200)
    variants: dict[Word, Word]
    rewrite: list[_Rewrite] = []

    @model_validator(mode="after")
    def _variants_end(self) -> "TitleFile":
        for written, wanted in self.variants.items():
            if any(other in wanted for other in self.variants):
                reason = f"{wanted} 又会被改写 would be rewritten again"
                raise RuleFault(("variants", written), reason, "写最终用字。Name the final word.")
        return self

    @model_validator(mode="after")
    def _examples_hold(self) -> "TitleFile":
        form = self.form()
        for at, rewrite in enumerate(self.rewrite):
            for before, after in rewrite.examples:
                found = catalogue_title(before, form)
                if found != after or catalogue_title(after, form) != after:
                    reason = f"《{before}》改写为《{found}》，不是《{after}》 is not rewritten so"
                    raise RuleFault(("rewrite", at, "examples"), reason, "改正规则或例题。Correct pattern or example.")
        return self

    def form(self) -> TitleForm:
        """The domain's view of the file."""
        rewrites = tuple(Rewrite(re.compile(r.pattern), r.replacement) for r in self.rewrite)
        return TitleForm(self.longest, dict(self.variants), rewrites)
