//! The routes of the server itself, and of its pages.

use actix_web::http::{Method, StatusCode};

use crate::{
    api::system::{health, openapi, readiness, server},
    page,
    problem::Code,
    routes::{Route, access::public},
    views::{HealthView, ReadyView, ServerView},
};

const SYSTEM: &str = "System";

const PAGES: &str = "Pages";

pub fn routes() -> Vec<Route> {
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
pub fn pages() -> Vec<Route> {
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
