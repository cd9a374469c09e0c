//! The routes of messages and their answers.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use crate::{
    api::chat::{
        estimate::estimate,
        idempotency::IDEMPOTENCY_KEY,
        listen::listen_to_answer,
        regenerate::{RegenerateBody, regenerate_answer},
        send::send_message,
        send_body::SendMessageBody,
        show::{list_messages, show_message},
        stop::stop_answer,
    },
    problem::Code,
    routes::{
        CHAT_BODY, HeaderParameter, OTHER_BODY, QueryParameter, Route,
        access::{scoped, signed_in_or_given_key},
        table::{CHAT, KEY, KEY_FORM, PAGING, PROVIDER},
    },
    views::{AnswerView, EstimateView, MessageListView, MessageView},
};

/// The headers of what is carried out once.
const ONCE: &[HeaderParameter] = &[IDEMPOTENCY_KEY];

const CONVERSATION: &[QueryParameter] = &[QueryParameter {
    name: "conversationId",
    description: "The conversation that the message would go into; a new one if nothing is said.",
    kind: "string",
}];

const SEND_MORE: &str = "The first message to an unknown conversation id creates that conversation. Signed in, a stored key \
    pays unless `apiKey` is given; without an account `apiKey` must be given, and nothing is stored.\n\n\
    With `\"stream\": true` or `Accept: text/event-stream` the answer comes as server-sent events: `latchkey.start` \
    (`StartView`), the provider's own events unchanged, then `latchkey.done` (`AnswerView`) or `latchkey.error` \
    (`AnswerErrorView`). Until the provider's first event with content every fault is an ordinary problem. A comment goes out every ten seconds.\n\n\
    A request with an `Idempotency-Key` can be sent again safely: the same key and body give the first one's answer.";

const ESTIMATE_MORE: &str = "The body is that of a message to send, and what is counted is what would be sent: the branch that \
    `parentId` names or that is shown of the conversation `conversationId`, with the new message and its options. The \
    provider counts, at no cost. Nothing is stored.";

/// What the choice of a key can say, the given one or a stored one.
const PAYER: &[Code] = &[
    Code::ApiKeyRequired,
    Code::AnonymousChatOff,
    Code::NoActiveApiKey,
    Code::ApiKeyUnreadable,
];

/// What a conversation can say to a new message.
const PLACE: &[Code] = &[
    Code::NotFound,
    Code::ConversationDeleted,
    Code::AnswerRunning,
    Code::RateLimited,
];

/// What the provider can say to a prompt, beside what it can say to a key.
const PROMPT: &[Code] = &[
    Code::ModelNotFound,
    Code::PromptTooLong,
    Code::ProviderRequestTooLarge,
    Code::ProviderRefusedRequest,
];

/// What can become of an answer, and of a request that is sent again.
const ANSWER: &[Code] = &[
    Code::IdempotencyKeyInUse,
    Code::IdempotencyKeyReused,
    Code::AnswerStopped,
    Code::AnswerGone,
    Code::AnswerNotSaved,
    Code::SessionEnded,
    Code::ProviderInterrupted,
    Code::StorageFull,
];

pub fn routes() -> Vec<Route> {
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
            .errors(PAYER).errors(KEY_FORM).errors(PLACE).errors(KEY).errors(PROVIDER).errors(PROMPT).errors(ANSWER),
        Route::new(Method::POST, "/api/chat/estimate", signed_in_or_given_key(Scope::Chat, estimate))
            .does(CHAT, "Says what a message would cost")
            .more(ESTIMATE_MORE)
            .query(CONVERSATION)
            .takes::<SendMessageBody>(CHAT_BODY)
            .with_secrets()
            .answers::<EstimateView<'_>>(StatusCode::OK, "How many tokens it has, and what that costs.")
            .errors(PAYER).errors(KEY_FORM).errors(PLACE).errors(KEY).errors(PROVIDER).errors(PROMPT),
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
        .errors(PAYER).errors(KEY_FORM).errors(PLACE).errors(KEY).errors(PROVIDER).errors(PROMPT).errors(ANSWER),
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
