"""Who shows notices and who takes them back wait for one another, or one that nobody has seen is lost."""

from tests.browser.conftest import Visit
from tests.browser.notices.test_shown import has_notices, look_away, pusher, server, shows
from tests.browser.profiles import worker_of
from tests.search.conftest import becomes

__all__ = ["server"]

# The next time that there are notices to look at, the page does not go on until it may.
HOLD_LOOK = """() => {
  const { prototype } = ServiceWorkerRegistration, { getNotifications } = prototype;
  prototype.getNotifications = async function () {
    const shown = await getNotifications.call(this);
    if (!shown.length) return shown;
    prototype.getNotifications = getNotifications;
    await new Promise((done) => (self.goOn = done));
    return shown;
  };
}"""
# The next one is not shown until it may be.
HOLD_SHOW = """() => {
  const { prototype } = ServiceWorkerRegistration, { showNotification } = prototype;
  prototype.showNotification = async function (...notice) {
    prototype.showNotification = showNotification;
    await new Promise((done) => (self.goOn = done));
    return showNotification.apply(this, notice);
  };
}"""
IS_HELD = "() => 'goOn' in self"
GO_ON = "() => self.goOn()"

COUNT_SHOWN = """() => {
  self.shown = 0;
  const { prototype } = ServiceWorkerRegistration, { showNotification } = prototype;
  prototype.showNotification = async function (...notice) {
    await showNotification.apply(this, notice);
    self.shown++;
  };
}"""
# The worker has shown another, or waits for its turn to.
HAS_COME = """async () => {
  const { pending } = await navigator.locks.query();
  return self.shown === 2 || pending.some(({ name }) => name === "notices");
}"""
COUNT_LOOKS = """() => {
  window.tries = window.looks = 0;
  const { getNotifications } = ServiceWorkerRegistration.prototype, { request } = LockManager.prototype;
  LockManager.prototype.request = function (name, ...more) {
    if (name === "notices") window.tries++;
    return request.call(this, name, ...more);
  };
  ServiceWorkerRegistration.prototype.getNotifications = function () {
    window.looks++;
    return getNotifications.call(this);
  };
}"""


async def test_a_newer_notice_of_a_room_is_not_taken_back_with_the_one_before(visit: Visit) -> None:
    alice = await visit("alice")
    await alice.send("of old")
    await alice.has_all_sent()
    bob = await has_notices(visit, "bobby")
    page, worker = bob.page, await worker_of(bob.page)
    await look_away(page)
    await worker.evaluate(COUNT_SHOWN)
    await page.evaluate(HOLD_LOOK)
    push = await pusher(page)
    await push({"room": 1, "seq": 1, "title": "alice", "body": "of old", "path": "/", "time": 5, "sound": True})
    await becomes(lambda: worker.evaluate("() => shown"), 1)
    await alice.send("by the way")
    await becomes(lambda: page.evaluate(IS_HELD), wanted=True)  # about to take back what was read

    await alice.send("@bobby, look")
    await becomes(lambda: worker.evaluate(HAS_COME), wanted=True)
    await page.evaluate(GO_ON)

    await shows(page, ["alice · Lobby", "@bobby, look", "room-1"])


async def test_a_page_asks_for_no_notices_while_one_is_being_shown(visit: Visit) -> None:
    alice, bob = await visit("alice"), await has_notices(visit, "bobby")
    page, worker = bob.page, await worker_of(bob.page)
    await look_away(page)
    await worker.evaluate(HOLD_SHOW)
    await alice.send("@bobby, look")
    await becomes(lambda: worker.evaluate(IS_HELD), wanted=True)
    await page.evaluate(COUNT_LOOKS)

    await alice.send("by the way")
    await becomes(lambda: page.evaluate("() => tries + looks > 0"), wanted=True)
    assert await page.evaluate("() => looks") == 0
    await worker.evaluate(GO_ON)

    await shows(page, ["alice · Lobby", "@bobby, look", "room-1"])
