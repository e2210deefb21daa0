"""sqlmap: tries to have PostgreSQL take something that was typed for a part of a statement."""

import asyncio
import re
import uuid
from collections.abc import Sequence

from tests.faults.fuzzing.chat import Chat
from tests.faults.scanning.scanner import Scanner

# Who asks, method, path and body; a star marks what is tried in a path, else it is every value.
Asked = tuple[str, str, str, str]
ASKED: tuple[Asked, ...] = (
    ("member", "GET", "/search?q=a&before=9&room=1&zone=UTC", ""),
    ("member", "GET", "/api/search?q=a&before=9&limit=5&room=1&zone=UTC", ""),
    ("member", "GET", "/people?q=a&after=1&room=1", ""),
    ("member", "GET", "/api/people?q=a", ""),
    ("member", "GET", "/api/rooms?q=a", ""),
    ("member", "GET", "/api/rooms/1/messages?before=9&limit=5", ""),
    ("member", "GET", "/api/rooms/1/mentionable?q=a", ""),
    ("member", "GET", "/rooms/1/at?day=2026-01-31", ""),
    ("member", "GET", "/rooms/1*/1*", ""),
    ("member", "GET", "/people/person001*", ""),
    ("member", "GET", "/files/1*/a?size=small", ""),
    ("member", "GET", "/avatars/1*", ""),
    ("administrator", "PATCH", "/api/rooms/2", '{"name": "Two", "topic": "a"}'),
    ("member", "POST", "/api/directs", '{"logins": ["person001"]}'),
    ("member", "POST", "/settings", "display_name=Somebody&hue=1"),
    ("administrator", "GET", "/settings/log?before=9", ""),
    ("administrator", "POST", "/api/rooms", '{"name": "Three", "topic": "a"}'),
    ("administrator", "POST", "/settings/chat", "name=Parley&open_sign_up=on"),
    ("stranger", "POST", "/login", "login=person000&password=wrong+horse+9&next=/"),
    ("stranger", "POST", "/signin", "login=otter&display_name=Otter&email=otter%40example.org&password=short"),
    ("stranger", "POST", "/login/provider", "next=/&shared=on"),
    ("stranger", "GET", "/login/provider/callback?code=a&state=a&iss=a&error=a", ""),
    ("member", "GET", "/settings/provider?done=connected", ""),
    ("member", "POST", "/settings/provider/connect", "password=wrong+horse+9"),
    ("stranger", "POST", "/forgot", "email=person000%40example.org"),
    ("stranger", "GET", "/reset/a*", ""),
    ("stranger", "GET", "/invite/a*", ""),
)
SEARCHES, BESIDE = ("/search", "/api/search"), 3
FOUND = (
    "identified the following injection point"  # what it suspects before, it tries further, and says what became of it
)
LIMITED = re.compile(r"429 \(Too Many Requests\) - (\d+) times")
MOST_LIMITED = 20
PASSWORDS = ("/login", "/settings/provider/connect")  # refused for wrong ones, of which there may be ten or thirty
PAUSE_S, PAUSE_OF_SEARCH_S = 0.11, 0.21  # or the limits would refuse what it asks, and nothing would be tried
DONE = ("do not appear to be injectable", "does not seem to be injectable")


async def ask_all(scanner: Scanner, chats: dict[str, Chat]) -> list[str]:
    """What it found. Some are asked beside each other; searches, of which a person has five a second, are not."""
    searches = [asked for asked in ASKED if asked[2].startswith(SEARCHES)]
    others = [asked for asked in ASKED if asked not in searches]
    beside = [searches, *(others[n::BESIDE] for n in range(BESIDE))]
    found = await asyncio.gather(*(_ask(scanner, chats, each) for each in beside))
    return [finding for findings in found for finding in findings]


async def _ask(scanner: Scanner, chats: dict[str, Chat], asked: Sequence[Asked]) -> list[str]:
    findings = []
    for who, method, path, body in asked:
        chat = chats[who]
        cookie, token = (chat.cookie, chat.token) if chat.cookie else chat.stranger
        written = await scanner.run(
            "sqlmap",
            *("--url", f"http://127.0.0.1:{chat.port}{path}", "--method", method, *(("--data", body) if body else ())),
            *("--cookie", f"parley={cookie}", "--headers", f"X-CSRF-Token: {token}", "--param-exclude", "parley"),
            *("--batch", "--flush-session", "--disable-coloring", "--ignore-redirects", "--threads", "1"),
            *(
                "--dbms",
                "PostgreSQL",
                "--level",
                "2",
                "--risk",
                "2",
                "--time-sec",
                "2",
                "--output-dir",
                uuid.uuid4().hex,
            ),
            *("--delay", str(PAUSE_OF_SEARCH_S if path.startswith(SEARCHES) else PAUSE_S)),
            *("--ignore-code", "400,401,403,404,409,413,422,429"),
            of=f"{method} {path}",
        )
        if FOUND in written or not any(sign in written for sign in DONE):
            findings.append(f"sqlmap: {method} {path}: {written[-2_000:]}")
        limited = LIMITED.search(written)
        if limited is not None and int(limited[1]) > MOST_LIMITED and path not in PASSWORDS:
            findings.append(f"sqlmap: {method} {path}: {limited[0]}, so it was not tried")
    return findings
