// Times as people say them.

import { LOCALE } from '../strings/index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeStyle: 'short' });

/** Midnights between a moment and now. */
export function daysAgo(/** @type {Date} */ date, now = new Date()) {
  const midnight = (/** @type {Date} */ one) => new Date(one.getFullYear(), one.getMonth(), one.getDate()).getTime();
  return Math.round((midnight(now) - midnight(date)) / DAY);
}

/** `2 hours ago`, `yesterday`, or the day. @param {string} text */
export function ago(text, now = new Date()) {
  const passed = now.getTime() - new Date(text).getTime();
  const size = Math.abs(passed);
  if (size < MINUTE) return relative.format(0, 'second');
  if (size < HOUR) return relative.format(-Math.round(passed / MINUTE), 'minute');
  if (size < 20 * HOUR) return relative.format(-Math.round(passed / HOUR), 'hour');
  const days = daysAgo(new Date(text), now);
  return Math.abs(days) < 14 ? relative.format(-days, 'day') : day.format(new Date(text));
}

/** The time of day, with the day when that isn't today. @param {string} text */
export function at(text, now = new Date()) {
  const date = new Date(text);
  return daysAgo(date, now) === 0 ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** The day. @param {string} text */
export const onDay = (text) => day.format(new Date(text));

/** The moment in full, for a tooltip. @param {string} text */
export const inFull = (text) => full.format(new Date(text));
