//! The routes of stored keys.

use actix_web::http::{Method, StatusCode};
use latchkey_domain::personal_token::Scope;

use crate::{
    api::api_keys::{
        add::{AddApiKeyBody, add_key},
        delete::delete_key,
        order::{OrderApiKeysBody, order_keys},
        show::{list_keys, show_key},
        test::{TestApiKeyBody, TestStoredKeyBody, test_given_key, test_stored_key},
        update::{UpdateApiKeyBody, update_key},
    },
    problem::Code,
    routes::{
        AUTH_BODY, OTHER_BODY, Route,
        access::scoped,
        table::{KEY_FORM, PROVIDER},
    },
    views::{ApiKeyListView, ApiKeyView, KeyTestView},
};

const KEYS: &str = "API keys";

pub fn routes() -> Vec<Route> {
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
            .errors(KEY_FORM)
            .errors(PROVIDER)
            .errors(&[
                Code::InvalidApiKey,
                Code::DuplicateApiKey,
                Code::TooManyApiKeys,
                Code::RateLimited,
                Code::StorageFull,
            ]),
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
            .errors(KEY_FORM)
            .errors(&[Code::RateLimited]),
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
