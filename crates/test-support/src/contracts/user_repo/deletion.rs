//! What goes with an account, and what stays.

use latchkey_domain::{
    audit::AuditAction,
    conversation::ConversationLookup,
    owner::Owner,
    usage::{UsageGroupBy, UsageQuery},
};

use super::{gone_user, signed_in};
use crate::{builders::Samples, contracts::Stores};

/// "Deletes the account with its keys, data keys, conversations and sessions."
pub async fn deleting_takes_all_that_is_the_accounts(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let ada = stores.add_user(&samples, "ada").await;
    let owner = Owner::User(ada.id);
    let session = signed_in(stores, &samples, ada.id).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    stores
        .data_keys
        .insert_data_key(&samples.data_key(owner, 1))
        .await
        .unwrap();
    let conversation = samples.conversation(owner);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    let code = samples.reset_code(ada.id);
    stores.users.insert_reset_code(&code).await.unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    assert_eq!(stores.users.find_user(ada.id).await.unwrap(), None);
    assert_eq!(
        stores.users.find_user_by_email(&ada.email).await.unwrap(),
        None
    );
    assert_eq!(
        stores.sessions.find_session(session.id).await.unwrap(),
        None
    );
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), []);
    assert_eq!(
        stores.api_keys.find_api_key(owner, key.id).await.unwrap(),
        None
    );
    assert_eq!(
        stores.data_keys.find_newest_data_key(owner).await.unwrap(),
        None
    );
    let lookup = stores
        .conversations
        .find_conversation(owner, &conversation.id);
    assert_eq!(lookup.await.unwrap(), ConversationLookup::Unknown);
    let path = stores
        .conversations
        .list_shown_path(owner, &conversation.id);
    assert_eq!(path.await.unwrap(), []);
    let found = stores
        .users
        .find_reset_code(code.hash, code.created_at)
        .await;
    assert_eq!(found.unwrap(), None);
}

/// Only the account that is named.
pub async fn deleting_leaves_others_alone(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let bob = stores.add_user(&samples, "bob").await;
    let owner = Owner::User(bob.id);
    let session = signed_in(stores, &samples, bob.id).await;
    let key = stores
        .api_keys
        .insert_api_key(&samples.api_key(owner))
        .await
        .unwrap();
    let conversation = samples.conversation(owner);
    stores
        .conversations
        .insert_conversation(&conversation)
        .await
        .unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    assert_eq!(
        stores.users.find_user(bob.id).await.unwrap(),
        Some(bob.clone())
    );
    assert_eq!(
        stores.sessions.list_sessions(bob.id).await.unwrap(),
        [session]
    );
    assert_eq!(stores.api_keys.list_api_keys(owner).await.unwrap(), [key]);
    let lookup = stores
        .conversations
        .find_conversation(owner, &conversation.id);
    assert_eq!(
        lookup.await.unwrap(),
        ConversationLookup::Found(conversation)
    );
}

/// "Ledger and audit rows stay, with ids only": also the row of an answer that ran when its user was deleted.
pub async fn what_ends_after_the_deletion_has_ids_only_too(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let conversation = samples.conversation(ada.id);
    let turn = samples.turn(&conversation, None, "Hello", samples.instance());
    stores.answers.begin_turn(&turn).await.unwrap();
    assert!(stores.users.delete_user(ada.id).await.unwrap());
    let mut end = samples.completion(&turn, "Hello, Ada");
    for attempt in &mut end.usage {
        attempt.key = Some(samples.api_key(ada.id).id);
        attempt.key_name = Some("Ada's own key".to_owned());
    }
    assert!(!stores.answers.finish_answer(&end).await.unwrap());
    let day = end.usage[0].at.day();
    let by_key = UsageQuery {
        user: ada.id,
        from: day,
        to: day,
        group_by: vec![UsageGroupBy::Key],
    };
    let groups = stores.usage.summarize_usage(&by_key).await.unwrap();
    let names: Vec<_> = groups.iter().map(|group| &group.key_name).collect();
    assert_eq!(names, [&None]);
}

/// "Ledger and audit rows stay, with ids only."
pub async fn deleting_leaves_ledger_and_audit_with_ids_only(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_user(&samples, "ada").await;
    let mut event = samples.usage_event(ada.id);
    event.key = Some(samples.api_key(ada.id).id);
    event.key_name = Some("Ada's own key".to_owned());
    event.payer = Some(Owner::User(ada.id));
    stores.usage.append_usage(&[event.clone()]).await.unwrap();
    let line = samples.audit_event(ada.id, AuditAction::KeyAdded);
    stores.audit.append_audit(&line).await.unwrap();
    let by_key = UsageQuery {
        user: ada.id,
        from: event.at.day(),
        to: event.at.day(),
        group_by: vec![UsageGroupBy::Key],
    };
    let mut before = stores.usage.summarize_usage(&by_key).await.unwrap();

    assert!(stores.users.delete_user(ada.id).await.unwrap());

    for group in &mut before {
        group.key_name = None;
    }
    let after = stores.usage.summarize_usage(&by_key).await.unwrap();
    assert_eq!(
        after, before,
        "the sums and ids stay, the name that somebody typed goes"
    );
    assert_eq!(after.len(), 1);
    let lines = stores
        .audit
        .list_audit(Owner::User(ada.id), 10)
        .await
        .unwrap();
    assert_eq!(lines, [line]);
}

/// "`false` if it was gone already."
pub async fn deleting_twice_says_so(stores: &Stores) {
    let samples = Samples::new();
    let gone = gone_user(stores, &samples).await;
    assert!(!stores.users.delete_user(gone.id).await.unwrap());
}

/// Nothing of a deleted account is in the way of a new one.
pub async fn a_deleted_accounts_address_is_free_again(stores: &Stores) {
    let samples = Samples::new();
    stores.add_user(&samples, "first").await;
    let gone = gone_user(stores, &samples).await;
    let mut again = samples.user("again");
    again.email = gone.email;
    stores.users.insert_user(&again).await.unwrap();
    let found = stores.users.find_user_by_email(&again.email).await.unwrap();
    assert_eq!(found, Some(again));
}
