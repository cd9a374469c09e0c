// The access token: in memory alone, renewed by the cookie that no script can read, by one tab for all.

import { ApiError, jsonOf } from './error.js';

/** Renewed a little before it is void, so that no request goes out with one that dies on the way. */
const MARGIN_MS = 30_000;
/** Says across reloads that there may be a cookie. The cookie itself is out of reach. */
const HINT = 'latchkey.signed-in';

/** @typedef {{ token: string, until: number, user: any }} Access */
/** @typedef {(url: string, options: any) => Promise<Response>} Send */

/** @type {Access | null} */
let access = null;
/** @type {Promise<Access> | null} */
let renewal = null;
/** @type {(() => void) | null} */
let whenOver = null;
const tabs = new BroadcastChannel('latchkey.access');

tabs.addEventListener('message', ({ data }) => {
  if (data === null) end({ tell: false });
  else if (isOther(data.user)) leave();
  else access = data;
});

/** Whether the cookie, which all tabs share, is somebody else's by now. @param {any} user */
const isOther = (user) => access !== null && access.user.id !== user.id;

/** This tab is nobody's: what it shows isn't of whom the cookie belongs to. */
function leave() {
  access = null;
  whenOver?.();
}

/** Whether it is worth while to ask for a token. */
export const mayBeSignedIn = () => localStorage.getItem(HINT) !== null;

/** Calls this when the session has ended, here or in another tab. */
export function onSessionOver(/** @type {() => void} */ callback) {
  whenOver = callback;
}

/** Takes what a sign-in gave. @param {{ accessToken: string, expiresIn: number, user: any }} signedIn @returns {Access} */
export function keep({ accessToken, expiresIn, user }) {
  access = { token: accessToken, until: Date.now() + expiresIn * 1000, user };
  localStorage.setItem(HINT, '1');
  tabs.postMessage(access);
  return access;
}

/** Forgets the token; the other tabs do, too. */
export function end({ tell = true } = {}) {
  access = null;
  localStorage.removeItem(HINT);
  if (tell) tabs.postMessage(null);
  whenOver?.();
}

/** A token that is good for a while, or none for somebody who isn't signed in. @param {Send} send */
export async function current(send) {
  if (access !== null && access.until - MARGIN_MS > Date.now()) return access.token;
  if (access === null && !mayBeSignedIn()) return null;
  return (await renew(send)).token;
}

/** Gets another token, however good this one looks. @param {Send} send @returns {Promise<Access>} */
export function renew(send) {
  const stale = access?.token;
  renewal ??= alone(() => renewed(send, stale)).finally(() => { renewal = null; });
  return renewal;
}

/** @param {Send} send @param {string | undefined} stale */
async function renewed(send, stale) {
  // Another tab was quicker while this one waited.
  if (access !== null && access.token !== stale) return access;
  const answer = await send('/api/auth/refresh', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  if (answer.ok) {
    const signedIn = await jsonOf(answer);
    if (!isOther(signedIn.user)) return keep(signedIn);
    leave();
    throw new ApiError({ code: 'session_over', status: 401 });
  }
  const fault = await ApiError.of(answer);
  if (fault.status === 401) end();
  throw fault;
}

/** One tab at a time, where the browser can do that; elsewhere the server gives both tabs the same successor. */
function alone(/** @type {() => Promise<Access>} */ work) {
  return navigator.locks ? navigator.locks.request('latchkey.refresh', work) : work();
}
