// All that the app asks of the server, by name. No other module calls it, and a test holds each address against the
// server's own description.

import { ApiError } from './api/error.js';
import { events } from './api/events.js';
import { answer, json, restore } from './api/transport.js';
import { end, keep, onSessionOver } from './api/token.js';

export { ApiError, wasAborted } from './api/error.js';
export { onSessionOver, restore };

/** Every route that is used: its method, and its address with the names of what varies. */
export const ROUTES = {
  register: 'POST /api/auth/register',
  login: 'POST /api/auth/login',
  logout: 'POST /api/auth/logout',
  reauthenticate: 'POST /api/auth/reauthenticate',
  reset: 'POST /api/auth/reset',
  me: 'GET /api/me',
  changeMe: 'PATCH /api/me',
  deleteMe: 'DELETE /api/me',
  exportMe: 'GET /api/me/export',
  changePassword: 'POST /api/me/password',
  sessions: 'GET /api/me/sessions',
  endSession: 'DELETE /api/me/sessions/{id}',
  tokens: 'GET /api/me/tokens',
  makeToken: 'POST /api/me/tokens',
  deleteToken: 'DELETE /api/me/tokens/{id}',
  keys: 'GET /api/api-keys',
  addKey: 'POST /api/api-keys',
  changeKey: 'PUT /api/api-keys/{id}',
  deleteKey: 'DELETE /api/api-keys/{id}',
  orderKeys: 'PUT /api/api-keys/order',
  testKey: 'POST /api/api-keys/{id}/test',
  testGivenKey: 'POST /api/api-keys/test',
  conversations: 'GET /api/chat/conversations',
  conversation: 'GET /api/chat/conversations/{id}',
  changeConversation: 'PATCH /api/chat/conversations/{id}',
  deleteConversation: 'DELETE /api/chat/conversations/{id}',
  exportConversation: 'GET /api/chat/conversations/{id}/export',
  estimate: 'POST /api/chat/estimate',
  importConversations: 'POST /api/chat/import',
  messages: 'GET /api/chat/conversations/{id}/messages',
  send: 'POST /api/chat/conversations/{id}/messages',
  regenerate: 'POST /api/chat/conversations/{id}/messages/{messageId}/regenerate',
  attach: 'GET /api/chat/conversations/{id}/messages/{messageId}/stream',
  stop: 'POST /api/chat/conversations/{id}/messages/{messageId}/stop',
  share: 'POST /api/chat/conversations/{id}/shares',
  shares: 'GET /api/chat/shares',
  changeShare: 'PATCH /api/chat/shares/{id}',
  endShare: 'DELETE /api/chat/shares/{id}',
  shared: 'GET /api/shared/{token}',
  models: 'GET /api/models',
  usage: 'GET /api/usage/summary',
  server: 'GET /api/server',
  ready: 'GET /readyz',
};

/** @typedef {keyof typeof ROUTES} RouteName */

/** Method and address, with what varies filled in. @param {RouteName} name @param {Record<string, string>} params */
function route(name, params) {
  const [method, pattern] = ROUTES[name].split(' ');
  return { method, path: pattern.replace(/\{(\w+)\}/g, (_, param) => encodeURIComponent(params[param])) };
}

/**
 * Calls a route, and gives the JSON that comes back.
 * @param {RouteName} name
 * @param {import('./api/transport.js').Asked & { params?: Record<string, string> }} [asked]
 * @returns {Promise<any>}
 */
export function call(name, { params = {}, ...asked } = {}) {
  const { method, path } = route(name, params);
  return json(method, path, asked);
}

/**
 * Calls a route whose answer comes as events, and gives each as it comes.
 * @param {RouteName} name
 * @param {import('./api/transport.js').Asked & { params?: Record<string, string> }} [asked]
 */
export async function stream(name, { params = {}, ...asked } = {}) {
  const { method, path } = route(name, params);
  return events(await answer(method, path, { ...asked, accept: 'text/event-stream' }));
}

/**
 * Calls a route whose answer is a file, and gives it with its name. The token goes along in a header, which no plain link
 * could send, so that the file is held here until it is whole.
 * @param {RouteName} name
 * @param {import('./api/transport.js').Asked & { params?: Record<string, string> }} [asked]
 */
export async function file(name, { params = {}, ...asked } = {}) {
  const { method, path } = route(name, params);
  const got = await answer(method, path, { ...asked, accept: '*/*' });
  const [, said] = /filename\*=UTF-8''([^;]+)/i.exec(got.headers.get('content-disposition') ?? '') ?? [];
  const blob = await got.blob().catch((fault) => { throw fault?.name === 'AbortError' ? fault : ApiError.unreachable(); });
  return { blob, name: said ? decodeURIComponent(said) : 'latchkey' };
}

/** Makes an account. @param {{ email: string, password: string, name?: string }} who */
export async function register(who) {
  return keep(await call('register', { body: who, anonymous: true })).user;
}

/** Signs in. @param {{ email: string, password: string }} who */
export async function login(who) {
  return keep(await call('login', { body: who, anonymous: true })).user;
}

/** Signs out, here and in the other tabs. */
export async function logout() {
  await call('logout', { body: {} });
  end();
}

/** Takes a new password; the other sessions end. @param {{ newPassword: string, deleteTokens: boolean }} change */
export async function changePassword(change) {
  return keep(await call('changePassword', { body: change })).user;
}

/** Deletes the account for good. */
export async function deleteAccount() {
  await call('deleteMe');
  end();
}
