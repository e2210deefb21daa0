"""The tus protocol as any client speaks it: versions, checksums, limits, and what is refused."""

import asyncio
import hashlib
import random
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.db.schema import blobs, files
from app.files.uploads import service
from app.limits import limits
from tests.conftest import Serve
from tests.files.conftest import PATH, Refused, Tus, tus
from tests.files.test_uploads import count, kept
from tests.support.browsing import Browser, Browsers

CONTENT = random.Random(1).randbytes(900_000)
MEGABYTE = 1024 * 1024


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    return await serve(file_mb=1, files_total_mb=2)


@pytest.fixture
async def uploads(alice: Browser) -> Tus:
    return await tus(alice)


def sum_of(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {b64encode(hashlib.new(algorithm, content).digest()).decode()}"


async def refusal_of(uploads: Tus, method: str, path: str, body: bytes | None = None, **headers: str) -> Refused:
    with pytest.raises(Refused) as refused:
        await uploads.ask(method, path, body, **headers)
    return refused.value


async def test_the_server_says_what_it_offers(uploads: Tus) -> None:
    answer = await uploads.ask("OPTIONS", PATH)

    assert answer.status == 204
    assert {name: value for name, value in answer.headers.items() if name.startswith("Tus-")} == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Max-Size": str(MEGABYTE),
        "Tus-Extension": "creation,checksum,termination",
        "Tus-Checksum-Algorithm": "sha1,sha256",
    }


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_another_version_is_refused(uploads: Tus, method: str) -> None:
    path = PATH if method == "POST" else f"{PATH}/{await uploads.begin(10)}"

    refused = await refusal_of(uploads, method, path, Tus_Resumable="0.2.2")

    assert refused.status == 412
    assert refused.headers["Tus-Version"] == refused.headers["Tus-Resumable"] == "1.0.0"


async def test_an_offset_is_not_kept_by_anybody_between(uploads: Tus) -> None:
    answer = await uploads.ask("HEAD", f"{PATH}/{await uploads.begin(10)}")

    assert (answer.headers["Upload-Length"], answer.headers["Cache-Control"]) == ("10", "no-store")


async def test_where_only_get_and_post_pass_a_header_says_what_is_meant(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    path = f"{PATH}/{await uploads.begin(len(CONTENT))}"
    bytes_type = {"Content_Type": "application/offset+octet-stream"}

    sent = await uploads.ask("POST", path, CONTENT, Upload_Offset="0", X_HTTP_Method_Override="PATCH", **bytes_type)
    found = await uploads.ask("POST", path, X_HTTP_Method_Override="HEAD")
    refused = await refusal_of(uploads, "POST", path, X_HTTP_Method_Override="PUT")

    assert (sent.status, sent.headers["Upload-Offset"]) == (204, str(len(CONTENT)))
    assert (found.status, found.headers["Upload-Offset"]) == (200, str(len(CONTENT)))
    assert refused.status == 405
    assert await kept(server, database, path.rpartition("/")[2]) == CONTENT
    assert (await uploads.ask("POST", path, X_HTTP_Method_Override="DELETE")).status == 204
    assert (await refusal_of(uploads, "HEAD", path)).status == 404


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_with_the_right_checksum_are_kept(
    uploads: Tus, server: TestServer, database: Engine, algorithm: str
) -> None:
    id = await uploads.begin(len(CONTENT))
    await uploads.send(id, 0, CONTENT[:1000])

    at = await uploads.send(id, 1000, CONTENT[1000:], Upload_Checksum=sum_of(CONTENT[1000:], algorithm))

    assert at == len(CONTENT)
    assert await kept(server, database, id) == CONTENT
    assert count(database, blobs) == 1


async def test_of_bytes_with_a_wrong_checksum_none_is_kept(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.begin(len(CONTENT))
    await uploads.send(id, 0, CONTENT[:1000])

    with pytest.raises(Refused) as refused:
        await uploads.send(id, 1000, CONTENT[1000:], Upload_Checksum=sum_of(CONTENT))

    assert refused.value == (460, "checksum_mismatch")
    assert await uploads.offset(id) == 1000
    assert await uploads.send(id, 1000, CONTENT[1000:]) == len(CONTENT)
    assert await kept(server, database, id) == CONTENT
    assert count(database, blobs) == 1


async def test_of_two_who_send_with_checksums_at_once_one_is_refused(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    id = await uploads.begin(len(CONTENT) + 1)
    sends = (uploads.send(id, 0, CONTENT, Upload_Checksum=sum_of(CONTENT)) for _ in range(4))

    ends = await asyncio.gather(*sends, return_exceptions=True)

    assert sorted(end == len(CONTENT) for end in ends) == [False, False, False, True]
    assert all(end == len(CONTENT) or end == (409, "offset_conflict") for end in ends)
    assert await uploads.send(id, len(CONTENT), b"!") == len(CONTENT) + 1
    assert await kept(server, database, id) == CONTENT + b"!"


@pytest.mark.parametrize("checksum", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256", "sha256 ?", "", "shake_128 AA=="])
async def test_a_checksum_that_nobody_can_verify_is_refused(uploads: Tus, checksum: str) -> None:
    id = await uploads.begin(10)

    with pytest.raises(Refused) as refused:
        await uploads.send(id, 0, b"0123456789", Upload_Checksum=checksum)

    assert refused.value == (400, "bad_command")
    assert await uploads.offset(id) == 0


async def test_bytes_of_another_type_are_refused(uploads: Tus) -> None:
    id = await uploads.begin(10)

    with pytest.raises(Refused) as refused:
        await uploads.send(id, 0, b"0123456789", Content_Type="application/octet-stream")

    assert refused.value == (415, "wrong_type")


NONSENSE = {
    "Upload_Length": ("-1", "1.5", "٣", "9" * 30, ""),
    "Upload_Metadata": (
        "id ?",
        "id MTI=",
        "id",
        "filename /w",
        "filename gA==",
        "filename AA==",
        "alt " + "QUFB" * 400,
    ),
}


@pytest.mark.parametrize(("header", "value"), [(name, value) for name, values in NONSENSE.items() for value in values])
async def test_headers_that_make_no_sense_are_refused(uploads: Tus, header: str, value: str) -> None:
    refused = await refusal_of(uploads, "POST", PATH, **({"Upload_Length": "10"} | {header: value}))

    assert refused == (400, "bad_command")


async def test_an_id_that_the_server_makes_will_do(uploads: Tus) -> None:
    answer = await uploads.ask("POST", PATH, Upload_Length="3")

    path = answer.headers["Location"]
    assert str(uuid.UUID(path.rpartition("/")[2])) in path
    assert await uploads.send(path.rpartition("/")[2], 0, b"abc") == 3


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(uploads: Tus, database: Engine) -> None:
    with pytest.raises(Refused) as refused:
        await uploads.begin(MEGABYTE + 1)

    assert refused.value == (413, "too_large")
    assert refused.value.message == "This file is too large: 1.1 MB, and 1 MB fit."
    assert count(database, files) == 0
    await uploads.begin(MEGABYTE)


async def test_a_full_server_takes_no_more_until_there_is_room(uploads: Tus) -> None:
    kept_id, begun = await uploads.give(CONTENT), await uploads.begin(MEGABYTE)

    with pytest.raises(Refused) as refused:
        await uploads.begin(MEGABYTE)
    assert refused.value == (507, "server_full")
    await uploads.end(begun)
    await uploads.begin(MEGABYTE)
    with pytest.raises(Refused):
        await uploads.begin(MEGABYTE)
    await uploads.end(kept_id)
    await uploads.begin(MEGABYTE)


async def test_same_bytes_count_once(uploads: Tus) -> None:
    for _ in range(4):
        await uploads.give(CONTENT)


async def test_one_person_has_only_so_many_files_in_no_message(uploads: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_UNSENT", 2)
    first, _ = await uploads.give(b"a"), await uploads.begin(1)

    with pytest.raises(Refused) as refused:
        await uploads.begin(1)
    assert refused.value == (409, "too_many_uploads")
    await uploads.end(first)
    await uploads.begin(1)


async def test_who_begins_too_often_is_told_to_wait(uploads: Tus, clock: object) -> None:
    id = str(uuid.UUID(int=1))
    for _ in range(limits.UPLOADS_BURST):
        await uploads.begin(1, id=id)

    with pytest.raises(Refused) as refused:
        await uploads.begin(1, id=id)

    assert refused.value == (429, "rate_limited")
    assert refused.value.headers["Retry-After"] == "1"
    assert await uploads.send(id, 0, b"a") == 1


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_nothing_is_taken_without_the_token_of_the_page(alice: Browser, token: str) -> None:
    id = await (await tus(alice)).begin(10)
    stranger = Tus(alice, token)

    for ask in (stranger.begin(10), stranger.send(id, 0, b"0"), stranger.end(id)):
        with pytest.raises(Refused) as refused:
            await ask
        assert refused.value.code in ("bad_csrf", "bad_command")


async def test_strangers_upload_nothing(uploads: Tus, server: TestServer, browser: Browsers) -> None:
    id = await uploads.begin(10)
    other = browser()
    page = await other.ask("GET", "/login")
    stranger = Tus(other, page.hidden["csrf_token"])

    for ask in (stranger.begin(10), stranger.send(id, 0, b"0"), stranger.end(id), stranger.offset(id)):
        with pytest.raises(Refused) as refused:
            await ask
        assert refused.value.status == 401


async def test_a_cut_request_with_a_checksum_keeps_nothing(uploads: Tus, database: Engine) -> None:
    id = await uploads.begin(len(CONTENT))

    async def cut() -> AsyncIterator[bytes]:
        yield CONTENT[:-1]
        raise ConnectionError

    with pytest.raises(OSError):  # noqa: PT011
        await uploads.send(id, 0, cut(), Upload_Checksum=sum_of(CONTENT))

    assert await uploads.offset(id) == 0
    assert await uploads.send(id, 0, CONTENT, Upload_Checksum=sum_of(CONTENT)) == len(CONTENT)
