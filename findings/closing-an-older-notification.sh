#!/bin/sh
# Guess: a notification takes the place of an older one with the same tag. To close that one now does nothing, as it is
# gone; so says the standard, too: the close steps end where the list of notifications does not contain it.
# In fact: Chromium knows a notification with a tag by its origin and its tag alone. So close() of the older one, from a
# list that was taken a moment before, closes the newer one, which nobody may have seen. Whoever takes back what is read
# has to keep others from showing (with a Web Lock) from getNotifications() to close().
# Versions: Chromium 150, headless, with Playwright 1.65.2.
# Source: content/browser/notifications/notification_id_generator.cc, GenerateForPersistentNotification; Notifications
# API Standard, “Closing a notification”.

. "$(dirname "$0")/lib.sh"
need_chromium
install playwright==1.65.2

expect 'the newer one has the same tag: listed is newer; when the older one is closed, nothing
the newer one has another tag: listed is newer, older; when the older one is closed, newer' <<'END'
import os

from playwright.sync_api import sync_playwright

CLOSE = """async (tag) => {
  const registration = await navigator.serviceWorker.ready;
  const list = () => registration.getNotifications();
  const titles = async () => (await list()).map(({ title }) => title).sort().join(", ") || "nothing";
  await registration.showNotification("older", { tag: "a" });
  const [older] = await list();
  await registration.showNotification("newer", { tag });
  const before = await titles();
  older.close();
  const after = await titles();
  for (const shown of await list()) shown.close();
  return `listed is ${before}; when the older one is closed, ${after}`;
}"""

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=os.environ["CHROME"], args=["--no-sandbox"])
    context = browser.new_context(permissions=["notifications"])
    context.route("**", lambda route: route.fulfill(content_type="text/javascript"))  # the page and its empty worker
    page = context.new_page()
    page.goto("http://localhost/")
    page.evaluate("async () => { await navigator.serviceWorker.register('/worker.js'); }")
    print("the newer one has the same tag:", page.evaluate(CLOSE, "a"))
    print("the newer one has another tag:", page.evaluate(CLOSE, "b"))
    browser.close()
END
