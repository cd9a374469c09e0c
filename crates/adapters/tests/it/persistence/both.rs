//! What both databases promise beyond the ports' documents.

use std::{sync::Arc, task::Poll};

use latchkey_adapters::persistence::Database;
use latchkey_domain::{
    Owner,
    conversation::{BeginTurn, BeginTurnError, BranchEnd, Conversation, ConversationLookup},
    id::MessageId,
    system::Randomness,
    user::User,
};
use latchkey_test_support::{builders::Samples, memory::system::SeededRandomness};
use tokio::{sync::Semaphore, task::JoinSet};

use super::databases::{PostgresDatabase, SqliteFolder, with_connections};

/// Runs a case on each database, with a pool of `connections`.
macro_rules! on_both {
    ($($(#[$doc:meta])* $case:ident($connections:expr);)*) => {
        mod on_sqlite {
            use super::SqliteFolder;
            $(
                $(#[$doc])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    let folder = SqliteFolder::new();
                    super::$case(folder.database().await).await;
                }
            )*
        }
        mod on_postgres {
            use super::{PostgresDatabase, with_connections};
            $(
                $(#[$doc])*
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    let fresh = PostgresDatabase::create().await;
                    let database = with_connections(fresh.settings(), $connections).await;
                    super::$case(database).await;
                }
            )*
        }
    };
}

on_both! {
    a_caller_that_leaves_anywhere_leaves_nothing_half_written(1);
    a_thousand_turns_at_once_are_all_there(8);
    a_long_conversation_is_read_whole(4);
    any_text_comes_back(2);
    the_database_answers_and_can_be_closed(2);
}

async fn user(database: &Database, samples: &Samples) -> User {
    let user = samples.user("ada");
    database.users().insert_user(&user).await.unwrap();
    user
}

/// Turns are begun and their callers leave at random points; each is there as a whole or not at all, each that was
/// promised is there, and nobody after them sees a transaction that was left open.
async fn a_caller_that_leaves_anywhere_leaves_nothing_half_written(database: Database) {
    const CALLERS: usize = 1_000;
    let samples = Samples::new();
    let owner = Owner::User(user(&database, &samples).await.id);
    let answers = database.answers();
    let random = SeededRandomness::new(163);
    let mut begun = Vec::new();
    for _ in 0..CALLERS {
        let conversation = samples.conversation(owner);
        let turn = samples.turn(&conversation, None, "Hello", samples.instance());
        let mut work = Box::pin(answers.begin_turn(&turn));
        let mut polls = [0];
        random.fill(&mut polls).unwrap();
        let mut promised = false;
        for _ in 0..polls[0] {
            if let Poll::Ready(outcome) = futures_util::poll!(&mut work) {
                promised = outcome.is_ok();
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(work);
        begun.push((conversation, promised));
    }
    // What waits now has come after all of them.
    let last = samples.conversation(owner);
    let turn = samples.turn(&last, None, "Hello", samples.instance());
    begin_when_there_is_room(&database, &turn).await;
    begun.push((last, true));
    for (conversation, promised) in begun {
        let is_there = is_whole_or_absent(&database, owner, &conversation).await;
        assert!(is_there || !promised, "an acknowledged turn is missing");
    }
}

/// As a client would: whoever is told that the store is busy comes again.
async fn begin_when_there_is_room(database: &Database, turn: &BeginTurn) {
    loop {
        match database.answers().begin_turn(turn).await {
            Err(BeginTurnError::Store(error)) if error.retryable() => {}
            begun => return begun.unwrap(),
        }
    }
}

/// Whether the turn is there; with both of its messages, if it is.
async fn is_whole_or_absent(
    database: &Database,
    owner: Owner,
    conversation: &Conversation,
) -> bool {
    let repo = database.conversations();
    let path = repo.list_shown_path(owner, &conversation.id).await.unwrap();
    let lookup = repo
        .find_conversation(owner, &conversation.id)
        .await
        .unwrap();
    let is_there = matches!(lookup, ConversationLookup::Found(_));
    assert!(
        path.is_empty() || is_there,
        "messages without a conversation"
    );
    if is_there {
        let path = repo.list_shown_path(owner, &conversation.id).await.unwrap();
        assert_eq!(path.len(), 2, "a conversation without its messages");
    }
    is_there
}

/// Nothing is lost, mixed up or refused when many write at once.
async fn a_thousand_turns_at_once_are_all_there(database: Database) {
    const TURNS: usize = 1_000;
    let samples = Samples::new();
    let owner = Owner::User(user(&database, &samples).await.id);
    // As many at once as a slow disk serves within the time for which a caller waits.
    let room = Arc::new(Semaphore::new(64));
    let mut tasks = JoinSet::new();
    for n in 0..TURNS {
        let conversation = samples.conversation(owner);
        let text = format!("number {n}");
        let turn = samples.turn(&conversation, None, &text, samples.instance());
        let end = samples.completion(&turn, &text);
        let (answers, conversations) = (database.answers(), database.conversations());
        let room = room.clone();
        tasks.spawn(async move {
            let _turn = room.acquire_owned().await.unwrap();
            answers.begin_turn(&turn).await.unwrap();
            assert!(answers.finish_answer(&end).await.unwrap());
            let path = conversations
                .list_shown_path(owner, &conversation.id)
                .await
                .unwrap();
            let texts: Vec<_> = path
                .iter()
                .map(|on_path| on_path.message.text.as_str())
                .collect();
            assert_eq!(texts, [&*text, &*text]);
        });
    }
    assert_eq!(tasks.join_all().await.len(), TURNS);
}

/// 5,000 messages on one branch, with branches beside it.
async fn a_long_conversation_is_read_whole(database: Database) {
    const TURNS: usize = 2_500;
    let samples = Samples::new();
    let owner = Owner::User(user(&database, &samples).await.id);
    let conversation = samples.conversation(owner);
    let answers = database.answers();
    let mut leaf: Option<MessageId> = None;
    for n in 0..TURNS {
        let turn = samples.turn(&conversation, leaf, &format!("{n}"), samples.instance());
        answers.begin_turn(&turn).await.unwrap();
        let end = samples.completion(&turn, &format!("{n}"));
        assert!(answers.finish_answer(&end).await.unwrap());
        leaf = Some(turn.answer.id);
    }
    let leaf = leaf.unwrap();
    let repo = database.conversations();
    let branch = repo
        .find_branch(owner, &conversation.id, BranchEnd::Message(leaf))
        .await
        .unwrap();
    assert_eq!(branch.turns.len(), TURNS * 2);
    let path = repo.list_shown_path(owner, &conversation.id).await.unwrap();
    let mut before = None;
    for on_path in &path {
        assert_eq!(on_path.message.parent, before);
        before = Some(on_path.message.id);
    }
    assert_eq!(before, Some(leaf));
    assert!(
        path.iter()
            .all(|on_path| (on_path.sibling_index, on_path.sibling_count) == (0, 1))
    );
}

/// NUL and the sign that stands for it are texts like any other, where people or providers write them.
async fn any_text_comes_back(database: Database) {
    let samples = Samples::new();
    let mut ada = samples.user("ada");
    ada.name = Some("A\0\u{1A}0\u{1A}".to_owned());
    let role = database.users().insert_user(&ada).await.unwrap();
    ada.role = role;
    let stored = database.users().find_user(ada.id).await.unwrap();
    assert_eq!(stored.as_ref(), Some(&ada));
    let mut conversation = samples.conversation(ada.id);
    conversation.system = Some("be \0 \u{1A} brief".to_owned());
    conversation.title = Some("\0title".to_owned());
    let turn = samples.turn(&conversation, None, "zero\0one\u{1A}", samples.instance());
    database.answers().begin_turn(&turn).await.unwrap();
    let mut end = samples.completion(&turn, "\u{1A}0");
    end.answer.status_detail = Some("\0".to_owned());
    assert!(database.answers().finish_answer(&end).await.unwrap());
    let repo = database.conversations();
    let owner = Owner::User(ada.id);
    let lookup = repo
        .find_conversation(owner, &conversation.id)
        .await
        .unwrap();
    assert_eq!(lookup, ConversationLookup::Found(turn.conversation));
    let path = repo.list_shown_path(owner, &conversation.id).await.unwrap();
    let messages: Vec<_> = path.into_iter().map(|on_path| on_path.message).collect();
    assert_eq!(messages, [turn.user_message.unwrap(), end.answer]);
}

async fn the_database_answers_and_can_be_closed(database: Database) {
    database.ping().await.unwrap();
    let users = database.users();
    database.close().await;
    assert!(database.ping().await.unwrap_err().retryable());
    let refused = users.find_user(Samples::new().user("ada").id).await;
    assert!(refused.unwrap_err().retryable());
}
