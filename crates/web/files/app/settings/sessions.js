// Where somebody is signed in.

import { call } from '../api.js';
import { Button } from '../ui/controls.js';
import { Fault } from '../ui/notice.js';
import { html, useEffect, useSignal } from '../ui/preact.js';
import { ago } from '../ui/time.js';
import { t } from '../strings/index.js';
import { useReauthentication } from './reauthenticate.js';
import { Section } from './section.js';

const BROWSERS = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(?:e|ium)\//, 'Chrome'], [/Safari\//, 'Safari'], [/curl\//, 'curl']];
const SYSTEMS = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']];

/** `Firefox on Linux`, as far as that can be told. @param {string | null} agent */
function nameOf(agent) {
  const find = (/** @type {any[]} */ list) => list.find(([pattern]) => pattern.test(agent ?? ''))?.[1];
  return [find(BROWSERS), find(SYSTEMS)].filter(Boolean).join(' · ') || agent || t.settings.unknownDevice;
}

export function SessionsSection() {
  const sessions = useSignal(/** @type {any[]} */ ([]));
  const fault = useSignal(/** @type {unknown} */ (null));
  const { withPassword, shown } = useReauthentication();
  const load = async () => {
    fault.value = null;
    try {
      sessions.value = (await call('sessions')).items;
    } catch (thrown) {
      fault.value = thrown;
    }
  };
  useEffect(() => { load(); }, []);
  const end = async (/** @type {string} */ id) => {
    try {
      await withPassword(() => call('endSession', { params: { id } }));
      await load();
    } catch (thrown) {
      fault.value = thrown;
    }
  };
  return html`<${Section} id="sessions" title=${t.settings.sessions} lead=${t.settings.sessionsLead}>
    ${fault.value ? html`<${Fault} fault=${fault.value} onRetry=${load} />` : null}
    <ul class="rows">${sessions.value.map((one) => html`<li key=${one.id} class="row">
      <div class="row-main"><p class="row-name">${nameOf(one.userAgent)}${one.current && html` <span class="tag">${t.settings.thisDevice}</span>`}</p>
        <p class="row-facts"><span>${t.settings.signedIn(ago(one.createdAt))}</span><span>${t.settings.active(ago(one.refreshedAt))}</span></p></div>
      ${!one.current && html`<${Button} aria-label=${t.settings.endSessionLabel(nameOf(one.userAgent))} onClick=${() => end(one.id)}>${t.settings.endSession}<//>`}
    </li>`)}</ul>${shown}
  <//>`;
}
