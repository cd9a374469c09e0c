// The parts of an answer: text with its sources, thinking, searches and calls of tools, and what this page doesn't know.

import { Icon } from '../ui/icons.js';
import { html } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { CITED } from './markdown.js';
import { Markdown } from './markdown-view.js';

/** @typedef {{ title: string, url: string | null, words: string, place: string }} Source */

/** Where a citation leads. @param {any} citation @returns {Source} */
function sourceOf(citation) {
  const page = citation.start_page_number ? t.message.page(citation.start_page_number) : '';
  const url = /^https?:/i.test(citation.url ?? '') ? citation.url : null;
  return { title: citation.title ?? citation.document_title ?? url ?? t.message.document, url, words: citation.cited_text ?? '', place: page };
}

/** Texts that follow each other are one text: citations cut sentences into blocks. @param {any[]} content */
export function grouped(content) {
  /** @type {{ kind: string, at: number, text?: string, block?: any }[]} */
  const parts = [];
  /** @type {Source[]} */
  const sources = [];
  content.forEach((block, at) => {
    if (!block) return;
    if (block.type !== 'text') {
      parts.push({ kind: block.type, at, block });
      return;
    }
    const marks = (block.citations ?? []).map((/** @type {any} */ citation) => {
      const source = sourceOf(citation);
      let number = sources.findIndex((one) => one.url === source.url && one.title === source.title && one.place === source.place);
      if (number === -1) number = sources.push(source) - 1;
      return `${CITED.open}${number + 1}${CITED.close}`;
    });
    // The letters that mark a citation are ours alone.
    const text = block.text.replace(/[\uE000\uE001]/g, '') + [...new Set(marks)].join('');
    const last = parts.at(-1);
    if (last?.kind === 'text') last.text += text;
    else parts.push({ kind: 'text', at, text });
  });
  return { parts, sources };
}

/** @param {{ block: any, open: boolean, span?: { from: number, to: number | null } }} props */
export function Thinking({ block, open, span }) {
  if (block.type === 'redacted_thinking') {
    return html`<details class="aside-part"><summary><${Icon} name="thinking" />${t.message.redacted}</summary><p class="aside-text">${t.message.redactedText}</p></details>`;
  }
  const seconds = span?.to ? (span.to - span.from) / 1000 : 0;
  const words = open ? t.message.thinking : seconds >= 1 ? t.message.thoughtFor(t.message.seconds(seconds)) : t.message.thought;
  if (!block.thinking) return html`<p class="aside-part plain ${open ? 'busy' : ''}"><${Icon} name="thinking" />${words}</p>`;
  return html`<details class="aside-part ${open ? 'busy' : ''}"><summary><${Icon} name="thinking" />${words}<${Icon} name="down" /></summary>
    <div class="aside-text"><${Markdown} text=${block.thinking} open=${open} /></div></details>`;
}

/** What a tool gave back, as far as it is for people. @param {any} result */
function results(result) {
  const found = Array.isArray(result?.content) ? result.content.filter((/** @type {any} */ one) => /^https?:/i.test(one.url ?? '')) : [];
  return found.map((/** @type {any} */ one) => html`<li><a href=${one.url} target="_blank" rel="noopener noreferrer">${one.title || one.url}</a> <small>${new URL(one.url).hostname}</small></li>`);
}

/** @param {{ block: any, result: any, open: boolean }} props */
export function ToolUse({ block, result, open }) {
  const isSearch = block.name === 'web_search';
  const words = isSearch ? (open && !block.input?.query ? t.message.searching : t.message.searched(block.input?.query ?? '')) : t.message.used(block.name);
  const list = results(result);
  if (list.length === 0 && isSearch) return html`<p class="aside-part plain ${open ? 'busy' : ''}"><${Icon} name="globe" />${words}</p>`;
  return html`<details class="aside-part"><summary><${Icon} name=${isSearch ? 'globe' : 'sliders'} />${words}<${Icon} name="down" /></summary>
    <div class="aside-text">${list.length > 0 ? html`<ul class="results">${list}</ul>` : html`<pre tabindex="0">${JSON.stringify({ input: block.input, result: result?.content ?? null }, null, 2)}</pre>`}</div></details>`;
}

/** @param {{ block: any }} props */
export function Unknown({ block }) {
  return html`<details class="aside-part"><summary><${Icon} name="unknown" />${t.message.unknownBlock(String(block.type))}<${Icon} name="down" /></summary>
    <div class="aside-text"><pre tabindex="0">${JSON.stringify(block, null, 2)}</pre></div></details>`;
}

/** @param {{ sources: Source[] }} props */
export function Sources({ sources }) {
  if (sources.length === 0) return null;
  return html`<section class="sources" aria-label=${t.message.sources}><p class="sources-title">${t.message.sources}</p><ol>
    ${sources.map((source) => html`<li title=${source.words} tabindex="-1">${source.url
      ? html`<a href=${source.url} target="_blank" rel="noopener noreferrer">${source.title}</a> <small>${new URL(source.url).hostname}</small>`
      : html`<span>${source.title}</span> <small>${source.place}</small>`}</li>`)}
  </ol></section>`;
}
