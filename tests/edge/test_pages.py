"""Static files: found, compressed for who can read that, and nothing else."""

import gzip
import re

import brotli
import jinja2
import pytest

from app.base.errors import AppError
from app.edge.pages import LATER, SCRIPTS, SHEETS, STATIC, TEMPLATES, ShortIndents, load, sheet_of
from app.edge.scripts import COMMENT, join
from tests.support.browsing import Browser


async def addresses(alice: Browser) -> list[str]:
    """Every static file that the page of a room, those beside the rooms, a card and the shell name."""
    by_name = {"Host": "localhost"}  # as there are no passkeys for a number
    paths = ("/", "/people", "/settings", "/settings/passkeys", "/settings/import", "/signout", "/share", "/offline")
    pages = [(await alice.ask("GET", path, headers=by_name)).text for path in paths]
    return re.findall(r'"(/static/[^"]+)"', "".join(pages))


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate", "gzip"), ("identity", None), ("", None)])
async def test_every_static_file_that_the_page_names_comes_whole(
    alice: Browser, accepted: str, encoding: str | None
) -> None:
    found = await addresses(alice)

    for path in found:
        async with alice.get(path, headers={"Accept-Encoding": accepted}) as answer:
            assert (answer.status, answer.headers.get("Content-Encoding")) == (200, encoding)
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert await answer.read() == content(path.split("/", 3)[3])
    assert {path.split("/", 3)[3] for path in found} >= {*SHEETS, *SCRIPTS}


async def test_sheets_and_scripts_come_smaller_to_who_can_read_that(alice: Browser) -> None:
    for path in await addresses(alice):
        name = path.split("/", 3)[3]
        if name not in {*SHEETS, *SCRIPTS}:
            continue
        encoding = None
        while encoding != "br":  # it is made beside the answers, from the first page on
            async with alice.get(path, headers={"Accept-Encoding": "gzip, br;q=0.9"}) as answer:
                encoding = answer.headers.get("Content-Encoding")
                assert encoding in ("br", "gzip")
                assert await answer.read() == content(name)


async def test_what_comes_later_is_beside_the_others_and_named_by_no_page(alice: Browser) -> None:
    found, assets = await addresses(alice), load(STATIC)
    folder = found[0].split("/")[2]

    for name, (_, parts) in LATER.items():
        for path in (f"js/{name}.js", f"css/{name}.css"):
            assert (path in assets) == (path.endswith(".js") or parts != ())
            assert f"/static/{folder}/{path}" not in found
            answer = await alice.ask("GET", f"/static/{folder}/{path}")
            assert answer.status == (200 if path in assets else 404)
            assert path not in assets or answer.text == assets[path].plain.decode()


async def test_a_first_visit_takes_at_most_sixty_kilobytes(alice: Browser) -> None:
    """As it crosses the network, but for headers: the page of a room and all that it names, each once."""
    page = (await alice.ask("GET", "/")).text
    sizes = {"/": len(gzip.compress(page.encode()))}
    for path in {*re.findall(r'"(/static/[^"]+)"', page)}:
        name = path.split("/", 3)[3]
        compress = brotli.compress if name in {*SHEETS, *SCRIPTS} else gzip.compress
        sizes[name] = len(compress(content(name)))

    assert sum(sizes.values()) <= 60 * 1024, sizes


def test_no_template_has_a_text_over_lines_whose_indents_show() -> None:
    sources = {path: path.read_text() for path in TEMPLATES.rglob("*.html")}

    assert {path for path, source in sources.items() if re.search(r"<(?:pre|textarea)\b[^>]*>[^<]*\n", source)} == set()


def content(path: str) -> bytes:
    if path in SCRIPTS:
        scripts = STATIC / "js"
        modules = {str(each.relative_to(scripts))[:-3]: each.read_text() for each in scripts.rglob("*.js")}
        return join(modules, *SCRIPTS[path]).encode()
    if path in SHEETS:
        return sheet_of((STATIC / f"css/{part}.css").read_bytes() for part in SHEETS[path])
    return (STATIC / path).read_bytes()


def test_a_sheet_loses_comments_indents_and_what_a_sign_says_already_and_nothing_else() -> None:
    written = b"/* a\n b */\n@layer base {\n  a,\n  b\n  c {\n    color: red; /* c */\n  }\n\n"
    written += b"  d :is(e, f) {\n    margin: 0 auto;\n  }\n}\n"

    assert sheet_of([written]) == b"@layer base{a,b\nc{color:red; }d :is(e,f){margin:0 auto}}"


async def test_static_files_say_what_they_are(alice: Browser) -> None:
    types = {
        path.rsplit(".", 1)[1]: (await alice.ask("GET", path)).headers["Content-Type"]
        for path in await addresses(alice)
    }

    assert types == {
        "js": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml",
    }


async def test_what_is_not_a_static_file_is_not_found(alice: Browser) -> None:
    folder = (await addresses(alice))[0].split("/")[2]

    for path in ("nothing.css", "..%2f..%2fapp%2fmain.py", "js", "%00"):
        assert (await alice.ask("GET", f"/static/{folder}/{path}")).status == 404
    assert (await alice.ask("GET", "/static/000000000000/css/base.css")).status == 404


async def test_the_page_itself_is_compressed(alice: Browser) -> None:
    async with alice.get("/", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "<!doctype html>" in await answer.text()


def test_nothing_that_people_read_calls_the_chat_by_a_name_that_it_may_not_have() -> None:
    words = {path: path.read_text() for path in TEMPLATES.rglob("*.html")}
    words |= {path: COMMENT.sub("", path.read_text()) for path in STATIC.glob("js/**/*.js")}
    refusals = [kind.default_message for kind in (AppError, *every_kind_of(AppError))]

    assert [str(path) for path, text in words.items() if "Parley" in text] == []
    assert [sentence for sentence in refusals if "Parley" in sentence] == []


def every_kind_of(kind: type[AppError]) -> list[type[AppError]]:
    return [each for direct in kind.__subclasses__() for each in (direct, *every_kind_of(direct))]


def test_templates_lose_indents_and_no_space_between_words() -> None:
    environment = jinja2.Environment(extensions=[ShortIndents], trim_blocks=True, lstrip_blocks=True)
    written = "<p>\n    one\n  {% if True %}\n    two\n  {% endif %}\n  three\n    {{ 'four' }}\n</p>"

    assert environment.from_string(written).render() == "<p>\none\n two\n three\nfour\n</p>"
