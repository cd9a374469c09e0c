// A key where none belongs: said at the field before anything is sent, with the way to where it does.

import { keyIn } from '../chat/guard.js';
import { navigate } from '../router.js';
import { Button } from '../ui/controls.js';
import { html } from '../ui/preact.js';
import { t } from '../strings/index.js';
import { foundKey } from './state.js';

/** Takes a key to the form that stores one. @param {string} key */
export function takeToSettings(key) {
  foundKey.value = key;
  navigate('/settings/keys?add');
}

/** What is wrong with a text that has a key in it; `null` for any other. @param {string} text @param {{ canStore?: boolean }} [how] */
export function keyFault(text, { canStore = true } = {}) {
  const key = keyIn(text);
  if (key === null) return null;
  return html`<span>${t.keys.notHere} ${canStore && html`<${Button} kind="link" onClick=${() => takeToSettings(key)}>${t.composer.keySave}<//>`}</span>`;
}
