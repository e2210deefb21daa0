"""Every setting of Parley: its name in the environment, its unit, its default, what is allowed."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Self
from urllib.parse import SplitResult, parse_qs, urlsplit

from aiohttp import web
from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from app.base.environment import Environment

MIN_SECRET_CHARS = 32
_HOW_TO_MAKE_A_KEY = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
DATABASE_URLS = ("database_url", "database_direct_url", "database_replica_url")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_THIS_MACHINE = (*_LOOPBACK, "0.0.0.0", "::")  # noqa: S104
ROOTS_DATA_FOLDER = Path("/var/lib/parley")


def _data_folder() -> Path:
    """`./data`, and for root a folder that the unprivileged account of PostgreSQL can reach."""
    return ROOTS_DATA_FOLDER if hasattr(os, "geteuid") and os.geteuid() == 0 else Path("data")


class DatabaseConfig(Environment):
    """What it takes to reach the database: all that a migration needs."""

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
    backups_kept: int = Field(7, ge=0, le=999, description="daily backups of its own PostgreSQL kept; `0`: none made")
    db_pool: int = Field(5, ge=1, le=100, description="connections a process keeps for queries")
    db_pool_timeout_s: float = Field(2, gt=0, le=600, description="seconds to wait for a free connection")
    db_connect_timeout_s: float = Field(3, gt=0, le=600, description="seconds to wait for a new connection")
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


class AddressConfig(DatabaseConfig):
    """The same, and where people reach us: all that a link needs."""

    host: str | None = Field(
        None,
        description="address to listen on; `127.0.0.1` with the embedded PostgreSQL, `0.0.0.0` with a `DATABASE_URL`",
    )
    port: int = Field(8000, ge=1, le=65535, description="TCP port to listen on")
    public_url: str | None = Field(
        None,
        description="the address people type, such as `https://chat.example.org`; not set: links begin with the one "
        "by which the first administrator came",
    )

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            raise ValueError("must be a scheme and a host, such as https://chat.example.org")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @property
    def bind_host(self) -> str:
        return self.host or ("127.0.0.1" if self.database_url is None else "0.0.0.0")  # noqa: S104 (behind a router)

    @property
    def address(self) -> str:
        """Where people reach us, as far as the settings say it."""
        if self.public_url is not None:
            return self.public_url
        host = self.bind_host if self.bind_host not in _THIS_MACHINE else "localhost"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _is_bucket(url: SplitResult) -> bool:
    return url.scheme in ("http", "https") and bool(url.hostname and url.username and url.password)


def _is_mail_server(url: SplitResult) -> bool:
    return url.scheme in ("smtp", "smtps") and bool(url.hostname) and "@" in parse_qs(url.query).get("from", [""])[0]


def _is_provider(url: SplitResult) -> bool:
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
    return is_safe and bool(url.hostname) and not (url.query or url.fragment)


# The addresses of servers: what each must be, and an example of one.
_SUCH: dict[str, tuple[Callable[[SplitResult], bool], str]] = {
    "redis_url": (lambda url: url.scheme in ("redis", "rediss"), "redis://:password@host:6379/0"),
    "s3_url": (_is_bucket, "https://key:secret@host/bucket?region=eu-central-1"),
    "smtp_url": (_is_mail_server, "smtp://user:password@host:587?from=chat@example.org"),
    "oidc_issuer": (_is_provider, "https://login.example.org/realms/team"),
}


class FilesConfig(AddressConfig):
    """The same, what files there may be, and how soon sockets are closed: all that a command needs."""

    file_mb: int = Field(25, ge=1, le=1024, description="the largest file that people may send, in megabytes")
    files_total_mb: int = Field(10_240, ge=1, description="all files together, in megabytes; what is over is refused")
    s3_url: SecretStr | None = Field(
        None,
        description="bucket for the bytes of files, `https://key:secret@host/bucket?region=eu-central-1`, each part "
        "percent-encoded; not set: they are in PostgreSQL",
    )
    heartbeat_s: float = Field(
        20, gt=0, le=50, description="seconds between two `heads` events, and between two checks of logins"
    )

    @field_validator(*_SUCH, check_fields=False)
    @classmethod
    def _is_such(cls, value: SecretStr | str | None, asked: ValidationInfo) -> SecretStr | str | None:
        is_such, example = _SUCH[str(asked.field_name)]
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if text is not None and not is_such(urlsplit(text)):
            raise ValueError(f"must look like {example}")
        return value


class Config(FilesConfig):
    """All settings of a process that serves."""

    web_concurrency: int = Field(1, ge=1, le=64, description="processes that serve, each on one core")
    redis_url: SecretStr | None = Field(
        None,
        description="Redis or Valkey, `redis://` or `rediss://`, through which processes publish what is new; "
        "not set: through PostgreSQL",
    )
    secret_key: SecretStr | None = Field(
        None, description="at least 32 random characters that encrypt cookies; generated for the embedded PostgreSQL"
    )
    migrate: bool = Field(True, description="migrate the database at start; `0` leaves that to `alembic upgrade head`")
    proxy_hops: int = Field(
        0, ge=0, le=5, description="trusted proxies in front, whose `X-Forwarded-*` headers count; `1` on Heroku"
    )
    session_days: int = Field(30, ge=1, le=365, description="days until a login ends")
    session_idle_days: int = Field(7, ge=1, le=365, description="days without a visit until a login ends")
    sign_ups_per_hour: int = Field(60, ge=1, description="accounts that may be created from one address in an hour")
    post_rate: int = Field(10, ge=1, description="messages a person may post in `POST_RATE_WINDOW_S`, in the long run")
    post_rate_window_s: float = Field(10, gt=0, description="seconds that `POST_RATE` counts over")
    post_burst: int = Field(20, ge=1, description="messages a person may post at once after a silence")
    request_factor: float = Field(
        1, gt=0, description="how many times as many requests as usual a person, and an address of strangers, may make"
    )
    rooms_per_day: int = Field(50, ge=1, description="rooms a person may make in a day; administrators are not counted")
    added_per_day: int = Field(1_000, ge=1, description="people a person may add to rooms in a day")
    directs_per_day: int = Field(100, ge=1, description="direct conversations a person may begin in a day")
    import_mb: int = Field(10_240, ge=1, description="the largest export to bring in by the page, in megabytes")
    smtp_url: SecretStr | None = Field(
        None,
        description="server to mail by, `smtp://user:password@host:587?from=chat@example.org` or `smtps://`, each part "
        "percent-encoded; not set: nothing is mailed",
    )
    oidc_issuer: str | None = Field(None, description="OpenID Connect provider by which people log in; its `issuer`")
    oidc_client_id: str | None = Field(None, description="what this chat is called at the provider")
    oidc_client_secret: SecretStr | None = Field(None, description="what proves to it that it is this chat")
    oidc_name: str = Field("your organisation", max_length=40, description="what follows “Log in with” on its button")
    local_accounts: bool = Field(True, description="take passwords; `0`: people log in by the provider alone")
    sockets_per_user: int = Field(10, ge=1, description="open WebSockets a person may have")
    link_previews: bool = Field(True, description="show what stands behind links, which the server asks; `0`: do not")
    notify_after_s: float = Field(4, ge=0, le=600, description="seconds until a person is notified of what they missed")
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="who has it may ask `/metrics`; not set: only who asks on this machine",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe line to log")
    log_format: Literal["text", "json"] = Field("text", description="lines for people, or an object of JSON a line")

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_SECRET_CHARS:
            raise ValueError(f"must have at least {MIN_SECRET_CHARS} characters; {_HOW_TO_MAKE_A_KEY}")
        return value

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.database_url is not None and self.secret_key is None:
            raise ValueError(f"SECRET_KEY is required together with DATABASE_URL; {_HOW_TO_MAKE_A_KEY}")
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("OIDC_ISSUER and OIDC_CLIENT_ID: each needs the other")
        if self.oidc_issuer is None and not self.local_accounts:
            raise ValueError("LOCAL_ACCOUNTS: without OIDC_ISSUER nobody could log in")
        return self

    @property
    def is_local(self) -> bool:
        """Whether only browsers on this machine reach us, as far as the settings say it."""
        return self.bind_host in _LOOPBACK and self.public_url is None and self.proxy_hops == 0


CONFIG = web.AppKey("config", Config)
