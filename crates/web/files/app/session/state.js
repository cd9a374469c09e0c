// Who is signed in.

import * as api from '../api.js';
import { navigate } from '../router.js';
import { effect, signal } from '../ui/preact.js';

/** The account, as the server shows it; `null` for nobody, `undefined` until that is known. */
export const user = signal(/** @type {any} */ (undefined));
/** Why it couldn't be found out. */
export const restoreFault = signal(/** @type {unknown} */ (null));
/** A line for the sign-in page: what has just happened. */
export const signInNote = signal('');

/** Has this forgotten whenever nobody is signed in: it is not of whoever comes next. @param {() => void} forget */
export function forgetWithUser(forget) {
  effect(() => { if (user.value === null) forget(); });
}

/** Finds out, by the cookie, who is signed in. */
export async function restore() {
  restoreFault.value = null;
  try {
    user.value = await api.restore();
  } catch (fault) {
    restoreFault.value = fault;
  }
}

/** Takes somebody who has just signed in or up, and goes on. @param {any} who @param {string} to */
export function entered(who, to) {
  signInNote.value = '';
  user.value = who;
  navigate(to, { replace: true });
}

/** Reads the account again, after a change of it. @param {any} change */
export async function change(change) {
  user.value = await api.call('changeMe', { body: change });
}

api.onSessionOver(() => { user.value = null; });
