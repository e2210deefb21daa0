"""An animation for those who want no motion: its first frame, from the bytes that are kept."""

import pytest

from app.pictures.stilled import first_frame
from tests.chat.conftest import Join
from tests.files.serving.conftest import Give, read
from tests.pictures.test_stilled import moving


async def test_of_an_animation_one_may_have_what_stands_still(join: Join, give: Give) -> None:
    alice, bob = await join("alice"), await join("bob")
    animation = moving("WEBP", (640, 480))
    file = give(alice, b"the original", small=animation, kind="picture", type="image/gif")

    answer = await read(alice, file.path(size="still"))

    assert (answer.status, answer.body) == (200, first_frame(animation))
    assert len(answer.body) < len(animation)
    assert answer.headers["Content-Type"] == "image/webp"
    again = await read(alice, file.path(size="still"), If_None_Match=answer.headers["ETag"])
    assert again.status == 304
    assert (await read(alice, file.path(size="small"))).headers["ETag"] != answer.headers["ETag"]
    assert (await read(bob, file.path(size="still"))).status == 404


@pytest.mark.parametrize("chunk_bytes", [100, 4_000])
async def test_an_animation_of_several_chunks_stands_still(chunk_bytes: int, join: Join, give: Give) -> None:
    alice = await join("alice")
    animation = moving("AVIF", (640, 480))
    file = give(alice, animation, kind="picture", type="image/avif", chunk_bytes=chunk_bytes)

    assert (await read(alice, file.path(size="still"))).body == first_frame(animation)


async def test_what_does_not_move_comes_as_it_is(join: Join, give: Give) -> None:
    alice = await join("alice")
    for content, columns in (
        (b"\xff\xd8\xff no more", {"kind": "picture", "type": "image/jpeg"}),
        (b"a text", {"kind": "text", "type": "text/plain"}),
        (b"GIF89a that ends", {"kind": "picture", "type": "image/gif"}),
    ):
        file = give(alice, content, **columns)
        answer = await read(alice, file.path(size="still"))
        assert (answer.status, answer.body) == (200, content)
