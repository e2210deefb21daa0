// Runs before the first paint, so that a pinned theme does not flash: a plain script, as modules wait for the page.
{
  let theme;
  try {
    theme = localStorage.getItem("parley:theme");
  } catch {
    // storage is forbidden: the system decides
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
