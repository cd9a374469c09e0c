//! What every [`PersonalTokenRepo`](latchkey_domain::personal_token::PersonalTokenRepo) promises.

use std::time::Duration;

use latchkey_domain::{
    id::{PersonalTokenId, UserId},
    personal_token::{
        InsertPersonalTokenError, MAX_TOKENS_PER_USER, PersonalToken, PersonalTokenHash, Scope,
        Scopes, TokenHolder,
    },
    time::Timestamp,
    user::{User, UserStatus},
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! personal_token_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { personal_token_repo, $factory;
            a_token_comes_back_with_its_account,
            a_token_with_everything_optional_comes_back,
            an_unknown_hash_is_not_found,
            a_token_of_no_account_is_not_stored,
            a_hash_is_stored_once,
            the_tokens_account_is_as_it_is_now,
            an_expired_token_is_returned,
            an_account_has_so_many_tokens_and_no_more,
            many_at_once_are_no_way_around_the_limit,
            tokens_are_listed_newest_first_and_per_account,
            a_use_is_noted_and_never_an_earlier_one,
            a_use_of_a_gone_token_brings_nothing_back,
            a_token_is_deleted_once,
            nobody_deletes_somebody_elses_token,
            expired_tokens_are_deleted_and_no_others,
        }
    };
}
pub use personal_token_repo_cases as cases;

/// "The token with this hash and its account, in one read."
pub async fn a_token_comes_back_with_its_account(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    add_token(stores, &samples, user.id).await;
    let token = add_token(stores, &samples, user.id).await;
    assert_eq!(
        found(stores, token.hash).await,
        Some(TokenHolder { user, token })
    );
}

/// Every member comes back as it was.
pub async fn a_token_with_everything_optional_comes_back(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let token = PersonalToken {
        name: "Nächtliche Sicherung 🗄".to_owned(),
        scopes: Scopes::of([Scope::KeysRead, Scope::UsageRead]).unwrap(),
        last_used_at: Some(samples.now()),
        expires_at: Some(samples.now()),
        ..samples.personal_token(user.id)
    };
    insert(stores, &token).await.unwrap();
    assert_eq!(
        found(stores, token.hash).await,
        Some(TokenHolder { user, token })
    );
}

/// Nothing is nothing, not an error; a hash that differs in its last bit is another.
pub async fn an_unknown_hash_is_not_found(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let token = add_token(stores, &samples, user.id).await;
    let mut other = token.hash;
    other.0[31] ^= 1;
    assert_eq!(found(stores, other).await, None);
    assert_eq!(found(stores, PersonalTokenHash([0; 32])).await, None);
}

/// One that loses the race against the account's deletion leaves nothing behind.
pub async fn a_token_of_no_account_is_not_stored(stores: &Stores) {
    let samples = Samples::new();
    let token = samples.personal_token(samples.user("gone").id);
    let refused = insert(stores, &token).await;
    assert!(matches!(refused, Err(InsertPersonalTokenError::Store(_))));
    assert_eq!(found(stores, token.hash).await, None);
    assert_eq!(list(stores, token.user).await, []);
}

/// A hash names one token.
pub async fn a_hash_is_stored_once(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let token = add_token(stores, &samples, ada.id).await;
    let same = PersonalToken {
        hash: token.hash,
        ..samples.personal_token(bob.id)
    };
    assert!(insert(stores, &same).await.is_err());
    let holder = found(stores, token.hash).await.unwrap();
    assert_eq!(holder.user.id, ada.id);
}

/// "… as they are in the store now": a disabled account's tokens are gone, and those of an enabled one don't come back.
pub async fn the_tokens_account_is_as_it_is_now(stores: &Stores) {
    let samples = Samples::new();
    let mut user = stores.add_user(&samples, "ada").await;
    let token = add_token(stores, &samples, user.id).await;
    user.name = Some("Countess".to_owned());
    user.updated_at = samples.now();
    assert!(stores.users.update_user(&user).await.unwrap());
    assert_eq!(
        found(stores, token.hash).await,
        Some(TokenHolder {
            user: user.clone(),
            token: token.clone(),
        })
    );
    for status in [UserStatus::Disabled, UserStatus::Active] {
        set_status(stores, &samples, &user, status).await;
        assert_eq!(found(stores, token.hash).await, None);
    }
    set_status(stores, &samples, &user, UserStatus::Disabled).await;
    // A request that was let in just before may still insert one.
    let late = add_token(stores, &samples, user.id).await;
    let holder = found(stores, late.hash).await.unwrap();
    assert_eq!(holder.user.status, UserStatus::Disabled);
}

/// "Also … an expired token … returned: the rules judge, not the query."
pub async fn an_expired_token_is_returned(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let mut token = samples.personal_token(user.id);
    token.expires_at = Some(token.created_at.minus(Duration::from_secs(1)));
    insert(stores, &token).await.unwrap();
    assert_eq!(found(stores, token.hash).await.unwrap().token, token);
}

/// "TooMany when the account has `MAX_TOKENS_PER_USER` tokens": its own are counted.
pub async fn an_account_has_so_many_tokens_and_no_more(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    for _ in 1..MAX_TOKENS_PER_USER {
        add_token(stores, &samples, ada.id).await;
    }
    let last = add_token(stores, &samples, ada.id).await;
    let refused = insert(stores, &samples.personal_token(ada.id)).await;
    assert!(matches!(refused, Err(InsertPersonalTokenError::TooMany)));
    add_token(stores, &samples, bob.id).await;
    let deletion = stores
        .personal_tokens
        .delete_personal_token(ada.id, last.id);
    assert!(deletion.await.unwrap());
    add_token(stores, &samples, ada.id).await;
    assert_eq!(list(stores, ada.id).await.len(), MAX_TOKENS_PER_USER);
}

/// "… also when many are made at the same time."
pub async fn many_at_once_are_no_way_around_the_limit(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    for _ in 2..MAX_TOKENS_PER_USER {
        add_token(stores, &samples, ada.id).await;
    }
    let tokens: Vec<_> = (0..10).map(|_| samples.personal_token(ada.id)).collect();
    let results = all_at_once(tokens.len(), |number| {
        let (repo, token) = (
            stores.personal_tokens.clone(),
            tokens.get(number).cloned().unwrap(),
        );
        async move { repo.insert_personal_token(&token).await }
    })
    .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 2);
    assert_eq!(list(stores, ada.id).await.len(), MAX_TOKENS_PER_USER);
}

/// "All tokens of `user`, newest first."
pub async fn tokens_are_listed_newest_first_and_per_account(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let first = add_token(stores, &samples, ada.id).await;
    let others = add_token(stores, &samples, bob.id).await;
    let second = add_token(stores, &samples, ada.id).await;
    assert_eq!(list(stores, ada.id).await, [second, first]);
    assert_eq!(list(stores, bob.id).await, [others]);
}

/// "Notes that the token was used at `at`, unless a later use is noted."
pub async fn a_use_is_noted_and_never_an_earlier_one(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let other = add_token(stores, &samples, ada.id).await;
    let token = add_token(stores, &samples, ada.id).await;
    let (early, late) = (samples.now(), samples.now());
    for at in [late, early] {
        mark_used(stores, token.id, at).await;
        let used = found(stores, token.hash).await.unwrap().token;
        assert_eq!(used.last_used_at, Some(late));
    }
    assert_eq!(found(stores, other.hash).await.unwrap().token, other);
}

/// "One that is gone stays gone."
pub async fn a_use_of_a_gone_token_brings_nothing_back(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let unknown = PersonalTokenId::new(samples.ids());
    mark_used(stores, unknown, samples.now()).await;
    assert_eq!(list(stores, ada.id).await, []);
}

/// "Deletes a token of `user`; `false` if they have no such token."
pub async fn a_token_is_deleted_once(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let kept = add_token(stores, &samples, ada.id).await;
    let token = add_token(stores, &samples, ada.id).await;
    for expected in [true, false] {
        let deletion = stores
            .personal_tokens
            .delete_personal_token(ada.id, token.id);
        assert_eq!(deletion.await.unwrap(), expected);
    }
    assert_eq!(found(stores, token.hash).await, None);
    assert_eq!(list(stores, ada.id).await, [kept]);
}

/// Somebody else's token is as absent as one that never was.
pub async fn nobody_deletes_somebody_elses_token(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let token = add_token(stores, &samples, ada.id).await;
    let deletion = stores
        .personal_tokens
        .delete_personal_token(bob.id, token.id);
    assert!(!deletion.await.unwrap());
    assert_eq!(list(stores, ada.id).await, [token]);
}

/// "Deletes the tokens of all accounts that expired at `before` or earlier. Returns how many."
pub async fn expired_tokens_are_deleted_and_no_others(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let before = samples.now();
    let a_bit = Duration::from_micros(1);
    let expiring = async |user, expires_at| {
        let token = PersonalToken {
            expires_at: Some(expires_at),
            ..samples.personal_token(user)
        };
        insert(stores, &token).await.unwrap();
        token
    };
    expiring(ada.id, before).await;
    expiring(bob.id, before.minus(a_bit)).await;
    let later = expiring(ada.id, before.plus(a_bit)).await;
    let never = add_token(stores, &samples, ada.id).await;
    for expected in [2, 0] {
        let deletion = stores
            .personal_tokens
            .delete_expired_personal_tokens(before);
        assert_eq!(deletion.await.unwrap(), expected);
    }
    assert_eq!(list(stores, ada.id).await, [never, later]);
    assert_eq!(list(stores, bob.id).await, []);
}

async fn add_token(stores: &Stores, samples: &Samples, user: UserId) -> PersonalToken {
    let token = samples.personal_token(user);
    insert(stores, &token).await.unwrap();
    token
}

async fn insert(stores: &Stores, token: &PersonalToken) -> Result<(), InsertPersonalTokenError> {
    stores.personal_tokens.insert_personal_token(token).await
}

async fn found(stores: &Stores, hash: PersonalTokenHash) -> Option<TokenHolder> {
    let lookup = stores.personal_tokens.find_personal_token(hash).await;
    lookup.unwrap()
}

async fn list(stores: &Stores, user: UserId) -> Vec<PersonalToken> {
    let list = stores.personal_tokens.list_personal_tokens(user).await;
    list.unwrap()
}

async fn mark_used(stores: &Stores, id: PersonalTokenId, at: Timestamp) {
    let marked = stores.personal_tokens.mark_personal_token_used(id, at);
    marked.await.unwrap();
}

async fn set_status(stores: &Stores, samples: &Samples, user: &User, status: UserStatus) {
    let change = stores.users.set_user_status(user.id, status, samples.now());
    assert!(change.await.unwrap());
}
