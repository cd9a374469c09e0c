// Temporary chats: in no list, found by no search, and deleted when somebody leaves them.

import * as api from '../api.js';
import { noticed } from '../connection.js';
import { navigate, place } from '../router.js';
import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { effect, html, useSignal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import * as list from './list.js';
import { fresh, threads } from './threads.js';

/** @typedef {import('./thread.js').Thread} Thread */

/** Where one may go without leaving the chat: to see about a key, and back. */
const BESIDE = new Set(['settings', 'welcome']);

/** Those that were left, by id. @type {Set<string>} */
const left = new Set();

/** Whether somebody was gone before the server had it. @param {Thread} thread */
export const wasLeft = (thread) => left.has(thread.id);

/** Deletes it; the request outlives the page. @param {Thread} thread */
export async function leave(thread) {
  left.add(thread.id);
  threads.delete(thread.id);
  await api.call('deleteConversation', { params: { id: thread.id }, keepalive: true }).catch(noticed);
}

/** Whether something of it may be on the server, and shall go with whoever leaves. @param {Thread} thread */
const goes = (thread) => thread.temporary.peek() && thread.items.peek().length > 0;

/** Deletes all that there are. */
export const leaveAll = () => Promise.all([...threads.values()].filter(goes).map(leave));

/** Makes it one like the others. @param {Thread} thread */
async function keep(thread) {
  // At once: whoever leaves before the server has answered must not have it deleted.
  thread.temporary.value = false;
  try {
    const conversation = await api.call('changeConversation', { params: { id: thread.id }, body: { temporary: false }, keepalive: true });
    thread.conversation.value = conversation;
    list.put(conversation, { onTop: true });
  } catch (fault) {
    thread.temporary.value = true;
    throw fault;
  }
}

/** Says what it is; the way to keep it, once there is something to keep. @param {{ thread: Thread }} props */
export function TemporaryNote({ thread }) {
  const fault = useSignal(/** @type {any} */ (null));
  if (!thread.temporary.value) return null;
  const isThere = thread.state.value === 'ready';
  const ask = () => { fault.value = null; keep(thread).catch((thrown) => { noticed(thrown); fault.value = thrown; }); };
  return html`<p class="composer-line temporary" role="status"><${Icon} name="hourglass" /><span>${fault.value ? t.chat.notKept : isThere ? t.chat.temporaryHere : t.chat.temporaryNew}</span>
    ${isThere && html`<${Button} kind="link" onClick=${ask}>${t.chat.keep}<//>`}</p>`;
}

/** Switches a chat that isn't begun. @param {{ thread: Thread }} props */
export function TemporarySwitch({ thread }) {
  const { temporary } = thread;
  return html`<button type="button" class="foot-button switch" aria-pressed=${temporary.value} onClick=${() => { temporary.value = !temporary.value; document.querySelector('textarea')?.focus(); }}>
    <${Icon} name="hourglass" />${t.chat.temporary}</button>`;
}

/** Sees when somebody leaves: to another chat, or out of the page. */
export function watchLeaving() {
  effect(() => {
    const { page = '', params = {} } = place.value ?? {};
    if (BESIDE.has(page)) return;
    const open = params.id === undefined ? fresh.peek() : threads.get(params.id);
    for (const thread of threads.values()) if (thread !== open && goes(thread)) leave(thread);
  });
  addEventListener('pagehide', leaveAll);
  // The browser may show the page again as it was.
  addEventListener('pageshow', (event) => {
    if (event.persisted && left.has(place.value?.params.id ?? '')) navigate('/chat', { replace: true });
  });
}
