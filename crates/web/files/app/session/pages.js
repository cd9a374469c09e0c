// Signing up, signing in, and setting a new password.

import * as api from '../api.js';
import { navigate, place } from '../router.js';
import { t } from '../strings/index.js';
import { Button, Field, SecretField } from '../ui/controls.js';
import { Note } from '../ui/notice.js';
import { html, useSignal } from '../ui/preact.js';
import { Form, Gate } from './form.js';
import { canSignUp, canTry, server } from './server.js';
import { entered, signInNote } from './state.js';

const isAddress = (/** @type {string} */ text) => /^\S+@\S+$/.test(text.trim());
const emailFault = (/** @type {string} */ text) => (text.trim() === '' ? t.session.missing : isAddress(text) ? null : t.session.badEmail);
const neededFault = (/** @type {string} */ text) => (text === '' ? t.session.missing : null);

/** Faults of a new password stand beside it. @param {string} pointer */
const passwordFaults = (pointer) => ({ password_too_short: pointer, password_too_long: pointer, password_too_weak: pointer });

/** Where somebody wanted to go before they were asked who they are: a place of this server. */
function wanted() {
  const next = new URL(place.value?.query.get('next') || '/chat', location.origin);
  // Compared as the browser reads it: `/\\elsewhere` is another server, too.
  return next.origin === location.origin ? next.pathname : '/chat';
}

/** The way to chat without an account, where there is one. */
const TryLink = () => canTry.value && html`<p class="aside"><a href="/try">${t.session.try}</a></p>`;

/** Where nobody makes an account alone. */
function NoSignUp() {
  const [title, lead] = server.value?.signup === 'invite' ? [t.session.invite, t.session.inviteLead] : [t.session.closed, t.session.closedLead];
  return html`<${Gate} title=${title} lead=${lead}>
    <p class="gate-ways"><a class="button primary" href="/sign-in">${t.session.signIn}</a></p><${TryLink} /><//>`;
}

export function SignUp() {
  const email = useSignal('');
  const password = useSignal('');
  if (!canSignUp.value) return html`<${NoSignUp} />`;
  const submit = async () => entered(await api.register({ email: email.value.trim(), password: password.value }), '/welcome');
  return html`<${Gate} title=${t.session.signUp} lead=${t.session.signUpLead}>
    <${Form} submit=${submit} faults=${{ '/email': emailFault(email.value), '/password': neededFault(password.value) }}
      atFields=${{ ...passwordFaults('/password') }} ways=${{ 'sign-in': () => navigate('/sign-in') }}>${({ busy, at }) => html`
      <${Field} label=${t.session.email} hint=${t.session.emailHint} type="email" autocomplete="username" autofocus value=${email} fault=${at('/email')} />
      <${SecretField} label=${t.session.password} hint=${t.session.passwordHint} autocomplete="new-password" value=${password} fault=${at('/password')} />
      <${Button} type="submit" kind="primary" busy=${busy}>${t.session.signUp}<//>`}
    <//>
    <p class="aside">${t.session.haveAccount} <a href="/sign-in">${t.session.signIn}</a></p><${TryLink} />
  <//>`;
}

export function SignIn() {
  const email = useSignal('');
  const password = useSignal('');
  const submit = async () => entered(await api.login({ email: email.value.trim(), password: password.value }), wanted());
  return html`<${Gate} title=${t.session.signIn} lead=${signInNote.value ? null : t.session.signInLead}>
    ${signInNote.value && html`<${Note} icon="good" kind="good">${signInNote.value}<//>`}
    <${Form} submit=${submit} faults=${{ '/email': emailFault(email.value), '/password': neededFault(password.value) }}>${({ busy, at }) => html`
      <${Field} label=${t.session.email} type="email" autocomplete="username" autofocus value=${email} fault=${at('/email')} />
      <${SecretField} label=${t.session.password} autocomplete="current-password" value=${password} fault=${at('/password')} />
      <${Button} type="submit" kind="primary" busy=${busy}>${t.session.signIn}<//>`}
    <//>
    <p class="aside">${canSignUp.value ? html`${t.session.noAccount} <a href="/sign-up">${t.session.signUp}</a>` : html`${t.session.noAccount} ${t.session.closedLead}`}</p>
    <p class="aside"><a href="/reset">${t.session.forgotten}</a></p><${TryLink} />
  <//>`;
}

export function Reset() {
  const code = useSignal('');
  const password = useSignal('');
  const submit = async () => {
    await api.call('reset', { body: { code: code.value.trim(), newPassword: password.value }, anonymous: true });
    signInNote.value = t.session.resetDone;
    navigate('/sign-in');
  };
  return html`<${Gate} title=${t.session.reset} lead=${t.session.resetLead}>
    <${Form} submit=${submit} faults=${{ '/code': neededFault(code.value), '/newPassword': neededFault(password.value) }} atFields=${passwordFaults('/newPassword')}>${({ busy, at }) => html`
      <${Field} label=${t.session.resetCode} autocomplete="one-time-code" spellcheck=${false} autofocus class="mono" value=${code} fault=${at('/code')} />
      <${SecretField} label=${t.session.newPassword} hint=${t.session.passwordHint} autocomplete="new-password" value=${password} fault=${at('/newPassword')} />
      <${Button} type="submit" kind="primary" busy=${busy}>${t.session.reset}<//>`}
    <//>
    <p class="aside"><a href="/sign-in">${t.session.signIn}</a></p>
  <//>`;
}
