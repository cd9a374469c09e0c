// Requests to the server. Every module that wants something of it goes through `api.js`, which goes through this.

import { ApiError, jsonOf, wasAborted } from './error.js';
import * as token from './token.js';

/** @typedef {{ body?: unknown, query?: Record<string, string | number | null | undefined>, signal?: AbortSignal,
 *   anonymous?: boolean, accept?: string, headers?: Record<string, string>, keepalive?: boolean, onSent?: Sent }} Asked
 * A `Blob` is sent as it is, anything else as JSON. `onSent` hears how much of it is on its way. */
/** @typedef {(done: number, whole: number) => void} Sent */

/** `fetch`, whose failure to reach anything is one of our errors, too. @param {string} url @param {any} options @param {Sent} [onSent] */
const send = async (url, options, onSent) => {
  try {
    return await (onSent ? watched(url, options, onSent) : fetch(url, options));
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

/** The headers of an answer. @param {XMLHttpRequest} request */
const headersOf = (request) => new Headers(request.getAllResponseHeaders().trim().split('\r\n').filter(Boolean).map((line) => /** @type {[string, string]} */ (line.split(/: (.*)/s, 2))));

/**
 * Does what `fetch` does, and says how much of the body is on its way, which `fetch` can't.
 * @param {string} url @param {{ method: string, headers: Record<string, string>, signal?: AbortSignal, body?: any }} asked @param {Sent} onSent
 * @returns {Promise<Response>}
 */
const watched = (url, { method, headers, signal, body }, onSent) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  const words = new TextEncoder();
  let seen = 0;
  /** @type {ReadableStreamDefaultController<Uint8Array>} */
  let out;
  const end = (/** @type {any} */ fault) => { failed(fault); try { out.error(fault); } catch { /* It was read to its end. */ } };
  const content = new ReadableStream({ start: (controller) => { out = controller; }, cancel: () => request.abort() });
  const take = () => { if (request.responseText.length > seen) out.enqueue(words.encode(request.responseText.slice(seen))); seen = request.responseText.length; };
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.onprogress = ({ loaded, total }) => onSent(loaded, total);
  request.onreadystatechange = () => {
    if (request.readyState !== XMLHttpRequest.HEADERS_RECEIVED || request.status === 0) return;
    done(new Response(request.status === 204 ? null : content, { status: request.status, headers: headersOf(request) }));
  };
  request.onprogress = take;
  request.onload = () => { take(); out.close(); };
  request.onerror = () => end(new TypeError('no answer'));
  request.onabort = () => end(new DOMException('ended', 'AbortError'));
  signal?.addEventListener('abort', () => request.abort());
  if (signal?.aborted) end(signal.reason);
  else request.send(body);
});

/** @param {string} method @param {string} path @param {Asked} asked @param {string | null} bearer */
function once(method, path, { body, query, signal, accept = 'application/json', headers: more = {}, keepalive, onSent }, bearer) {
  /** @type {Record<string, string>} */
  const headers = { accept, ...more };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  const content = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
  return send(address(path, query), { method, headers, signal, keepalive, body: content }, onSent);
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
