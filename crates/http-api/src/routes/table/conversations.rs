//! The routes of conversations.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use crate::{
    api::{
        chat::{
            change::{ChangeConversationBody, change_conversation},
            create::{CreateConversationBody, create_conversation},
            export::export_conversation,
            import::import_conversations,
            list::list_conversations,
            show::{delete_conversation, show_conversation},
        },
        models::list_models,
    },
    problem::Code,
    routes::{
        OTHER_BODY, QueryParameter, Route,
        access::{public_or_signed_in, scoped},
        table::{CHAT, KEY, PAGING, PROVIDER},
    },
    views::{ConversationListView, ConversationView, ImportView, ModelListView},
};

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

pub fn routes() -> Vec<Route> {
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
            .errors(KEY).errors(PROVIDER),
    ]
}
