"""Files as a person gives them to the page: pasted, dropped, chosen; and what is seen of them."""

import base64
import io
from typing import Literal

from PIL import Image
from playwright.async_api import Page, Request

from tests.browser.person import Person

GIVE = """({kind, files}) => {
  const transfer = new DataTransfer();
  for (const {name, type, bytes} of files) {
    const content = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
    transfer.items.add(new File([content], name, {type}));
  }
  const rest = {bubbles: true, cancelable: true};
  const target = document.querySelector(kind === "paste" ? "#text" : "#log");
  if (kind === "paste") return target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, ...rest}));
  target.dispatchEvent(new DragEvent("dragenter", {dataTransfer: transfer, ...rest}));
  return target.dispatchEvent(new DragEvent("drop", {dataTransfer: transfer, ...rest}));
}"""

Given = tuple[str, str, bytes]  # name, type, content


def picture(name: str = "boat.png", size: tuple[int, int] = (600, 400), color: str = "teal") -> Given:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return name, "image/png", out.getvalue()


def photo(name: str = "harbour.jpg") -> Given:
    """A JPEG of twelve megapixels, as a phone takes it, but of about one megabyte."""
    noise = Image.effect_noise((400, 300), 90).resize((4000, 3000))
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise)).save(out, "JPEG", quality=40)
    return name, "image/jpeg", out.getvalue()


async def give(page: Page, kind: Literal["paste", "drop"], *files: Given) -> bool:
    """Whether the browser goes on and does what it does by itself."""
    given = [{"name": name, "type": type, "bytes": base64.b64encode(content).decode()} for name, type, content in files]
    return bool(await page.evaluate(GIVE, {"kind": kind, "files": given}))


async def choose(page: Page, *files: Given) -> None:
    await page.set_input_files(
        "#files", [{"name": name, "mimeType": type, "buffer": content} for name, type, content in files]
    )


def offsets(person: Person) -> list[int]:
    """Where each piece begins that is sent from now on."""
    found: list[int] = []

    def asked(request: Request) -> None:
        if request.method == "PATCH" and "upload-offset" in request.headers:
            found.append(int(request.headers["upload-offset"]))

    person.page.on("request", asked)
    return found
