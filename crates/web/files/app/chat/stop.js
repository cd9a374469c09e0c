// Stopping an answer, whoever writes it, and however far it is.

import * as api from '../api.js';
import { noticed } from '../connection.js';

/** @typedef {import('./thread.js').Thread} Thread */

/** Before the first message there is no conversation. @param {unknown} fault */
function noneYet(fault) {
  if (fault instanceof api.ApiError && fault.code === 'not_found') return { items: [] };
  throw fault;
}

/** Before its first word only the server knows the answer's id. @param {Thread} thread @returns {Promise<string | null>} */
async function runningId(thread) {
  const { items } = await api.call('messages', { params: { id: thread.id } }).catch(noneYet);
  const last = items.at(-1);
  return last?.status === 'streaming' ? last.id : null;
}

/** Stops the answer; what came stays, and what waits comes back. @param {Thread} thread */
export async function stop(thread) {
  const running = thread.running.value;
  if (!running) return;
  thread.unqueue();
  if (thread.isAnonymous || thread.upload.value) {
    thread.abort.abort();
    return;
  }
  try {
    const messageId = running.id ?? await runningId(thread);
    if (messageId) await api.call('stop', { params: { id: thread.id, messageId } });
    else thread.abort.abort();
  } catch (error) {
    noticed(error);
    thread.fault.value = { error };
  }
}
