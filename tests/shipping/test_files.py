"""What Dockerfile and compose.yaml set is known to Parley, and the check of the health sees whether it serves."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from app.base.config import Config
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, parley

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
OF_PYTHON = {"LANG", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
GIVEN = {"CHAT_HOST": "chat.example.org", "SECRET_KEY": "a secret of tests, 32 characters or more", "DB_PASSWORD": "x"}


def compose() -> Any:
    """The services, with the values of `GIVEN`, which are all that are asked for."""
    text = re.sub(r"\$\{(\w+):\?}", lambda found: GIVEN[found[1]], (ROOT / "compose.yaml").read_text())
    return yaml.safe_load(text)["services"]


def health(port: int) -> int:
    """What the check of the Dockerfile ends with, for a Parley on this port."""
    [check] = re.findall(r"^HEALTHCHECK .*?CMD (\[.*])$", DOCKERFILE, re.MULTILINE)
    words = json.loads(check)
    assert words[0] == "python"
    environment = os.environ | {"PORT": str(port)}
    ended = subprocess.run([sys.executable, *words[1:]], env=environment, stderr=subprocess.DEVNULL, timeout=PATIENCE_S)
    return ended.returncode


def test_every_setting_of_an_image_is_one_of_parley() -> None:
    lines = re.findall(r"^ENV (.*)$", DOCKERFILE, re.MULTILINE)

    named = {word.split("=")[0] for line in lines for word in line.split()}

    assert {name.lower() for name in named - OF_PYTHON} <= Config.model_fields.keys()


def test_compose_gives_parley_a_whole_set_of_settings() -> None:
    service = compose()["parley"]
    settings = {name.lower(): value for name, value in service["environment"].items()}

    assert settings.keys() <= Config.model_fields.keys()
    config = Config(**settings)
    assert config.database_url == SecretStr("postgresql://parley:x@database/parley")
    assert (config.public_url, config.proxy_hops) == ("https://chat.example.org", 1)


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in compose().items() if "ports" in service] == ["caddy"]


def test_the_check_of_the_health_sees_whether_it_serves(used_folder: Path) -> None:
    with parley(used_folder) as running:
        running.until_ready()
        assert health(running.port) == 0

    assert health(running.port) == 1
