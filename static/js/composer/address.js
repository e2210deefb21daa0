/**
 * What the address of the page asks for, once.
 *
 * @import {Composer} from './composer.js'
 */

/**
 * `?mention=alice`, from a profile: begins to mention somebody, after what is typed already.
 *
 * @param {Composer} composer
 */
export function takeMention(composer) {
  const login = new URLSearchParams(location.search).get("mention");
  if (!login) return;
  history.replaceState(history.state, "", location.pathname); // once: not again when the page is loaded again
  composer.write(`${/(?:^|\s)$/.test(composer.text) ? "" : " "}@${login} `);
}
