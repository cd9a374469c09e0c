//! The table.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use super::{
    AUTH_BODY, CHAT_BODY, HeaderParameter, OTHER_BODY, QueryParameter, Route,
    access::{
        public, public_or_signed_in, refresh_token, scoped, signed_in, signed_in_or_given_key,
    },
};
use crate::{
    api::{
        api_keys::{
            add::{AddApiKeyBody, add_key},
            delete::delete_key,
            order::{OrderApiKeysBody, order_keys},
            show::{list_keys, show_key},
            test::{TestApiKeyBody, TestStoredKeyBody, test_given_key, test_stored_key},
            update::{UpdateApiKeyBody, update_key},
        },
        auth::{
            login::{LoginBody, login},
            logout::logout,
            reauthenticate::{ReauthenticateBody, reauthenticate},
            refresh::{RefreshBody, refresh},
            register::{RegisterBody, register},
            reset::{ResetBody, reset},
        },
        chat::{
            change::{ChangeConversationBody, change_conversation},
            create::{CreateConversationBody, create_conversation},
            estimate::estimate,
            export::export_conversation,
            idempotency::IDEMPOTENCY_KEY,
            import::import_conversations,
            list::list_conversations,
            listen::listen_to_answer,
            regenerate::{RegenerateBody, regenerate_answer},
            send::send_message,
            send_body::SendMessageBody,
            show::{delete_conversation, list_messages, show_conversation, show_message},
            stop::stop_answer,
        },
        me::{
            account::{delete_me, show_me},
            export::export_me,
            password::{ChangePasswordBody, change_password},
            sessions::{end_session, list_sessions},
            update::{UpdateMeBody, update_me},
        },
        models::list_models,
        personal_tokens::{
            create::{CreatePersonalTokenBody, create_token},
            delete::delete_token,
            list::list_tokens,
        },
        shares::{
            change::{ChangeShareBody, change_share},
            create::{CreateShareBody, create_share},
            delete::delete_share,
            list::list_shares,
            open::open_share,
        },
        system::{health, openapi, readiness, server},
        usage::summarize,
    },
    page,
    problem::Code,
    views::{
        AnswerView, ApiKeyListView, ApiKeyView, ConversationListView, ConversationView,
        CreatedPersonalTokenView, CreatedShareView, EstimateView, HealthView, ImportView,
        KeyTestView, MessageListView, MessageView, ModelListView, PersonalTokenListView, ReadyView,
        ServerView, SessionListView, ShareListView, ShareView, SharedView, SignedInView,
        UsageSummaryView, UserView,
    },
};

const ACCOUNTS: &str = "Accounts";
const KEYS: &str = "API keys";
const CHAT: &str = "Chat";
const SHARES: &str = "Shared conversations";
const USAGE: &str = "Usage";
const SYSTEM: &str = "System";
const PAGES: &str = "Pages";

const PAGING: [QueryParameter; 2] = [
    QueryParameter {
        name: "limit",
        description: "How many items at most: 1 to 100, 50 if nothing is said. More than 100 gives 100.",
        kind: "integer",
    },
    QueryParameter {
        name: "cursor",
        description: "`nextCursor` of the page before.",
        kind: "string",
    },
];

const CONVERSATION_LIST: &[QueryParameter] = &[
    PAGING[0],
    PAGING[1],
    QueryParameter {
        name: "q",
        description: "Only conversations in which all these words stand in the title, or all in one message, without regard to case \
                      and accents. Of the last word the beginning is enough. Each item then has `found`.",
        kind: "string",
    },
    QueryParameter {
        name: "pinned",
        description: "`true`: only pinned conversations; `false`: only others.",
        kind: "boolean",
    },
];

const MODELS: &[QueryParameter] = &[QueryParameter {
    name: "lifecycle",
    description: "In which stages: a list of `active`, `deprecated` and `retired`; all but `retired` if nothing is said.",
    kind: "string",
}];

const EXPORT: &[QueryParameter] = &[QueryParameter {
    name: "format",
    description: "`json` (also if nothing is said) or `markdown`.",
    kind: "string",
}];

const SHARED: &[QueryParameter] = &[QueryParameter {
    name: "cursor",
    description: "`nextCursor` of the page before.",
    kind: "string",
}];

const USAGE_SUMMARY: &[QueryParameter] = &[
    QueryParameter {
        name: "from",
        description: "First day, in UTC; the first of the month of `to` if nothing is said.",
        kind: "date",
    },
    QueryParameter {
        name: "to",
        description: "Last day, included; today if nothing is said.",
        kind: "date",
    },
    QueryParameter {
        name: "groupBy",
        description: "By what, in this order: a list of `day`, `model`, `key` and `conversation`. Left out, all is one sum.",
        kind: "string",
    },
];

/// What the provider can say when a key is checked or used.
const PROVIDER: &[Code] = &[
    Code::InvalidApiKey,
    Code::ProviderPermissionDenied,
    Code::ProviderCreditExhausted,
    Code::ProviderSpendLimitReached,
    Code::ProviderRateLimited,
    Code::ProviderOverloaded,
    Code::ProviderUnreachable,
    Code::ProviderTimeout,
    Code::ProviderError,
    Code::ProviderMalformedAnswer,
    Code::ProviderRedirected,
];

const ADD_KEY: &[Code] = &[
    Code::InvalidApiKeyFormat,
    Code::MalformedApiKey,
    Code::UnsupportedApiKeyKind,
    Code::InvalidApiKey,
    Code::DuplicateApiKey,
    Code::TooManyApiKeys,
    Code::RateLimited,
    Code::ProviderRateLimited,
    Code::ProviderOverloaded,
    Code::ProviderUnreachable,
    Code::ProviderTimeout,
    Code::ProviderError,
    Code::ProviderMalformedAnswer,
    Code::ProviderRedirected,
    Code::StorageFull,
];

const SEND: &[Code] = &[
    Code::ApiKeyRequired,
    Code::AnonymousChatOff,
    Code::NoActiveApiKey,
    Code::InvalidApiKeyFormat,
    Code::MalformedApiKey,
    Code::UnsupportedApiKeyKind,
    Code::ApiKeyUnreadable,
    Code::NotFound,
    Code::ConversationDeleted,
    Code::AnswerRunning,
    Code::IdempotencyKeyInUse,
    Code::IdempotencyKeyReused,
    Code::AnswerStopped,
    Code::AnswerGone,
    Code::AnswerNotSaved,
    Code::SessionEnded,
    Code::RateLimited,
    Code::InvalidApiKey,
    Code::ProviderPermissionDenied,
    Code::ProviderCreditExhausted,
    Code::ProviderSpendLimitReached,
    Code::ProviderRateLimited,
    Code::ProviderOverloaded,
    Code::ModelNotFound,
    Code::PromptTooLong,
    Code::ProviderRequestTooLarge,
    Code::ProviderRefusedRequest,
    Code::ProviderUnreachable,
    Code::ProviderTimeout,
    Code::ProviderError,
    Code::ProviderInterrupted,
    Code::ProviderMalformedAnswer,
    Code::ProviderRedirected,
    Code::StorageFull,
];

const ESTIMATE: &[Code] = &[
    Code::ApiKeyRequired,
    Code::AnonymousChatOff,
    Code::NoActiveApiKey,
    Code::InvalidApiKeyFormat,
    Code::MalformedApiKey,
    Code::UnsupportedApiKeyKind,
    Code::ApiKeyUnreadable,
    Code::NotFound,
    Code::ConversationDeleted,
    Code::AnswerRunning,
    Code::RateLimited,
    Code::InvalidApiKey,
    Code::ProviderPermissionDenied,
    Code::ProviderCreditExhausted,
    Code::ProviderSpendLimitReached,
    Code::ProviderRateLimited,
    Code::ProviderOverloaded,
    Code::ModelNotFound,
    Code::PromptTooLong,
    Code::ProviderRequestTooLarge,
    Code::ProviderRefusedRequest,
    Code::ProviderUnreachable,
    Code::ProviderTimeout,
    Code::ProviderError,
    Code::ProviderMalformedAnswer,
    Code::ProviderRedirected,
];

const ESTIMATE_MORE: &str = "The body is that of a message to send, and what is counted is what would be sent: the branch that \
    `parentId` names or that is shown of the conversation `conversationId`, with the new message and its options. The \
    provider counts, at no cost. Nothing is stored.";

const CONVERSATION: &[QueryParameter] = &[QueryParameter {
    name: "conversationId",
    description: "The conversation that the message would go into; a new one if nothing is said.",
    kind: "string",
}];

/// The headers of what is carried out once.
const ONCE: &[HeaderParameter] = &[IDEMPOTENCY_KEY];

const SEND_MORE: &str = "The first message to an unknown conversation id creates that conversation. Signed in, a stored key \
    pays unless `apiKey` is given; without an account `apiKey` must be given, and nothing is stored.\n\n\
    With `\"stream\": true` or `Accept: text/event-stream` the answer comes as server-sent events: `latchkey.start` \
    (`StartView`), the provider's own events unchanged, then `latchkey.done` (`AnswerView`) or `latchkey.error` \
    (`AnswerErrorView`). Until the provider's first event with content every fault is an ordinary problem. A comment goes out every ten seconds.\n\n\
    A request with an `Idempotency-Key` can be sent again safely: the same key and body give the first one's answer.";

/// What can be wrong with a new password.
const NEW_PASSWORD: [Code; 4] = [
    Code::PasswordTooShort,
    Code::PasswordTooLong,
    Code::PasswordTooWeak,
    Code::SignInBusy,
];

/// All routes.
pub(super) fn routes() -> Vec<Route> {
    [
        messages(),
        conversations(),
        shares(),
        keys(),
        accounts(),
        own_account(),
        own_tokens(),
        usage(),
        system(),
        app(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn messages() -> Vec<Route> {
    let messages = "/api/chat/conversations/{id}/messages";
    let message = "/api/chat/conversations/{id}/messages/{messageId}";
    vec![
        Route::new(Method::POST, messages, signed_in_or_given_key(Scope::Chat, send_message))
            .does(CHAT, "Sends a message")
            .more(SEND_MORE)
            .headers(ONCE)
            .takes::<SendMessageBody>(CHAT_BODY)
            .with_secrets()
            .answers::<AnswerView<'_>>(StatusCode::OK, "The answer, once it has ended.")
            .answers_as("text/event-stream", "The answer as it comes.")
            .errors(SEND),
        Route::new(Method::POST, "/api/chat/estimate", signed_in_or_given_key(Scope::Chat, estimate))
            .does(CHAT, "Says what a message would cost")
            .more(ESTIMATE_MORE)
            .query(CONVERSATION)
            .takes::<SendMessageBody>(CHAT_BODY)
            .with_secrets()
            .answers::<EstimateView<'_>>(StatusCode::OK, "How many tokens it has, and what that costs.")
            .errors(ESTIMATE),
        Route::new(Method::GET, messages, scoped(Scope::Chat, list_messages))
            .does(CHAT, "Lists the messages that are shown")
            .more(
                "The first page ends in the last message; `nextCursor` leads to the messages before it, on the same branch \
                 whatever is shown meanwhile. Each page is oldest first.",
            )
            .query(&PAGING)
            .answers::<MessageListView<'_>>(StatusCode::OK, "A page of the branch that is shown, oldest first.")
            .errors(&[Code::NotFound, Code::ConversationDeleted]),
        Route::new(Method::GET, message, scoped(Scope::Chat, show_message))
            .does(CHAT, "Shows a message")
            .more("On whatever branch it is. `siblings` has its neighbours, so that a page can step from one to the next.")
            .answers::<MessageView<'_>>(StatusCode::OK, "The message.")
            .errors(&[Code::NotFound, Code::ConversationDeleted]),
        Route::new(
            Method::POST,
            "/api/chat/conversations/{id}/messages/{messageId}/regenerate",
            scoped(Scope::Chat, regenerate_answer),
        )
        .does(CHAT, "Answers a message anew")
        .more(
            "The new answer is a sibling of the one that the address names, and is shown from then on. It comes as the answer \
             to a message that is sent does. While the answer itself still runs: 409.",
        )
        .headers(ONCE)
        .takes::<RegenerateBody>(OTHER_BODY)
        .optionally()
        .with_secrets()
        .answers::<AnswerView<'_>>(StatusCode::OK, "The answer, once it has ended.")
        .answers_as("text/event-stream", "The answer as it comes.")
        .errors(SEND),
        Route::new(
            Method::POST,
            "/api/chat/conversations/{id}/messages/{messageId}/stop",
            scoped(Scope::Chat, stop_answer),
        )
        .does(CHAT, "Stops a running answer")
        .more("What came is kept. An answer that has ended is returned as it is.")
        .answers::<MessageView<'_>>(StatusCode::OK, "The answer as saved.")
        .errors(&[Code::NotFound]),
        Route::new(
            Method::GET,
            "/api/chat/conversations/{id}/messages/{messageId}/stream",
            scoped(Scope::Chat, listen_to_answer),
        )
        .does(CHAT, "Re-attaches to an answer")
        .more(
            "The same events with the same numbers as its first reader gets, from the one after the header `Last-Event-ID`, or from \
             the first, between `latchkey.start` and `latchkey.done` or `latchkey.error`. Any number may listen; none has an effect on \
             the answer. Of one that has ended only its end comes, which has the whole message.",
        )
        .answers_as("text/event-stream", "The answer as it comes.")
        .errors(&[
            Code::NotFound,
            Code::SessionEnded,
            Code::AnswerGone,
            Code::ReaderTooSlow,
        ]),
    ]
}

fn conversations() -> Vec<Route> {
    let conversations = "/api/chat/conversations";
    let conversation = "/api/chat/conversations/{id}";
    vec![
        Route::new(Method::GET, conversations, scoped(Scope::Chat, list_conversations))
            .does(CHAT, "Lists conversations, or searches in them")
            .query(CONVERSATION_LIST)
            .answers::<ConversationListView>(StatusCode::OK, "A page, last changed first."),
        Route::new(Method::POST, conversations, scoped(Scope::Chat, create_conversation))
            .does(CHAT, "Makes a conversation")
            .takes::<CreateConversationBody>(OTHER_BODY)
            .optionally()
            .answers::<ConversationView>(StatusCode::CREATED, "The conversation; `Location` is its address.")
            .errors(&[
                Code::ConversationExists,
                Code::ConversationDeleted,
                Code::NotFound,
                Code::StorageFull,
            ]),
        Route::new(Method::GET, conversation, scoped(Scope::Chat, show_conversation))
            .does(CHAT, "Shows a conversation")
            .answers::<ConversationView>(StatusCode::OK, "The conversation.")
            .errors(&[Code::NotFound, Code::ConversationDeleted]),
        Route::new(Method::PATCH, conversation, scoped(Scope::Chat, change_conversation))
            .does(CHAT, "Changes a conversation")
            .takes::<ChangeConversationBody>(OTHER_BODY)
            .answers::<ConversationView>(StatusCode::OK, "The conversation as it is now.")
            .errors(&[Code::NotFound, Code::ConversationDeleted, Code::StorageFull]),
        Route::new(Method::DELETE, conversation, scoped(Scope::Chat, delete_conversation))
            .does(CHAT, "Deletes a conversation")
            .more("Its messages go with it; its id is never used again.")
            .answers_empty("It is gone.")
            .errors(&[Code::NotFound, Code::ConversationDeleted]),
        Route::new(Method::POST, "/api/chat/import", scoped(Scope::Chat, import_conversations))
            .does(CHAT, "Imports conversations")
            .more("Takes `conversations.json` as ChatGPT and Claude.ai export it (out of its zip) as the body, as `application/json`, and reads it while it comes. Each conversation is stored by itself and never twice: an import that broke off is gone on with by sending the file again, and a later export adds what is new. What can't be taken over is named in the answer, and stops nothing.")
            .takes_export()
            .answers::<ImportView>(StatusCode::OK, "What was taken over, and what wasn't.")
            .errors(&[Code::NotAnExport, Code::RateLimited, Code::StorageFull]),
        Route::new(
            Method::GET,
            "/api/chat/conversations/{id}/export",
            scoped(Scope::Chat, export_conversation),
        )
        .does(CHAT, "Exports a conversation")
        .more("As a file: in JSON with every branch and the provider's blocks as they came, or the branch that is shown in Markdown. No key is in it, and nothing about which paid.")
        .query(EXPORT)
        .answers_as("application/json", "All of the conversation.")
        .answers_as("text/markdown", "The branch that is shown.")
        .errors(&[Code::NotFound, Code::ConversationDeleted]),
        Route::new(Method::GET, "/api/models", public_or_signed_in(Scope::Chat, list_models))
            .does(CHAT, "Lists models")
            .more(
                "With a stored key those that it can use, as the provider says, with what the server's tables know besides; \
                 else the tables alone. What nobody knows of a model is `null`.",
            )
            .query(MODELS)
            .answers::<ModelListView>(StatusCode::OK, "The models, with prices, limits, capabilities and lifecycle where known.")
            .errors(PROVIDER),
    ]
}

fn shares() -> Vec<Route> {
    let shares = "/api/chat/shares";
    let share = "/api/chat/shares/{id}";
    vec![
        Route::new(
            Method::POST,
            "/api/chat/conversations/{id}/shares",
            scoped(Scope::Chat, create_share),
        )
        .does(SHARES, "Makes a link to a conversation")
        .more("Anybody who has the link can read the conversation as it is now, up to the last message that is shown; what comes later isn't shown. The secret is in this answer and never again.")
        .takes::<CreateShareBody>(AUTH_BODY)
        .optionally()
        .with_secrets()
        .answers::<CreatedShareView<'_>>(StatusCode::CREATED, "The link, with its secret.")
        .errors(&[
            Code::NotFound,
            Code::ConversationDeleted,
            Code::NothingToShare,
            Code::AnswerRunning,
            Code::TooManyShares,
            Code::StorageFull,
        ]),
        Route::new(Method::GET, shares, scoped(Scope::Chat, list_shares))
            .does(SHARES, "Lists the own links")
            .answers::<ShareListView>(StatusCode::OK, "The links without their secrets, newest first."),
        Route::new(Method::PATCH, share, scoped(Scope::Chat, change_share))
            .does(SHARES, "Changes a link")
            .more("`refresh` makes it show the conversation as it is now.")
            .takes::<ChangeShareBody>(AUTH_BODY)
            .answers::<ShareView>(StatusCode::OK, "The link as it is now.")
            .errors(&[
                Code::NotFound,
                Code::ConversationDeleted,
                Code::NothingToShare,
                Code::AnswerRunning,
                Code::StorageFull,
            ]),
        Route::new(Method::DELETE, share, scoped(Scope::Chat, delete_share))
            .does(SHARES, "Ends a link")
            .answers_empty("It has ended.")
            .errors(&[Code::NotFound]),
        Route::new(Method::GET, "/api/shared/{token}", public(open_share))
            .does(SHARES, "Shows a shared conversation")
            .more("For whoever has the link. It has texts and images; files, thinking and tools are left out and named. Nothing says whose it is.")
            .query(SHARED)
            .answers::<SharedView<'_>>(StatusCode::OK, "Some of its messages, oldest first.")
            .errors(&[Code::NotFound, Code::RateLimited]),
    ]
}

fn keys() -> Vec<Route> {
    let keys = "/api/api-keys";
    let key = "/api/api-keys/{id}";
    vec![
        Route::new(Method::GET, keys, scoped(Scope::KeysRead, list_keys))
            .does(KEYS, "Lists the stored keys")
            .answers::<ApiKeyListView>(StatusCode::OK, "The keys in order of use, without their secrets."),
        Route::new(Method::POST, keys, scoped(Scope::KeysWrite, add_key))
            .does(KEYS, "Adds a key")
            .more("The key is checked with the provider at no cost, then sealed. It never comes out again.")
            .takes::<AddApiKeyBody>(OTHER_BODY)
            .with_secrets()
            .answers::<ApiKeyView>(StatusCode::CREATED, "The key, without its secret; `Location` is its address.")
            .errors(ADD_KEY),
        // These two before `{id}`, which would match them, too.
        Route::new(Method::PUT, "/api/api-keys/order", scoped(Scope::KeysWrite, order_keys))
            .does(KEYS, "Puts the keys into another order of use")
            .takes::<OrderApiKeysBody>(OTHER_BODY)
            .answers::<ApiKeyListView>(StatusCode::OK, "The keys in their new order.")
            .errors(&[Code::StorageFull]),
        Route::new(Method::POST, "/api/api-keys/test", scoped(Scope::KeysWrite, test_given_key))
            .does(KEYS, "Tests a key that isn't stored")
            .more("Stores nothing. A key that the provider rejects is an answer, too: `valid` is then false.")
            .takes::<TestApiKeyBody>(OTHER_BODY)
            .with_secrets()
            .answers::<KeyTestView>(StatusCode::OK, "What the provider says of it.")
            .errors(&[
                Code::InvalidApiKeyFormat,
                Code::MalformedApiKey,
                Code::UnsupportedApiKeyKind,
                Code::RateLimited,
            ]),
        Route::new(Method::GET, key, scoped(Scope::KeysRead, show_key))
            .does(KEYS, "Shows a stored key")
            .answers::<ApiKeyView>(StatusCode::OK, "The key, without its secret.")
            .errors(&[Code::NotFound]),
        Route::new(Method::PUT, key, scoped(Scope::KeysWrite, update_key))
            .does(KEYS, "Changes a stored key")
            .takes::<UpdateApiKeyBody>(OTHER_BODY)
            .answers::<ApiKeyView>(StatusCode::OK, "The key as it is now.")
            .errors(&[Code::NotFound, Code::StorageFull]),
        Route::new(Method::DELETE, key, scoped(Scope::KeysWrite, delete_key))
            .does(KEYS, "Deletes a stored key")
            .answers_empty("It is gone.")
            .errors(&[Code::NotFound]),
        Route::new(Method::POST, "/api/api-keys/{id}/test", scoped(Scope::KeysWrite, test_stored_key))
            .does(KEYS, "Tests a stored key")
            .more("Records what the provider says in `status`.")
            .takes::<TestStoredKeyBody>(AUTH_BODY)
            .optionally()
            .answers::<ApiKeyView>(StatusCode::OK, "The key with its new status.")
            .errors(&[Code::NotFound, Code::RateLimited, Code::StorageFull]),
    ]
}

fn accounts() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/api/auth/register", public(register))
            .does(ACCOUNTS, "Makes an account")
            .more("The first account of a server is its operator's.")
            .takes::<RegisterBody>(AUTH_BODY)
            .with_secrets()
            .answers::<SignedInView<'_>>(StatusCode::CREATED, "The account, signed in.")
            .errors(&[
                Code::EmailTaken,
                Code::SignupClosed,
                NEW_PASSWORD[0],
                NEW_PASSWORD[1],
                NEW_PASSWORD[2],
                NEW_PASSWORD[3],
                Code::RateLimited,
                Code::StorageFull,
            ]),
        Route::new(Method::POST, "/api/auth/login", public(login))
            .does(ACCOUNTS, "Signs in")
            .takes::<LoginBody>(AUTH_BODY)
            .with_secrets()
            .answers::<SignedInView<'_>>(StatusCode::OK, "The account and its tokens.")
            .errors(&[Code::InvalidCredentials, Code::RateLimited, Code::SignInBusy]),
        Route::new(Method::POST, "/api/auth/refresh", refresh_token(refresh))
            .does(ACCOUNTS, "Renews the tokens")
            .more(
                "The refresh token comes in the body or as the cookie, and its successor goes back the same way. A used-up \
                 token gives the same successor for 60 s while that is unused; any other re-use ends the session.",
            )
            .takes::<RefreshBody>(AUTH_BODY)
            .optionally()
            .with_secrets()
            .answers::<SignedInView<'_>>(StatusCode::OK, "The account and its new tokens.")
            .errors(&[Code::SessionOver, Code::OriginNotAllowed, Code::RateLimited]),
        Route::new(Method::POST, "/api/auth/logout", refresh_token(logout))
            .does(ACCOUNTS, "Signs out")
            .more("By the refresh token in the body, the cookie, or the access token.")
            .takes::<RefreshBody>(AUTH_BODY)
            .optionally()
            .with_secrets()
            .answers_empty("The session has ended.")
            .errors(&[
                Code::Unauthenticated,
                Code::SessionRequired,
                Code::OriginNotAllowed,
            ]),
        Route::new(Method::POST, "/api/auth/reauthenticate", signed_in(reauthenticate))
            .does(ACCOUNTS, "Gives the password again")
            .more("Opens five minutes for changing the password, deleting the account and ending other sessions.")
            .takes::<ReauthenticateBody>(AUTH_BODY)
            .with_secrets()
            .answers_empty("The five minutes run.")
            .errors(&[Code::InvalidCredentials, Code::RateLimited, Code::SignInBusy]),
        Route::new(Method::POST, "/api/auth/reset", public(reset))
            .does(ACCOUNTS, "Resets a password")
            .more("With a one-time code that the operator makes with `latchkey user reset`. All sessions end, and all personal access tokens unless they shall be kept.")
            .takes::<ResetBody>(AUTH_BODY)
            .with_secrets()
            .answers_empty("The password is the new one.")
            .errors(&[
                Code::InvalidResetCode,
                NEW_PASSWORD[0],
                NEW_PASSWORD[1],
                NEW_PASSWORD[2],
                NEW_PASSWORD[3],
                Code::RateLimited,
            ]),
    ]
}

fn own_account() -> Vec<Route> {
    let me = "/api/me";
    vec![
        Route::new(Method::GET, me, signed_in(show_me))
            .does(ACCOUNTS, "Shows the own account")
            .answers::<UserView>(StatusCode::OK, "The account."),
        Route::new(Method::PATCH, me, signed_in(update_me))
            .does(ACCOUNTS, "Changes name and settings")
            .takes::<UpdateMeBody>(OTHER_BODY)
            .answers::<UserView>(StatusCode::OK, "The account as it is now.")
            .errors(&[Code::StorageFull]),
        Route::new(Method::DELETE, me, signed_in(delete_me))
            .does(ACCOUNTS, "Deletes the own account")
            .more("Conversations, keys, sessions and personal access tokens go with it; ledger and audit keep ids only.")
            .answers_empty("It is gone.")
            .errors(&[Code::ReauthenticationRequired]),
        Route::new(Method::GET, "/api/me/export", signed_in(export_me))
            .does(ACCOUNTS, "Exports the own account")
            .more("One file in JSON: account, settings, keys and personal access tokens without their secrets, and every conversation as its own export has it. A file that breaks off is not complete.")
            .answers_as("application/json", "The account.")
            .errors(&[Code::ReauthenticationRequired]),
        Route::new(Method::POST, "/api/me/password", signed_in(change_password))
            .does(ACCOUNTS, "Changes the password")
            .more("All other sessions end. This one goes on with the access token in the answer; its refresh token stays. Personal access tokens stay unless `deleteTokens` is set.")
            .takes::<ChangePasswordBody>(AUTH_BODY)
            .with_secrets()
            .answers::<SignedInView<'_>>(StatusCode::OK, "The account and its new access token.")
            .errors(&[
                Code::ReauthenticationRequired,
                NEW_PASSWORD[0],
                NEW_PASSWORD[1],
                NEW_PASSWORD[2],
                NEW_PASSWORD[3],
            ]),
        Route::new(Method::GET, "/api/me/sessions", signed_in(list_sessions))
            .does(ACCOUNTS, "Lists the own sessions")
            .answers::<SessionListView>(StatusCode::OK, "The sessions, newest first."),
        Route::new(Method::DELETE, "/api/me/sessions/{id}", signed_in(end_session))
            .does(ACCOUNTS, "Ends a session")
            .answers_empty("It has ended.")
            .errors(&[Code::NotFound, Code::ReauthenticationRequired]),
    ]
}

fn own_tokens() -> Vec<Route> {
    let tokens = "/api/me/tokens";
    vec![
        Route::new(Method::GET, tokens, signed_in(list_tokens))
            .does(ACCOUNTS, "Lists the own personal access tokens")
            .more("Expired ones stay in the list for 30 days.")
            .answers::<PersonalTokenListView>(StatusCode::OK, "The tokens without their secrets, newest first."),
        Route::new(Method::POST, tokens, signed_in(create_token))
            .does(ACCOUNTS, "Makes a personal access token")
            .more("For scripts: it signs in as `Authorization: Bearer lk_…`, for what its scopes allow. The token is in this answer and never again.")
            .takes::<CreatePersonalTokenBody>(AUTH_BODY)
            .with_secrets()
            .answers::<CreatedPersonalTokenView<'_>>(StatusCode::CREATED, "The token, with its secret.")
            .errors(&[Code::TooManyTokens, Code::StorageFull]),
        Route::new(Method::DELETE, "/api/me/tokens/{id}", signed_in(delete_token))
            .does(ACCOUNTS, "Deletes a personal access token")
            .more("The next request with it is refused; answers that it began end within seconds.")
            .answers_empty("It is gone.")
            .errors(&[Code::NotFound]),
    ]
}

fn usage() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/api/usage/summary",
            scoped(Scope::UsageRead, summarize),
        )
        .does(USAGE, "Sums up the own usage")
        .query(USAGE_SUMMARY)
        .answers::<UsageSummaryView>(StatusCode::OK, "Tokens by counter, and cost."),
    ]
}

fn system() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/healthz", public(health))
            .does(SYSTEM, "Says that the process lives")
            .answers::<HealthView>(StatusCode::OK, "It does."),
        Route::new(Method::GET, "/readyz", public(readiness))
            .does(SYSTEM, "Says whether the server takes work")
            .answers::<ReadyView>(StatusCode::OK, "It does.")
            .errors(&[Code::NotReady]),
        Route::new(Method::GET, "/api/server", public(server))
            .does(SYSTEM, "Says who is let in")
            .more("For a page that asks somebody to sign up or to chat without an account. While there is no account, `signup` is `open`.")
            .answers::<ServerView<'_>>(StatusCode::OK, "What somebody who comes here can do."),
        Route::new(Method::GET, "/openapi.json", public(openapi))
            .does(SYSTEM, "Gives this document")
            .answers_as("application/json", "OpenAPI 3.1."),
        Route::new(Method::GET, "/", public(page::home))
            .does(SYSTEM, "Says what this is")
            .answers_as("text/html; charset=utf-8", "A page."),
        Route::new(Method::GET, "/docs", public(page::api_reader))
            .does(SYSTEM, "Shows this document")
            .answers_as("text/html; charset=utf-8", "A page."),
        Route::new(Method::GET, "/assets/{file}", public(page::asset))
            .does(SYSTEM, "Gives a file of the pages")
            .answers_as("*/*", "The file.")
            .errors(&[Code::NotFound]),
        Route::new(
            Method::GET,
            "/assets/{release}/{file}",
            public(page::app_file),
        )
        .does(SYSTEM, "Gives a file of the app")
        .answers_as("*/*", "The file.")
        .errors(&[Code::NotFound]),
        Route::new(
            Method::GET,
            "/assets/{release}/{feature}/{file}",
            public(page::feature_file),
        )
        .does(SYSTEM, "Gives a file of a feature of the app")
        .answers_as("*/*", "The file.")
        .errors(&[Code::NotFound]),
    ]
}

/// The addresses of the app's one page, which shows by itself what belongs there.
fn app() -> Vec<Route> {
    [
        ("/chat", "Shows a new conversation"),
        ("/chat/{id}", "Shows a conversation"),
        ("/try", "Chats without an account"),
        ("/sign-up", "Makes an account"),
        ("/sign-in", "Signs in"),
        ("/reset", "Sets a new password"),
        ("/welcome", "Asks for the first key"),
        ("/shared", "Reads a shared conversation"),
        ("/settings", "Shows the settings"),
        ("/settings/{section}", "Shows one section of the settings"),
    ]
    .into_iter()
    .map(|(path, does)| {
        Route::new(Method::GET, path, public(page::app))
            .does(PAGES, does)
            .answers_as("text/html; charset=utf-8", "The page of the app.")
    })
    .collect()
}
