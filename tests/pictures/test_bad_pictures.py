"""Pictures that are no good: each is refused with a sentence, and takes neither memory nor time of ours."""

import asyncio
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Iterator

import psutil
import pytest
from PIL import Image

from app.base.errors import Unavailable
from app.pictures import pictures as module
from app.pictures.limits import MIB, Limits
from app.pictures.pictures import Pictures
from app.pictures.refusal import Damaged, NotShowable, TooLarge, TooManyFrames, TooManyPixels, TooSlow
from app.pictures.sniff import kind_of
from tests.pictures.conftest import Show, noise, pieces, saved
from tests.support.processes import ROOT


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, pixels: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    packer = zlib.compressobj(9)
    parts = [packer.compress(bytes(MIB)) for _ in range(count // MIB + 1)]
    return b"".join([*parts, packer.flush()])


def long_gif() -> bytes:
    """A kilobyte a frame, and 800 frames of a million pixels: the first two, then those behind them over and over."""

    def of(count: int) -> bytes:
        frames = [Image.new("P", (1000, 1000), number % 2) for number in range(count)]
        return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=20).removesuffix(b";")

    first, more = of(2), of(4)
    return first + more.removeprefix(first) * 399 + b";"


async def refused(pictures: Pictures, given: bytes, form: str) -> NotShowable:
    with pytest.raises(NotShowable) as refusal:
        async with pictures.made(pieces(given), f"image/{form.lower()}"):
            pass
    return refusal.value


async def test_a_picture_of_50000_by_50000_is_refused_by_its_head(pictures: Pictures) -> None:
    refusal = await refused(pictures, png(50_000, 50_000, zeros(MIB)), "PNG")

    assert isinstance(refusal, TooManyPixels)
    assert str(refusal) == "This picture has more than 50 million pixels."


async def test_a_bomb_of_few_bytes_and_few_pixels_is_refused(pictures: Pictures) -> None:
    bomb = png(100, 100, zeros(512 * MIB))

    assert len(bomb) < MIB
    async with pictures.made(pieces(bomb), "image/png") as made:  # its pixels are fine, and no more is unpacked
        assert made.width == 100

    text = chunk(b"zTXt", b"a\0\0" + zeros(256 * MIB))
    hidden = saved(noise(8, 8), "PNG")
    assert isinstance(await refused(pictures, hidden[:33] + text + hidden[33:], "PNG"), Damaged)


async def test_an_animation_of_too_many_pixels_is_refused(pictures: Pictures) -> None:
    given = long_gif()

    assert len(given) < 2 * MIB
    assert isinstance(await refused(pictures, given, "GIF"), TooManyFrames)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WebP", "AVIF"])
async def test_a_truncated_picture_is_refused(pictures: Pictures, form: str) -> None:
    whole = saved(noise(300, 200), form)

    assert isinstance(await refused(pictures, whole[: len(whole) * 2 // 3], form), Damaged)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WebP", "AVIF"])
async def test_bytes_that_only_begin_like_a_picture_are_refused(pictures: Pictures, form: str) -> None:
    head = saved(noise(8, 8), form)[:20]

    assert isinstance(await refused(pictures, head + b"<script>alert(1)</script>" * 50, form), Damaged)


async def test_one_form_that_is_said_to_be_another_is_refused(pictures: Pictures) -> None:
    assert isinstance(await refused(pictures, saved(noise(8, 8), "PNG"), "JPEG"), Damaged)


async def test_what_is_no_picture_never_reaches_the_worker() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

    assert kind_of(svg).kind == "text"


async def test_more_memory_than_a_picture_has_is_refused() -> None:
    pictures = Pictures(Limits(memory_bytes=160 * MIB))

    refusal = await refused(pictures, saved(Image.new("RGBA", (7000, 7000)), "PNG", compress_level=1), "PNG")

    assert isinstance(refusal, TooLarge)


async def test_more_processor_time_than_a_picture_has_is_refused() -> None:
    pictures = Pictures(Limits(cpu_s=1))

    refusal = await refused(pictures, saved(noise(4000, 3000), "AVIF", speed=10), "AVIF")

    assert isinstance(refusal, TooSlow)


def workers() -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        if "app.pictures.worker" in child.cmdline():
            yield child


async def started() -> psutil.Process:
    while not (found := [*workers()]):  # noqa: ASYNC110 (another process sets no event here)
        await asyncio.sleep(0.01)
    return found[0]


async def test_a_worker_that_does_not_end_is_killed_at_its_deadline() -> None:
    pictures = Pictures(Limits(deadline_s=2))
    refusal = asyncio.create_task(refused(pictures, saved(noise(2000, 2000), "PNG"), "PNG"))

    (await started()).suspend()

    assert isinstance(await refusal, TooSlow)
    assert [*workers()] == []


async def test_a_picture_whose_worker_is_killed_is_refused_and_the_next_one_is_made(pictures: Pictures) -> None:
    given = saved(noise(4000, 3000), "PNG", compress_level=1)
    refusal = asyncio.create_task(refused(pictures, given, "PNG"))

    (await started()).kill()

    assert isinstance(await refusal, TooLarge)
    async with pictures.made(pieces(saved(noise(8, 8), "PNG")), "image/png") as made:
        assert (made.width, made.height) == (8, 8)


async def test_whoever_leaves_takes_the_worker_along(pictures: Pictures) -> None:
    leaving = asyncio.create_task(refused(pictures, saved(noise(4000, 3000), "PNG", compress_level=1), "PNG"))
    worker = await started()

    leaving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert not worker.is_running()


async def test_too_many_that_wait_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch, pictures: Pictures) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 1)
    goes_on = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield saved(noise(8, 8), "PNG")
        await goes_on.wait()

    async def first() -> int:
        async with pictures.made(slow(), "image/png") as made:
            return made.width

    making = asyncio.create_task(first())
    await asyncio.sleep(0)

    with pytest.raises(Unavailable):
        async with pictures.made(pieces(b""), "image/png"):
            pass
    goes_on.set()
    assert await making == 8


async def test_the_calling_process_stays_as_small_as_it_was(show: Show) -> None:
    given = saved(noise(3000, 2500), "PNG", compress_level=1)
    process = psutil.Process()
    await show(saved(noise(8, 8), "PNG"), "PNG")
    pictures, peak = Pictures(), process.memory_info().rss
    before = peak

    async def watched() -> AsyncIterator[bytes]:
        nonlocal peak
        async for piece in pieces(given):
            peak = max(peak, process.memory_info().rss)
            yield piece

    async with pictures.made(watched(), "image/png") as made:
        peak = max(peak, process.memory_info().rss)
        assert os.fstat(made.original.fileno()).st_size > 20 * MIB

    assert peak - before < 4 * MIB


async def test_the_worker_has_no_settings(monkeypatch: pytest.MonkeyPatch, pictures: Pictures) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    making = asyncio.create_task(refused(pictures, saved(noise(4000, 3000), "AVIF", speed=10)[:-100], "AVIF"))

    worker = await started()

    assert "DATABASE_URL" not in worker.environ()
    making.cancel()
    await asyncio.gather(making, return_exceptions=True)


def test_a_confined_process_has_its_limits_and_none_of_roots_rights() -> None:
    code = (
        "import os, resource as r; from app.pictures.limits import Limits, confine; confine(Limits(cpu_s=7));"
        "print(os.getuid(), os.getgroups(), r.getrlimit(r.RLIMIT_AS), r.getrlimit(r.RLIMIT_CPU))"
    )

    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    uid, groups = (65534, []) if os.getuid() == 0 else (os.getuid(), os.getgroups())
    assert shown == f"{uid} {groups} {(1024 * MIB, 1024 * MIB)} (7, 8)\n"
