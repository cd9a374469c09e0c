// The app: finds out who is there, and shows what belongs to the address.

import { Connection } from './connection.js';
import { forget as forgetKeys, keys, load as loadKeys } from './keys/state.js';
import { Welcome } from './keys/welcome.js';
import { listen, navigate, place } from './router.js';
import { Reset, SignIn, SignUp } from './session/pages.js';
import { restore, restoreFault, user } from './session/state.js';
import { ChatPage } from './chat/page.js';
import { forget as forgetChat } from './chat/list.js';
import { models } from './chat/models.js';
import { TryPage } from './chat/try.js';
import { Fault } from './ui/notice.js';
import { effect, html, render, signal, useEffect, useSignalEffect } from './ui/preact.js';
import { t } from './strings/index.js';

/** @type {Record<string, any>} */
const OPEN = { 'sign-up': SignUp, 'sign-in': SignIn, reset: Reset, try: TryPage };
/** @type {Record<string, any>} */
const SIGNED_IN = { chat: ChatPage, welcome: Welcome, settings: SettingsPage };

/** The settings are loaded when somebody looks at them. */
const settings = signal(/** @type {any} */ (null));

function SettingsPage() {
  useEffect(() => {
    import('./settings/page.js').then((module) => { settings.value = { Page: module.SettingsPage }; }, () => location.reload());
  }, []);
  return settings.value ? html`<${settings.value.Page} />` : html`<${Loading} />`;
}

const Loading = () => html`<div class="skeleton" role="status"><span class="unseen">${t.loading}</span></div>`;

/** Sends who isn't signed in to where that can be changed, and who is past it. */
function guard() {
  const page = place.value?.page;
  if (!page || user.value === undefined) return;
  if (SIGNED_IN[page] && user.value === null) {
    navigate(`/sign-in?next=${encodeURIComponent(location.pathname)}`, { replace: true });
  } else if ((page === 'sign-in' || page === 'sign-up') && user.value) {
    navigate('/chat', { replace: true });
  }
}

function App() {
  useSignalEffect(guard);
  const page = place.value?.page ?? '';
  if (restoreFault.value) return html`<main class="alone"><${Fault} fault=${restoreFault.value} onRetry=${restore} /></main>`;
  const Page = OPEN[page] ?? (user.value ? SIGNED_IN[page] : null);
  if (user.value === undefined || !Page) return html`<${Loading} />`;
  return html`<${Page} key=${page} /><${Connection} />`;
}

listen();
effect(() => {
  const who = user.value;
  if (who) {
    loadKeys().catch(() => { keys.value ??= null; });
  } else if (who === null) {
    forgetKeys();
    forgetChat();
    models.value = null;
  }
});
restore();
render(html`<${App} />`, /** @type {Element} */ (document.getElementById('app')));
