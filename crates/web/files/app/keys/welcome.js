// The one screen between signing up and the first chat.

import { chatAddress } from '../chat/threads.js';
import { navigate } from '../router.js';
import { Gate } from '../session/form.js';
import { t } from '../strings/index.js';
import { Button } from '../ui/controls.js';
import { Icon } from '../ui/icons.js';
import { html } from '../ui/preact.js';
import { AddKeyForm } from './add-form.js';

export function Welcome() {
  return html`<${Gate} title=${t.welcome.title} lead=${t.welcome.lead}>
    <${AddKeyForm} words=${t.keys.addAndChat} withName=${false} onAdded=${() => navigate(chatAddress(), { replace: true })}>
      <${Button} kind="link" onClick=${() => navigate(chatAddress())}>${t.welcome.later}<//>
    <//>
    <p class="promise"><${Icon} name="key" />${t.welcome.promise}</p>
  <//>`;
}
