"""An export of each other chat, brought in twice: what came stands in the database once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.db.schema import messages
from app.transfer.readers import discord, irc, mattermost, rocketchat, telegram, zulip
from tests.transfer.conftest import Bring
from tests.transfer.readers import test_discord, test_irc, test_mattermost, test_rocketchat, test_telegram, test_zulip
from tests.transfer.readers.reading import Read


def _irc(folder: Path) -> Path:
    path = folder / test_irc.WEECHAT
    path.write_text(f"{test_irc.NEW}\tann\tfirst\n{test_irc.NEW}\tbob\tsecond\n")
    return path


FORMATS: dict[str, tuple[Read, Callable[[Path], Path]]] = {
    "mattermost": (
        mattermost.read,
        lambda folder: test_mattermost.written(
            folder,
            *test_mattermost.BEGIN,
            test_mattermost.post("first @bob ~town"),
            test_mattermost.post("second", create_at=test_mattermost.AT + 1),
        ),
    ),
    "discord": (
        discord.read,
        lambda folder: test_discord.export(
            folder,
            "a.json",
            test_discord.GENERAL,
            test_discord.posted(1, "first <@2> <#100>"),
            test_discord.posted(2, "second", author=test_discord.BOB),
        ),
    ),
    "telegram": (
        telegram.read,
        lambda folder: test_telegram.written(
            folder,
            test_telegram.chat(
                test_telegram.posted(1, "first"), test_telegram.posted(2, "second", **test_telegram.BOB)
            ),
        ),
    ),
    "zulip": (
        zulip.read,
        lambda folder: test_zulip.written(
            folder, test_zulip.posted(1, "first @**Ann Lee**"), test_zulip.posted(2, "second", recipient=70)
        ),
    ),
    "rocketchat": (
        rocketchat.read,
        lambda folder: test_rocketchat.written(
            folder, test_rocketchat.posted("m1", "first"), test_rocketchat.posted("m2", "second")
        ),
    ),
    "irc": (irc.read, _irc),
}


@pytest.mark.parametrize("form", FORMATS)
async def test_a_second_run_adds_nothing(bring: Bring, database: Engine, tmp_path: Path, form: str) -> None:
    read, written = FORMATS[form]
    path = written(tmp_path)
    statement = select(messages.c.body).where(messages.c.body.regexp_match("^(first|second)")).order_by(messages.c.body)

    for _ in range(2):
        await bring(read(path), form)

        with database.connect() as conn:
            first, second = conn.scalars(statement)
        assert (first.partition(" ")[0], second) == ("first", "second")
        assert not set(first) & set("\ue000\ue001\ue002\ue003")
