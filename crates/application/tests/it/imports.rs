//! Imports: what is taken over, what is passed over, and what is said of it.

use latchkey_application::{
    Actor,
    archive::{ImportError, ImportReport, MAX_IMPORTED_CONVERSATION},
};
use latchkey_domain::{
    archive::{NotAList, SkipReason},
    audit::AuditAction,
    conversation::{Conversation, ConversationId, ConversationLookup},
    user::SettingsChange,
};

use crate::world::World;

async fn import(world: &World, actor: &Actor, text: &str) -> Result<ImportReport, ImportError> {
    let mut import = world.app.archive.begin_import(actor).await?;
    for piece in text.as_bytes().chunks(7) {
        import.push(piece).await?;
    }
    import.finish()
}

async fn import_all(world: &World, actor: &Actor, text: &str) -> ImportReport {
    import(world, actor, text).await.unwrap()
}

async fn find(world: &World, actor: &Actor, id: &str) -> Option<Conversation> {
    let id = ConversationId::parse(id).unwrap();
    let found = world
        .ports
        .conversations
        .find_conversation(actor.owner(), &id);
    match found.await.unwrap() {
        ConversationLookup::Found(found) => Some(found),
        ConversationLookup::Deleted | ConversationLookup::Unknown => None,
    }
}

fn reasons(report: &ImportReport) -> Vec<(u64, Option<&str>, SkipReason)> {
    let skipped = report.skipped.iter();
    skipped
        .map(|skipped| (skipped.index, skipped.title.as_deref(), skipped.reason))
        .collect()
}

const TWO: &str = r#"[{"id": "a", "title": "First", "say": ["Hello", "Hi", "And?"], "lost": 2}, {"id": "b", "say": ["Good evening", "…"]}]"#;

#[tokio::test]
async fn an_export_is_taken_over_once_and_what_is_new_of_it_later() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let report = import_all(&world, &actor, TWO).await;
    let expected = ImportReport {
        imported: 2,
        messages: 5,
        left_out: [("lost", 2)].into(),
        ..ImportReport::default()
    };
    assert_eq!(report, expected);
    let first = find(&world, &actor, "memory-a").await.unwrap();
    assert_eq!(first.title.as_deref(), Some("First"));
    assert!(first.shown_leaf.is_some());
    let second = find(&world, &actor, "memory-b").await.unwrap();
    assert_eq!(second.title.as_deref(), Some("Good evening"));

    let again = import_all(&world, &actor, TWO).await;
    let expected = ImportReport {
        unchanged: 2,
        ..ImportReport::default()
    };
    assert_eq!(again, expected);

    let later = TWO.replace("\"And?\"", "\"And?\", \"So!\"");
    let later = import_all(&world, &actor, &later).await;
    let expected = ImportReport {
        updated: 1,
        unchanged: 1,
        messages: 1,
        ..ImportReport::default()
    };
    assert_eq!(later, expected);
    let grown = find(&world, &actor, "memory-a").await.unwrap();
    assert_ne!(grown.shown_leaf, first.shown_leaf);
    assert_eq!(world.store.usage_events(), []);

    let lines = world.audit_of(actor.user.id).await;
    let imports = lines
        .iter()
        .filter(|line| **line == AuditAction::ConversationsImported);
    assert_eq!(imports.count(), 2, "one for each that stored something");
}

#[tokio::test]
async fn what_is_faulty_is_named_and_stops_nothing() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let long = "x".repeat(MAX_IMPORTED_CONVERSATION);
    let text = format!(
        r#"[{{"id":"a","say":["one"]}}, {{"id":"e","title":"Nothing","say":[]}}, 7, {{"id":"u","say":["half}} "]}},
           {{"id":"l","say":["{long}"]}}, {{"id":"z","say":["two"],}}, {{"id":"b","say":["three"]}}]"#
    );
    let report = import(&world, &actor, &text).await.unwrap();
    assert_eq!((report.imported, report.skipped_count), (3, 4));
    assert_eq!(
        reasons(&report),
        [
            (1, Some("Nothing"), SkipReason::Empty),
            (2, None, SkipReason::UnknownForm),
            (4, None, SkipReason::TooLarge),
            (5, None, SkipReason::Unreadable),
        ]
    );
}

#[tokio::test]
async fn what_broke_off_is_gone_on_with_by_the_same_file() {
    let world = World::new();
    let actor = world.actor("ada").await;
    let text = TWO;
    let cut = text.find("evening").unwrap();
    let error = import(&world, &actor, &text[..cut]).await.unwrap_err();
    let after = u64::try_from(cut).unwrap();
    assert!(
        matches!(error, ImportError::NotAList(NotAList::BrokenOff { after: at }) if at == after)
    );
    assert!(find(&world, &actor, "memory-a").await.is_some());
    assert!(find(&world, &actor, "memory-b").await.is_none());

    // The database goes, too.
    world.store.faults().fail("store_imported", 1);
    let error = import(&world, &actor, text).await.unwrap_err();
    assert!(matches!(error, ImportError::Store(_)));

    let report = import(&world, &actor, text).await.unwrap();
    assert_eq!((report.imported, report.unchanged), (1, 1));
}

#[tokio::test]
async fn a_file_of_something_else_is_told_from_an_export() {
    let world = World::new();
    world.let_limits_pass();
    let actor = world.actor("ada").await;
    for (text, at) in [("{\"id\":1}", 0), ("PK", 0), ("[{}] x", 5)] {
        let error = import(&world, &actor, text).await.unwrap_err();
        assert!(
            matches!(error, ImportError::NotAList(NotAList::Unexpected { at: found, .. }) if found == at),
            "{text}: {error:?}"
        );
    }
    let users = r#"[{"uuid": "u", "full_name": "Ada"}]"#;
    let error = import(&world, &actor, users).await.unwrap_err();
    assert!(matches!(error, ImportError::NoConversations));
    // Whoever sends a huge one is told before its end.
    let mut import = world.app.archive.begin_import(&actor).await.unwrap();
    let many = format!("[{}", "{},".repeat(100));
    let error = import.push(many.as_bytes()).await.unwrap_err();
    assert!(matches!(error, ImportError::NoConversations));
    let none = import_all(&world, &actor, "[]").await;
    assert_eq!(none, ImportReport::default());
}

#[tokio::test]
async fn what_was_deleted_or_would_be_at_once_stays_away() {
    let world = World::new();
    let actor = world.actor("ada").await;
    import_all(&world, &actor, TWO).await;
    let id = ConversationId::parse("memory-a").unwrap();
    world.app.conversations.delete(&actor, &id).await.unwrap();
    let again = import_all(&world, &actor, TWO).await;
    assert_eq!(reasons(&again), [(0, Some("First"), SkipReason::Deleted)]);

    let mut with_retention = actor.clone();
    with_retention.user.settings = with_retention.user.settings.with(SettingsChange {
        retention_days: Some(Some(30)),
        ..SettingsChange::default()
    });
    let days_ago = |days: i64| {
        let micros = world.now().as_micros() - days * 86_400_000_000;
        format!(r#"{{"id": "old{days}", "title": "Old", "say": ["Hello"], "at": {micros}}}"#)
    };
    let export = format!("[{},{}]", days_ago(31), days_ago(29));
    let report = import_all(&world, &with_retention, &export).await;
    assert_eq!(reasons(&report), [(0, Some("Old"), SkipReason::TooOld)]);
    assert_eq!(report.imported, 1);
    assert!(find(&world, &actor, "memory-old31").await.is_none());
}

#[tokio::test]
async fn an_account_can_import_so_often_in_an_hour() {
    let world = World::new();
    let actor = world.actor("ada").await;
    for _ in 0..20 {
        import_all(&world, &actor, "[]").await;
    }
    let error = import(&world, &actor, "[]").await.unwrap_err();
    assert!(matches!(error, ImportError::LimitReached(_)));
    let bob = world.actor("bob").await;
    import_all(&world, &bob, TWO).await;
    assert!(find(&world, &actor, "memory-a").await.is_none());
}
