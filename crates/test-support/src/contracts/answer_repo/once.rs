//! Turns begin once under a key.

use latchkey_domain::{
    Timestamp,
    conversation::{BeginTurn, BeginTurnError, BegunBefore, ConversationLookup, Once},
};

use super::Case;
use crate::contracts::{Stores, all_at_once};

/// The begin of a turn in a new conversation of the case's owner, under this key.
fn keyed(case: &Case<'_>, key: u8) -> BeginTurn {
    let conversation = case.samples.conversation(case.owner);
    let turn = case.samples.turn(&conversation, None, "Hello", case.writer);
    let user = case.owner.user_id().unwrap();
    case.samples.once(turn, user, key)
}

fn once(turn: &BeginTurn) -> Once {
    turn.once.expect("a turn with a key")
}

fn begun_by(turn: &BeginTurn) -> BegunBefore {
    BegunBefore {
        request: once(turn).named.request,
        answer: turn.answer.id,
    }
}

/// What began under the turn's key, as known when the turn begins.
async fn found(stores: &Stores, turn: &BeginTurn) -> Option<BegunBefore> {
    found_at(stores, turn, turn.conversation.updated_at).await
}

async fn found_at(stores: &Stores, turn: &BeginTurn, now: Timestamp) -> Option<BegunBefore> {
    let once = once(turn);
    let found = stores.answers.find_begun(once.user, once.named.key, now);
    found.await.unwrap()
}

/// The same request once more, as another process would begin it, in the conversation of `first`.
fn repeated(case: &Case<'_>, first: &BeginTurn) -> BeginTurn {
    let turn = case
        .samples
        .turn(&first.conversation, None, "Hello", case.rescuer);
    BeginTurn {
        once: first.once,
        ..turn
    }
}

async fn refusal(stores: &Stores, turn: &BeginTurn) -> BegunBefore {
    match stores.answers.begin_turn(turn).await {
        Err(BeginTurnError::BegunBefore(begun)) => begun,
        other => panic!("{other:?}"),
    }
}

/// "… and takes the turn's key if it has one"; "what began under this key of the user's".
pub async fn a_turn_is_found_under_its_key(stores: &Stores) {
    let case = Case::new(stores).await;
    let turn = keyed(&case, 1);
    assert_eq!(found(stores, &turn).await, None);
    stores.answers.begin_turn(&turn).await.unwrap();
    assert_eq!(found(stores, &turn).await, Some(begun_by(&turn)));
    case.finish(&turn, "Hi").await;
    assert_eq!(found(stores, &turn).await, Some(begun_by(&turn)));
    assert_eq!(found(stores, &keyed(&case, 2)).await, None);
}

/// "BegunBefore when the key is taken, whatever for … Then nothing is written."
pub async fn a_turn_under_a_taken_key_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let first = keyed(&case, 1);
    stores.answers.begin_turn(&first).await.unwrap();
    let before = case.path(&first.conversation).await;
    let again = repeated(&case, &first);
    assert_eq!(refusal(stores, &again).await, begun_by(&first));
    assert_eq!(case.path(&first.conversation).await, before);

    // Another request in another conversation learns for what it was taken.
    let mut other = keyed(&case, 1);
    if let Some(once) = &mut other.once {
        once.named.request.0 = [7; 32];
    }
    assert_eq!(refusal(stores, &other).await, begun_by(&first));
    let conversations = &stores.conversations;
    let lookup = conversations.find_conversation(case.owner, &other.conversation.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Unknown);
}

/// "Before anything else": the repetition of a request that runs isn't told of an answer in its way, nor of a deletion.
pub async fn a_taken_key_is_told_before_all_else(stores: &Stores) {
    let case = Case::new(stores).await;
    let first = keyed(&case, 1);
    stores.answers.begin_turn(&first).await.unwrap();
    let after_running = BeginTurn {
        once: first.once,
        ..case.samples.turn(
            &first.conversation,
            Some(first.answer.id),
            "Hello",
            case.writer,
        )
    };
    assert_eq!(refusal(stores, &after_running).await, begun_by(&first));
    case.delete(&first.conversation).await;
    let again = repeated(&case, &first);
    assert_eq!(refusal(stores, &again).await, begun_by(&first));
}

/// "Then nothing is written, and the key stays as it was."
pub async fn a_refused_turn_leaves_its_key_free(stores: &Stores) {
    let case = Case::new(stores).await;
    let running = keyed(&case, 1);
    stores.answers.begin_turn(&running).await.unwrap();
    let user = case.owner.user_id().unwrap();
    let next = case.samples.turn(
        &running.conversation,
        Some(running.answer.id),
        "And?",
        case.writer,
    );
    let next = case.samples.once(next, user, 2);
    let refused = stores.answers.begin_turn(&next).await;
    assert!(
        matches!(refused, Err(BeginTurnError::AnswerRunning)),
        "{refused:?}"
    );
    assert_eq!(found(stores, &next).await, None);

    case.finish(&running, "Hi").await;
    stores.answers.begin_turn(&next).await.unwrap();
    assert_eq!(found(stores, &next).await, Some(begun_by(&next)));
}

/// "A key that expired by the conversation's `updated_at` is free."
pub async fn an_expired_key_can_be_taken_again(stores: &Stores) {
    let case = Case::new(stores).await;
    let first = keyed(&case, 1);
    stores.answers.begin_turn(&first).await.unwrap();
    let expiry = once(&first).expires_at;
    let just_before = Timestamp::from_micros(expiry.as_micros() - 1);
    let mut again = keyed(&case, 1);

    again.conversation.updated_at = just_before;
    assert_eq!(refusal(stores, &again).await, begun_by(&first));
    assert_eq!(
        found_at(stores, &first, just_before).await,
        Some(begun_by(&first))
    );
    assert_eq!(found_at(stores, &first, expiry).await, None);

    again.conversation.updated_at = expiry;
    let again = case.samples.once(again, once(&first).user, 1);
    stores.answers.begin_turn(&again).await.unwrap();
    assert_eq!(
        found_at(stores, &again, expiry).await,
        Some(begun_by(&again))
    );
}

/// "Keys of different people have nothing to do with each other."
pub async fn somebody_elses_same_key_is_another(stores: &Stores) {
    let case = Case::new(stores).await;
    let mine = keyed(&case, 1);
    stores.answers.begin_turn(&mine).await.unwrap();
    let eve = stores.add_owner(&case.samples, "eve").await;
    let conversation = case.samples.conversation(eve);
    let hers = case.samples.turn(&conversation, None, "Hello", case.writer);
    let hers = case.samples.once(hers, eve.user_id().unwrap(), 1);
    assert_eq!(found(stores, &hers).await, None);
    stores.answers.begin_turn(&hers).await.unwrap();
    assert_eq!(found(stores, &hers).await, Some(begun_by(&hers)));
    assert_eq!(found(stores, &mine).await, Some(begun_by(&mine)));
}

/// "It stays known when the answer is gone with its conversation"; "an account's keys go with it".
pub async fn a_key_outlives_its_conversation_and_goes_with_its_account(stores: &Stores) {
    let case = Case::new(stores).await;
    let turn = keyed(&case, 1);
    stores.answers.begin_turn(&turn).await.unwrap();
    case.finish(&turn, "Hi").await;
    case.delete(&turn.conversation).await;
    assert_eq!(found(stores, &turn).await, Some(begun_by(&turn)));
    let user = once(&turn).user;
    assert!(stores.users.delete_user(user).await.unwrap());
    assert_eq!(found(stores, &turn).await, None);
}

/// "Deletes the keys that have expired at `now`. Returns how many."
pub async fn only_expired_keys_are_deleted(stores: &Stores) {
    let case = Case::new(stores).await;
    let (old, young) = (keyed(&case, 1), keyed(&case, 2));
    let mut young = young;
    let expiry = once(&old).expires_at;
    if let Some(once) = &mut young.once {
        once.expires_at = Timestamp::from_micros(expiry.as_micros() + 1);
    }
    for turn in [&old, &young] {
        stores.answers.begin_turn(turn).await.unwrap();
    }
    let answers = &stores.answers;
    let just_before = Timestamp::from_micros(expiry.as_micros() - 1);
    assert_eq!(
        answers.delete_expired_once_keys(just_before).await.unwrap(),
        0
    );
    assert_eq!(answers.delete_expired_once_keys(expiry).await.unwrap(), 1);
    assert_eq!(found(stores, &old).await, None);
    assert_eq!(found(stores, &young).await, Some(begun_by(&young)));
}

/// "Of many turns under one key one begins."
pub async fn of_twenty_turns_under_one_key_one_begins(stores: &Stores) {
    let case = Case::new(stores).await;
    let first = keyed(&case, 1);
    let turns: Vec<BeginTurn> = (0..20).map(|_| repeated(&case, &first)).collect();
    let results = all_at_once(turns.len(), |n| {
        let (repo, turn) = (stores.answers.clone(), turns.get(n).cloned().unwrap());
        async move { repo.begin_turn(&turn).await }
    })
    .await;
    let began: Vec<&BeginTurn> = turns
        .iter()
        .zip(&results)
        .filter_map(|(turn, result)| result.is_ok().then_some(turn))
        .collect();
    let [winner] = began.as_slice() else {
        panic!("{} began", began.len());
    };
    for result in &results {
        if let Err(error) = result {
            assert!(
                matches!(error, BeginTurnError::BegunBefore(begun) if *begun == begun_by(winner)),
                "{error:?}"
            );
        }
    }
    let path = case.path(&winner.conversation).await;
    let asked = winner.user_message.clone().unwrap();
    assert_eq!(path, [asked, winner.answer.clone()]);
}
