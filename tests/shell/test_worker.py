"""The service worker and its page come to everybody, name what belongs to them, and are asked for again."""

import json
import re

from tests.support.browsing import Browser, Browsers


async def test_the_service_worker_serves_all_pages_and_is_looked_for_again(browser: Browsers) -> None:
    answer = await browser().ask("GET", "/service-worker.js")

    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_the_worker_names_its_page_and_all_that_the_page_names(browser: Browsers) -> None:
    stranger = browser()
    script = (await stranger.ask("GET", "/service-worker.js")).text
    written = re.search(r"^const shell = (.*);$", script, re.MULTILINE)
    assert written is not None
    shell = json.loads(written[1])

    page = await stranger.ask("GET", shell["page"])

    assert page.status == 200
    assert {*shell["files"]} == {*re.findall(r'"(/static/[^"]+)"', page.text)}
    assert {path.split("/", 3)[3] for path in shell["files"]} >= {"js/offline.js", "css/chat.css", "css/page.css"}
    for path in shell["files"]:
        async with stranger.get(path) as answer:
            assert answer.status == 200


async def test_the_page_of_the_shell_is_the_same_for_everybody(alice: Browser, browser: Browsers) -> None:
    hers, anybodys = await alice.ask("GET", "/offline"), await browser().ask("GET", "/offline")

    assert hers.text == anybodys.text
    assert "alice" not in hers.text
    assert "csrf" not in hers.text


async def test_only_at_a_shared_computer_a_page_says_that_nothing_is_to_be_kept(
    alice: Browser, browser: Browsers
) -> None:
    shared = browser()
    await shared.log_in("alice", shared="on")

    assert "data-shared" in (await shared.ask("GET", "/")).text
    assert "data-shared" not in (await alice.ask("GET", "/")).text
