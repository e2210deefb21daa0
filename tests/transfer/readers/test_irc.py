"""Logs of IRC as WeeChat and irssi write them."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from app.transfer.readers.irc import read
from app.transfer.readers.times import NO_ZONE
from app.transfer.records import Room
from tests.transfer.readers.reading import Brought, refusal

NOTICES = "joins, topics and other notices"
NEW = "2025-11-29T12:24:23.123456Z"
WEECHAT = "irc.libera.#python.weechatlog"
OPENED = "--- Log opened Sat Nov 29 12:00:01 2025"


def brought(folder: Path, *lines: str, name: str = WEECHAT) -> Brought:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return Brought(read(path))


def irssi(folder: Path, *lines: str) -> Brought:
    return brought(folder, *lines, name="#python.log")


def said(got: Brought) -> list[tuple[str, str]]:
    return [(f"{message.at:%d %H:%M}", message.text) for message in got.messages]


def test_a_log_of_weechat_is_a_room_of_the_nicks_that_spoke(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        f"{NEW}\t-->\tcarol (~c@e.org) has joined #python",
        f"{NEW}\t@ann\thello\tthere",
        "2025-11-29T12:24:24.000001Z\t+bob\thi",
        "2025-11-29T12:24:24.000001Z\t *\tann waves <3",
        f"{NEW}\t<--\tcarol has quit",
        f"{NEW}\t--\tann hat das Thema geändert",
        f"{NEW}\t=!=\tirc: error",
        f"{NEW}\t****  Beginning of log  ****",
    )

    assert got.rooms == {
        "libera/#python": Room("libera/#python", "open", "python", members=("libera/ann", "libera/bob"))
    }
    assert [(who.key, who.login, who.name, who.kind) for who in got.people.values()] == [
        ("libera/ann", "", "ann", "person"),
        ("libera/bob", "", "bob", "person"),
    ]
    assert [(message.author, message.text) for message in got.messages] == [
        ("libera/ann", "hello\tthere"),
        ("libera/bob", "hi"),
        ("libera/ann", "_waves <3_"),
    ]
    assert got.messages[0].at == datetime(2025, 11, 29, 12, 24, 23, 123_456, tzinfo=UTC)
    assert got.left == {NOTICES: 5}


def test_old_times_of_weechat_have_no_zone_and_both_kinds_stand_in_one_log(tmp_path: Path) -> None:
    got = brought(tmp_path, "2019-01-02 03:04:05\tann\told", f"{NEW}\tann\tnew", "2025-11-29 12:00:00\tann\tkept")

    assert said(got) == [("02 03:04", "old"), ("29 12:00", "kept"), ("29 12:24", "new")]
    assert got.left == {NO_ZONE: 2}


def test_lines_without_a_time_go_on_with_the_one_before(tmp_path: Path) -> None:
    got = brought(
        tmp_path, f"{NEW}\tann\tone", "two\tthree", "", "four", f"{NEW}\t--\tnotice", "of two lines", f"{NEW}\tbob\tend"
    )

    assert got.texts == ["one\ntwo\tthree\n\nfour", "end"]
    assert got.left == {NOTICES: 1}


def test_lines_that_a_server_sent_late_stand_where_they_were_said(tmp_path: Path) -> None:
    got = brought(tmp_path, "2025-11-29T12:30:00.000000Z\tann\tsecond", "2025-11-29T12:10:00.000000Z\tbob\tfirst")

    assert got.texts == ["first", "second"]


def test_the_hour_that_comes_twice_keeps_the_order_of_the_lines(tmp_path: Path) -> None:
    times = ["02:10:00", "02:50:00", "02:05:00", "02:55:00", "03:00:00"]

    got = brought(tmp_path, *(f"2025-10-26 {at}\tann\t{n}" for n, at in enumerate(times)))

    assert said(got) == [("26 02:10", "0"), ("26 02:50", "1"), ("26 02:50", "2"), ("26 02:55", "3"), ("26 03:00", "4")]


def test_files_of_days_are_one_room_wherever_their_dates_stand(tmp_path: Path) -> None:
    places = {
        "2025/libera/#python.12-31.log": "Wed Dec 31",
        "2026/libera/#python.01-01.log": "Thu Jan 01",
        "libera/#python-20260102.log": "Fri Jan 02",
        "libera/2026/01/03/#python.log": "Sat Jan 03",
        "libera/#python/2026-01-04.log": "Sun Jan 04",
        "libera-#python-2026-01.log": "Mon Jan 05",
        "libera/#python.01-06.log": "Tue Jan 06",
    }
    for place, day in places.items():
        year = 2025 if "Dec" in day else 2026
        brought(tmp_path, f"--- Log opened {day} 00:00:01 {year}", f"12:00 < ann> {day}", name=f"logs/{place}")

    rooms = Brought(read(tmp_path / "logs"))

    assert {message.text: message.room for message in rooms.messages} == {
        **dict.fromkeys(places.values(), "libera/#python"),
        "Tue Jan 06": "libera/#python.01-06",  # there is no year, so it may be a name
    }
    assert [room.name for room in rooms.rooms.values()] == ["python", "python.01-06"]
    assert Brought(read(tmp_path / "logs/2026")).rooms.keys() == {"libera/#python"}


def test_a_log_of_irssi_has_its_dates_between_the_lines(tmp_path: Path) -> None:
    got = irssi(
        tmp_path,
        OPENED,
        "12:00 -!- ann [~a@e.org] has joined #python",
        "12:01 < ann> hello",
        "12:01 <@bob> > quoted < x",
        "12:02  * ann waves",
        "16:59:05<+ann> no space",
        "12:03 -NickServ(n@services)- identify",
        "--- Day changed Sun Nov 30 2025",
        "00:05 <ann> morning",
        "--- Log closed Sun Nov 30 00:06:00 2025",
    )

    assert said(got) == [
        ("29 12:01", "hello"),
        ("29 12:01", "> quoted < x"),
        ("29 12:02", "_waves_"),
        ("29 16:59", "no space"),
        ("30 00:05", "morning"),
    ]
    assert got.rooms["#python"].members == ("ann", "bob")
    assert got.left == {NOTICES: 2, NO_ZONE: 5}


@pytest.mark.parametrize(
    "changed",
    [
        "--- Day changed dim. nov. 30 2025",
        "--- Day changed So Nov 30 2025",
        "--- Day changed вс ноя 30 2025",
        "--- Day changed нд лис 30 2025",
        "--- Day changed nie lis 30 2025",
        "--- Day changed Sun Nov 29 2025",  # irssi's own mistakes: a day that had been
        "--- Day changed Sun Jul 05 2025",
        "--- Day changed 日 11月 30 2025",
        "23:59 -!- no such line",
    ],
)
def test_a_day_is_found_in_other_languages_and_where_irssi_was_wrong(tmp_path: Path, changed: str) -> None:
    got = irssi(tmp_path, OPENED, "23:58 <ann> a", changed, "00:02 <ann> b", "00:03 <ann> c")

    assert said(got) == [("29 23:58", "a"), ("30 00:02", "b"), ("30 00:03", "c")]


def test_a_log_that_was_opened_again_goes_on_at_that_day(tmp_path: Path) -> None:
    got = irssi(
        tmp_path, OPENED, "12:00 <ann> a", "--- Log closed Sat Nov 29 12:05:00 2025",
        "--- Log opened Mo Dez 01 09:00:00 2025", "09:00 <ann> b",
    )  # fmt: skip

    assert said(got) == [("29 12:00", "a"), ("01 09:00", "b")]


def test_lines_before_the_first_date_are_counted(tmp_path: Path) -> None:
    got = irssi(tmp_path, "12:00 <ann> when?", OPENED, "12:01 <ann> now", "2025-12-01 08:00 <ann> dated")

    assert said(got) == [("29 12:01", "now"), ("01 08:00", "dated")]
    assert got.left == {"lines before the first date": 1, NO_ZONE: 2}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("\x02bold\x02 \x1ditalic\x0f \x1estrike", "**bold** _italic_ ~~strike~~"),
        ("\x0304,01red\x03 \x0312blue \x04FF0000x", "red blue x"),
        ("\x11a*b\x11 \x1funder\x16", "`a*b` under"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("*typed* _so_ __init__", "*typed* _so_ __init__"),
        ("ann: see #python @bob", "ann: see #python @bob"),
        ("\ue000ann\ue001", "ann"),
    ],
)
def test_marks_become_ours_and_colours_go(tmp_path: Path, typed: str, text: str) -> None:
    assert brought(tmp_path, f"{NEW}\tann\t{typed}").texts == [text]


def test_colours_of_a_terminal_are_not_of_the_nick(tmp_path: Path) -> None:
    got = brought(tmp_path, f"{NEW}\t\x1b[92m@\x1b[36mann\x1b[0m\thi")

    assert [message.author for message in got.messages] == ["libera/ann"]


def test_lines_in_other_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / WEECHAT
    path.write_bytes(f"{NEW}\tann\tgrün\n".encode() + f"{NEW}\tann\tgrün – ja\r\n".encode("cp1252"))

    assert Brought(read(path)).texts == ["grün", "grün – ja"]


def test_a_message_keeps_its_key_when_a_log_goes_on_or_is_rotated(tmp_path: Path) -> None:
    lines = [f"{NEW}\tann\tok", f"{NEW}\tann\tok", f"{NEW}\tbob\tok", "2025-11-29T12:25:00.000000Z\tann\tok"]
    one, packed = tmp_path / "one", tmp_path / "packed"
    whole = brought(one, *lines)
    packed.mkdir()
    (packed / f"{WEECHAT}.2.gz").write_bytes(gzip.compress(f"{lines[0]}\n".encode()))
    (packed / f"{WEECHAT}.1.zst").write_bytes(zstandard.compress(f"{lines[1]}\n{lines[2]}\n".encode()))
    (packed / WEECHAT).write_text(f"{lines[3]}\n2025-11-29T12:26:00.000000Z\tann\tmore\n")

    rotated = Brought(read(packed))

    assert [message.key for message in rotated.messages[:4]] == [message.key for message in whole.messages]
    assert (len(rotated.messages), list(rotated.rooms)) == (5, ["libera/#python"])


def test_a_nick_is_another_on_another_network_and_one_in_both_cases(tmp_path: Path) -> None:
    for name in ("irc.libera.#a.weechatlog", "irc.libera.#b.weechatlog", "irc.oftc.#a.weechatlog"):
        (tmp_path / name).write_text(f"{NEW}\tAnn[x]\thi\n{NEW}\tann{{x}}\thi\n")
    for name in ("core.weechat.weechatlog", "irc.server.libera.weechatlog"):
        (tmp_path / name).write_text(f"{NEW}\tzoe\thi\n")

    got = Brought(read(tmp_path))

    assert sorted(got.people) == ["libera/ann{x}", "oftc/ann{x}"]
    assert sorted(got.rooms) == ["libera/#a", "libera/#b", "oftc/#a"]


def test_irssi_s_folders_are_networks_and_dates_in_names_are_not_of_the_room(tmp_path: Path) -> None:
    for name in ("libera/#python-2025-11-29.log", "libera/#python-2025-11-30.log", "oftc/#python.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            f"--- Log opened Sat Nov {name[-6:-4] if '-' in name else 29} 12:00:01 2025\n12:00 <ann> a\n"
        )
    (tmp_path / "notes.txt").write_text("nothing of IRC\n")

    got = Brought(read(tmp_path))

    assert sorted(got.rooms) == ["libera/#python", "oftc/#python"]
    assert said(got) == [("29 12:00", "a"), ("30 12:00", "a"), ("29 12:00", "a")]


def test_what_two_say_to_each_other_is_a_direct_room(tmp_path: Path) -> None:
    both = brought(tmp_path, f"{NEW}\tme\thi", f"{NEW}\tbob\thi", name="irc.irc.libera.chat.bob.weechatlog")
    one = brought(tmp_path, f"{NEW}\tbob\thi", name="irc.libera.bob.weechatlog")

    assert both.rooms == {
        "irc.libera.chat/bob": Room(
            "irc.libera.chat/bob", "direct", members=("irc.libera.chat/bob", "irc.libera.chat/me")
        )
    }
    assert one.rooms["libera/bob"].members == ("libera/bob", "owner of the log libera/bob")
    assert one.people["owner of the log libera/bob"].kind == "gone"


def test_what_is_no_log_is_refused_in_a_sentence(tmp_path: Path) -> None:
    other = tmp_path / "a.log"
    other.write_text("127.0.0.1 - - GET /\n")
    broken = tmp_path / f"{WEECHAT}.1.gz"
    broken.write_bytes(gzip.compress(f"{NEW}\tann\thi\n".encode() * 99)[:-9])

    assert refusal(read, other) == "a.log is no log of WeeChat or irssi, nor has one in it."
    assert refusal(read, broken).startswith("irc.libera.#python.weechatlog.1.gz cannot be unpacked: ")
    assert refusal(read, tmp_path / "none.log") != ""
    other.unlink()
    broken.unlink()
    assert refusal(read, tmp_path).endswith("is no log of WeeChat or irssi, nor has one in it.")


def test_the_channel_behind_a_nick_of_irssi_is_no_part_of_the_nick(tmp_path: Path) -> None:
    got = irssi(
        tmp_path,
        OPENED,
        "12:01 <@ann:@#python> to the operators",
        "12:02 < bob:#python> in a window of several",
        "12:03  * ann:#python waves",
        "12:04 < odd:nick> hello",
    )

    assert [message.author for message in got.messages] == ["ann", "bob", "ann", "odd:nick"]
    assert got.texts == ["to the operators", "in a window of several", "_waves_", "hello"]
