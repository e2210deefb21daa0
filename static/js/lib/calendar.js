/**
 * Days and times as the reader says them: in the zone of this browser, hours as its language writes them.
 */

/** The page speaks English; dates follow the reader's kind of it. */
const LANGUAGE = globalThis.navigator?.languages?.find((language) => language.startsWith("en")) ?? "en-GB";

const CLOCK_TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const WEEKDAY = new Intl.DateTimeFormat(LANGUAGE, { weekday: "long" });
const DAY_AND_MONTH = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "long" });
const WITH_YEAR = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "long", year: "numeric" });
const WHOLE = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "full", timeStyle: "medium" });

/**
 * The local day that a moment falls on, such as `2026-01-31`.
 *
 * @param {number} time milliseconds
 */
export function dayOf(time) {
  const date = new Date(time);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${date.getFullYear()}-${month}-${day}`;
}

/**
 * "Today", "Yesterday", or the date with its weekday.
 *
 * @param {number} time milliseconds
 * @param {number} now milliseconds
 */
export function dayLabel(time, now) {
  return nearLabel(time, now) || `${WEEKDAY.format(time)}, ${dateLabel(time, now)}`;
}

/**
 * A day and a time in few letters: "Today 14:05", "3 May, 14:05", "3 May 2024".
 *
 * @param {number} time milliseconds
 * @param {number} now milliseconds
 */
export function momentLabel(time, now) {
  const near = nearLabel(time, now);
  if (near) return `${near} ${timeLabel(time)}`;
  return isSameYear(time, now) ? `${dateLabel(time, now)}, ${timeLabel(time)}` : dateLabel(time, now);
}

/**
 * A date as in a sentence, with the year where it is another one.
 *
 * @param {number} time milliseconds
 * @param {number} now milliseconds
 */
export function dateLabel(time, now) {
  return (isSameYear(time, now) ? DAY_AND_MONTH : WITH_YEAR).format(time);
}

/** @param {number} time milliseconds */
export function timeLabel(time) {
  return CLOCK_TIME.format(time);
}

/** @param {number} time milliseconds */
export function wholeLabel(time) {
  return WHOLE.format(time);
}

/**
 * @param {number} time milliseconds
 * @param {number} now milliseconds
 */
function nearLabel(time, now) {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(time) === dayOf(now)) return "Today";
  return dayOf(time) === dayOf(yesterday.getTime()) ? "Yesterday" : "";
}

/**
 * @param {number} time milliseconds
 * @param {number} now milliseconds
 */
function isSameYear(time, now) {
  return new Date(time).getFullYear() === new Date(now).getFullYear();
}
