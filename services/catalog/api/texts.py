"""Texts that people type, each with its length; what they may hold is the house's rule (interfaces.md, section 7)."""

from typing import Annotated

from pydantic import Field

from contracts.values.text import line_schema, one_line

Name = Annotated[str, one_line(100), line_schema(100)]
Number = Annotated[str, one_line(64), line_schema(64)]
"""A business number: person number, dossier number."""
Title = Annotated[str, one_line(200), line_schema(200)]
Remark = Annotated[str, one_line(200), line_schema(200)]
Word = Annotated[str, one_line(40), line_schema(40)]
CategoryCode = Annotated[
    str,
    Field(
        pattern=r"^([1-9]|10)(-[1-4])?$",
        description="Category without the number in it; 4 and 9 with their subclass",
        examples=["1", "4-1", "9-2"],
    ),
]
SchemeId = Annotated[str, Field(pattern=r"^r[0-9]{4}$", examples=["r2018"])]
"""Code of a classification scheme."""
