"""Every setting of Parley: its name in the environment, its unit, its default, what is allowed.

Settings come from the environment and from a `.env` file (the environment wins); a wrong value is refused at start,
by name. Nothing else in the code reads the environment.
"""

import os
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.base.errors import BadConfig

MIN_SECRET_CHARS = 32
DATABASE_URLS = ("database_url", "database_direct_url", "database_replica_url")
ROOTS_DATA_FOLDER = Path("/var/lib/parley")


def _data_folder() -> Path:
    """`./data`, and for root a folder that the unprivileged account of PostgreSQL can reach."""
    return ROOTS_DATA_FOLDER if hasattr(os, "geteuid") and os.geteuid() == 0 else Path("data")


class DatabaseConfig(BaseSettings):
    """What it takes to reach the database: all that a migration needs."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL to use, `postgres://` or `postgresql://`; not set: Parley starts its own"
    )
    database_direct_url: SecretStr | None = Field(
        None, description="the same PostgreSQL past the pooler of `DATABASE_URL`: for LISTEN and migrations"
    )
    database_replica_url: SecretStr | None = Field(
        None, description="its streaming replica, to read history from; what is not there yet comes from `DATABASE_URL`"
    )
    parley_data: Path = Field(
        default_factory=_data_folder,
        description="folder of the embedded PostgreSQL and the generated key; `./data`, or `/var/lib/parley` for root",
    )
    db_pool: int = Field(5, ge=1, le=100, description="connections a process keeps for queries")
    db_pool_timeout_s: float = Field(2, gt=0, le=60, description="seconds to wait for a free connection")
    db_connect_timeout_s: float = Field(3, gt=0, le=60, description="seconds to wait for a new connection")
    db_statement_timeout_s: float = Field(5, gt=0, le=600, description="seconds until PostgreSQL ends a statement")

    @field_validator(*DATABASE_URLS)
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        scheme, _, rest = value.get_secret_value().partition("://")
        if scheme not in ("postgres", "postgresql") or not rest:
            raise ValueError("must look like postgresql://user:password@host:5432/name")
        return SecretStr(f"postgresql://{rest}")

    @model_validator(mode="after")
    def _has_database(self) -> Self:
        for name in DATABASE_URLS:
            if self.database_url is None and getattr(self, name) is not None:
                raise ValueError(f"{name.upper()}: is of no use without DATABASE_URL, whose PostgreSQL it is to be")
        return self

    @property
    def session_url(self) -> SecretStr | None:
        """Where what outlasts a transaction goes, LISTEN and migrations: no pooler gives that a connection."""
        return self.database_direct_url or self.database_url

    @classmethod
    def from_env(cls, **overrides: Any) -> Self:
        """Read the settings once.

        Raises:
            BadConfig: one line a wrong setting, each by its name in the environment.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise BadConfig("\n".join(_sentence(fault) for fault in error.errors())) from None


class Config(DatabaseConfig):
    """All settings of a process that serves."""

    host: str | None = Field(
        None,
        description="address to listen on; `127.0.0.1` with the embedded PostgreSQL, `0.0.0.0` with a `DATABASE_URL`",
    )
    port: int = Field(8000, ge=1, le=65535, description="TCP port to listen on")
    web_concurrency: int = Field(1, ge=1, le=64, description="processes that serve, each on one core")
    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey, `redis://` or `rediss://`, through which processes publish what is new; "
        "not set: through PostgreSQL",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="at least 32 random characters that encrypt cookies; generated for the embedded PostgreSQL",
    )
    migrate: bool = Field(True, description="migrate the database at start; `0` leaves that to `alembic upgrade head`")
    public_url: str | None = Field(
        None,
        description="the address people type, such as `https://chat.example.org`; not set: taken from each request",
    )
    proxy_hops: int = Field(
        0, ge=0, le=5, description="trusted proxies in front, whose `X-Forwarded-*` headers count; `1` on Heroku"
    )
    session_days: int = Field(30, ge=1, le=365, description="days until a login ends")
    session_idle_days: int = Field(7, ge=1, le=365, description="days without a visit until a login ends")
    sign_ups_per_hour: int = Field(60, ge=1, description="accounts that may be created from one address in an hour")
    post_rate: int = Field(10, ge=1, description="messages a person may post in `POST_RATE_WINDOW_S`, in the long run")
    post_rate_window_s: float = Field(10, gt=0, description="seconds that `POST_RATE` counts over")
    post_burst: int = Field(20, ge=1, description="messages a person may post at once after a silence")
    file_mb: int = Field(25, ge=1, le=1024, description="the largest file that people may send, in megabytes")
    files_total_mb: int = Field(
        10_240, ge=1, description="all files together, in megabytes; what is over that is refused"
    )
    s3_url: SecretStr | None = Field(
        None,
        description="bucket for the bytes of files, `https://key:secret@host/bucket?region=eu-central-1`, each part "
        "percent-encoded; not set: they are in PostgreSQL",
    )
    sockets_per_user: int = Field(10, ge=1, description="open WebSockets a person may have in one process")
    heartbeat_s: float = Field(
        20, gt=0, le=50, description="seconds between two `heads` events, and between two checks of logins"
    )
    link_previews: bool = Field(
        True, description="show what stands behind links; the server asks their addresses; `0` turns it off"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe line to log")

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            raise ValueError("must be a scheme and a host, such as https://chat.example.org")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and urlsplit(value.get_secret_value()).scheme not in ("redis", "rediss"):
            raise ValueError("must look like redis://:password@host:6379/0")
        return value

    @field_validator("s3_url")
    @classmethod
    def _is_bucket(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            parts = urlsplit(value.get_secret_value())
            if parts.scheme not in ("http", "https") or not (parts.hostname and parts.username and parts.password):
                raise ValueError("must look like https://key:secret@host/bucket?region=eu-central-1")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_CHARS:
            raise ValueError(f"must have at least {MIN_SECRET_CHARS} characters; {_HOW_TO_MAKE_A_KEY}")
        return value

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.database_url is not None and self.secret_key is None:
            raise ValueError(f"SECRET_KEY is required together with DATABASE_URL; {_HOW_TO_MAKE_A_KEY}")
        return self

    @property
    def bind_host(self) -> str:
        return self.host or ("127.0.0.1" if self.database_url is None else "0.0.0.0")  # noqa: S104 (behind a router)


_SECRETS = ("secret_key", "redis_url", "s3_url", *DATABASE_URLS)
_HOW_TO_MAKE_A_KEY = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'


def _sentence(fault: Any) -> str:
    """One fault of pydantic's as `PORT: Input should be …, not 'abc'`; secrets are not repeated."""
    reason = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return str(reason)
    name = str(fault["loc"][0])
    given = "" if name in _SECRETS else f", not {fault['input']!r}"
    return f"{name.upper()}: {reason}{given}"


CONFIG = web.AppKey("config", Config)
