"""wapiti: follows links and forms, and attacks what it finds there."""

import json

from tests.faults.fuzzing.chat import Chat
from tests.faults.scanning.scanner import Scanner

# Those that need nobody on the internet. Not `ldap`: where `*` finds more people than `a`, it sees an LDAP server.
MODULES = (
    *("backup", "crlf", "csrf", "exec", "file", "htaccess", "methods", "permanentxss"),
    *("redirect", "shellshock", "sql", "timesql", "upload", "xss"),
)
# What would end its own session, or leave it no account: these are tried by tests.
LEFT_OUT = ("/signout", "/settings/sessions/*", "/people/*", "/settings/password", "/settings/second-factor*")


async def visit(scanner: Scanner, name: str, chat: Chat, seconds: float) -> list[str]:
    """What it found; an answer of 500 counts, too."""
    url, report = f"http://127.0.0.1:{chat.port}", scanner.folder / f"wapiti-{name}.json"
    # Not --drop-set-cookie: it would drop this one, too. A stranger has one as well: pages that were asked for at once
    # have tokens of several, and a form whose token is old is refused like one whose token is wrong.
    session = ("--cookie-value", f"parley={chat.cookie or chat.stranger[0]}")
    start = ("--start", f"{url}/people") if chat.cookie else ()
    left_out = [word for path in LEFT_OUT for word in ("--exclude", url + path)]
    await scanner.run(
        "wapiti",
        *("--url", f"{url}/", "--scope", "folder", "--module", ",".join(MODULES), *session, *start, *left_out),
        *("--depth", "5", "--max-files-per-dir", "15", "--tasks", "2", "--timeout", "20"),
        *("--max-scan-time", f"{seconds:.0f}", "--max-attack-time", f"{seconds / 5:.0f}"),
        *("--store-session", f"session-{name}", "--store-config", "wapiti", "--flush-session", "--no-bugreport"),
        *("--format", "json", "--output", str(report)),
        of=name,
    )
    found = json.loads(report.read_text())
    assert found["infos"]["crawled_pages_nbr"] >= (20 if chat.cookie else 5), "it saw too little: was it signed in?"
    return [
        f"wapiti {name}: {kind}: {each['method']} {each['path']} {each['parameter'] or ''} {each['info']}"
        for part in ("vulnerabilities", "anomalies")
        for kind, all_of_kind in found[part].items()
        for each in all_of_kind
    ]
