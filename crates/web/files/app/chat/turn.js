// One turn of a conversation: sends, follows the answer as it is written, joins it again when the way to it broke.

import * as api from '../api.js';
import { noticed } from '../connection.js';
import { signal } from '../ui/preact.js';
import { edit } from './edit.js';
import * as list from './list.js';
import { LiveAnswer } from './live.js';
import { newId } from './id.js';
import { leave, wasLeft } from './temporary.js';

/** @typedef {import('./thread.js').Thread} Thread */
/** @typedef {import('./thread.js').Item} Item */
/**
 * @typedef {{ kept: Item[], user: Item | null, restore: Item[], content: any[] | null, edited: any, request: (signal: AbortSignal) => Promise<AsyncIterable<any>> }} Turn
 * `kept` stays above, `restore` comes back if nothing becomes of it, `content` is what was written, `edited` the message that it changes.
 */

/** How long to wait before the server is asked again. */
const RETRY_MS = 2_000;
/** A listener that finds nobody waits; any other fault is told. */
const PASSING = new Set(['server_gone', 'offline', 'server_stopping', 'not_ready', 'store_unavailable', 'reader_too_slow']);

/** Asks, and follows the answer to its end. @param {Thread} thread @param {Turn} turn */
export async function run(thread, turn) {
  thread.abort = new AbortController();
  thread.fault.value = null;
  const live = new LiveAnswer({ id: null, model: thread.options.value.model });
  const item = { key: newId(), message: signal(live.snapshot()) };
  thread.items.value = [...turn.kept, ...(turn.user ? [turn.user] : []), item];
  thread.running.value = { id: null, item };
  try {
    await follow(thread, await turn.request(thread.abort.signal), live, item, turn.user);
    if (turn.kept.length < turn.restore.length) await thread.refresh();
  } catch (error) {
    if (api.wasAborted(error)) await ended(thread, turn, item);
    else if (item.message.value.id && !thread.isAnonymous) await rejoin(thread, item, live, error);
    else await failed(thread, turn, error);
  } finally {
    if (thread.running.value?.item === item) thread.running.value = null;
    thread.upload.value = null;
  }
  sendNext(thread);
}

/** Takes events until the answer ends. @param {Thread} thread @param {AsyncIterable<any>} events @param {LiveAnswer} live @param {Item} item @param {Item | null} user */
async function follow(thread, events, live, item, user) {
  let frame = 0;
  const paint = () => { frame = 0; item.message.value = { ...live.snapshot(), siblings: item.message.value.siblings }; };
  const end = (/** @type {any} */ message) => {
    cancelAnimationFrame(frame);
    item.message.value = { ...message, spans: live.spans, siblings: message.siblings ?? item.message.value.siblings };
  };
  try {
    for await (const { id, event, data } of events) {
      if (id !== null) live.lastEvent = id;
      if (event === 'latchkey.start') {
        live.message = { ...live.message, id: data.assistantMessageId, key: data.key };
        paint();
        thread.running.value = { id: data.assistantMessageId, item };
        if (user) user.message.value = { ...user.message.value, id: data.userMessageId, status: 'complete' };
        begun(thread);
      } else if (event === 'latchkey.done') {
        if (user && data.userMessage) user.message.value = data.userMessage;
        return end(data.assistantMessage);
      } else if (event === 'latchkey.error') {
        // The stream ends, the answer doesn't.
        if (data.code === 'reader_too_slow') throw new api.ApiError(data);
        if (data.code !== 'answer_stopped') thread.fault.value = { error: new api.ApiError(data), retry: thread.isAnonymous ? undefined : () => thread.regenerate(item) };
        return end(data.assistantMessage ?? { ...live.snapshot(), status: 'provider_error' });
      } else {
        live.apply(data);
        frame ||= requestAnimationFrame(paint);
      }
    }
    throw api.ApiError.unreachable();
  } catch (fault) {
    // What came is shown now: a frame that comes later would take the end back.
    cancelAnimationFrame(frame);
    paint();
    throw fault;
  }
}

/** The conversation is there now, with its title. @param {Thread} thread */
async function begun(thread) {
  if (thread.isAnonymous) return;
  const isNew = thread.state.value === 'new';
  thread.state.value = 'ready';
  if (wasLeft(thread)) return leave(thread);
  const conversation = await api.call('conversation', { params: { id: thread.id } }).catch(() => null);
  if (!conversation) return;
  thread.conversation.value = conversation;
  if (isNew) thread.options.value = { ...thread.options.value, model: conversation.model };
  if (isNew && thread.options.value.keyId) await thread.change({ keyId: thread.options.value.keyId }).catch(() => {});
  if (!thread.temporary.value) list.put(conversation, { onTop: true });
}

/** @param {any[]} content */
const textOf = (content) => content.map((block) => block.text ?? '').join('\n');

/** Whether this message is what was sent, and not what another tab sent meanwhile. @param {any} message @param {any[]} content */
const isOf = (message, content) => message.role === 'user' && message.content.length === content.length && textOf(message.content) === textOf(content);

/** A fault before the first word: what was written comes back, unless the server has it. @param {Thread} thread @param {Turn} turn @param {unknown} error */
async function failed(thread, turn, error) {
  noticed(error);
  const { content, edited } = turn;
  const saved = thread.isAnonymous ? null : await api.call('messages', { params: { id: thread.id } }).catch(() => null);
  const before = new Set(turn.restore.map((item) => item.message.value.id));
  const others = (saved?.items ?? []).filter((/** @type {any} */ one) => !before.has(one.id));
  thread.running.value = null;
  if (others.some((/** @type {any} */ one) => content === null || isOf(one, content))) {
    begun(thread);
    thread.show(saved);
    if (thread.joinRunning()) return;
    const last = thread.items.value.at(-1);
    const isAnswer = last?.message.value.role === 'assistant';
    const wasStopped = error instanceof api.ApiError && error.code === 'answer_stopped';
    if (error && !wasStopped) thread.fault.value = { error, retry: last && isAnswer ? () => thread.regenerate(last) : undefined };
    return;
  }
  thread.items.value = turn.restore;
  if (others.length > 0) {
    thread.show(saved);
    thread.joinRunning();
  }
  if (content && edited) edit(thread, edited, content);
  else if (content) thread.giveBack(content);
  if (error) thread.fault.value = { error, retry: content ? () => thread.sendWritten() : undefined };
}

/** The page ended the request by itself: before the first word what was written comes back. @param {Thread} thread @param {Turn} turn @param {Item} item */
async function ended(thread, turn, item) {
  if (item.message.value.id && !thread.isAnonymous) {
    thread.running.value = null;
    return thread.load();
  }
  if (item.message.value.content.length > 0) item.message.value = { ...item.message.value, status: 'stopped' };
  else await failed(thread, turn, null);
}

/** Listens to an answer that is written for another tab, or was before a reload. @param {Thread} thread @param {Item} item */
export async function join(thread, item) {
  thread.abort = new AbortController();
  await attach(thread, item, new LiveAnswer({ ...item.message.value, content: [] }));
  sendNext(thread);
}

/** The way to a running answer broke: goes on where it was. @param {Thread} thread @param {Item} item @param {LiveAnswer} live @param {unknown} error */
async function rejoin(thread, item, live, error) {
  noticed(error);
  thread.fault.value = { error };
  await attach(thread, item, live);
}

/** @param {Thread} thread @param {Item} item @param {LiveAnswer} live */
async function attach(thread, item, live) {
  const messageId = item.message.value.id;
  thread.running.value = { id: messageId, item };
  for (;;) {
    try {
      /** @type {Record<string, string>} */
      const headers = live.lastEvent === null ? {} : { 'last-event-id': live.lastEvent };
      const events = await api.stream('attach', { params: { id: thread.id, messageId }, signal: thread.abort.signal, headers });
      thread.fault.value = null;
      await follow(thread, events, live, item, null);
      break;
    } catch (error) {
      if (api.wasAborted(error)) break;
      noticed(error);
      if (!(error instanceof api.ApiError && PASSING.has(error.code))) {
        thread.fault.value = { error, retry: () => thread.load() };
        break;
      }
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
  if (thread.running.value?.item === item) thread.running.value = null;
}

/** Sends what was written meanwhile; after a fault it comes back instead. @param {Thread} thread */
function sendNext(thread) {
  const waiting = thread.queued.value;
  if (!waiting || thread.running.value) return;
  if (thread.fault.value) return thread.unqueue();
  thread.queued.value = null;
  thread.send(waiting.content, { edited: waiting.edited });
}
