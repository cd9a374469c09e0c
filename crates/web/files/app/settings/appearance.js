// Light, dark, or as the device says; and the language. Both are this browser's business.

import { Choice, Select } from '../ui/controls.js';
import { html, signal } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { Section } from './section.js';

const KEPT = 'latchkey.theme';
const theme = signal(document.documentElement.dataset.theme ?? 'system');

/** @param {string} chosen */
function choose(chosen) {
  theme.value = chosen;
  if (chosen === 'system') {
    localStorage.removeItem(KEPT);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEPT, chosen);
    document.documentElement.dataset.theme = chosen;
  }
}

export function AppearanceSection() {
  return html`<${Section} id="appearance" title=${t.settings.appearance}>
    <${Choice} label=${t.settings.theme} value=${theme.value} options=${Object.entries(t.settings.appearances)} onChange=${choose} />
    <${Select} label=${t.settings.language} hint=${t.settings.languageHint} value="en" options=${[['en', t.settings.english]]} onChange=${() => {}} />
  <//>`;
}
