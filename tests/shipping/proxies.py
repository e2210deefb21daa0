"""The proxies with the lines that docs/DEPLOY.md has for them."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.shipping.visiting import self_signed, started
from tests.support.debian import program
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, free_port

DOCUMENT = ROOT / "docs/DEPLOY.md"
LONG_S = int(2 * PATIENCE_S)  # for a busy machine; as Debian has them they wait 50 s and 300 s
DEFAULTS_OF_HAPROXY = f"""
defaults
    mode http
    timeout connect {LONG_S}s
    timeout client {LONG_S}s
    timeout server {LONG_S}s

"""
OF_APACHE = ("alias", "authz_core", "headers", "mpm_event", "proxy", "proxy_http", "reqtimeout", "ssl")


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
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "    listen [::]:80;\n": "",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "    listen [::]:443 ssl;\n": "",
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


def haproxy(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    both = folder / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    site = replaced(
        block("haproxy"),
        **{
            "bind :::80 v4v6": f"bind 127.0.0.1:{free_port()}",
            "bind :::443 v4v6": f"bind 127.0.0.1:{port}",
            "/etc/haproxy/chat.example.org.pem": str(both),
            "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        },
    )
    config = folder / "haproxy.cfg"
    config.write_text(DEFAULTS_OF_HAPROXY + site)
    return ["haproxy", "-db", "-f", str(config)]


def apache(folder: Path, certificate: Path, key: Path, port: int, app_port: int) -> list[str]:
    site = replaced(
        block("apache"),
        **{
            "*:80": f"127.0.0.1:{(plain := free_port())}",
            "*:443": f"127.0.0.1:{port}",
            "chat.example.org\n": "localhost\n",
            "/etc/letsencrypt/live/chat.example.org/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/chat.example.org/privkey.pem": str(key),
            "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        },
    )
    found = Path(program("apache2", "apache2-bin")).parents[1] / "lib/apache2/modules"
    modules = "".join(f"LoadModule {name}_module {found}/mod_{name}.so\n" for name in OF_APACHE)
    config = folder / "apache.conf"
    user = "User nobody\nGroup nogroup\n" if os.geteuid() == 0 else ""
    config.write_text(
        f"{user}ServerName localhost\nTimeout {LONG_S}\nPidFile {folder}/pid\nErrorLog /dev/stderr\n{modules}"
        f"Listen 127.0.0.1:{plain}\nListen 127.0.0.1:{port}\n{site}"
    )
    return ["apache2", "-d", str(folder), "-f", str(config), "-DFOREGROUND"]


PROXIES = {"nginx": nginx, "caddy": caddy, "haproxy": haproxy, "apache": apache}
PACKAGES = {"apache2": "apache2-bin"}


@contextmanager
def proxied(name: str, folder: Path, app_port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A proxy with the documented lines before a Parley on this port: its address, and its process.

    The test is skipped where there is none, and none can be installed.
    """
    port = free_port()
    command = PROXIES[name](folder, *self_signed(folder), port, app_port)
    command[0] = program(command[0], PACKAGES.get(command[0], command[0]))
    with started(command, {**os.environ, "HOME": str(folder)}) as process:
        yield f"https://localhost:{port}", process
