//! Which texts a search finds, and what is shown of them.

use latchkey_domain::{conversation::Conversation, owner::Owner};

use super::{add_titled, asked, find_all, found, found_ids, found_titles, line, one_owner};
use crate::contracts::Stores;

/// "… all the words in the title or in one message."
pub async fn all_words_must_be_in_one_text(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add_titled(
        stores,
        &samples,
        owner,
        &["bread recipe", "bread", "recipe book"],
    )
    .await;
    let mut spread = samples.conversation(owner);
    spread.title = Some("bread".to_owned());
    stores.add_turn(&samples, &spread, None, "a recipe").await;
    for (search, expected) in [
        ("bread recipe", vec!["bread recipe"]),
        ("recipe bread", vec!["bread recipe"]),
        ("recipe", vec!["bread", "bread recipe", "recipe book"]),
        ("bread", vec!["bread", "bread recipe", "bread"]),
        ("bread nothing", vec![]),
    ] {
        assert_eq!(
            found_titles(stores, owner, search).await,
            expected,
            "{search}"
        );
    }
}

/// Words are the domain's, whatever the database thinks of a language.
pub async fn case_accents_and_scripts_make_no_difference(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "Übung für Ada",
        "Straße in Łódź",
        "東京都の天気",
        "Привет, Ёлка",
        "한국어를 배우다",
        "สวัสดีครับ",
        "the quick foxes are running",
    ];
    add_titled(stores, &samples, owner, &all).await;
    for (search, expected) in [
        ("ubung FUR", vec![0]),
        ("Ü", vec![0]),
        ("strasse lodz", vec![1]),
        ("京都", vec![2]),
        ("天", vec![2]),
        ("東天", vec![]),
        ("елка", vec![3]),
        ("한국 배우", vec![4]),
        ("สวัส", vec![5]),
        // No word is shortened or left out because it is English.
        ("the are", vec![6]),
        ("fox running", vec![]),
        ("runs", vec![]),
    ] {
        let expected: Vec<&str> = expected.into_iter().map(|at: usize| all[at]).collect();
        assert_eq!(
            found_titles(stores, owner, search).await,
            expected,
            "{search}"
        );
    }
}

/// "No sign in the text is syntax."
pub async fn what_is_typed_is_never_syntax(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "100% sure",
        "snake_case",
        r"C:\temp",
        "it's \"quoted\"",
        "a OR b",
        "NOT near",
    ];
    add_titled(stores, &samples, owner, &all).await;
    for (search, expected) in [
        ("100%", vec![all[0]]),
        ("s%e", vec![]),
        ("snake_case", vec![all[1]]),
        (r"c:\temp", vec![all[2]]),
        ("\"quoted\"", vec![all[3]]),
        ("'s it", vec![all[3]]),
        ("snake OR sure", vec![]),
        ("sure -100", vec![all[0]]),
        ("NOT near", vec![all[5]]),
        ("NEAR(a b)", vec![]),
        ("words:sure", vec![]),
        ("sure & !snake", vec![]),
        ("sure | 100:*", vec![all[0]]),
        ("sure') OR 1=1 --", vec![]),
        ("^sure", vec![all[0]]),
        ("sure\0", vec![all[0]]),
    ] {
        assert_eq!(
            found_titles(stores, owner, search).await,
            expected,
            "{search}"
        );
    }
}

/// Of the last word, which may still be typed, the beginning is enough.
pub async fn the_beginning_of_the_last_word_is_enough(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add_titled(stores, &samples, owner, &["holiday plans", "holidays"]).await;
    for (search, expected) in [
        ("holi", vec!["holiday plans", "holidays"]),
        ("holiday", vec!["holiday plans", "holidays"]),
        ("holi plans", vec![]),
        ("holiday pla", vec!["holiday plans"]),
        ("oliday", vec![]),
    ] {
        assert_eq!(
            found_titles(stores, owner, search).await,
            expected,
            "{search}"
        );
    }
}

/// "None if there is no word."
pub async fn a_search_without_words_finds_nothing(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add_titled(stores, &samples, owner, &["!?", "something"]).await;
    for search in ["", " ", "!?", "%", "*", "\"\"", "🎉"] {
        assert_eq!(found(stores, owner, search).await, [], "{search}");
    }
}

/// "The message that was found, of several the last that was stored; `None` when only the title was."
pub async fn a_hit_names_the_last_message_and_shows_it(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let mut conversation = samples.conversation(owner);
    conversation.title = Some("Fruit basket".to_owned());
    let first = stores
        .add_turn(&samples, &conversation, None, "an apple")
        .await;
    let text = "Apples,\n\n  and *apple* pie, in a basket".to_owned();
    let second = stores
        .add_turn(&samples, &conversation, Some(first.answer.id), &text)
        .await;
    let hits = found(stores, owner, "APPLE").await;
    assert_eq!(hits.len(), 1);
    // The answer repeats the question, and came last.
    assert_eq!(hits[0].message, Some(second.answer.id));
    assert_eq!(line(&hits[0]), "[Apples], and *[apple]* pie, in a basket!");
    let both = found(stores, owner, "basket").await;
    assert_eq!(both[0].message, Some(second.answer.id));
    let titled = found(stores, owner, "fruit").await;
    assert_eq!(titled[0].message, None);
    assert_eq!(line(&titled[0]), "[Fruit] basket");
    assert_eq!(titled[0].conversation, hits[0].conversation);
}

/// "… of whatever branch."
pub async fn messages_of_every_branch_are_found(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let conversation = samples.conversation(owner);
    let hidden = stores
        .add_turn(&samples, &conversation, None, "walrus")
        .await;
    stores
        .add_turn(&samples, &conversation, None, "penguin")
        .await;
    let hits = found(stores, owner, "walrus").await;
    assert_eq!(hits[0].message, Some(hidden.answer.id));
}

/// NUL, quotes and signs of the databases' own are texts like any other.
pub async fn any_text_can_be_stored_and_found(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for text in [
        "nul\0byte",
        "sub\u{1A}0stitute",
        "quo'te \"x\" \\y",
        "&|!:* <->",
        "\u{10FFFF}end",
    ] {
        let conversation = samples.conversation(owner);
        stores.add_turn(&samples, &conversation, None, text).await;
    }
    for (search, hits) in [
        ("byte", 1),
        ("nul", 1),
        ("stitute", 0),
        ("0stitute", 1),
        ("quo te x y", 1),
        ("end", 1),
    ] {
        assert_eq!(found(stores, owner, search).await.len(), hits, "{search}");
    }
}

/// What one text may hold is no limit for storing it.
pub async fn a_very_long_text_is_found_by_its_words(stores: &Stores) {
    use std::fmt::Write as _;
    let (samples, owner) = one_owner(stores).await;
    let mut text = format!("first {} ", "x".repeat(5_000));
    for n in 0..200_000 {
        write!(text, "{n:x} ").unwrap();
    }
    let conversation = samples.conversation(owner);
    stores.add_turn(&samples, &conversation, None, &text).await;
    for search in ["first", "10ff", &"x".repeat(64), &"x".repeat(10)] {
        assert_eq!(
            found_ids(stores, owner, search).await,
            std::slice::from_ref(&conversation.id)
        );
    }
}

/// "… last changed first", in pages like the list.
pub async fn hits_come_in_pages_last_changed_first(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let all = [
        "note 1", "other", "note 2", "note 3", "other", "note 4", "note 5",
    ];
    let stored = add_titled(stores, &samples, owner, &all).await;
    let notes: Vec<&Conversation> = stored
        .iter()
        .filter(|conversation| conversation.title.as_deref() != Some("other"))
        .collect();
    for limit in [1, 2, 4, 5, 100] {
        let hits = find_all(stores, owner, asked("NOTE", limit)).await;
        let hits: Vec<&Conversation> = hits.iter().map(|found| &found.conversation).collect();
        assert_eq!(hits, notes, "by {limit}");
    }
}

/// "Only pinned ones, or only others."
pub async fn pinned_conversations_can_be_searched_alone(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    for pinned in [true, false, true] {
        let mut conversation = samples.conversation(owner);
        conversation.title = Some("note".to_owned());
        conversation.pinned = pinned;
        let repo = &stores.conversations;
        repo.insert_conversation(&conversation).await.unwrap();
    }
    for (pinned, expected) in [(Some(true), 2), (Some(false), 1), (None, 3)] {
        let mut search = asked("note", 1);
        search.pinned = pinned;
        let hits = find_all(stores, owner, search).await;
        assert_eq!(hits.len(), expected);
        let is_right = |of: bool| pinned.is_none_or(|pinned| of == pinned);
        assert!(hits.iter().all(|found| is_right(found.conversation.pinned)));
    }
}

/// Whose a conversation is, the query asks, not only the index.
pub async fn nobody_finds_what_others_wrote(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    add_titled(stores, &samples, owner, &["secret"]).await;
    let conversation = samples.conversation(owner);
    stores
        .add_turn(&samples, &conversation, None, "secret")
        .await;
    let other = stores.add_owner(&samples, "bob").await;
    assert_eq!(found(stores, other, "secret").await, []);
    let Owner::User(id) = owner else {
        unreachable!()
    };
    let team = Owner::Team(latchkey_domain::id::TeamId::from_uuid(id.as_uuid()));
    assert_eq!(found(stores, team, "secret").await, []);
    assert_eq!(found(stores, owner, "secret").await.len(), 2);
}
