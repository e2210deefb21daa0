/**
 * Whether a value from outside has the shape that it should have: checks, and how larger ones are made of them. Pure.
 */

/** @typedef {(value: any) => boolean} Check */

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** @type {Check} */
export const text = (value) => typeof value === "string";
/** @type {Check} */
export const flag = (value) => typeof value === "boolean";
/** @type {Check} */
export const count = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
export const number = (value) => count(value) && value > 0;
/** @type {Check} */
export const time = (value) => text(value) && !Number.isNaN(Date.parse(value));
/** @type {Check} */
export const uuid4 = (value) => text(value) && UUID4.test(value);
/** @type {(check: Check) => Check} */
export const optional = (check) => (value) => value === undefined || check(value);
/** @type {(check: Check) => Check} */
export const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(fields: Record<string, Check>) => Check} */
export const shape = (fields) => (value) => isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
