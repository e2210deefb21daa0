"""The proxies with the lines that docs/DEPLOY.md has for them."""

import os
import re
from pathlib import Path

from tests.support.processes import ROOT

DOCUMENT = ROOT / "docs/DEPLOY.md"


def block(language: str) -> str:
    """The document's only block in that language."""
    [found] = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return str(found)


def replaced(text: str, **words: str) -> str:
    """The text with each documented word replaced, all of which must stand in it."""
    for documented, ours in words.items():
        assert documented in text
        text = text.replace(documented, ours)
    return text


def nginx(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    documented = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "chat.example.org;": "localhost;",
        "/etc/letsencrypt/live/chat.example.org/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/chat.example.org/privkey.pem": str(key),
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
    }
    site = replaced(block("nginx"), **documented)
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # others may not write to the folder
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off;\n{paths}{site}}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(config), "-e", "stderr"]


def caddy(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    site = replaced(
        block("caddy"),
        **{
            "chat.example.org {": f"https://localhost:{port} {{\n\ttls {certificate} {key}",
            "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        },
    )
    config = folder / "Caddyfile"
    config.write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]
