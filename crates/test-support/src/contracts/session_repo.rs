//! What every [`SessionRepo`](latchkey_domain::session::SessionRepo) promises.

use std::time::Duration;

use latchkey_domain::{
    id::{SessionId, UserId},
    session::{RefreshTokenHash, SESSION_IDLE_LIFE, Session, SignedIn},
    user::UserStatus,
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! session_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { session_repo, $factory;
            a_session_comes_back_with_its_account,
            a_session_with_nothing_optional_comes_back,
            an_unknown_session_is_not_found,
            a_session_of_no_account_is_not_found,
            the_account_is_as_it_is_now,
            a_disabled_account_and_an_expired_session_are_returned,
            rotation_replaces_the_token,
            rotation_with_a_stale_token_changes_nothing,
            rotation_of_a_gone_session_says_so,
            of_twenty_rotations_at_once_one_wins,
            a_password_given_again_is_noted,
            sessions_are_listed_newest_first_and_per_account,
            a_session_is_ended_once,
            nobody_ends_somebody_elses_session,
            expired_and_idle_sessions_are_deleted_and_no_others,
        }
    };
}
pub use session_repo_cases as cases;

/// "The session and its account, in one read."
pub async fn a_session_comes_back_with_its_account(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let mut session = samples.session(user.id);
    session.generation = 3;
    session.previous_refresh_hash = Some(RefreshTokenHash([7; 32]));
    session.user_agent = Some("Mozilla/5.0 (ü)".to_owned());
    session.refreshed_at = samples.now();
    session.authenticated_at = samples.now();
    stores.sessions.insert_session(&session).await.unwrap();
    let found = stores.sessions.find_session(session.id).await.unwrap();
    assert_eq!(found, Some(SignedIn { user, session }));
}

/// Also `None` comes back as it was.
pub async fn a_session_with_nothing_optional_comes_back(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let mut session = samples.session(user.id);
    session.user_agent = None;
    stores.sessions.insert_session(&session).await.unwrap();
    let found = stores.sessions.find_session(session.id).await.unwrap();
    assert_eq!(found, Some(SignedIn { user, session }));
}

/// Nothing is nothing, not an error.
pub async fn an_unknown_session_is_not_found(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    signed_in(stores, &samples, user.id).await;
    let unknown = SessionId::new(samples.ids());
    assert_eq!(stores.sessions.find_session(unknown).await.unwrap(), None);
}

/// A sign-in that loses the race against the account's deletion leaves nothing behind.
pub async fn a_session_of_no_account_is_not_found(stores: &Stores) {
    let samples = Samples::new();
    let gone = samples.user("gone");
    let session = samples.session(gone.id);
    assert!(stores.sessions.insert_session(&session).await.is_err());
    assert_eq!(
        stores.sessions.find_session(session.id).await.unwrap(),
        None
    );
    assert_eq!(stores.sessions.list_sessions(gone.id).await.unwrap(), []);
}

/// "… as they are in the store now": nothing is remembered from the sign-in.
pub async fn the_account_is_as_it_is_now(stores: &Stores) {
    let samples = Samples::new();
    let mut user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    user.name = Some("Countess".to_owned());
    user.updated_at = samples.now();
    assert!(stores.users.update_user(&user).await.unwrap());
    let found = stores.sessions.find_session(session.id).await.unwrap();
    assert_eq!(found, Some(SignedIn { user, session }));
}

/// "Also a disabled account and an expired session are returned: the rules judge, not the query."
pub async fn a_disabled_account_and_an_expired_session_are_returned(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let at = samples.now();
    let disabled = stores
        .users
        .set_user_status(user.id, UserStatus::Disabled, at);
    assert!(disabled.await.unwrap());
    let mut session = samples.session(user.id);
    session.expires_at = session.created_at.minus(Duration::from_secs(1));
    stores.sessions.insert_session(&session).await.unwrap();
    let found = stores
        .sessions
        .find_session(session.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.user.status, UserStatus::Disabled);
    assert_eq!(found.session, session);
}

/// "… it becomes the previous one, the generation grows by one, `refreshed_at` is `at`."
pub async fn rotation_replaces_the_token(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    let other = signed_in(stores, &samples, user.id).await;
    let rotation = samples.rotation(&session);
    assert!(stores.sessions.rotate_refresh(&rotation).await.unwrap());
    let rotated = Session {
        generation: session.generation + 1,
        refresh_hash: rotation.successor,
        previous_refresh_hash: Some(session.refresh_hash),
        refreshed_at: rotation.at,
        ..session
    };
    let found = stores
        .sessions
        .find_session(rotated.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.session, rotated);
    let again = samples.rotation(&rotated);
    assert!(stores.sessions.rotate_refresh(&again).await.unwrap());
    let found = stores
        .sessions
        .find_session(rotated.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        found.session.previous_refresh_hash,
        Some(rotated.refresh_hash)
    );
    let untouched = stores
        .sessions
        .find_session(other.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(untouched.session, other);
}

/// "`false` if it isn't …; then nothing changed."
pub async fn rotation_with_a_stale_token_changes_nothing(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    let rotation = samples.rotation(&session);
    assert!(stores.sessions.rotate_refresh(&rotation).await.unwrap());
    let before = stores.sessions.find_session(session.id).await.unwrap();
    let mut stale = samples.rotation(&session);
    stale.successor = RefreshTokenHash([9; 32]);
    assert!(!stores.sessions.rotate_refresh(&stale).await.unwrap());
    stale.current = RefreshTokenHash([8; 32]);
    assert!(!stores.sessions.rotate_refresh(&stale).await.unwrap());
    let after = stores.sessions.find_session(session.id).await.unwrap();
    assert_eq!(after, before);
}

/// "`false` if … the session is gone."
pub async fn rotation_of_a_gone_session_says_so(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    assert!(ended(stores, user.id, &session).await);
    let rotation = samples.rotation(&session);
    assert!(!stores.sessions.rotate_refresh(&rotation).await.unwrap());
    let gone = stores
        .sessions
        .mark_authenticated(session.id, samples.now());
    assert!(!gone.await.unwrap());
}

/// "Replaces the refresh token if `current` is still in force."
pub async fn of_twenty_rotations_at_once_one_wins(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    let rotations: Vec<_> = (0u8..20)
        .map(|n| {
            let mut rotation = samples.rotation(&session);
            rotation.successor = RefreshTokenHash([n; 32]);
            rotation
        })
        .collect();
    let wins = all_at_once(rotations.len(), |n| {
        let (repo, rotation) = (stores.sessions.clone(), rotations.get(n).cloned().unwrap());
        async move { repo.rotate_refresh(&rotation).await.unwrap() }
    })
    .await;
    assert_eq!(wins.iter().filter(|won| **won).count(), 1);
    let winner = wins.iter().position(|won| *won).unwrap();
    let stored = stores
        .sessions
        .find_session(session.id)
        .await
        .unwrap()
        .unwrap();
    let successor = rotations.get(winner).unwrap().successor;
    assert_eq!(stored.session.refresh_hash, successor);
    assert_eq!(stored.session.generation, session.generation + 1);
    assert_eq!(
        stored.session.previous_refresh_hash,
        Some(session.refresh_hash)
    );
}

/// "Notes that the password was given again at `at`."
pub async fn a_password_given_again_is_noted(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    let at = samples.now();
    assert!(
        stores
            .sessions
            .mark_authenticated(session.id, at)
            .await
            .unwrap()
    );
    let found = stores
        .sessions
        .find_session(session.id)
        .await
        .unwrap()
        .unwrap();
    let expected = Session {
        authenticated_at: at,
        ..session
    };
    assert_eq!(found.session, expected);
}

/// "All sessions of `user`, newest first."
pub async fn sessions_are_listed_newest_first_and_per_account(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.insert(0, signed_in(stores, &samples, ada.id).await);
        signed_in(stores, &samples, bob.id).await;
    }
    assert_eq!(sessions(stores, ada.id).await, expected);
}

/// "Ends one session of `user`; `false` if they have no such session."
pub async fn a_session_is_ended_once(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let session = signed_in(stores, &samples, user.id).await;
    let kept = signed_in(stores, &samples, user.id).await;
    assert!(ended(stores, user.id, &session).await);
    assert_eq!(
        stores.sessions.find_session(session.id).await.unwrap(),
        None
    );
    assert!(!ended(stores, user.id, &session).await);
    assert_eq!(sessions(stores, user.id).await, [kept]);
}

/// Somebody else's session is as good as none.
pub async fn nobody_ends_somebody_elses_session(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let eve = stores.add_user(&samples, "eve").await;
    let session = signed_in(stores, &samples, ada.id).await;
    assert!(!ended(stores, eve.id, &session).await);
    assert_eq!(sessions(stores, ada.id).await, [session]);
}

/// "Deletes sessions that expired, or were idle since, before `now`. Returns how many."
pub async fn expired_and_idle_sessions_are_deleted_and_no_others(stores: &Stores) {
    let samples = Samples::new();
    let user = stores.add_user(&samples, "ada").await;
    let now = samples.now().plus(2 * SESSION_IDLE_LIFE);
    let second = Duration::from_secs(1);
    let with = |refreshed_at, expires_at| {
        let mut session = samples.session(user.id);
        session.refreshed_at = refreshed_at;
        session.expires_at = expires_at;
        session
    };
    let expired = with(now.minus(second), now.minus(second));
    let idle = with(now.minus(SESSION_IDLE_LIFE + second), now.plus(second));
    let expires_soon = with(now.minus(second), now.plus(second));
    let idle_soon = with(now.minus(SESSION_IDLE_LIFE).plus(second), now.plus(second));
    for session in [&expired, &idle, &expires_soon, &idle_soon] {
        stores.sessions.insert_session(session).await.unwrap();
    }
    assert_eq!(
        stores.sessions.delete_expired_sessions(now).await.unwrap(),
        2
    );
    let left = stores.sessions.list_sessions(user.id).await.unwrap();
    assert_eq!(left, [idle_soon, expires_soon]);
    assert_eq!(
        stores.sessions.delete_expired_sessions(now).await.unwrap(),
        0
    );
}

/// Whether a session of `user` was ended.
async fn ended(stores: &Stores, user: UserId, session: &Session) -> bool {
    stores.sessions.end_session(user, session.id).await.unwrap()
}

async fn sessions(stores: &Stores, user: UserId) -> Vec<Session> {
    stores.sessions.list_sessions(user).await.unwrap()
}

async fn signed_in(stores: &Stores, samples: &Samples, user: UserId) -> Session {
    let session = samples.session(user);
    stores.sessions.insert_session(&session).await.unwrap();
    session
}
