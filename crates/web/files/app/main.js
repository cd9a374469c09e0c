// The app: finds out who is there, and shows what belongs to the address.

import { Connection } from './connection.js';
import { forget as forgetKeys, keys, load as loadKeys } from './keys/state.js';
import { Welcome } from './keys/welcome.js';
import { listen, navigate, place } from './router.js';
import { Reset, SignIn, SignUp } from './session/pages.js';
import { forget as forgetShares } from './shares/state.js';
import { load as loadServer } from './session/server.js';
import { forgetWithUser, restore, restoreFault, user } from './session/state.js';
import { ChatPage } from './chat/page.js';
import { forget as forgetChat } from './chat/list.js';
import { models } from './chat/models.js';
import { watchLeaving } from './chat/temporary.js';
import { Loading, laterPage } from './ui/later.js';
import { Fault } from './ui/notice.js';
import { effect, html, render, useSignalEffect } from './ui/preact.js';
import { t } from './strings/index.js';

/** These are loaded when somebody looks at them. */
const SettingsPage = laterPage(() => import('./settings/page.js').then((module) => module.SettingsPage));
const SharedPage = laterPage(() => import('./shares/page.js').then((module) => module.SharedPage));
const TryPage = laterPage(() => import('./chat/try.js').then((module) => module.TryPage));

/** @type {Record<string, any>} */
const OPEN = { 'sign-up': SignUp, 'sign-in': SignIn, reset: Reset, try: TryPage };
/** @type {Record<string, any>} */
const SIGNED_IN = { chat: ChatPage, welcome: Welcome, settings: SettingsPage };

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
  // For whoever has the link, whoever that is.
  if (page === 'shared') return html`<${SharedPage} /><${Connection} />`;
  if (restoreFault.value) return html`<main class="alone"><h1 class="unseen">${t.name}</h1><${Fault} fault=${restoreFault.value} onRetry=${restore} /></main>`;
  const Page = OPEN[page] ?? (user.value ? SIGNED_IN[page] : null);
  if (user.value === undefined || !Page) return html`<${Loading} />`;
  return html`<${Page} key=${page} /><${Connection} />`;
}

listen();
watchLeaving();
effect(() => { if (user.value) loadKeys().catch(() => { keys.value ??= null; }); });
forgetWithUser(() => {
  forgetKeys();
  forgetChat();
  forgetShares();
  models.value = null;
});
loadServer();
restore();
render(html`<${App} />`, /** @type {Element} */ (document.getElementById('app')));
