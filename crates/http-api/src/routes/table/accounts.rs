//! The routes of accounts: signing in, the own account, its sessions and tokens.

use actix_web::http::{Method, StatusCode};

use crate::{
    api::{
        auth::{
            login::{LoginBody, login},
            logout::logout,
            reauthenticate::{ReauthenticateBody, reauthenticate},
            refresh::{RefreshBody, refresh},
            register::{RegisterBody, register},
            reset::{ResetBody, reset},
        },
        me::{
            account::{delete_me, show_me},
            export::export_me,
            password::{ChangePasswordBody, change_password},
            sessions::{end_session, list_sessions},
            update::{UpdateMeBody, update_me},
        },
        personal_tokens::{
            create::{CreatePersonalTokenBody, create_token},
            delete::delete_token,
            list::list_tokens,
        },
    },
    problem::Code,
    routes::{
        AUTH_BODY, OTHER_BODY, Route,
        access::{public, refresh_token, signed_in},
    },
    views::{
        CreatedPersonalTokenView, PersonalTokenListView, SessionListView, SignedInView, UserView,
    },
};

const ACCOUNTS: &str = "Accounts";

/// What can be wrong with a new password.
const NEW_PASSWORD: &[Code] = &[
    Code::PasswordTooShort,
    Code::PasswordTooLong,
    Code::PasswordTooWeak,
    Code::SignInBusy,
];

pub fn routes() -> Vec<Route> {
    [sign_in(), own_account(), own_tokens()]
        .into_iter()
        .flatten()
        .collect()
}

fn sign_in() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/api/auth/register", public(register))
            .does(ACCOUNTS, "Makes an account")
            .more("The first account of a server is its operator's.")
            .takes::<RegisterBody>(AUTH_BODY)
            .with_secrets()
            .answers::<SignedInView<'_>>(StatusCode::CREATED, "The account, signed in.")
            .errors(NEW_PASSWORD)
            .errors(&[
                Code::EmailTaken,
                Code::SignupClosed,
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
            .errors(NEW_PASSWORD)
            .errors(&[
                Code::InvalidResetCode,
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
            .errors(NEW_PASSWORD)
            .errors(&[
                Code::ReauthenticationRequired,
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
