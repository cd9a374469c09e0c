//! Turns begin.

use latchkey_domain::{
    conversation::{BeginTurnError, Conversation, ConversationLookup, Message, RunningAnswer},
    id::MessageId,
    llm::ModelId,
};

use super::Case;
use crate::contracts::Stores;

/// "The conversation … inserted if it doesn't exist."
pub async fn a_turn_makes_its_conversation(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut conversation = case.samples.conversation(case.owner);
    conversation.title = Some("Hello".to_owned());
    let turn = case.begin(&conversation, None, "Hello").await;
    assert_eq!(case.conversation(&conversation).await, turn.conversation);
}

/// "Writes conversation, message, empty answer and its lease."
pub async fn a_turn_comes_back_as_it_was_stored(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let stored: Vec<Message> = case.path(&conversation).await;
    assert_eq!(
        stored,
        [turn.user_message.clone().unwrap(), turn.answer.clone()]
    );
    let running = case.take_over_all(100).await;
    let expected = RunningAnswer {
        holder: case.rescuer,
        lease_until: case.rescue_lease,
        ..turn.running
    };
    assert_eq!(running, [(expected, turn.answer)]);
}

/// "Of one that exists are written the model, the system prompt …, the title …, the leaf and `updated_at`."
pub async fn a_turn_in_a_known_conversation_writes_what_it_may(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let repo = &stores.conversations;
    repo.insert_conversation(&conversation).await.unwrap();
    let mut asked = conversation.clone();
    asked.model = ModelId::parse("claude-haiku-5-5").ok();
    asked.system = Some("Answer in verse.".to_owned());
    asked.title = Some("First words".to_owned());
    asked.created_at = case.samples.now();
    let turn = case.begin(&asked, None, "Hello").await;
    let expected = Conversation {
        created_at: conversation.created_at,
        ..turn.conversation
    };
    assert_eq!(case.conversation(&conversation).await, expected);
}

/// "… the system prompt (if there is one here) …": one that was changed meanwhile stays.
pub async fn a_turn_without_a_system_prompt_keeps_the_stored_one(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut conversation = case.samples.conversation(case.owner);
    conversation.system = Some("Be brief.".to_owned());
    let repo = &stores.conversations;
    repo.insert_conversation(&conversation).await.unwrap();
    let asked = Conversation {
        system: None,
        ..conversation.clone()
    };
    case.begin(&asked, None, "Hello").await;
    let stored = case.conversation(&conversation).await;
    assert_eq!(stored.system, conversation.system);
}

/// "… the title (if it has none yet) …"
pub async fn a_title_is_kept_once_there_is_one(stores: &Stores) {
    let case = Case::new(stores).await;
    let mut conversation = case.samples.conversation(case.owner);
    conversation.title = Some("Chosen".to_owned());
    let repo = &stores.conversations;
    repo.insert_conversation(&conversation).await.unwrap();
    let mut asked = conversation.clone();
    for title in [Some("Made from the message".to_owned()), None] {
        asked.title = title;
        case.begin(&asked, None, "Hello").await;
        let stored = case.conversation(&conversation).await;
        assert_eq!(stored.title, conversation.title);
    }
}

/// "`None` when an older one is answered anew."
pub async fn a_rerun_is_a_sibling_of_the_first_answer(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    let asked = first.user_message.unwrap();
    let rerun = case.samples.rerun(&conversation, asked.id, case.writer);
    stores.answers.begin_turn(&rerun).await.unwrap();
    assert_eq!(
        case.path(&conversation).await,
        [asked, rerun.answer.clone()]
    );
    let stored = case.message(&rerun).await;
    assert_eq!((stored.sibling_index, stored.sibling_count), (1, 2));
}

/// "Deleted when the conversation was deleted."
pub async fn a_turn_in_a_deleted_conversation_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    case.delete(&conversation).await;
    let turn = case.samples.turn(&conversation, None, "Again", case.writer);
    let refused = stores.answers.begin_turn(&turn).await;
    assert!(
        matches!(refused, Err(BeginTurnError::Deleted)),
        "{refused:?}"
    );
    let lookup = stores
        .conversations
        .find_conversation(case.owner, &conversation.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Deleted);
    assert_eq!(case.take_over_all(100).await, [], "nothing is written");
}

/// "AnswerRunning when the branch ends in an answer that is still running … Then nothing is written."
pub async fn a_turn_after_a_running_answer_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let running = case.begin(&conversation, None, "Hello").await;
    let before = (
        case.conversation(&conversation).await,
        case.path(&conversation).await,
    );
    let next = case
        .samples
        .turn(&conversation, Some(running.answer.id), "And?", case.writer);
    let refused = stores.answers.begin_turn(&next).await;
    assert!(
        matches!(refused, Err(BeginTurnError::AnswerRunning)),
        "{refused:?}"
    );
    let after = (
        case.conversation(&conversation).await,
        case.path(&conversation).await,
    );
    assert_eq!(after, before, "nothing is written");

    case.finish(&running, "Hi").await;
    stores.answers.begin_turn(&next).await.unwrap();
}

/// Only the branch that is asked for counts: two tabs may edit at once.
pub async fn a_turn_on_another_branch_than_the_running_one_begins(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    let running = case
        .begin(&conversation, Some(first.answer.id), "one tab")
        .await;
    let edit = case
        .begin(&conversation, Some(first.answer.id), "other tab")
        .await;
    let asked = running.user_message.unwrap().id;
    let rerun = case.samples.rerun(&conversation, asked, case.writer);
    stores.answers.begin_turn(&rerun).await.unwrap();
    let leaf = case.conversation(&conversation).await.shown_leaf;
    assert_eq!(leaf, Some(rerun.answer.id), "the last to begin is shown");
    assert_eq!(case.message(&edit).await.message, edit.answer);
}

/// "UnknownParent when the parent isn't a message of this conversation … Then nothing is written."
pub async fn a_turn_after_an_unknown_message_is_refused(stores: &Stores) {
    let case = Case::new(stores).await;
    let (mine, other) = (
        case.samples.conversation(case.owner),
        case.samples.conversation(case.owner),
    );
    stores.add_turn(&case.samples, &mine, None, "mine").await;
    let foreign = stores.add_turn(&case.samples, &other, None, "other").await;
    let eve = stores.add_owner(&case.samples, "eve").await;
    let eves = case.samples.conversation(eve);
    let eves = stores.add_turn(&case.samples, &eves, None, "eve's").await;
    let before = case.conversation(&mine).await;
    let unknown = MessageId::new(case.samples.ids());
    for parent in [foreign.answer.id, eves.answer.id, unknown] {
        let turn = case.samples.turn(&mine, Some(parent), "Hello", case.writer);
        let rerun = case.samples.rerun(&mine, parent, case.writer);
        for refused in [turn, rerun] {
            let refused = stores.answers.begin_turn(&refused).await;
            assert!(
                matches!(refused, Err(BeginTurnError::UnknownParent)),
                "{refused:?}"
            );
        }
    }
    assert_eq!(case.conversation(&mine).await, before);

    let new = case.samples.conversation(case.owner);
    let turn = case.samples.turn(&new, Some(unknown), "Hello", case.writer);
    let refused = stores.answers.begin_turn(&turn).await;
    assert!(
        matches!(refused, Err(BeginTurnError::UnknownParent)),
        "{refused:?}"
    );
    let lookup = stores.conversations.find_conversation(case.owner, &new.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Unknown);
}

/// Twenty requests with one id that a client chose make one conversation with twenty branches.
pub async fn twenty_first_turns_at_once_lose_no_message(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    case.twenty_branches_at_once(&conversation, None).await;
}

/// "Edit/regenerate in two tabs at once → no lost branch."
pub async fn of_many_turns_after_one_answer_none_is_lost(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let first = stores
        .add_turn(&case.samples, &conversation, None, "Hello")
        .await;
    case.twenty_branches_at_once(&conversation, Some(first.answer.id))
        .await;
}
