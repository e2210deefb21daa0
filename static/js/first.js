// Runs before the first paint: a plain script, as modules wait for the page.
{
  // A pinned theme must not flash.
  let theme;
  try {
    theme = localStorage.getItem("parley:theme");
  } catch {
    // storage is forbidden: the system decides
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;

  // A script that the network lost would leave a page that looks alive and is not. It is loaded once more, until it is
  // whole; so is one that was written by an older Parley, whose scripts are gone.
  const RELOAD_AFTER_MS = 3_000;
  addEventListener("error", ({ target }) => {
    if (target instanceof HTMLScriptElement) setTimeout(() => location.reload(), RELOAD_AFTER_MS);
  }, { capture: true });
}
