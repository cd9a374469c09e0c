// Requests to the server. Every module that wants something of it goes through `api.js`, which goes through this.

import { ApiError, jsonOf, wasAborted } from './error.js';
import * as token from './token.js';

/** @typedef {{ body?: unknown, query?: Record<string, string | number | null | undefined>, signal?: AbortSignal,
 *   anonymous?: boolean, accept?: string, headers?: Record<string, string> }} Asked */

/** `fetch`, whose failure to reach anything is one of our errors, too. @type {typeof fetch} */
const send = async (url, options) => {
  try {
    return await fetch(url, options);
  } catch (fault) {
    throw wasAborted(fault) ? fault : ApiError.unreachable();
  }
};

/** The address with its parameters. @param {string} path @param {Asked['query']} query */
function address(path, query) {
  const said = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** @param {string} method @param {string} path @param {Asked} asked @param {string | null} bearer */
function once(method, path, { body, query, signal, accept = 'application/json', headers: more = {} }, bearer) {
  /** @type {Record<string, string>} */
  const headers = { accept, ...more };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  return send(address(path, query), { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
}

/**
 * The answer to a request, when it is a good one. A token that died early is renewed once.
 * @param {string} method @param {string} path @param {Asked} [asked]
 */
export async function answer(method, path, asked = {}) {
  const bearer = asked.anonymous ? null : await token.current(send);
  let got = await once(method, path, asked, bearer);
  if (got.ok) return got;
  let fault = await ApiError.of(got);
  if (fault.code === 'unauthenticated' && bearer) {
    got = await once(method, path, asked, (await token.renew(send)).token);
    if (got.ok) return got;
    fault = await ApiError.of(got);
  }
  throw fault;
}

/** The JSON in the answer; `null` when there is none. @param {string} method @param {string} path @param {Asked} [asked] */
export async function json(method, path, asked) {
  const got = await answer(method, path, asked);
  return got.status === 204 ? null : jsonOf(got);
}

/** Whoever the cookie belongs to, or `null`. */
export async function restore() {
  if (!token.mayBeSignedIn()) return null;
  try {
    return (await token.renew(send)).user;
  } catch (fault) {
    if (fault instanceof ApiError && fault.status === 401) return null;
    throw fault;
  }
}
