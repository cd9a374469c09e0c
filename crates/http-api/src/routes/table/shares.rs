//! The routes of shared conversations.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use crate::{
    api::shares::{
        change::{ChangeShareBody, change_share},
        create::{CreateShareBody, create_share},
        delete::delete_share,
        list::list_shares,
        open::open_share,
    },
    problem::Code,
    routes::{
        AUTH_BODY, QueryParameter, Route,
        access::{public, scoped},
    },
    views::{CreatedShareView, ShareListView, ShareView, SharedView},
};

const SHARES: &str = "Shared conversations";

const SHARED: &[QueryParameter] = &[QueryParameter {
    name: "cursor",
    description: "`nextCursor` of the page before.",
    kind: "string",
}];

pub fn routes() -> Vec<Route> {
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
