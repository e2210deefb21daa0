/**
 * Passkeys: buttons that have the browser make or prove one, on the pages to log in and on that of one's passkeys.
 *
 * `data-passkey` of a button is where to ask for what is to be signed and, without “/options”, where the answer goes;
 * `data-act` what to do: `create` or `get`. Beside it in the form is an element in which `data-told` says what failed.
 */

const ANSWER_MS = 15_000;
const UNREACHABLE = "The chat cannot be reached right now. Try again in a moment.";
/** What browsers call their errors, and what to say. @type {Record<string, string>} */
const SENTENCES = {
  NotAllowedError: "No passkey was used: that was cancelled, or took too long.",
  InvalidStateError: "You have a passkey for this chat there already.",
  SecurityError: "The browser takes no passkeys at this address.",
  NotSupportedError: "The browser cannot make such a passkey here.",
};

/** What the browser can do, with options as JSON has them.
 * @type {Record<string, (options: any) => Promise<Credential | null>>} */
const ACTS = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

class Refusal extends Error {}

/**
 * Sends a form, with what it is not to show; returns what the server answers.
 *
 * @param {string} path
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} [more]
 */
async function send(path, form, more = {}) {
  const fields = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  const headers = { Accept: "application/json" };
  const asked = { method: "POST", headers, body: fields, signal: AbortSignal.timeout(ANSWER_MS) };
  const answer = await fetch(path, asked).catch(() => null);
  const found = await answer?.json().catch(() => null);
  if (!answer?.ok || !found) throw new Refusal(found?.error?.message ?? UNREACHABLE);
  return found;
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLFormElement} form
 */
async function run(button, form) {
  const { passkey: path = "", act = "" } = button.dataset;
  const options = await send(`${path}/options`, form);
  const credential = await ACTS[act](options);
  const { location: onward } = await send(path, form, { credential: JSON.stringify(credential) });
  location.assign(onward);
}

/** @param {HTMLButtonElement} button */
function offer(button) {
  const form = /** @type {HTMLFormElement} */ (button.form);
  const told = /** @type {HTMLElement} */ (form.querySelector("[data-told]"));
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (!button.formNoValidate && !form.reportValidity()) return;
    told.hidden = true;
    button.disabled = true;
    try {
      await run(button, form);
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      told.textContent = error instanceof Refusal ? message : (SENTENCES[name] ?? `The browser failed: ${message}`);
      told.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

// Where the browser cannot make passkeys, or not from JSON (before 2025), the page stays as it is without scripts.
if (typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential) {
  for (const button of document.querySelectorAll("button[data-passkey]")) offer(/** @type {HTMLButtonElement} */ (button));
  for (const part of document.querySelectorAll("[data-with-passkeys]")) part.toggleAttribute("hidden", false);
  for (const part of document.querySelectorAll("[data-without-passkeys]")) part.toggleAttribute("hidden", true);
}
