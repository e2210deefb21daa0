"""Settings: what is refused, by which name, and that the README is right about them."""

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined

from app.base.config import DATABASE_URLS, Config, DatabaseConfig
from app.base.errors import BadConfig
from tests.support.processes import ROOT

KEY = "k" * 32
OURS = "postgresql://parley@db/parley"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a `.env` of whoever runs the tests."""
    for name in Config.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    config = Config.from_env()

    assert (config.port, config.bind_host, config.database_url) == (8000, "127.0.0.1", None)


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=8001\nDB_POOL=7\n")
    monkeypatch.setenv("PORT", "8002")

    config = Config.from_env()

    assert (config.port, config.db_pool) == (8002, 7)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("DATABASE_URL", "mysql://localhost/parley"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_DIRECT_URL", "postgresql://"),
        ("DATABASE_REPLICA_URL", "mysql://localhost/parley"),
        ("IMPORT_MB", "0"),
        ("BACKUPS_KEPT", "-1"),
        ("DB_POOL", "0"),
        ("DB_POOL_TIMEOUT_S", "-1"),
        ("DB_CONNECT_TIMEOUT_S", "soon"),
        ("DB_STATEMENT_TIMEOUT_S", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("WEB_CONCURRENCY", "0"),
        ("SECRET_KEY", "short"),
        ("METRICS_TOKEN", "short"),
        ("MIGRATE", "perhaps"),
        ("PUBLIC_URL", "chat.example.org"),
        ("PUBLIC_URL", "https://chat.example.org/below"),
        ("PROXY_HOPS", "-1"),
        ("SESSION_DAYS", "0"),
        ("SESSION_IDLE_DAYS", "366"),
        ("SIGN_UPS_PER_HOUR", "0"),
        ("POST_RATE", "0"),
        ("POST_RATE_WINDOW_S", "0"),
        ("POST_BURST", "0"),
        ("FILE_MB", "0"),
        ("FILES_TOTAL_MB", "0"),
        ("S3_URL", "https://host/bucket"),
        ("S3_URL", "s3://key:secret@host/bucket"),
        ("SMTP_URL", "smtp://host:587"),
        ("SMTP_URL", "http://host?from=a@b.example"),
        ("OIDC_ISSUER", "http://login.example.org"),
        ("OIDC_ISSUER", "https://login.example.org?x=y"),
        ("OIDC_ISSUER", "login.example.org"),
        ("OIDC_NAME", "x" * 41),
        ("SOCKETS_PER_USER", "0"),
        ("HEARTBEAT_S", "51"),
        ("NOTIFY_AFTER_S", "-1"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setenv(name, wrong)

    with pytest.raises(BadConfig) as refusal:
        Config.from_env()

    assert refusal.value.message.startswith(f"{name}: ")
    assert len(refusal.value.message.splitlines()) == 1


@pytest.mark.parametrize(
    "name",
    [*(name.upper() for name in DATABASE_URLS), "SECRET_KEY", "METRICS_TOKEN", "REDIS_URL", "S3_URL", "SMTP_URL"],
)
def test_a_refused_secret_is_not_repeated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "canary")

    with pytest.raises(BadConfig) as refusal:
        Config.from_env()

    assert "canary" not in refusal.value.message


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("DB_POOL", "x")

    with pytest.raises(BadConfig) as refusal:
        Config.from_env()

    assert len(refusal.value.message.splitlines()) == 2


def test_a_database_of_ones_own_needs_a_key_but_a_migration_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", OURS)

    with pytest.raises(BadConfig, match="SECRET_KEY is required"):
        Config.from_env()
    assert DatabaseConfig.from_env().database_url is not None


def test_without_a_provider_passwords_cannot_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_ACCOUNTS", "0")

    with pytest.raises(BadConfig, match="LOCAL_ACCOUNTS: without OIDC_ISSUER nobody could log in"):
        Config.from_env()
    monkeypatch.setenv("OIDC_ISSUER", "https://login.example.org")
    with pytest.raises(BadConfig, match="OIDC_ISSUER and OIDC_CLIENT_ID: each needs the other"):
        Config.from_env()
    monkeypatch.setenv("OIDC_CLIENT_ID", "parley")
    assert not Config.from_env().local_accounts


@pytest.mark.parametrize("name", [name.upper() for name in DATABASE_URLS if name != "database_url"])
def test_another_way_to_the_database_is_of_no_use_without_the_first(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, OURS)

    with pytest.raises(BadConfig, match=f"{name}: .* DATABASE_URL"):
        DatabaseConfig.from_env()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_both_schemes_and_sslmode_are_kept(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://parley@db/parley?sslmode=require")

    url = DatabaseConfig.from_env().database_url

    assert url is not None
    assert url.get_secret_value() == f"{OURS}?sslmode=require"


def test_secrets_do_not_show_in_what_is_printed() -> None:
    config = Config(database_url="postgresql://parley:canary@db/parley", secret_key="canary" * 6)

    assert "canary" not in f"{config!r} {config}"


def test_the_readme_lists_the_settings_as_they_are() -> None:
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if re.match(r"\| `[A-Z0-9_]+` \|", line)]

    assert rows == settings_table(), "the table to paste:\n" + "\n".join(settings_table())


def settings_table() -> list[str]:
    """The rows of the README's table."""
    fields = Config.model_fields.items()
    return [f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |" for name, field in fields]


def _shown(default: object) -> str:
    """A default as one would write it; nothing where the description has it."""
    if default is None or default is PydanticUndefined:
        return ""
    return f"`{default:g}`" if isinstance(default, int | float) else f"`{default}`"
