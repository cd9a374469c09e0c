// Settings: one page with sections, each with an address of its own.

import { place } from '../router.js';
import { Icon } from '../ui/icons.js';
import { html, useEffect, useLayoutEffect } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { KeysSection } from '../keys/list.js';
import { AccountSection, ChatSection } from './account.js';
import { AppearanceSection } from './appearance.js';
import { DeleteSection } from './delete.js';
import { PasswordSection } from './password.js';
import { SessionsSection } from './sessions.js';
import { SharesSection } from './shares.js';
import { TokensSection } from './tokens.js';

/** @type {[string, string, any][]} */
const SECTIONS = [
  ['keys', t.keys.title, KeysSection],
  ['chat', t.settings.chat, ChatSection],
  ['shares', t.shares.title, SharesSection],
  ['appearance', t.settings.appearance, AppearanceSection],
  ['account', t.settings.account, AccountSection],
  ['password', t.settings.password, PasswordSection],
  ['sessions', t.settings.sessions, SessionsSection],
  ['tokens', t.tokens.title, TokensSection],
  ['delete', t.settings.danger, DeleteSection],
];


export function SettingsPage() {
  const section = place.value?.params.section;
  useEffect(() => { document.title = t.title(t.settings.title); }, []);
  useLayoutEffect(() => {
    const target = section && section !== SECTIONS[0][0] ? document.getElementById(section) : null;
    target?.scrollIntoView();
    target?.focus({ preventScroll: true });
  }, [section]);
  return html`<div class="settings">
    <nav class="settings-nav" aria-label=${t.settings.sections}>
      <a class="back" href="/chat"><${Icon} name="left" />${t.settings.back}</a>
      <ul>${SECTIONS.map(([id, title]) => html`<li><a href="/settings/${id}" aria-current=${id === (section ?? 'keys') ? 'true' : null}>${title}</a></li>`)}</ul>
    </nav>
    <main class="settings-main"><h1>${t.settings.title}</h1>${SECTIONS.map(([id, , Part]) => html`<${Part} key=${id} />`)}</main>
  </div>`;
}
