// One conversation in the page: its messages, and the answer that is being written.

import * as api from '../api.js';
import { noticed } from '../connection.js';
import { signal } from '../ui/preact.js';
import { asked, bodyOf, keptBy } from './body.js';
import { edit, endEdit } from './edit.js';
import { newId } from './id.js';
import { onSentFor } from './upload.js';
import * as list from './list.js';
import { stop } from './stop.js';
import { join, run } from './turn.js';

/** @typedef {{ key: string, message: import('/assets/preact-signals-2.11.4.mjs').Signal<any> }} Item */
/** @typedef {import('./body.js').Options} Options */

export class Thread {
  /** @param {string} id @param {{ isNew?: boolean }} [how] */
  constructor(id, { isNew = false } = {}) {
    this.id = id;
    /** Ends the request that is under way. */
    this.abort = new AbortController();
    this.items = signal(/** @type {Item[]} */ ([]));
    this.conversation = signal(/** @type {any} */ (null));
    this.state = signal(/** @type {'new' | 'loading' | 'ready' | 'failed'} */ (isNew ? 'new' : 'loading'));
    /** What went wrong last, and how to try it again. */
    this.fault = signal(/** @type {{ error: any, retry?: () => void } | null} */ (null));
    /** The answer that is being written. */
    this.running = signal(/** @type {{ id: string | null, item: Item } | null} */ (null));
    /** Whether it is deleted when somebody leaves it. */
    this.temporary = signal(false);
    /** How much of a large message is on its way; `null` when all of it is. */
    this.upload = signal(/** @type {{ done: number, whole: number } | null} */ (null));
    /** What is sent when the running answer has ended; of an earlier message that was edited, that one. */
    this.queued = signal(/** @type {{ content: any[], edited: any } | null} */ (null));
    /** Leads to older messages. */
    this.older = signal(/** @type {string | null} */ (null));
    /** What the composer holds, kept while another conversation is in view. */
    this.draft = signal('');
    this.files = signal(/** @type {any[]} */ ([]));
    this.editing = signal(/** @type {any} */ (null));
    this.options = signal(/** @type {Options} */ ({ model: null, system: '', thinking: 'auto', effort: 'auto', maxTokens: '', keyId: null }));
  }

  /** Reads conversation and messages, and joins an answer that is still being written. */
  async load() {
    this.fault.value = null;
    try {
      const params = { id: this.id };
      const [conversation, page] = await Promise.all([api.call('conversation', { params }), api.call('messages', { params })]);
      this.conversation.value = conversation;
      this.temporary.value = conversation.temporary ?? false;
      this.options.value = { ...this.options.value, model: conversation.model, system: conversation.system ?? '', keyId: conversation.keyId };
      this.show(page);
      this.state.value = 'ready';
      this.joinRunning();
    } catch (error) {
      noticed(error);
      if (this.state.value === 'loading') this.state.value = 'failed';
      this.fault.value = { error, retry: () => this.load() };
    }
  }

  /** Reads the page above: once, however many ask for it. */
  loadOlder() {
    this.#reading ??= this.#readOlder().finally(() => { this.#reading = null; });
    return this.#reading;
  }

  /** @type {Promise<void> | null} */
  #reading = null;

  async #readOlder() {
    const cursor = this.older.value;
    const page = await api.call('messages', { params: { id: this.id }, query: { cursor, limit: 100 } });
    // Another branch may be shown by now.
    if (this.older.value !== cursor) return;
    this.items.value = [...page.items.map(this.#item), ...this.items.value];
    this.older.value = page.nextCursor;
  }

  #item = (/** @type {any} */ message) => ({ key: message.id, message: signal(message) });

  /** Shows a page of messages; what is in view already stays the same thing in the page. @param {{ items: any[], nextCursor: string | null }} page */
  show({ items, nextCursor }) {
    const known = new Map(this.items.value.map((item) => [item.message.value.id, item]));
    this.items.value = items.map((message) => {
      const item = known.get(message.id);
      if (!item) return this.#item(message);
      item.message.value = { ...message, spans: item.message.value.spans };
      return item;
    });
    this.older.value = nextCursor;
  }

  /** Reads the messages that are shown now, with their versions. */
  async refresh() {
    this.show(await api.call('messages', { params: { id: this.id } }));
  }

  /** Joins an answer that somebody else's request is writing, or one of before a reload; `false` if there is none. */
  joinRunning() {
    const last = this.items.value.at(-1);
    if (last?.message.value.status !== 'streaming' || this.running.value) return false;
    join(this, last);
    return true;
  }

  /** Sends what the composer holds: now, or after the answer that is being written. */
  sendWritten() {
    const edited = this.editing.value;
    const content = this.takeBack();
    if (edited) endEdit(this);
    if (this.running.value) this.queue(content, edited);
    else this.send(content, { edited });
  }

  /** Has content wait behind the running answer, with what waits there already. @param {any[]} content @param {any} edited */
  queue(content, edited) {
    const before = this.queued.value;
    this.queued.value = { content: [...(before?.content ?? []), ...content], edited: before?.edited ?? edited };
  }

  /** Puts what waits back into the composer. */
  unqueue() {
    const waiting = this.queued.value;
    this.queued.value = null;
    if (waiting?.edited) edit(this, waiting.edited, waiting.content);
    else if (waiting) this.giveBack(waiting.content);
  }

  /**
   * Sends a message. Of an earlier one that was edited it becomes a sibling.
   * @param {any[]} content @param {{ edited?: any }} [how]
   */
  async send(content, { edited = null } = {}) {
    const body = { ...bodyOf(this, content, edited), stream: true };
    const before = this.items.value;
    const kept = keptBy(this, edited);
    const user = { key: newId(), message: signal({ id: null, role: 'user', content, status: 'sending', createdAt: new Date().toISOString() }) };
    await run(this, { kept, user, restore: before, request: (signal) => api.stream('send', { params: { id: this.id }, body, signal, anonymous: this.isAnonymous, onSent: onSentFor(this, content) }), content, edited });
  }

  /** Has an answer written anew, beside what is there. @param {Item} item */
  async regenerate(item) {
    const before = this.items.value;
    const params = { id: this.id, messageId: item.message.value.id };
    const body = { stream: true, ...asked(this.options.value) };
    await run(this, { kept: before.slice(0, before.indexOf(item)), user: null, restore: before, request: (signal) => api.stream('regenerate', { params, body, signal }), content: null, edited: null });
  }

  /** What goes out; a conversation without an account adds its key and what came before. @param {any} body @param {Item[]} _before */
  bodyOf(body, _before) {
    return body;
  }

  get isAnonymous() {
    return false;
  }

  /** Puts content back into the composer, before what is written there meanwhile. @param {any[]} content */
  giveBack(content) {
    const text = content.filter((block) => block.type === 'text').map((block) => block.text).join('\n');
    this.draft.value = [text, this.draft.value].filter(Boolean).join('\n\n');
    this.files.value = [...content.filter((block) => block.type !== 'text').map((block) => ({ id: newId(), name: block.title ?? '', block })), ...this.files.value];
  }

  /** What the composer holds, as content. @returns {any[]} */
  written() {
    const text = this.draft.value;
    return [...this.files.value.map((file) => file.block), ...(text.trim() ? [{ type: 'text', text }] : [])];
  }

  /** Takes it out of there. */
  takeBack() {
    const content = this.written();
    this.draft.value = '';
    this.files.value = [];
    return content;
  }

  /** Stops the answer; what came stays. */
  stop() {
    return stop(this);
  }

  /** Shows another version of a message. @param {string} messageId */
  async showVersion(messageId) {
    this.conversation.value = await api.call('changeConversation', { params: { id: this.id }, body: { shownLeaf: messageId } });
    await this.refresh();
    this.joinRunning();
  }

  /** Changes what belongs to the conversation. @param {any} change */
  async change(change) {
    if (this.state.value !== 'ready' || this.isAnonymous) return;
    this.conversation.value = await api.call('changeConversation', { params: { id: this.id }, body: change });
    if (!this.temporary.value) list.put(this.conversation.value);
  }
}
