//! What becomes of personal access tokens when the password or the status changes.

use latchkey_domain::{
    id::UserId,
    personal_token::{PersonalToken, TokenFate},
    user::{PasswordChange, UserStatus},
};

use crate::{builders::Samples, contracts::Stores};

/// "… the personal access tokens go on or are deleted, as `tokens` says", of that account alone.
pub async fn a_new_password_keeps_or_deletes_the_tokens(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let token = add_token(stores, &samples, ada.id).await;
    let others = add_token(stores, &samples, bob.id).await;
    let fates = [
        (TokenFate::Keep, vec![token]),
        (TokenFate::Delete, Vec::new()),
    ];
    for (tokens, left) in fates {
        let change = PasswordChange {
            tokens,
            ..samples.password_change(ada.id)
        };
        let changed = stores.users.change_password(&change).await.unwrap();
        assert!(changed.is_some());
        assert_eq!(list(stores, ada.id).await, left);
    }
    assert_eq!(list(stores, bob.id).await, [others]);
}

/// The same with a reset code; one that is void deletes nothing.
pub async fn a_reset_keeps_or_deletes_the_tokens(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let token = add_token(stores, &samples, ada.id).await;
    let redeem = async |code, tokens| {
        let (hash, at) = (samples.password_hash(), samples.now());
        let redeemed = stores.users.redeem_reset_code(code, &hash, tokens, at);
        redeemed.await.unwrap()
    };
    let unknown = samples.reset_code(ada.id).hash;
    assert_eq!(redeem(unknown, TokenFate::Delete).await, None);
    let whole = vec![token];
    assert_eq!(list(stores, ada.id).await, whole);
    let fates = [(TokenFate::Keep, whole), (TokenFate::Delete, Vec::new())];
    for (tokens, left) in fates {
        let code = samples.reset_code(ada.id);
        stores.users.insert_reset_code(&code).await.unwrap();
        assert_eq!(redeem(code.hash, tokens).await, Some(ada.id));
        assert_eq!(list(stores, ada.id).await, left);
    }
}

/// "… disabling … deletes all personal access tokens": enabling brings none back, and others' stay.
pub async fn disabling_deletes_the_tokens(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    add_token(stores, &samples, ada.id).await;
    let others = add_token(stores, &samples, bob.id).await;
    for status in [UserStatus::Disabled, UserStatus::Active] {
        let at = samples.now();
        let changed = stores.users.set_user_status(ada.id, status, at).await;
        assert!(changed.unwrap());
        assert_eq!(list(stores, ada.id).await, []);
    }
    let at = samples.now();
    let enabled = stores
        .users
        .set_user_status(bob.id, UserStatus::Active, at)
        .await;
    assert!(enabled.unwrap());
    assert_eq!(list(stores, bob.id).await, [others]);
}

/// "Deletes the account with its … personal access tokens", and nobody else's.
pub async fn deleting_takes_the_tokens(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let token = add_token(stores, &samples, ada.id).await;
    let others = add_token(stores, &samples, bob.id).await;
    assert!(stores.users.delete_user(ada.id).await.unwrap());
    let found = stores.personal_tokens.find_personal_token(token.hash).await;
    assert_eq!(found.unwrap(), None);
    assert_eq!(list(stores, ada.id).await, []);
    assert_eq!(list(stores, bob.id).await, [others]);
}

async fn add_token(stores: &Stores, samples: &Samples, user: UserId) -> PersonalToken {
    let token = samples.personal_token(user);
    let inserted = stores.personal_tokens.insert_personal_token(&token).await;
    inserted.unwrap();
    token
}

async fn list(stores: &Stores, user: UserId) -> Vec<PersonalToken> {
    let list = stores.personal_tokens.list_personal_tokens(user).await;
    list.unwrap()
}
