// A conversation as a file.

import * as api from '../api.js';
import { saveFile } from '../ui/save-file.js';
import { html, signal } from '../ui/preact.js';
import { t } from '../strings/index.js';

/** How many files are on their way. */
const underWay = signal(0);

/** Has the browser save a conversation. @param {string} id @param {'markdown' | 'json'} format */
export async function exportConversation(id, format) {
  underWay.value += 1;
  try {
    saveFile(await api.file('exportConversation', { params: { id }, query: { format } }));
  } finally {
    underWay.value -= 1;
  }
}

/** Says that a file is on its way, once that takes a while. */
export const ExportState = () => html`<div class="on-its-way" role="status">${underWay.value > 0 && html`<p>${t.chat.exporting}</p>`}</div>`;
