//! One-time codes for a new password.

use std::time::Duration;

use latchkey_domain::{personal_token::TokenFate, time::Timestamp, user::ResetCodeHash};

use super::signed_in;
use crate::{
    builders::Samples,
    contracts::{Stores, all_at_once},
};

/// "… if it isn't expired at `at`."
pub async fn a_reset_code_is_found_until_it_expires(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let last = code.expires_at.minus(Duration::from_micros(1));
    for (at, expected) in [
        (code.created_at, Some(ada.id)),
        (last, Some(ada.id)),
        (code.expires_at, None),
        (code.expires_at.plus(Duration::from_secs(1)), None),
    ] {
        let found = stores.users.find_reset_code(code.hash, at).await.unwrap();
        assert_eq!(found, expected, "at {at}");
    }
    let unknown = ResetCodeHash([9; 32]);
    let found = stores.users.find_reset_code(unknown, code.created_at).await;
    assert_eq!(found.unwrap(), None);
}

/// "Does not use it up."
pub async fn looking_at_a_reset_code_doesnt_use_it_up(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    for _ in 0..3 {
        let found = stores
            .users
            .find_reset_code(code.hash, code.created_at)
            .await;
        assert_eq!(found.unwrap(), Some(ada.id));
    }
}

/// "Stores a reset code, and voids earlier ones of the same account."
pub async fn a_newer_reset_code_voids_the_older(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let (older, newer) = (samples.reset_code(ada.id), samples.reset_code(ada.id));
    stores.users.insert_reset_code(&older).await.unwrap();
    stores.users.insert_reset_code(&newer).await.unwrap();
    let at = samples.now();
    assert_eq!(
        stores.users.find_reset_code(older.hash, at).await.unwrap(),
        None
    );
    let hash = samples.password_hash();
    let redeemed = stores
        .users
        .redeem_reset_code(older.hash, &hash, TokenFate::Keep, at)
        .await;
    assert_eq!(redeemed.unwrap(), None);
    let found = stores.users.find_reset_code(newer.hash, at).await.unwrap();
    assert_eq!(found, Some(ada.id));
}

/// "… of the same account."
pub async fn reset_codes_of_two_accounts_dont_meet(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let (adas, bobs) = (samples.reset_code(ada.id), samples.reset_code(bob.id));
    stores.users.insert_reset_code(&adas).await.unwrap();
    stores.users.insert_reset_code(&bobs).await.unwrap();
    let at = samples.now();
    for (code, user) in [(adas, ada.id), (bobs, bob.id)] {
        let found = stores.users.find_reset_code(code.hash, at).await.unwrap();
        assert_eq!(found, Some(user));
    }
}

/// "Uses the code up and does what `change_password` does with `new`."
pub async fn a_reset_code_sets_the_password_once(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    signed_in(stores, &samples, ada.id).await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let (new, at) = (samples.password_hash(), samples.now());
    let redeemed = stores
        .users
        .redeem_reset_code(code.hash, &new, TokenFate::Keep, at)
        .await;
    assert_eq!(redeemed.unwrap(), Some(ada.id));

    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(new.clone()));
    assert_eq!(stored.security_version, ada.security_version + 1);
    assert_eq!(stored.updated_at, at);
    assert_eq!(stores.sessions.list_sessions(ada.id).await.unwrap(), []);

    let other = samples.password_hash();
    let again = stores
        .users
        .redeem_reset_code(code.hash, &other, TokenFate::Keep, at)
        .await;
    assert_eq!(again.unwrap(), None);
    assert_eq!(
        stores.users.find_reset_code(code.hash, at).await.unwrap(),
        None
    );
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    assert_eq!(stored.password_hash, Some(new));
}

/// "`None` if the code is unknown, used or expired at `at`."
pub async fn an_expired_or_unknown_code_resets_nothing(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, ada.id).await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let attempts: [(ResetCodeHash, Timestamp); 2] = [
        (code.hash, code.expires_at),
        (ResetCodeHash([9; 32]), code.created_at),
    ];
    for (hash, at) in attempts {
        let new = samples.password_hash();
        let redeemed = stores
            .users
            .redeem_reset_code(hash, &new, TokenFate::Keep, at)
            .await;
        assert_eq!(redeemed.unwrap(), None);
    }
    assert_eq!(
        stores.users.find_user(ada.id).await.unwrap(),
        Some(ada.clone())
    );
    assert_eq!(
        stores.sessions.list_sessions(ada.id).await.unwrap(),
        [session]
    );
}

/// "… of two that present it at the same time only one gets the account."
pub async fn of_two_that_redeem_one_code_one_wins(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();
    let at = samples.now();
    let hashes: Vec<_> = (0..8).map(|_| samples.password_hash()).collect();
    let results = all_at_once(hashes.len(), |n| {
        let (repo, new) = (stores.users.clone(), hashes.get(n).cloned().unwrap());
        async move {
            repo.redeem_reset_code(code.hash, &new, TokenFate::Keep, at)
                .await
                .unwrap()
        }
    })
    .await;
    let winners: Vec<usize> = (0..8)
        .filter(|n| results.get(*n) == Some(&Some(ada.id)))
        .collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert_eq!(results.iter().filter(|result| result.is_none()).count(), 7);
    let stored = stores.users.find_user(ada.id).await.unwrap().unwrap();
    let winner = winners.first().and_then(|n| hashes.get(*n));
    assert_eq!(stored.password_hash.as_ref(), winner);
    assert_eq!(stored.security_version, ada.security_version + 1);
}
