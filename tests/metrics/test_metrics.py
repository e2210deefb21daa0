"""`/metrics`: true numbers, of all workers as one, for who may ask; and a dashboard that names no other."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert, text

from app.chat.keys import HUB
from app.db.schema import jobs
from app.metrics.catalogue import METRICS, OF_THE_CHAT, Numbers
from app.metrics.siblings import Siblings
from app.metrics.text import as_text
from tests.chat.conftest import Join, join, server
from tests.conftest import Serve
from tests.support.browsing import Browser, Browsers, Open
from tests.support.locks import until_waiting
from tests.support.processes import ROOT
from tests.support.sockets import until

__all__ = ["join", "server"]

DASHBOARD = ROOT / "docs/grafana.json"
TOKEN = "a token of tests"


def samples(shown: str) -> dict[str, float]:
    """The numbers by their names, with the labels as Prometheus writes them."""
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sample.labels.items()): sample.value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
    }


async def scraped(browser: Browser) -> dict[str, float]:
    answer = await browser.ask("GET", "/metrics")
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    return samples(answer.text)


async def test_every_number_of_the_catalogue_is_shown_and_no_other(browser: Browsers, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(insert(jobs).values(name="changes", removed=7))
    answer = await browser().ask("GET", "/metrics")

    families = {family.name: family for family in text_string_to_metric_families(answer.text)}

    assert {f"parley_{metric.name}" for metric in (*METRICS, *OF_THE_CHAT)} == {*families}
    assert all(family.documentation for family in families.values())
    assert samples(answer.text)["parley_job_removed_total{job=changes}"] == 7


async def test_the_numbers_are_those_of_what_was_done(join: Join, browser: Browsers) -> None:
    before = await scraped(browser())
    alice, bob = await join("alice"), await join("bobby")
    for number in range(3):
        await alice.socket.posted(str(number))
        await bob.socket.until("message", text=str(number))
    assert (await browser().log_in("bobby", "wrong horse 9")).status == 422

    after = await scraped(browser())

    def rise(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert (after["parley_sockets"], after["parley_rooms"], after["parley_processes"]) == (2, 1, 1)
    assert rise("parley_posts_total") == rise("parley_batch_posts_sum") == 3
    assert rise("parley_batch_posts_count") == rise("parley_commit_seconds_count") == 3
    assert rise("parley_commit_seconds_sum") > 0
    assert after["parley_commit_seconds_bucket{le=+Inf}"] == after["parley_commit_seconds_count"]
    assert rise("parley_deliveries_total") == 6, "two readers of three messages; that they came is none"
    assert rise("parley_log_ins_refused_total") == 1
    assert after["parley_pool_connections{state=most}"] == 5
    assert after["parley_outbox_events"] == 0


async def test_a_socket_that_is_closed_and_a_doorbell_that_is_missed_are_counted(
    join: Join, server: TestServer, database: Engine, browser: Browsers
) -> None:
    alice = await join("alice")
    before = await scraped(browser())
    with database.begin() as conn:  # as a process does whose doorbell is lost
        conn.execute(
            text(
                "INSERT INTO messages (room_id, seq, rev, author_id, client_id, body) "
                "VALUES (1, 1, 1, 1, gen_random_uuid(), 'from elsewhere')"
            )
        )
        conn.execute(text("UPDATE rooms SET last_seq = 1, last_rev = 1 WHERE id = 1"))
    await alice.socket.until("message", text="from elsewhere")
    await alice.browser.sign_out()
    assert await alice.socket.close_code() == 4001
    await until(lambda: not server.app[HUB].clients.counts())

    after = await scraped(browser())

    closed = "parley_closes_total{code=4001}"
    assert after[closed] - before.get(closed, 0) == 1
    assert after["parley_gaps_healed_total"] - before["parley_gaps_healed_total"] == 1
    assert after["parley_sockets"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "chat.example.org"},
        {"Authorization": "Bearer a token of others", "Via": "1.1 proxy"},
        {"Authorization": "Bearer ", "Via": "1.1 proxy"},
    ],
)
async def test_who_comes_from_elsewhere_or_through_a_proxy_gets_nothing_without_the_token(
    headers: dict[str, str], serve: Serve, open_browser: Open
) -> None:
    for settings in ({}, {"metrics_token": TOKEN}):
        stranger = open_browser(await serve(**settings))

        answer = await stranger.ask("GET", "/metrics", headers=headers)

        assert answer.status == 404
        assert "parley_" not in answer.text


@pytest.mark.parametrize("token", [b"\xff", "naïve".encode(), b"x" * 7000])
async def test_a_token_of_other_signs_is_refused_as_any_other(token: bytes, serve: Serve) -> None:
    server = await serve(metrics_token=TOKEN, proxy_hops=1)
    reader, writer = await asyncio.open_connection(server.host, server.port)

    head = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
    writer.write(head + token + b"\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()

    assert answer.startswith("HTTP/1.1 404 ")


async def test_who_has_the_token_gets_them_through_a_proxy(serve: Serve, open_browser: Open) -> None:
    scraper = open_browser(await serve(metrics_token=TOKEN, proxy_hops=1))
    forwarded = {"X-Forwarded-For": "203.0.113.7", "Host": "chat.example.org"}

    answer = await scraper.ask("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}", **forwarded})

    assert answer.status == 200
    assert "parley_sockets" in answer.text


async def test_the_numbers_come_while_the_database_is_away(serve: Serve, open_browser: Open, database: Engine) -> None:
    scraper = open_browser(await serve())
    with database.begin() as conn:
        conn.execute(text("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE"))
        asking = asyncio.ensure_future(scraped(scraper))
        await until_waiting(database)
        with database.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        found = await asking

    assert found["parley_processes"] == 1
    assert not any(name.startswith("parley_job") for name in found)


def numbers(**values: float) -> Numbers:
    return {name: {"": value} for name, value in values.items()} | {
        "closes": {"4008": values["posts"]},
        **{name: {"1": 1, "+Inf": 2, "sum": values["posts"]} for name in ("batch_posts", "commit_seconds")},
    }


def test_the_workers_of_one_server_are_added_and_of_one_that_died_what_it_counted_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    ours = numbers(posts=5, sockets=3, loop_lag_seconds=0.1)
    (tmp_path / "1.json").write_text(json.dumps(numbers(posts=7, sockets=4, loop_lag_seconds=0.3)))
    (tmp_path / f"{ended.pid}.json").write_text(json.dumps(numbers(posts=100, sockets=50, loop_lag_seconds=9)))
    (tmp_path / "9.half").write_text("{")

    found = samples(as_text(Siblings(lambda: ours, tmp_path).all_together()).decode())

    assert found["parley_posts_total"] == 112
    assert found["parley_sockets"] == 7
    assert found["parley_loop_lag_seconds"] == 0.3
    assert found["parley_closes_total{code=4008}"] == 112
    assert (found["parley_batch_posts_bucket{le=1}"], found["parley_batch_posts_bucket{le=+Inf}"]) == (3, 9)


def test_every_number_that_the_dashboard_names_is_there() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    named = {name for each in panels for target in each["targets"] for name in _NAME.findall(target["expr"])}

    parts = ("_bucket", "_sum", "_count")
    there = {metric.full_name for metric in (*METRICS, *OF_THE_CHAT) if metric.kind != "histogram"}
    there |= {f"{metric.full_name}{part}" for metric in METRICS if metric.kind == "histogram" for part in parts}
    assert named <= there
    shown = {re.sub("(_total|_bucket|_sum|_count)$", "", name) for name in named}
    assert shown == {f"parley_{metric.name}" for metric in (*METRICS, *OF_THE_CHAT)}, "each is drawn"


_NAME = re.compile(r"\bparley_\w+")
