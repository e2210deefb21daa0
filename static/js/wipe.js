// On a shared computer: what was kept in this browser goes. A plain script, for the page of who is logged out.
{
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].clear();
    } catch {
      // storage is forbidden: nothing is kept there
    }
  }
  const forgetDatabases = async () => {
    for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
  };
  forgetDatabases().catch(() => null); // a browser that has none for us keeps nothing
  const forgetCaches = async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  };
  forgetCaches().catch(() => null);
}
