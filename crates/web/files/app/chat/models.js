// The models that can be used, and their names.

import * as api from '../api.js';
import { server } from '../session/server.js';
import { perMillion } from '../ui/money.js';
import { signal } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** @typedef {{ id: string, displayName: string | null, maxInputTokens: number | null, maxOutputTokens: number | null, price: any, capabilities?: any }} Model */

/** As the provider or the price table lists them; `null` until then. */
export const models = signal(/** @type {Model[] | null} */ (null));

/** Reads them. @param {{ anonymous?: boolean }} [how] */
export async function load({ anonymous = false } = {}) {
  models.value = (await api.call('models', { anonymous })).items;
}

/** `Sonnet 5.5` for `claude-sonnet-5-5`. @param {string} id */
export function nameOf(id) {
  const known = models.value?.find((model) => model.id === id)?.displayName;
  if (known) return known.replace(/^Claude /, '');
  const [, family, version] = /^claude-([a-z]+)-(\d+(?:-\d{1,2})?)(?:-|$)/.exec(id) ?? [];
  return family ? `${family[0].toUpperCase()}${family.slice(1)} ${version.replace('-', '.')}` : id;
}

/** Models that read no more take fewer images. */
const SHORT_TOKENS = 200_000;
const MOST_IMAGES = { short: 100, long: 600 };

/** How many images a conversation has, and how many its model takes. @param {import('./thread.js').Thread} thread */
export function imagesOf(thread) {
  const id = thread.options.peek().model ?? server.peek()?.defaultModel;
  const tokens = models.peek()?.find((model) => model.id === id)?.maxInputTokens ?? Infinity;
  const blocks = thread.items.peek().flatMap((item) => item.message.peek().content);
  return { images: blocks.filter((block) => block?.type === 'image').length, most: tokens <= SHORT_TOKENS ? MOST_IMAGES.short : MOST_IMAGES.long };
}

/** What a model's tokens cost, in words. @param {Model} model */
export const priceOf = ({ price }) => (price ? t.composer.price(perMillion(price.inputNanoUsd), perMillion(price.outputNanoUsd)) : '');
