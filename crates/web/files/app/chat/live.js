// An answer that is being written: the provider's events, put together into the message that they make.

/** @param {string} text */
function parsedOrText(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export class LiveAnswer {
  /** The JSON of tool calls, by their block's place, while it comes. @type {Map<number, string>} */
  #json = new Map();

  /** @param {any} message what is known of the message before the first event */
  constructor(message) {
    this.message = { content: [], text: '', status: 'streaming', role: 'assistant', createdAt: new Date().toISOString(), ...message };
    /** Number of the last event that was seen; where a new listener goes on. @type {string | null} */
    this.lastEvent = null;
    /** When each block began and ended, by place. @type {Map<number, { from: number, to: number | null }>} */
    this.spans = new Map();
  }

  /** Takes one event of the provider's. @param {any} event */
  apply(event) {
    const at = event.index;
    if (event.type === 'message_start') {
      this.message.model = event.message.model;
      this.message.usage = event.message.usage;
    } else if (event.type === 'content_block_start') {
      this.message.content[at] = { ...event.content_block };
      this.spans.set(at, { from: performance.now(), to: null });
    } else if (event.type === 'content_block_delta') {
      this.#grow(at, event.delta);
    } else if (event.type === 'content_block_stop') {
      const span = this.spans.get(at);
      if (span) span.to = performance.now();
      const json = this.#json.get(at);
      if (json !== undefined) this.message.content[at].input = parsedOrText(json);
    } else if (event.type === 'message_delta') {
      this.message.usage = { ...this.message.usage, ...event.usage };
      this.message.stopReason = event.delta?.stop_reason ?? null;
    }
  }

  /** @param {number} at @param {any} delta */
  #grow(at, delta) {
    const block = this.message.content[at];
    if (!block) return;
    if (delta.type === 'text_delta') block.text = (block.text ?? '') + delta.text;
    else if (delta.type === 'thinking_delta') block.thinking = (block.thinking ?? '') + delta.thinking;
    else if (delta.type === 'citations_delta') block.citations = [...(block.citations ?? []), delta.citation];
    else if (delta.type === 'input_json_delta') this.#json.set(at, (this.#json.get(at) ?? '') + delta.partial_json);
  }

  /** The message as it is now, as a value of its own. */
  snapshot() {
    return { ...this.message, content: this.message.content.map((/** @type {any} */ block) => ({ ...block })), spans: this.spans };
  }
}
