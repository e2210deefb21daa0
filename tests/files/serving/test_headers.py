"""What a browser may do with a file, and what it is called: nothing of ours runs, nothing is another page's."""

import re
from email.message import Message
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp.multipart import parse_content_disposition
from aiohttp.test_utils import make_mocked_request

from app.base.file_names import clean_name
from app.edge.middleware import FILE_HEADERS, HEADERS, PLAYED_HEADERS
from app.files.serving.headers import disposition
from app.files.serving.queries import Readable
from app.process.logs import loggable_path
from tests.base.test_file_names import CLEANED, KEPT
from tests.chat.conftest import Join
from tests.files.serving.conftest import Give, read

SHOWN = {"picture": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}
CONDITIONS = pytest.mark.parametrize("conditions", [{}, {"Range": "bytes=0-1"}, {"If_None_Match": "*"}])
TRICKS = ['a"; filename=x.exe.txt', "a\\", "%22.txt", "a;b,c=d.txt", "'quoted'.txt", "UTF-8''x.txt", "$&+`|~^.txt"]


def named(name: str, kind: str = "file", *, as_download: bool = False) -> str:
    return disposition(Readable(Any, name, "", kind, 1, b"", 1, is_rendition=False), as_download=as_download)  # type: ignore[arg-type]


def saved_as(header: str) -> str:
    """The name under which a client saves it, by RFC 6266: that of `filename*` where there is one."""
    if found := re.search(r"filename\*=UTF-8''([^;]+)$", header):
        return unquote(found[1])
    message = Message()
    message["Content-Disposition"] = header
    return str(message.get_filename())


@pytest.mark.parametrize("name", [*KEPT, *map(clean_name, CLEANED), *TRICKS])
def test_a_name_is_saved_as_it_is(name: str) -> None:
    header = named(name)

    assert header.isascii()
    assert header.isprintable()
    assert saved_as(header) == name


@pytest.mark.parametrize("name", [*KEPT, *TRICKS])
def test_a_client_of_no_new_rules_gets_a_plain_name(name: str) -> None:
    kind, parameters = parse_content_disposition(named(name).partition("; filename*")[0])

    assert kind == "attachment"
    assert [*parameters] == ["filename"]
    assert not set(parameters["filename"]) & set('"\\/%\r\n')


@pytest.mark.parametrize("kind", SHOWN)
async def test_what_a_browser_can_show_may_be_shown(kind: str, join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, name="what.ext", kind=kind, type=SHOWN[kind])

    shown, saved = await read(alice, file.path()), await read(alice, file.path(download=""))

    assert shown.headers["Content-Disposition"] == 'inline; filename="what.ext"'
    assert saved.headers["Content-Disposition"] == 'attachment; filename="what.ext"'
    assert shown.headers["Content-Type"] == saved.headers["Content-Type"] == SHOWN[kind]


@pytest.mark.parametrize(
    ("kind", "type", "sent"),
    [
        *(("file", type, "application/octet-stream") for type in ("application/pdf", "text/html", "image/svg+xml")),
        ("text", "text/html", "text/plain; charset=utf-8"),
    ],
)
async def test_all_else_is_saved_and_no_page(kind: str, type: str, sent: str, join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, b"<script>alert(1)</script>", name="x.html", kind=kind, type=type)

    answer = await read(alice, file.path())

    assert answer.headers["Content-Disposition"] == 'attachment; filename="x.html"'
    assert answer.headers["Content-Type"] == sent


async def test_a_thumbnail_is_a_picture_of_its_own(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(
        alice, small=b"s", large=b"l", name="Фото.от.дня.jpeg", kind="picture", type="image/jpeg", width=1, height=1
    )

    small, original = await read(alice, file.path(size="small")), await read(alice, file.path())

    assert small.headers["Content-Type"] == "image/webp"
    assert saved_as(small.headers["Content-Disposition"]) == "Фото.от.дня.webp"
    assert saved_as(original.headers["Content-Disposition"]) == "Фото.от.дня.jpeg"
    assert original.headers["Content-Type"] == "image/jpeg"
    assert small.headers["ETag"] != original.headers["ETag"]


@pytest.mark.parametrize(
    ("has", "small", "large"),
    [
        ({}, b"original", b"original"),
        ({"large": b"large"}, b"large", b"large"),
        ({"small": b"small"}, b"small", b"original"),
        ({"small": b"small", "large": b"large"}, b"small", b"large"),
    ],
)
async def test_where_there_is_no_thumbnail_the_next_larger_one_is_sent(
    has: dict[str, bytes], small: bytes, large: bytes, join: Join, give: Give
) -> None:
    alice = await join("alice")
    file = give(alice, b"original", kind="picture", type="image/png", **has)

    assert (await read(alice, file.path(size="small"))).body == small
    assert (await read(alice, file.path(size="large"))).body == large


@CONDITIONS
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_every_answer_is_sandboxed_private_and_asked_for_again(
    method: str, conditions: dict[str, str], join: Join, give: Give
) -> None:
    alice = await join("alice")
    file = give(alice, small=b"s", kind="picture", type="image/png")

    for path in (file.path(), file.path(size="small"), file.path(download="")):
        answer = await read(alice, path, method, **conditions)

        assert {name: answer.headers[name] for name in FILE_HEADERS} == FILE_HEADERS
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-cache"


@CONDITIONS
async def test_what_is_played_has_an_origin_and_runs_nothing(
    conditions: dict[str, str], join: Join, give: Give
) -> None:
    """Also where only the headers are sent again: browsers put them to the copy that they have."""
    alice = await join("alice")

    for kind in ("video", "audio"):
        played = await read(alice, give(alice, kind=kind, type=SHOWN[kind]).path(), **conditions)

        policy = played.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-same-origin; default-src 'none'; ")
        assert policy == PLAYED_HEADERS["Content-Security-Policy"]
        assert "script" not in policy


async def test_a_refusal_is_a_page_of_ours_and_kept_by_nobody(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bobby")
    file = give(alice)

    answer = await read(bob, file.path())

    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("query", ["size=medium", "size=", "lines=0", "lines=1001", "lines=x"])
async def test_what_makes_no_sense_is_refused(query: str, join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, kind="text")

    assert (await read(alice, f"/files/{file.id}/name?{query}")).status == 400


NAMES = ("secret.exe", "%D1%82%D0%B0%D0%B9%D0%BD%D0%B0", "..%2f..%2fsecret", "%22%0d%0aX: y")


async def test_the_name_in_the_address_does_not_matter(join: Join, give: Give) -> None:
    alice = await join("alice")
    file = give(alice, name="real.txt")

    for name in NAMES:
        answer = await read(alice, f"/files/{file.id}/{name}")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="real.txt"'


@pytest.mark.parametrize("name", NAMES)
def test_the_name_in_the_address_is_not_logged(name: str) -> None:
    assert loggable_path(make_mocked_request("GET", f"/files/1-2-3/{name}?size=small")) == "/files/1-2-3/-"
