//! Sessions: listed, ended, tidied away.

use std::time::Duration;

use latchkey_application::accounts::AccountsError;
use latchkey_domain::{
    id::SessionId,
    session::{SESSION_IDLE_LIFE, Session},
};

use crate::world::World;

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(|session| session.id).collect()
}

#[tokio::test]
async fn a_list_holds_ones_own_living_sessions_the_newest_first() {
    let world = World::new();
    world.register("ada").await;
    world.signed_in("bob").await;
    world
        .clock
        .advance(SESSION_IDLE_LIFE - Duration::from_hours(1));
    let second = world.signed_in_of(&world.login("ada").await).await;
    world.clock.advance(Duration::from_hours(2));
    let third = world.signed_in_of(&world.login("ada").await).await;
    let listed = world.app.accounts.list_sessions(&third).await.unwrap();
    assert_eq!(ids(&listed), [third.session.id, second.session.id]);
}

#[tokio::test]
async fn ones_own_session_can_be_ended_any_time_others_only_with_the_password() {
    let world = World::new();
    let here_tokens = world.register("ada").await;
    let there_tokens = world.login("ada").await;
    let here = world.signed_in_of(&here_tokens).await;
    let there = world.signed_in_of(&there_tokens).await;
    let accounts = &world.app.accounts;
    world.clock.advance(Duration::from_mins(5));

    let other = accounts.end_session(&here, there.session.id).await;
    assert!(matches!(other, Err(AccountsError::StepUpRequired)));
    assert!(!world.is_signed_out(&there_tokens).await);

    let password = crate::world::secret(crate::world::PASSWORD);
    accounts.reauthenticate(&here, password).await.unwrap();
    let here = world.signed_in_of(&here_tokens).await;
    accounts.end_session(&here, there.session.id).await.unwrap();
    assert!(world.is_signed_out(&there_tokens).await);

    world.clock.advance(Duration::from_mins(6));
    accounts.end_session(&here, here.session.id).await.unwrap();
    assert!(world.is_signed_out(&here_tokens).await);
}

#[tokio::test]
async fn somebody_elses_session_is_not_found_like_one_that_never_was() {
    let world = World::new();
    let ada = world.signed_in("ada").await;
    let bob_tokens = world.register("bob").await;
    let bob = world.signed_in_of(&bob_tokens).await;
    let never = SessionId::new(world.ports.ids.as_ref());
    for id in [bob.session.id, never] {
        let answer = world.app.accounts.end_session(&ada, id).await;
        assert!(matches!(answer, Err(AccountsError::NotFound)));
    }
    assert!(!world.is_signed_out(&bob_tokens).await);
}

#[tokio::test]
async fn tidying_up_deletes_sessions_that_are_over_and_no_others() {
    let world = World::new();
    world.register("ada").await;
    world.clock.advance(SESSION_IDLE_LIFE);
    let living = world.signed_in_of(&world.login("ada").await).await;
    assert_eq!(world.app.tidy_up().await.unwrap().sessions, 1);
    assert_eq!(world.app.tidy_up().await.unwrap().sessions, 0);
    let stored = world.ports.sessions.list_sessions(living.user.id).await;
    assert_eq!(ids(&stored.unwrap()), [living.session.id]);
}
