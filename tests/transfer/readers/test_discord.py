"""DiscordChatExporter's JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from app.transfer.mentions import person, room
from app.transfer.readers.discord import read
from app.transfer.records import Reaction, Room
from tests.transfer.readers.reading import Brought, contents, pictures, refusal, zip_of

GENERAL = {
    "id": "100",
    "type": "GuildTextChat",
    "categoryId": "9",
    "category": "Text",
    "name": "general",
    "topic": None,
}


def user(key: str, name: str, nickname: str | None = None, **more: Any) -> dict[str, Any]:
    about = {"id": key, "name": name, "discriminator": "0000", "nickname": nickname or name, "color": None}
    return about | {"isBot": False, "roles": [], "avatarUrl": "media\\a.png"} | more


ANN, BOB = user("1", "ann", "Ann Lee", roles=[{"id": "77", "name": "Team", "position": 1}]), user("2", "bob")


def posted(key: int, content: str, **more: Any) -> dict[str, Any]:
    about = {"id": str(key), "type": "Default", "timestamp": "2026-06-24T19:04:15.91+07:00", "timestampEdited": None}
    lists = {name: [] for name in ("attachments", "embeds", "stickers", "reactions", "mentions", "inlineEmojis")}
    return {**about, "isPinned": False, "content": content, "author": ANN, **lists, **more}


def export(folder: Path, name: str, channel: dict[str, Any], *messages: dict[str, Any]) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    whole = {
        "guild": {"id": "5", "name": "Acme", "iconUrl": "media\\i.png"},
        "channel": channel,
        "dateRange": {"after": None, "before": None},
        "exportedAt": "2026-06-24T21:07:18.5322821+07:00",
        "messages": messages,
        "messageCount": len(messages),
    }
    path.write_text(json.dumps(whole, indent=2))
    return path


def brought(folder: Path, *messages: dict[str, Any]) -> Brought:
    return Brought(read(export(folder, "general.json", GENERAL, *messages)))


def text_of(folder: Path, content: str, **more: Any) -> str:
    (text,) = brought(folder, posted(1, content, **more)).texts
    return text


def test_channels_come_with_those_who_wrote_in_them_and_are_closed(tmp_path: Path) -> None:
    bot, gone = user("3", "ci", isBot=True, discriminator="9431"), user("4", "Deleted User")
    export(tmp_path, "general.json", GENERAL, posted(1, "a"), posted(2, "b", author=bot), posted(3, "c", author=gone))
    thread = {"id": "200", "type": "GuildPublicThread", "category": "general", "name": "Release", "topic": "x"}
    export(tmp_path, "general - Release.json", thread, posted(4, "d", author=BOB))

    got = Brought(read(tmp_path))

    assert got.rooms == {
        "100": Room("100", "closed", "general", "", ("1", "3", "4")),
        "200": Room("200", "closed", "general – Release", "x", ("2",)),
    }
    kinds = {key: (who.login, who.name, who.kind) for key, who in got.people.items()}
    assert kinds == {
        "1": ("ann", "Ann Lee", "person"),
        "2": ("bob", "bob", "person"),
        "3": ("ci", "ci", "bot"),
        "4": ("Deleted User", "Deleted User", "gone"),
    }


def test_parts_of_a_channel_are_one_room_and_nothing_comes_twice(tmp_path: Path) -> None:
    export(tmp_path, "general.json", GENERAL, posted(1, "a"), posted(2, "b"))
    export(tmp_path, "general [part 2].json", GENERAL, posted(2, "b"), posted(3, "c", author=BOB))

    got = Brought(read(tmp_path))

    assert (got.texts, got.rooms["100"].members) == (["a", "b", "c"], ("1", "2"))


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-06-24T19:04:15.91+07:00", datetime(2026, 6, 24, 12, 4, 15, 910_000, tzinfo=UTC)),
        ("2026-06-24T19:04:15+07:00", datetime(2026, 6, 24, 12, 4, 15, tzinfo=UTC)),
        ("2026-06-24T19:04:15.1234567-03:30", datetime(2026, 6, 24, 22, 34, 15, 123_456, tzinfo=UTC)),
    ],
)
def test_times_bear_the_exporter_s_zone_and_drop_zeros(tmp_path: Path, written: str, at: datetime) -> None:
    (message,) = brought(tmp_path, posted(1, "a", timestamp=written, timestampEdited=written)).messages

    assert message.at == message.edited_at == at
    assert at.astimezone(timezone(timedelta(hours=7))).utcoffset() == timedelta(hours=7)


def test_messages_of_one_moment_stand_by_their_ids(tmp_path: Path) -> None:
    assert brought(tmp_path, posted(10, "second"), posted(9, "first")).texts == ["first", "second"]


def test_notices_are_counted_also_those_of_types_without_a_name(tmp_path: Path) -> None:
    reference = {"messageId": "1", "channelId": "100", "guildId": "5"}
    notices = ["GuildMemberJoin", "ChannelPinnedMessage", "ThreadCreated", "8", "21"]

    got = brought(
        tmp_path,
        *(posted(n, "", type=kind, reference=reference) for n, kind in enumerate(notices, 2)),
        posted(9, "/weather", type="20"),
    )

    assert (got.texts, got.left) == (["/weather"], {"joins, pins and other notices": 5})


def test_only_a_reply_in_the_same_channel_answers(tmp_path: Path) -> None:
    def to(key: str, channel: str = "100", **more: str) -> dict[str, str]:
        return {"messageId": key, "channelId": channel, "guildId": "5", **more}

    got = brought(
        tmp_path,
        posted(1, "root"),
        posted(2, "yes", type="Reply", reference=to("1", type="Default")),
        posted(3, "gone", type="Reply", reference=to("999")),
        posted(4, "elsewhere", type="Reply", reference=to("1", "101")),
        posted(5, "crossposted", reference=to("1")),
        posted(6, "deleted", type="Reply", reference={"messageId": None, "channelId": "100"}),
    )

    assert [message.reply_to for message in got.messages] == [None, "1", "999", None, None, None]


def test_embeds_and_stickers_that_are_forwarded_are_in_the_quote(tmp_path: Path) -> None:
    sticker, embed = {"id": "1", "name": "Wave"}, {"title": "Build", "description": "failed"}
    both = {"content": "", "embeds": [embed], "stickers": [sticker]}
    preview = {"content": "https://e.org", "embeds": [embed], "stickers": []}

    got = brought(tmp_path, posted(1, "", forwardedMessage=both), posted(2, "", forwardedMessage=preview))

    assert got.texts == ["> Build\n> failed\n> :Wave:", "> https://e.org"]


def test_what_is_forwarded_is_a_quote_with_its_files(tmp_path: Path) -> None:
    forwarded = {
        "timestamp": "2026-06-24T19:04:15+07:00",
        "content": "one\n\ntwo <@2>",
        "attachments": [{"id": "7", "url": "https://e.org/f.png?ex=1&hm=2", "fileName": "f.png"}],
    }
    reference = {"type": "Forward", "messageId": "1", "channelId": "100"}

    (message,) = brought(tmp_path, posted(2, "", reference=reference, forwardedMessage=forwarded)).messages

    assert message.text == f"> one\n>\n> two {person('2')}"
    assert (message.reply_to, [(file.name, file.open) for file in message.files]) == (None, [("f.png", None)])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<@2> and <@!1>", f"{person('2')} and {person('1')}"),
        ("<#100> <#999>", f"{room('100')} <#999>"),
        ("<@&77> <@&78>", "@\u2060Team <@&78>"),
        ("@Team @Teams ask@Team.org `@Team`", "@\u2060Team @Teams ask@Team.org `@Team`"),
        ("@everyone @here a@here.org", "@all @all a@here.org"),
        ("<:logo:12345> <a:dance:1>", ":logo: :dance:"),
        ("<t:1782305055:R> Invalid date", "2026-06-24 12:44 UTC Invalid date"),
        ("</play:123> it", "/play it"),
        ("<https://e.org>", "https://e.org"),
        ("`<@2>` ```py\n<@2>```", "`<@2>` \n```py\n<@2>```"),
        ("**b** *i* _i_ ~~s~~ __u__ ||spoiler||", "**b** *i* _i_ ~~s~~ __u__ ||spoiler||"),
        ("a\n>>> b\n\nc", "a\n> b\n>\n> c"),
        ("```py\n>>> 1 + 1\n2\n```\n>>> <@2>", f"```py\n>>> 1 + 1\n2\n```\n> {person('2')}"),
        ("\ue0002\ue001 &amp;", "2 &amp;"),
    ],
)
def test_discord_s_markup_becomes_ours(tmp_path: Path, content: str, text: str) -> None:
    assert text_of(tmp_path, content) == text


def test_mentions_that_the_exporter_flattened_are_found_again(tmp_path: Path) -> None:
    ann_2 = user("8", "ann2", "Ann Lee")

    one = text_of(tmp_path, "@Ann Lee, `@Ann Lee`, @bob, @bobby, @carol", mentions=[ANN, BOB])
    two = text_of(tmp_path, "@Ann Lee and @ann2", mentions=[ANN, ann_2])

    assert one == f"{person('1')}, `@Ann Lee`, {person('2')}, @bobby, @carol"
    assert two == f"@Ann Lee and {person('8')}"  # two are called Ann Lee


def test_reactions_are_those_of_the_people_whom_the_export_names(tmp_path: Path) -> None:
    heart, logo = {"id": "", "name": "❤️", "code": "heart"}, {"id": "55", "name": "logo", "code": "logo"}

    (message,) = (
        got := brought(
            tmp_path,
            posted(
                1,
                "a",
                reactions=[
                    {"emoji": heart, "count": 3, "users": [user("6", "eve"), BOB]},
                    {"emoji": {**heart, "name": "👍"}, "count": 2},
                    {"emoji": logo, "count": 4, "users": [BOB]},
                ],
            ),
        )
    ).messages

    assert message.reactions == (Reaction("❤️", "6"), Reaction("❤️", "2"))
    assert got.people["6"].name == "eve"
    assert got.left == {
        "reactions of people whom the export does not name": 3,
        "reactions with pictures of the server's own": 4,
    }


def test_files_lie_behind_backslashes_in_the_folder_of_the_channel(tmp_path: Path) -> None:
    attached = [
        {"id": "1", "url": "media\\a-0052.txt", "fileName": "a.txt", "fileSizeBytes": 4},
        {"id": "2", "url": "..\\_media\\b.txt", "fileName": "b.txt", "fileSizeBytes": 4},
        {"id": "3", "url": "https://cdn.e.org/c.txt?ex=1&hm=secret", "fileName": "c.txt"},
        {"id": "4", "url": "..\\..\\..\\..\\etc\\passwd", "fileName": "d.txt"},
    ]
    path = export(tmp_path / "in", "general.json", GENERAL, posted(1, "", attachments=attached))
    (tmp_path / "in/media").mkdir()
    (tmp_path / "in/media/a-0052.txt").write_bytes(b"text")
    beside = {"in/media/a-0052.txt": b"text", "_media/b.txt": b"text"}
    zipped = zip_of(tmp_path / "all.zip", {"in/general.json": path.read_bytes(), **beside})

    assert contents(read, path) == {"a.txt": b"text", "b.txt": None, "c.txt": None, "d.txt": None}
    assert contents(read, zipped) == {"a.txt": b"text", "b.txt": b"text", "c.txt": None, "d.txt": None}


def test_a_program_s_embeds_are_its_text_and_previews_of_links_are_not(tmp_path: Path) -> None:
    embed = {
        "title": "Build",
        "url": "https://ci.e.org/1",
        "description": "failed",
        "fields": [{"name": "by", "value": "x"}],
    }

    assert text_of(tmp_path, "", author=user("3", "ci", isBot=True), embeds=[embed]) == (
        "[Build](https://ci.e.org/1)\nfailed\nby: x"
    )
    assert text_of(tmp_path, "https://e.org", embeds=[embed]) == "https://e.org"


def test_all_that_a_program_writes_into_an_embed_comes(tmp_path: Path) -> None:
    embed = {
        "title": "",
        "author": {"name": "octocat", "url": "https://e.org"},
        "description": "pushed",
        "images": [{"url": "media\\i.png", "canonicalUrl": "https://e.org/i.png"}, {"url": "media\\j.png"}],
        "fields": [],
        "footer": {"text": "main"},
    }

    assert text_of(tmp_path, "new", author=user("3", "ci", isBot=True), embeds=[embed]) == (
        "new\noctocat\npushed\nhttps://e.org/i.png\nmain"
    )
    assert text_of(tmp_path, "", embeds=[embed]) == "octocat\npushed\nhttps://e.org/i.png\nmain"


def test_a_webhook_is_somebody_under_each_name_that_programs_give_it(tmp_path: Path) -> None:
    names = ["ann (IRC)", "bob (IRC)", "ann (IRC)"]

    got = brought(tmp_path, *(posted(n, str(n), author=user("8", name, isBot=True)) for n, name in enumerate(names, 1)))

    assert [message.author for message in got.messages] == ["8/ann (IRC)", "8/bob (IRC)", "8/ann (IRC)"]
    assert {key: (who.name, who.kind) for key, who in got.people.items()} == {
        "8/ann (IRC)": ("ann (IRC)", "bot"),
        "8/bob (IRC)": ("bob (IRC)", "bot"),
    }
    assert got.rooms["100"].members == ("8/ann (IRC)", "8/bob (IRC)")


def test_people_have_their_pictures_and_not_those_that_discord_gives_everybody(tmp_path: Path) -> None:
    places = ["media\\8c4e-316B.png", "media\\0-EB806F2B.png", "https://cdn.e.org/a.png", None]
    people = [user(str(n), f"p{n}", avatarUrl=place) for n, place in enumerate(places)]
    path = export(tmp_path / "in", "a.json", GENERAL, *(posted(n, "x", author=who) for n, who in enumerate(people)))
    (tmp_path / "in/media").mkdir()
    for name in ("8c4e-316B.png", "0-EB806F2B.png"):
        (tmp_path / "in/media" / name).write_bytes(b"png")

    assert pictures(read(path)) == {"0": b"png"}


def test_stickers_are_named_and_what_has_no_text_is_counted(tmp_path: Path) -> None:
    got = brought(tmp_path, posted(1, "", stickers=[{"id": "1", "name": "Wave"}]), posted(2, ""))

    assert (got.texts, got.left) == ([":Wave:"], {"polls and others without a text": 1})


def test_a_direct_room_has_two_people_even_where_one_wrote_and_a_group_is_none_for_nobody_knows_who_is_in_it(
    tmp_path: Path,
) -> None:
    direct = {"id": "300", "type": "DirectTextChat", "category": "Private", "name": "Zoe", "topic": None}
    group = {**direct, "id": "301", "type": "DirectGroupTextChat", "name": "Ann, Bob"}
    export(tmp_path, "a.json", direct, posted(1, "hi"))
    export(tmp_path, "b.json", group, posted(2, "a"), posted(3, "b", author=BOB))

    got = Brought(read(tmp_path))

    assert got.rooms["300"] == Room("300", "direct", members=("1", "other 300"))
    assert (got.people["other 300"].name, got.people["other 300"].kind) == ("Zoe", "gone")
    assert got.rooms["301"] == Room("301", "closed", "Ann, Bob", members=("1", "2"))


def test_a_topic_names_rooms_and_a_reply_to_another_channel_and_a_pin_are_counted(tmp_path: Path) -> None:
    channel = {**GENERAL, "topic": "see <#100>, <t:1516803814> \ue0001\ue001"}
    reply = {"type": "Reply", "reference": {"messageId": "7", "channelId": "200", "guildId": "5"}}

    got = Brought(read(export(tmp_path, "a.json", channel, posted(1, "a", **reply), posted(2, "b", isPinned=True))))

    assert got.rooms["100"].topic == f"see {room('100')}, 2018-01-24 14:23 UTC 1"
    assert [message.reply_to for message in got.messages] == [None, None]
    assert got.left == {"answers to messages of other rooms: they stand alone": 1, "pins of messages": 1}


def test_an_embed_has_the_picture_of_older_files_its_small_one_and_no_fields_in_which_nothing_is_seen(
    tmp_path: Path,
) -> None:
    small, large = {"url": "https://e.org/s.png"}, {"url": "https://e.org/l.png"}
    fields = [{"name": "\u200b", "value": "\u200b"}, {"name": "By", "value": "ann"}, {"name": "\u200b", "value": "x"}]
    embed = {"title": "Built", "image": large, "thumbnail": small, "fields": fields}

    assert text_of(tmp_path, "", embeds=[embed]) == "Built\nBy: ann\nx\nhttps://e.org/l.png\nhttps://e.org/s.png"
    assert text_of(tmp_path, "", embeds=[{**embed, "images": [large], "fields": []}]) == (
        "Built\nhttps://e.org/l.png\nhttps://e.org/s.png"
    )


def test_an_export_that_was_broken_off_or_is_another_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = export(tmp_path, "general.json", GENERAL, posted(1, "a"))
    whole = path.read_text()
    path.write_text(whole[:-40])
    assert refusal(read, path) == "general.json is broken off; export that channel again."
    path.write_text(whole.replace('"author"', '"writer"'))
    assert refusal(read, path).startswith("general.json is not as DiscordChatExporter writes it: ")
    path.write_text('{"channel": {}}')
    assert refusal(read, path) == (
        "general.json has no file as DiscordChatExporter writes it with “JSON” as its format."
    )
    path.unlink()
    assert refusal(read, tmp_path).endswith("has no file as DiscordChatExporter writes it with “JSON” as its format.")


def test_a_file_of_json_among_the_media_is_no_channel(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media/package.json").write_text('{"name": "x"')
    export(tmp_path, "general.json", GENERAL, posted(1, "a"))

    assert Brought(read(tmp_path)).texts == ["a"]
