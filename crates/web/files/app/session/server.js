// What this server offers to whoever comes: accounts, chat without one, a model. While that isn't known, all of it is offered.

import { call } from '../api.js';
import { computed, signal } from '../ui/preact.js';

/** @typedef {{ version: string, signup: 'open' | 'invite' | 'closed', anonymous: boolean, defaultModel: string }} Server */

export const server = signal(/** @type {Server | null} */ (null));
/** Whether anybody may make an account. */
export const canSignUp = computed(() => (server.value?.signup ?? 'open') === 'open');
/** Whether anybody may chat with a key alone. */
export const canTry = computed(() => server.value?.anonymous ?? true);

/** Asks it. */
export async function load() {
  server.value = await call('server', { anonymous: true }).catch(() => null);
}
