// What can be taken out of this server, and brought to it.

import { file } from '../api.js';
import { useAttempt } from '../ui/attempt.js';
import { Button } from '../ui/controls.js';
import { Fault } from '../ui/notice.js';
import { html, useSignal } from '../ui/preact.js';
import { saveFile } from '../ui/save-file.js';
import { t } from '../strings/index.js';
import { Import } from './import.js';
import { useReauthentication } from './reauthenticate.js';
import { Section } from './section.js';

export function DataSection() {
  return html`<${Section} id="data" title=${t.data.title} lead=${t.data.lead}><${Export} /><${Import} /><//>`;
}

function Export() {
  const { busy, fault, attempt } = useAttempt();
  const said = useSignal('');
  const { withPassword, shown } = useReauthentication();
  const save = () => attempt(async () => {
    said.value = '';
    const made = await withPassword(() => file('exportMe'));
    if (!made) return;
    saveFile(made);
    said.value = t.data.exported(made.name);
  });
  return html`<section class="part" aria-labelledby="export-title"><h3 id="export-title">${t.data.export}</h3><p class="hint">${t.data.exportText}</p>
    <${Button} icon="file" busy=${busy.value} busyWords=${t.data.exporting} onClick=${save}>${t.data.exportAll}<//>
    <p class="row-said" role="status">${said.value}</p>
    ${fault.value ? html`<${Fault} fault=${fault.value} onRetry=${save} />` : null}${shown}</section>`;
}
