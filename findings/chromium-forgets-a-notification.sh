#!/bin/sh
# Guess: registration.getNotifications() only reads. Whoever asks while a notification is being shown gets it or not, and
# gets it when showNotification() has resolved.
# In fact: asking makes Chromium forget it. A notification is first written to a store and then put on display. The list
# drops from the store what was written before the call and is not on display: that is meant for those that somebody has
# closed. So showNotification() resolves, and nothing lists the notification any more, or can close it. Where a Web Lock
# is held around both, none is forgotten.
# Versions: Chromium 150, headless, with Playwright 1.65.2. Asked every 20 ms only, it lost 55 of 1,500; in turn, none.
# Source: content/browser/notifications/platform_notification_context_impl.cc,
# DoReadAllNotificationDataForServiceWorkerRegistration.

. "$(dirname "$0")/lib.sh"
need_chromium
install playwright==1.65.2

expect 'nobody asks meanwhile: all are listed
somebody asks: some are missing
somebody asks, in turn: all are listed' <<'END'
import os

from playwright.sync_api import sync_playwright

COUNT = 200
SHOW = """async ([count, isAsked, inTurn]) => {
  const registration = await navigator.serviceWorker.ready;
  const turn = inTurn ? (task) => navigator.locks.request("notifications", task) : (task) => task();
  const list = () => registration.getNotifications();
  const ask = async () => { while (isAsked) await turn(list); };
  const asking = ask();
  for (let n = 1; n <= count; n++) await turn(() => registration.showNotification(`${n}`));
  isAsked = false;
  await asking;
  const listed = await list();
  for (const shown of listed) shown.close();
  return listed.length;
}"""

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ["CHROME"], args=["--no-sandbox"])
    context = browser.new_context(permissions=["notifications"])
    context.route("**", lambda route: route.fulfill(content_type="text/javascript"))  # the page and its empty worker
    page = context.new_page()
    page.goto("http://localhost/")
    page.evaluate("async () => { await navigator.serviceWorker.register('/worker.js'); }")
    ways = {"nobody asks meanwhile": (False, False), "somebody asks": (True, False), "somebody asks, in turn": (True, True)}
    for name, how in ways.items():
        listed = page.evaluate(SHOW, [COUNT, *how])
        print(f"{name}:", "all are listed" if listed == COUNT else "some are missing")
    browser.close()
END
