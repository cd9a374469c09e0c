//! Every error code in one table. `docs/ERRORS.md` is made from it.

use std::fmt::Write as _;

/// What is fixed about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeInfo {
    /// The stable name in answers.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// A few words, the same for each problem of this code.
    pub title: &'static str,
    /// Whether the same request may succeed if it is sent again.
    pub retryable: bool,
    /// When it comes, and what a client can do about it.
    pub meaning: &'static str,
}

macro_rules! codes {
    ($($name:ident($code:literal, $status:literal, $title:literal, $retryable:literal, $meaning:literal);)*) => {
        /// A stable error code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// All codes, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// What is fixed about the code.
            pub const fn info(self) -> CodeInfo {
                match self {
                    $(Self::$name => CodeInfo {
                        code: $code,
                        status: $status,
                        title: $title,
                        retryable: $retryable,
                        meaning: $meaning,
                    },)*
                }
            }
        }
    };
}

codes! {
    // The form of a request.
    MalformedJson("malformed_json", 400, "Malformed JSON", false, "The body isn't one JSON value in UTF-8, nests too deep, has a member twice, or more than 10,000 members in one object.");
    ValidationFailed("validation_failed", 422, "Invalid request", false, "The request has the wrong members or values; `errors` names each.");
    UnsupportedMediaType("unsupported_media_type", 415, "Unsupported media type", false, "The body must be `application/json` in UTF-8, without a content encoding.");
    PayloadTooLarge("payload_too_large", 413, "Body too large", false, "The body is larger than this route takes.");
    RequestTimeout("request_timeout", 408, "Body too slow", true, "The body came too slowly, or not at all.");
    NotFound("not_found", 404, "Not found", false, "There is no such thing, or it isn't yours.");
    MethodNotAllowed("method_not_allowed", 405, "Method not allowed", false, "The address doesn't take this method; `Allow` names those that it takes.");
    HttpsRequired("https_required", 403, "HTTPS required", false, "The operator takes keys and passwords over https alone.");
    OriginNotAllowed("origin_not_allowed", 403, "Origin not allowed", false, "A request by cookie must come from this server's own pages or an allowed origin.");
    RateLimited("rate_limited", 429, "Too many requests", true, "One of this server's limits is reached; `Retry-After` says when to try again.");

    // Accounts.
    Unauthenticated("unauthenticated", 401, "Not signed in", false, "There is no good access token or personal access token: none, expired, deleted, or its session has ended. Refresh it or sign in.");
    InvalidCredentials("invalid_credentials", 401, "Wrong credentials", false, "Address or password is wrong, or the account may not sign in.");
    SessionOver("session_over", 401, "Session over", false, "The refresh token is unknown, used up or expired. Sign in again.");
    ReauthenticationRequired("reauthentication_required", 403, "Password needed again", false, "Give the password to `POST /api/auth/reauthenticate`, then try again within five minutes.");
    SessionRequired("session_required", 403, "Sign-in required", false, "No personal access token opens this: password, sessions, tokens and the account itself are for who signs in.");
    InsufficientScope("insufficient_scope", 403, "Insufficient scope", false, "The personal access token lacks a scope; `requiredScope` names it.");
    TooManyTokens("too_many_tokens", 409, "Too many tokens", false, "The account has as many personal access tokens as one may have. Delete one.");
    SignupClosed("signup_closed", 403, "Sign-up is closed", false, "The operator of this server adds accounts.");
    EmailTaken("email_taken", 409, "Address taken", false, "There is an account with this address. Sign in instead.");
    PasswordTooShort("password_too_short", 422, "Password too short", false, "The new password has too few characters.");
    PasswordTooLong("password_too_long", 422, "Password too long", false, "The new password has too many characters.");
    PasswordTooWeak("password_too_weak", 422, "Password too weak", false, "The new password is easy to guess.");
    InvalidResetCode("invalid_reset_code", 400, "Invalid reset code", false, "The reset code is unknown, used or expired. Ask the operator for a new one.");
    SignInBusy("sign_in_busy", 503, "Too many sign-ins at once", true, "More passwords wait to be checked than may wait.");

    // The users' own keys.
    InvalidApiKeyFormat("invalid_api_key_format", 400, "Invalid API key format", false, "The text isn't an Anthropic key: those start with `sk-ant-`.");
    MalformedApiKey("malformed_api_key", 400, "Malformed API key", false, "The key has the wrong length, or characters that no key has.");
    UnsupportedApiKeyKind("unsupported_api_key_kind", 400, "Unsupported kind of key", false, "Admin keys and OAuth tokens can't call models.");
    InvalidApiKey("invalid_api_key", 400, "API key rejected", false, "Anthropic rejects the key.");
    NoActiveApiKey("no_active_api_key", 400, "No active API key", false, "None of the stored keys is active and unexpired. Add one.");
    ApiKeyRequired("api_key_required", 401, "API key required", false, "Without an account, a key must come with the request.");
    AnonymousChatOff("anonymous_chat_off", 401, "Sign-in required", false, "The operator lets only people with an account chat.");
    DuplicateApiKey("duplicate_api_key", 409, "API key stored already", false, "This key is stored already; `existingId` says which it is.");
    TooManyApiKeys("too_many_api_keys", 409, "Too many API keys", false, "The account has as many keys as one may have. Delete one.");
    ApiKeyUnreadable("api_key_unreadable", 409, "API key unreadable", false, "The stored key can't be decrypted any more. Delete it and add it again.");

    // Chat.
    ConversationDeleted("conversation_deleted", 410, "Conversation deleted", false, "The conversation was deleted; its id is never used again.");
    ConversationExists("conversation_exists", 409, "Conversation exists", false, "There is, or was, a conversation with this id.");
    AnswerRunning("answer_running", 409, "Answer still running", true, "The branch ends in an answer that is still running. Wait for it or stop it.");
    IdempotencyKeyInUse("idempotency_key_in_use", 409, "Being answered already", true, "The same request came before under this `Idempotency-Key`, and its answer still runs; `assistantMessageId` says which it is. Re-attach to it, or wait.");
    IdempotencyKeyReused("idempotency_key_reused", 422, "Key of another request", false, "The `Idempotency-Key` came with another request within the last 24 hours. Choose a new one for each message.");
    NotAnExport("not_an_export", 422, "Not an export", false, "What was sent to be imported is not the conversations.json of an export of ChatGPT or Claude.ai, or breaks off.");
    NothingToShare("nothing_to_share", 409, "Nothing to share", false, "The conversation has no messages yet.");
    ConversationTemporary("conversation_temporary", 409, "Conversation is temporary", false, "A temporary conversation can't be shared. Keep it first, with `\"temporary\": false`.");
    TooManyShares("too_many_shares", 409, "Too many links", false, "The account has as many links to conversations as one may have. End one.");
    AnswerStopped("answer_stopped", 409, "Answer stopped", false, "The answer was stopped before anything of it came.");
    AnswerGone("answer_gone", 410, "Answer gone", false, "The conversation was deleted while its answer ran, or another process took the answer over.");
    ReaderTooSlow("reader_too_slow", 408, "Reader too slow", true, "Nothing of a stream was taken for too long. Re-attach with `Last-Event-ID`, or read the message.");
    AnswerNotSaved("answer_not_saved", 503, "Answer not saved", true, "The end of the answer could not be saved yet. It is saved as soon as the database takes it; until then it shows as running.");
    SessionEnded("session_ended", 401, "Session ended", false, "The session ended while the answer ran. What came is saved.");

    // The provider.
    ProviderPermissionDenied("provider_permission_denied", 403, "Key lacks permission", false, "Anthropic takes the key, but not for this.");
    ProviderCreditExhausted("provider_credit_exhausted", 402, "No credit left", false, "The key's account has no credit left. Add some in the Anthropic Console, or use another key.");
    ProviderSpendLimitReached("provider_spend_limit_reached", 402, "Spend limit reached", false, "The key's account has reached its spend limit. Raise it in the Anthropic Console, or use another key.");
    ProviderRateLimited("provider_rate_limited", 429, "Anthropic's limit reached", true, "Anthropic's rate limit of this key is reached; `Retry-After` says when to try again.");
    ProviderOverloaded("provider_overloaded", 503, "Anthropic is overloaded", true, "Anthropic has too much to do. Try again soon.");
    ModelNotFound("model_not_found", 404, "Model not found", false, "The model doesn't exist, was retired, or isn't for this key; `usableModels` has those that are.");
    PromptTooLong("prompt_too_long", 413, "Conversation too long", false, "The conversation is longer than the model can read.");
    ProviderRequestTooLarge("provider_request_too_large", 413, "Request too large", false, "The conversation has more bytes than Anthropic takes.");
    ProviderRefusedRequest("provider_refused_request", 400, "Refused by Anthropic", false, "Anthropic refuses the request; `detail` has its own words.");
    ProviderUnreachable("provider_unreachable", 502, "Anthropic unreachable", true, "This server can't reach Anthropic.");
    ProviderTimeout("provider_timeout", 504, "Anthropic timed out", true, "Anthropic didn't answer in time.");
    ProviderError("provider_error", 502, "Anthropic failed", true, "Anthropic failed with an error of its own.");
    ProviderInterrupted("provider_interrupted", 502, "Answer cut off", true, "Anthropic's stream ended before the answer was complete.");
    ProviderMalformedAnswer("provider_malformed_answer", 502, "Unreadable answer", false, "Anthropic's answer isn't what its documents describe, or is too large.");
    ProviderRedirected("provider_redirected", 502, "Redirected", false, "The provider's address answers with a redirect, which is never followed: it would carry the key elsewhere.");

    // The server itself.
    ServerStopping("server_stopping", 503, "Server is stopping", true, "The server is going down or restarting.");
    ServerBusy("server_busy", 503, "Server busy", true, "Others are sending more than the server can hold at once. Try again in a moment.");
    NotReady("not_ready", 503, "Not ready", true, "The server isn't ready; `checks` says why.");
    StoreUnavailable("store_unavailable", 503, "Temporarily unavailable", true, "The database can't be reached or is too busy.");
    StorageFull("storage_full", 507, "Storage full", true, "The server has no room left to write. Reading still works.");
    InternalError("internal_error", 500, "Internal error", false, "A fault of the server. Its log has the cause under the request id.");
}

impl Code {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        self.info().code
    }
}

/// `docs/ERRORS.md`, as it must be.
pub fn errors_page() -> String {
    let mut page = String::from(
        "# Error codes\n\n\
         <!-- Made from crates/http-api/src/problem/codes.rs. Update: UPDATE_DOCS=1 cargo test -p latchkey-http-api errors_page -->\n\n\
         Errors are `application/problem+json` (RFC 9457) with our members `code`, `requestId`, `errors` (each faulty field as\n\
         `{pointer, detail}`) and `error`, the same text as `detail`. Faults after an answer has begun to stream come as an event\n\
         `latchkey.error` with the same members. *Again* says whether the same request may succeed later.\n\n\
         | code | status | title | again | meaning |\n|---|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let CodeInfo {
            code,
            status,
            title,
            retryable,
            meaning,
        } = code.info();
        let again = if retryable { "yes" } else { "no" };
        // Writing into a string can\'t fail.
        let _ = writeln!(
            page,
            "| `{code}` | {status} | {title} | {again} | {meaning} |"
        );
    }
    page
}
