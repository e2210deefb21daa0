"""Reads settings from the environment and from a `.env` file (the environment wins). Nothing else in the code does.

A wrong value is refused at start, by name.
"""

from typing import Any, Self, get_args

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.base.errors import BadConfig


class Environment(BaseSettings):
    """Settings, a field each; those of the type `SecretStr` are shown to nobody."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore")

    @classmethod
    def from_env(cls, **overrides: Any) -> Self:
        """Read the settings once.

        Raises:
            BadConfig: one line a wrong setting, each by its name in the environment.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise BadConfig("\n".join(cls._sentence(fault) for fault in error.errors())) from None

    @classmethod
    def _sentence(cls, fault: Any) -> str:
        """One fault of pydantic's as `PORT: Input should be …, not 'abc'`; secrets are not repeated."""
        reason = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:
            return str(reason)
        name = str(fault["loc"][0])
        kind = cls.model_fields[name].annotation
        given = "" if SecretStr in (kind, *get_args(kind)) else f", not {fault['input']!r}"
        return f"{name.upper()}: {reason}{given}"
