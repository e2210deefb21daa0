"""What is left out of a sheet on its way to the browser changes no rule in it."""

import pytest
from playwright.async_api import Browser

from app.edge.pages import LATER, SHEETS, STATIC, sheet_of

PARTS = SHEETS | {name: parts for name, (_, parts) in LATER.items() if parts}
RULES_OF = """
(text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  // Where a value has a variable, it is told as it was written.
  return [...sheet.cssRules].map((rule) => rule.cssText.replaceAll(", ", ","));
}
"""


@pytest.mark.parametrize("name", PARTS)
async def test_a_sheet_has_the_same_rules_as_its_parts(chrome: Browser, name: str) -> None:
    parts = [(STATIC / f"css/{part}.css").read_bytes() for part in PARTS[name]]
    page = await chrome.new_page()
    try:
        written, sent = [await page.evaluate(RULES_OF, text.decode()) for text in (b"".join(parts), sheet_of(parts))]
    finally:
        await page.close()

    assert len(written) > 0
    assert sent == written
