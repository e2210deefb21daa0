"""The numbers of commands."""

from typing import Annotated

from msgspec import Meta

_BIGINT_MAX = 2**63 - 1
Number = Annotated[int, Meta(ge=1, le=_BIGINT_MAX)]
Cursor = Annotated[int, Meta(ge=0, le=_BIGINT_MAX)]
