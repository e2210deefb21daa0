"""The picture that stands for somebody in place of letters: chosen, shown to whoever is logged in, removed."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from aiohttp import web

from app.auth import user_of
from app.base.config import CONFIG
from app.base.errors import BadForm, NotFound
from app.files.keeping.keys import STORE
from app.people.account import page_again
from app.people.keys import PEOPLE
from app.pictures.keys import PICTURES
from app.pictures.refusal import NotShowable
from app.pictures.sniff import HEAD_BYTES, kind_of
from app.web.asked import ID, id_in
from app.web.forms import REFUSALS, file_in
from app.web.redirects import see_other

routes = web.RouteTableDef()

MEGABYTE = 1024 * 1024
_KEPT = {"Cache-Control": "private, max-age=86400, immutable"}  # another picture has another number


@routes.get(rf"/avatars/{{id:{ID}}}")
async def avatar(request: web.Request) -> web.Response:
    """The picture of somebody, for everybody who is logged in; it is too small to be sent in pieces."""
    user_of(request)
    avatar_id = id_in(request, "id")
    if not await request.app[PEOPLE].is_avatar(avatar_id):
        raise NotFound
    async with aclosing(request.app[STORE].read(avatar_id)) as pieces:
        body = b"".join([piece async for piece in pieces])
    return web.Response(body=body, content_type="image/webp", headers=_KEPT)


@routes.post("/settings/avatar")
async def set_avatar(request: web.Request) -> web.Response:
    """Show a picture in place of the letters: its middle, as a square."""
    try:
        avatar_id = await _kept(request)
    except REFUSALS as error:
        return await page_again(request, "avatar", error, {})
    return await _set(request, avatar_id)


@routes.post("/settings/avatar/remove")
async def remove_avatar(request: web.Request) -> web.Response:
    """Show the letters again."""
    return await _set(request, None)


async def _set(request: web.Request, avatar_id: int | None) -> web.Response:
    before = await request.app[PEOPLE].set_avatar(user_of(request), avatar_id)
    if before is not None and before != avatar_id:
        await request.app[STORE].drop(before)
    return see_other("/settings?done=avatar")


async def _kept(request: web.Request) -> int:
    """The picture that a form sends, as it is kept.

    Raises:
        BadForm: it is none, or too large.
        Unavailable: too many pictures wait.
    """
    async with aclosing(_limited(request)) as source:
        head = await anext(source, b"")
        judged = kind_of(head)
        if judged.kind != "picture":
            raise _refusal("Choose a picture: a JPEG, PNG, GIF, WebP or AVIF." if head else "Choose a picture first.")
        try:
            square = await request.app[PICTURES].square(_joined(head, source), judged.type)
            return (await request.app[STORE].keep(_once(square))).id
        except NotShowable as reason:
            raise _refusal(str(reason)) from reason


async def _limited(request: web.Request) -> AsyncGenerator[bytes, None]:
    """What comes, the head of it first.

    Raises:
        BadForm: more than a file may have.
    """
    most, size, head = request.config_dict[CONFIG].file_mb * MEGABYTE, 0, b""
    async for piece in file_in(request, "picture"):
        size += len(piece)
        if size > most:
            raise _refusal(f"This picture is too large: {most // MEGABYTE} MB fit.")
        if size > HEAD_BYTES:
            yield head + piece
            head = b""
        else:
            head += piece
    if head:
        yield head


async def _joined(head: bytes, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in source:
        yield piece


def _refusal(sentence: str) -> BadForm:
    return BadForm({"picture": sentence})


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
