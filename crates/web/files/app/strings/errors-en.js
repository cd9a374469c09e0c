// Every error code in words: what happened, what it means, and the way out. A test holds the codes against the server's list.

/**
 * `title`: what happened. `text`: what it means and what to do; `quote` adds the server's or Anthropic's own words.
 * `way`: the button that leads out.
 * @typedef {'retry' | 'keys' | 'add-key' | 'sign-in' | 'model' | 'new-chat' | 'reload' | 'billing' | 'limits' | 'status'} Way
 * @typedef {{ title: string, text: string, quote?: boolean, way?: Way }} ErrorWords
 */

/** @type {Record<string, ErrorWords>} */
export const errorsEn = {
  // The app's own: nothing came back, or nothing of Latchkey's.
  offline: { title: 'You are offline', text: 'This device has no network. Nothing is lost: try again when it is back.', way: 'retry' },
  server_gone: { title: 'The server can’t be reached', text: 'No answer came from it. It may be restarting; what it saved is safe.', way: 'retry' },
  foreign_answer: { title: 'Something answered in the server’s place', text: 'A proxy or another program sent an answer that isn’t Latchkey’s. Try again, or tell whoever runs this server.', way: 'retry' },
  app_fault: { title: 'This page made a mistake', text: 'What is saved is safe. Load the page again; if it happens again, tell whoever runs this server.', way: 'reload' },

  // What the page sent.
  malformed_json: { title: 'The server didn’t understand this page', text: 'The page may be older than the server. Load it again.', way: 'reload' },
  validation_failed: { title: 'Something in it can’t be taken', text: '', quote: true },
  unsupported_media_type: { title: 'The server didn’t understand this page', text: 'The page may be older than the server. Load it again.', way: 'reload' },
  payload_too_large: { title: 'Too large', text: 'A message can have 32 MB with all its files. Attach less, or smaller files.' },
  request_timeout: { title: 'The message arrived too slowly', text: 'The connection to the server is slow right now. Try again, perhaps with smaller files.', way: 'retry' },
  not_found: { title: 'Not found', text: 'It was deleted, or it belongs to another account.' },
  method_not_allowed: { title: 'The server doesn’t know this action', text: 'The page may be older than the server. Load it again.', way: 'reload' },
  https_required: { title: 'This needs https', text: 'Whoever runs this server takes keys and passwords over https alone. Open the server’s https address.' },
  origin_not_allowed: { title: 'This address isn’t the server’s own', text: 'Open Latchkey at the address that its operator gave you, then sign in there.' },
  rate_limited: { title: 'Too many requests', text: 'This server limits how fast one person can ask.', quote: true, way: 'retry' },

  // Who is asking.
  unauthenticated: { title: 'You are signed out', text: 'The session has ended. Sign in to go on where you were.', way: 'sign-in' },
  invalid_credentials: { title: 'Address or password is wrong', text: 'Check both. Forgotten? Whoever runs this server can make a reset code for you.' },
  session_over: { title: 'You are signed out', text: 'The session has ended. Sign in to go on where you were.', way: 'sign-in' },
  reauthentication_required: { title: 'Your password is needed again', text: 'It has been more than five minutes. Give it once more to go on.' },
  session_required: { title: 'This needs a sign-in', text: 'A personal access token doesn’t open this. Sign in with your password.', way: 'sign-in' },
  insufficient_scope: { title: 'The token may not do this', text: 'Make a personal access token with the scope that is missing.' },
  too_many_tokens: { title: 'You have as many tokens as one can have', text: 'Delete one that you don’t use any more.' },
  signup_closed: { title: 'Sign-up is closed here', text: 'Whoever runs this server makes the accounts. Ask them for one.' },
  email_taken: { title: 'There is an account with this address', text: 'Sign in with it instead.', way: 'sign-in' },
  password_too_short: { title: 'The password is too short', text: '', quote: true },
  password_too_long: { title: 'The password is too long', text: '', quote: true },
  password_too_weak: { title: 'The password is easy to guess', text: 'A few unrelated words make a good one.' },
  invalid_reset_code: { title: 'The reset code doesn’t work', text: 'It is wrong, was used, or is too old. Ask whoever runs this server for a new one.' },
  server_busy: { title: 'The server has its hands full', text: 'Others are sending a lot at the moment. Wait a little, then try again.', way: 'retry' },
  sign_in_busy: { title: 'Many people are signing in', text: 'Wait a moment, then try again.', way: 'retry' },
  session_ended: { title: 'Your session ended while the answer ran', text: 'What came is saved. Sign in to read it.', way: 'sign-in' },

  // Keys.
  invalid_api_key_format: { title: 'This isn’t an Anthropic key', text: 'Those start with “sk-ant-”. Copy the whole key from the Anthropic Console.' },
  malformed_api_key: { title: 'The key isn’t complete', text: 'Its length or letters aren’t those of a key. Copy it again, from the first letter to the last.' },
  unsupported_api_key_kind: { title: 'This kind of key can’t chat', text: 'Admin keys and sign-in tokens can’t call models. Make a key under API keys in the Anthropic Console.' },
  invalid_api_key: { title: 'Anthropic doesn’t accept this key', text: 'It was deleted or disabled, or a letter is missing. Check it in the Anthropic Console, or use another key.', way: 'keys' },
  no_active_api_key: { title: 'No key is ready to pay', text: 'You have no key yet, or all of yours are disabled or expired.', way: 'add-key' },
  api_key_required: { title: 'A key is needed', text: 'Paste your Anthropic key, or sign up to keep one here.', way: 'add-key' },
  anonymous_chat_off: { title: 'Chat needs an account here', text: 'Whoever runs this server lets only people with an account chat.', way: 'sign-in' },
  duplicate_api_key: { title: 'You have stored this key already', text: 'It is in your list. There is no need to add it twice.' },
  too_many_api_keys: { title: 'You have as many keys as one can have', text: 'Delete one that you don’t use any more.', way: 'keys' },
  api_key_unreadable: { title: 'The stored key can’t be read any more', text: 'The server has lost what opens it. Delete this key and add it again.', way: 'keys' },

  // Conversations and answers.
  not_an_export: { title: 'This isn’t an export that can be imported', text: 'Wanted is the file conversations.json of an export of ChatGPT or Claude.ai.', quote: true },
  conversation_deleted: { title: 'This conversation was deleted', text: 'It can’t come back. Begin a new one.', way: 'new-chat' },
  conversation_exists: { title: 'There is a conversation with this name already', text: 'Begin another one.', way: 'new-chat' },
  nothing_to_share: { title: 'There is nothing to share yet', text: 'The conversation has no messages. Send one first.' },
  conversation_temporary: { title: 'This conversation is temporary', text: 'Keep it first, then share it.' },
  too_many_shares: { title: 'You have as many links as one can have', text: 'End one that you don’t need any more.' },
  answer_running: { title: 'An answer is still being written', text: 'Wait for its end, or stop it.' },
  idempotency_key_in_use: { title: 'This is being answered already', text: 'The same message came before, and its answer is still being written.', way: 'reload' },
  idempotency_key_reused: { title: 'This was sent as another message before', text: 'The program that sent it used one name for two messages. Send it again under a new one.' },
  answer_stopped: { title: 'Stopped', text: 'You stopped the answer before anything of it came.', way: 'retry' },
  answer_gone: { title: 'The answer is gone', text: 'The conversation was deleted meanwhile, or another server took it over.', way: 'reload' },
  reader_too_slow: { title: 'The connection is too slow to follow', text: 'The answer goes on and is saved. Load it again to read it.', way: 'reload' },
  answer_not_saved: { title: 'The end of the answer isn’t saved yet', text: 'The server tries on, and saves it as soon as its database takes it.', way: 'reload' },

  // Anthropic.
  provider_permission_denied: { title: 'The key may not do this', text: 'Anthropic knows the key, but doesn’t allow it this. Use another model or another key.', quote: true, way: 'keys' },
  provider_credit_exhausted: { title: 'This key has no credit left', text: 'Add credit in the Anthropic Console, or choose another key.', way: 'billing' },
  provider_spend_limit_reached: { title: 'This key has reached its spend limit', text: 'Raise the limit in the Anthropic Console, or choose another key.', way: 'limits' },
  provider_rate_limited: { title: 'Anthropic asks this key to slow down', text: 'Its rate limit is reached. Wait a moment, or use another key.', way: 'retry' },
  provider_overloaded: { title: 'Anthropic has too much to do', text: 'This passes, mostly within minutes. Nothing is lost.', way: 'retry' },
  model_not_found: { title: 'This model isn’t there for your key', text: 'It was retired, or the key may not use it. Choose another one.', way: 'model' },
  prompt_too_long: { title: 'The conversation has become too long', text: 'The model can’t read all of it. Begin a new conversation, or edit an earlier message.', way: 'new-chat' },
  provider_request_too_large: { title: 'The conversation has become too large', text: 'With all its files it is more than Anthropic takes. Begin a new one with fewer files.', way: 'new-chat' },
  provider_refused_request: { title: 'Anthropic refused the request', text: 'In its own words:', quote: true },
  provider_unreachable: { title: 'Anthropic can’t be reached', text: 'The server got no connection. Nothing is lost; try again soon.', way: 'retry' },
  provider_timeout: { title: 'Anthropic didn’t answer in time', text: 'Nothing is lost. Try again.', way: 'retry' },
  provider_error: { title: 'Anthropic failed', text: 'It reports a fault of its own. Try again; if it stays, see its status page.', way: 'retry' },
  provider_interrupted: { title: 'The answer broke off', text: 'Anthropic ended it too early. What came is kept.', way: 'retry' },
  provider_malformed_answer: { title: 'Anthropic’s answer can’t be read', text: 'It isn’t what its documents describe. What could be read is kept.', way: 'retry' },
  provider_redirected: { title: 'Anthropic’s address points elsewhere', text: 'The server doesn’t follow: that would carry your key to another place. Tell whoever runs this server.' },

  // The server.
  server_stopping: { title: 'The server is restarting', text: 'It takes nothing new right now. Try again in a moment.', way: 'retry' },
  not_ready: { title: 'The server isn’t ready', text: 'It is starting, or something that it needs is down.', way: 'retry' },
  store_unavailable: { title: 'The server’s database doesn’t answer', text: 'It is down or too busy. Try again in a moment.', way: 'retry' },
  storage_full: { title: 'The server’s disk is full', text: 'You can read everything, but nothing new can be saved. Tell whoever runs this server.' },
  internal_error: { title: 'The server made a mistake', text: 'Its log has the cause. Tell whoever runs it this number:', way: 'retry' },
};
