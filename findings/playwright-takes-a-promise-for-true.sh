#!/bin/sh
# Guess: page.wait_for_function("async () => …") waits for what the function resolves to, as page.evaluate does, so it
# can poll an address of the server until it has an answer.
# In fact: the promise itself is looked at, and an object is true. It returns at once, whatever the promise becomes, with
# polling by frames and with polling by time. A test that waits so waits for nothing, and passes as long as it is quick.
# A loop inside page.evaluate does wait.
# Versions: Playwright for Python 1.65.2, Chromium 156.
# Source: its documentation, Page.wait_for_function, which says “returns a truthy value” and nothing of promises.

. "$(dirname "$0")/lib.sh"
need_chromium
install playwright==1.65.2

expect 'wait_for_function, by frames: returned
wait_for_function, every 100 ms: returned
evaluate: False' <<'END'
import os

from playwright.sync_api import Error, sync_playwright

NEVER = "async () => false"


def waited(page: object, **how: object) -> str:
    try:
        page.wait_for_function(NEVER, timeout=2_000, **how)
    except Error:
        return "waited until the time was over"
    return "returned"


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ["CHROME"], args=["--no-sandbox"])
    page = browser.new_page()
    print("wait_for_function, by frames:", waited(page))
    print("wait_for_function, every 100 ms:", waited(page, polling=100))
    print("evaluate:", page.evaluate(NEVER))
    browser.close()
END
