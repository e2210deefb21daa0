"""A Firefox, driven over WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi), which it speaks by itself."""

import asyncio
import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.support.debian import program
from tests.support.load import PATIENCE_S

_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
# No page of its own, no look for updates or networks: what it does beside the test it does later.
_PREFERENCES = {
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "app.update.disabledForTesting": True,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
_KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}


class BidiError(Exception):
    """Firefox refused a command."""


class Firefox:
    """One session. Commands wait for their answers; a fault of a page's script is kept in `faults`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last = 0
        self.faults: list[str] = []

    async def read(self) -> None:
        """Take what Firefox says, until the socket ends."""
        async for frame in self._socket:
            if frame.type is not WSMsgType.TEXT:
                break
            said = json.loads(frame.data)
            if said["type"] == "event":
                self._on_event(said["method"], said["params"])
            elif (answer := self._answers.pop(said.get("id"), None)) is not None and not answer.done():
                answer.set_result(said)

    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "log.entryAdded" and params["type"] == "javascript" and params["level"] == "error":
            self.faults.append(params["text"])

    async def ask(self, method: str, **params: Any) -> Any:
        """The result of a command.

        Raises:
            BidiError: with what Firefox says.
        """
        self._last += 1
        number, answer = self._last, asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        await self._socket.send_json({"id": number, "method": method, "params": params})
        async with asyncio.timeout(PATIENCE_S):
            said = await answer
        if said["type"] == "error":
            raise BidiError(f"{method}: {said['error']}: {said['message']}")
        return said["result"]

    async def new_tab(self) -> "Tab":
        """A tab in a profile of its own."""
        user = await self.ask("browser.createUserContext")
        made = await self.ask("browsingContext.create", type="tab", userContext=user["userContext"])
        return Tab(self, made["context"])


class Tab:
    """What a person does and sees in one tab. Elements are named by CSS selectors."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox = firefox
        self._context = context

    async def go(self, address: str) -> None:
        """Open a page, and wait until it is loaded."""
        await self._firefox.ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    async def reload(self) -> None:
        await self._firefox.ask("browsingContext.reload", context=self._context, wait="complete")

    async def look(self, expression: str) -> Any:
        """The value of an expression of JavaScript, as JSON can have it."""
        wrapped = f"JSON.stringify(({expression}) ?? null)"
        target = {"context": self._context}
        found = await self._firefox.ask("script.evaluate", expression=wrapped, target=target, awaitPromise=False)
        if found["type"] == "exception":
            raise BidiError(found["exceptionDetails"]["text"])
        return json.loads(found["result"]["value"])

    async def until(self, expression: str, wanted: Any = True) -> None:
        """Wait until an expression has a value; it may fail meanwhile, as pages come and go."""
        ends = asyncio.get_running_loop().time() + PATIENCE_S
        seen: Any = None
        while seen != wanted:
            assert asyncio.get_running_loop().time() < ends, f"{expression} is {seen!r}, and never was {wanted!r}"
            try:
                seen = await self.look(expression)
            except BidiError as error:
                seen = error
            await asyncio.sleep(0.05)

    async def until_shown(self, selector: str) -> None:
        await self.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility() === true")

    async def element(self, selector: str) -> dict[str, Any]:
        """A reference to the first element that fits."""
        await self.until(f"document.querySelector({json.dumps(selector)}) !== null")
        locator = {"type": "css", "value": selector}
        found = await self._firefox.ask("browsingContext.locateNodes", context=self._context, locator=locator)
        return {"sharedId": found["nodes"][0]["sharedId"]}

    async def click(self, selector: str) -> None:
        """Scroll to an element, as a person would, and click it."""
        await self.until_shown(selector)
        await self.until(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'nearest'}}) ?? true")
        origin = {"type": "element", "element": await self.element(selector)}
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        await self._act({"type": "pointer", "id": "mouse", "actions": [move, *press]})

    async def type(self, selector: str, text: str, *keys: str) -> None:
        """Click into an element, and type text and keys."""
        await self.click(selector)
        signs = [*text, *(_KEYS[key] for key in keys)]
        actions = [{"type": kind, "value": sign} for sign in signs for kind in ("keyDown", "keyUp")]
        await self._act({"type": "key", "id": "keyboard", "actions": actions})

    async def choose(self, selector: str, path: Path) -> None:
        """Choose a file."""
        element = await self.element(selector)
        await self._firefox.ask("input.setFiles", context=self._context, element=element, files=[str(path)])

    async def _act(self, source: dict[str, Any]) -> None:
        await self._firefox.ask("input.performActions", context=self._context, actions=[source])


@asynccontextmanager
async def firefox() -> AsyncIterator[Firefox]:
    """A Firefox with an empty profile, ended with the block. Skips the test where there is none to be had."""
    path = program("firefox-esr", "firefox-esr")
    with _profile() as profile:
        options = ("--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0")
        process = await asyncio.create_subprocess_exec(
            path, *options, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            address = await _listening(process)
            async with (
                ClientSession() as http,
                http.ws_connect(address) as socket,
                _reading(Firefox(socket)) as begun,
            ):
                yield begun
        finally:
            process.terminate()
            await process.wait()


@contextmanager
def _profile() -> Iterator[str]:
    """The folder of a new profile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in _PREFERENCES.items())
        Path(folder, "user.js").write_text("\n".join(lines))
        yield folder


async def _listening(process: asyncio.subprocess.Process) -> str:
    """Where it takes commands, which it writes among other lines."""
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stderr:
            if found := _LISTENING.search(line):
                return f"{found[1].decode()}/session"
    raise BidiError("Firefox ended before it took commands")


@asynccontextmanager
async def _reading(firefox: Firefox) -> AsyncIterator[Firefox]:
    reading = asyncio.create_task(firefox.read())
    try:
        await firefox.ask("session.new", capabilities={})
        await firefox.ask("session.subscribe", events=["log.entryAdded"])
        yield firefox
        with suppress(BidiError, TimeoutError):
            await firefox.ask("browser.close")
    finally:
        reading.cancel()
        await asyncio.wait([reading])
