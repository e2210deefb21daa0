"""`python -m app upgrade-database`: the newest version of the embedded PostgreSQL, and the way back."""

from app.backups.keeping import major_of
from app.base.config import DatabaseConfig
from app.base.errors import BadConfig
from app.db.embedded import embedded, upgrading


def refuse_foreign(config: DatabaseConfig) -> None:
    """Refuse what is not ours to upgrade.

    Raises:
        BadConfig
    """
    if config.database_url is not None:
        raise BadConfig(
            "The PostgreSQL of DATABASE_URL is not Parley's to upgrade. Have whoever runs it do so; or make a new "
            "server, and take the chat there by `backup` and `restore`."
        )


def done(config: DatabaseConfig, url: str) -> str:
    """What is so after a start, which has upgraded what was to be upgraded."""
    olds = upgrading.old_ones(config.parley_data.absolute() / "postgres")
    kept = "".join(f" As it was before it is in {old}, until `upgrade-database --forget-old`." for old in olds[:1])
    return f"The database is that of PostgreSQL {major_of(url)}.{kept}"


def take_back(config: DatabaseConfig) -> str:
    """Undo the last upgrade; returns what was done.

    Raises:
        BadConfig
    """
    data, present = embedded.take_back(config.parley_data)
    return (
        f"{data} is as it was before the upgrade. What was written since is in {present}. Start the Parley that you "
        "had then: this one would upgrade again."
    )


def forget_old(config: DatabaseConfig) -> str:
    """Remove the data as they were before upgrades; returns what was done."""
    gone = embedded.forget_old(config.parley_data)
    return " ".join(["Removed:", *map(str, gone)]) if gone else "There are no data of an older version."
