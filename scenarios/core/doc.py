"""What every document is made of: frozen, closed models and the small types of their fields."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, Field(min_length=1, max_length=400)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
Seconds = Annotated[int, Field(ge=0, le=4 * 3600)]
Share = Annotated[float, Field(ge=0, le=1)]
Words = tuple[Annotated[str, Field(min_length=2, max_length=60)], ...]


class Doc(BaseModel):
    """Base of every document: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
