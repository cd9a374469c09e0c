//! Exports as their services write them.

use latchkey_domain::{archive::LeftOut, id::UserId, llm::TurnRole};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn owner(number: u128) -> Owner {
    Owner::User(UserId::from_uuid(Uuid::from_u128(number)))
}

fn read(item: &Value) -> Result<ImportedConversation, NotImported> {
    KnownExports.read(owner(1), item.to_string().as_bytes())
}

/// Role, place of the parent and text of each message.
fn shape(conversation: &ImportedConversation) -> Vec<(TurnRole, Option<usize>, &str)> {
    let messages = &conversation.messages;
    let place = |id| messages.iter().position(|message| message.id == id);
    messages
        .iter()
        .map(|message| {
            let parent = message.parent.map(|parent| place(parent).unwrap());
            (message.role, parent, message.text.as_str())
        })
        .collect()
}

fn left_out(conversation: &ImportedConversation) -> Vec<(&'static str, u64)> {
    let left_out: &LeftOut = &conversation.left_out;
    left_out
        .iter()
        .map(|(what, often)| (*what, *often))
        .collect()
}

fn blocks(json: &latchkey_domain::RawJson) -> Value {
    serde_json::from_str(json.as_str()).unwrap()
}

const USER: TurnRole = TurnRole::User;
const ASSISTANT: TurnRole = TurnRole::Assistant;

fn node(role: &str, parent: Option<&str>, children: &[&str], parts: &Value) -> Value {
    json!({
        "message": {
            "author": {"role": role}, "create_time": 1_700_000_000.25, "recipient": "all",
            "content": {"content_type": "text", "parts": parts}, "metadata": {"model_slug": "gpt-4o"},
        },
        "parent": parent, "children": children,
    })
}

fn trip() -> Value {
    let mut hidden = node(
        "user",
        Some("sys"),
        &["q", "edited"],
        &json!(["my instructions"]),
    );
    hidden["message"]["metadata"]["is_visually_hidden_from_conversation"] = json!(true);
    json!({
        "conversation_id": "0a1b-2c", "title": " A \n trip ", "create_time": 1_700_000_000.5, "update_time": 1_700_000_100,
        "current_node": "a2", "mapping": {
            "root": {"message": null, "parent": null, "children": ["sys"]},
            "sys": node("system", Some("root"), &["hidden"], &json!([""])),
            "hidden": hidden,
            "edited": node("user", Some("hidden"), &[], &json!(["Where else?", {"content_type": "image_asset_pointer"}])),
            "a2": node("assistant", Some("q"), &[], &json!(["To the hills\u{E200}cite\u{E202}turn0\u{E201}.", "And back."])),
            "a1": node("assistant", Some("q"), &[], &json!(["To the lake."])),
            "q": node("user", Some("hidden"), &["a1", "a2"], &json!(["Where to?"])),
        },
    })
}

#[test]
fn chatgpts_tree_is_kept_with_its_siblings() {
    let read = read(&trip()).unwrap();
    assert_eq!(read.id.as_str(), "chatgpt-0a1b-2c");
    assert_eq!(read.title.as_deref(), Some("A trip"));
    let created_at = Timestamp::from_micros(1_700_000_000_500_000);
    assert_eq!(read.created_at, Some(created_at));
    let image = "Where else?\n\n[Image that was not imported]";
    assert_eq!(
        shape(&read),
        [
            (USER, None, "Where to?"),
            (ASSISTANT, Some(0), "To the lake."),
            (ASSISTANT, Some(0), "To the hills.\n\nAnd back."),
            (USER, None, image),
        ]
    );
    assert_eq!(read.shown, Some(read.messages[2].id));
    assert_eq!(left_out(&read), [("image", 1)]);
    let models = read.messages.iter().map(|message| message.model.as_ref());
    let models: Vec<Option<&str>> = models.map(|model| Some(model?.as_str())).collect();
    assert_eq!(models, [None, Some("gpt-4o"), Some("gpt-4o"), None]);
    assert_eq!(
        blocks(&read.messages[0].content),
        json!([{"type": "text", "text": "Where to?"}])
    );
}

#[test]
fn the_same_item_has_the_same_ids_for_its_owner_alone() {
    let item = trip().to_string();
    let ids = |of| {
        let read = KnownExports.read(of, item.as_bytes()).unwrap();
        let ids = read.messages.iter().map(|message| message.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids(owner(1)), ids(owner(1)));
    assert!(ids(owner(1)).iter().all(|id| !ids(owner(2)).contains(id)));
    let mut other = trip();
    other["conversation_id"] = json!("0a1b-2d");
    let other = read(&other).unwrap();
    assert!(!ids(owner(1)).contains(&other.messages[0].id));
}

#[test]
fn chatgpts_code_stays_and_tools_and_unknown_kinds_stop_nothing() {
    let with = |role: &str, content: Value, more: Value| {
        let mut message = json!({"author": {"role": role}, "content": content, "metadata": {}});
        for (name, value) in more.as_object().unwrap() {
            message[name] = value.clone();
        }
        message
    };
    let contents = [
        with(
            "user",
            json!({"content_type": "text", "parts": ["Draw \\ud83d"]}),
            json!({"metadata": {"attachments":
            [{"name": "plan.pdf", "mime_type": "application/pdf"}, {"name": "x.png", "mime_type": "image/png"}, 7]}}),
        ),
        with(
            "assistant",
            json!({"content_type": "code", "language": "python", "text": "print('```')"}),
            json!({}),
        ),
        with(
            "assistant",
            json!({"content_type": "code", "text": "search()"}),
            json!({"recipient": "browser"}),
        ),
        with(
            "tool",
            json!({"content_type": "execution_output", "text": "1"}),
            json!({}),
        ),
        with(
            "assistant",
            json!({"content_type": "thoughts", "thoughts": []}),
            json!({}),
        ),
        with(
            "assistant",
            json!({"content_type": "hologram v2", "light": 7}),
            json!({}),
        ),
        with(
            "user",
            json!({"content_type": "multimodal_text", "parts":
            [{"content_type": "audio_transcription", "text": "Spoken"}, {"content_type": "audio_asset_pointer"}, null]}),
            json!({}),
        ),
        with("user", json!("no object"), json!({})),
        with(
            "somebody",
            json!({"content_type": "text", "parts": ["?"]}),
            json!({}),
        ),
    ];
    let mut mapping = serde_json::Map::new();
    for (at, message) in contents.into_iter().enumerate() {
        let parent = at.checked_sub(1).map(|above| format!("n{above}"));
        mapping.insert(
            format!("n{at}"),
            json!({"message": message, "parent": parent}),
        );
    }
    let read = read(&json!({"id": "x", "title": 7, "mapping": mapping})).unwrap();
    let file = "Draw \\ud83d\n\n[File that was not imported: plan.pdf]";
    assert_eq!(
        shape(&read),
        [
            (USER, None, file),
            (ASSISTANT, Some(0), "````python\nprint('```')\n````"),
            (
                ASSISTANT,
                Some(1),
                "[Content of another kind that was not imported: hologram v2]"
            ),
            (USER, Some(2), "Spoken\n\n[Audio that was not imported]"),
        ]
    );
    let expected = [
        ("audio", 1),
        ("file", 1),
        ("other", 1),
        ("thinking", 1),
        ("tool", 2),
    ];
    assert_eq!(left_out(&read), expected);
}

#[test]
fn a_tree_that_bites_its_tail_comes_to_an_end() {
    let item = json!({"id": "x", "mapping": {
        "a": node("user", Some("b"), &["b"], &json!(["one"])),
        "b": node("assistant", Some("a"), &["a"], &json!(["two"])),
        "c": node("user", Some("nowhere"), &["c", "gone"], &json!(["three"])),
        "d": 7,
    }});
    let read = read(&item).unwrap();
    assert_eq!(shape(&read), [(USER, None, "three")]);
}

#[test]
fn claudes_messages_keep_thinking_files_and_artifacts_to_read() {
    let item = json!({
        "uuid": "f00", "name": "", "created_at": "2026-01-02T03:04:05.678901Z", "updated_at": "2026-01-02T03:04:06Z", "model": "claude-x",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "Read this", "created_at": "2026-01-02T03:04:05Z",
             "content": [{"type": "text", "text": "Read this"}],
             "attachments": [{"file_name": "a.txt", "extracted_content": "all of it"}], "files": [{"file_name": "b.png"}]},
            {"uuid": "2", "sender": "assistant", "text": "", "content": [
                {"type": "thinking", "thinking": "Hm."}, {"type": "tool_use", "name": "x"}, {"type": "text", "text": "I did."},
                {"type": "tool_use", "name": "artifacts", "input": {"title": "Poem", "language": "md", "content": "Roses"}}]},
            {"uuid": "3", "sender": "human", "text": "  ", "content": []},
            {"uuid": "4", "sender": "assistant", "text": "Anything else?", "content": []},
        ],
    });
    let read = read(&item).unwrap();
    assert_eq!(read.id.as_str(), "claude-f00");
    assert_eq!(read.title, None);
    let poem = "I did.\n\nPoem\n\n```md\nRoses\n```";
    assert_eq!(
        shape(&read),
        [
            (
                USER,
                None,
                "[File that was not imported: b.png]\n\nRead this"
            ),
            (ASSISTANT, Some(0), poem),
            (ASSISTANT, Some(1), "Anything else?")
        ]
    );
    assert_eq!(read.shown, Some(read.messages[2].id));
    assert_eq!(left_out(&read), [("file", 1), ("tool", 1)]);
    let document = &blocks(&read.messages[0].content)[0];
    assert_eq!(document["source"]["data"], "all of it");
    assert_eq!(document["title"], "a.txt");
    let answer = &read.messages[1];
    assert_eq!(answer.model.as_ref().unwrap().as_str(), "claude-x");
    assert_eq!(blocks(&answer.content)[0]["thinking"], "Hm.");
    assert_eq!(
        blocks(answer.next_turn.as_ref().unwrap()),
        json!([{"type": "text", "text": poem}])
    );
}

#[test]
fn claudes_branches_are_kept_in_any_order() {
    let message = |id: &str, parent: &str, sender: &str| json!({"uuid": id, "parent_message_uuid": parent, "sender": sender, "text": id, "content": []});
    let none = "00000000-0000-4000-8000-000000000000";
    let item = json!({"uuid": "f00", "current_leaf_message_uuid": "a1", "chat_messages": [
        message("a1", "q1", "assistant"), message("q1", none, "human"), message("q2", none, "human"), message("a2", "q1", "assistant"),
    ]});
    let read = read(&item).unwrap();
    assert_eq!(
        shape(&read),
        [
            (USER, None, "q1"),
            (ASSISTANT, Some(0), "a1"),
            (ASSISTANT, Some(0), "a2"),
            (USER, None, "q2")
        ]
    );
    assert_eq!(read.shown, Some(read.messages[1].id));
}

#[test]
fn what_is_no_conversation_is_passed_over_with_a_reason_and_its_title() {
    let (unreadable, unknown) = (SkipReason::Unreadable, SkipReason::UnknownForm);
    for (item, title, reason) in [
        (
            json!({"uuid": "x", "name": "N", "chat_messages": []}),
            Some("N"),
            SkipReason::Empty,
        ),
        (
            json!({"id": "x", "title": "T", "mapping": {}}),
            Some("T"),
            SkipReason::Empty,
        ),
        (json!({"mapping": {}}), None, SkipReason::Empty),
        (json!({"mapping": 7, "title": ""}), None, unreadable),
        (json!({"chat_messages": []}), None, unreadable),
        (json!({"messages": []}), None, unknown),
        (json!({"uuid": "u", "full_name": "Ada"}), None, unknown),
        (json!(7), None, unknown),
        (
            json!({"id": 7, "mapping": {"a": {"message": {"author": 7, "content": []}, "children": 7}}}),
            None,
            SkipReason::Empty,
        ),
    ] {
        let title = title.map(str::to_owned);
        assert_eq!(read(&item), Err(NotImported { title, reason }), "{item}");
    }
    for bytes in [&b"{"[..], b"{\"mapping\":\"\xff\"}", b"{\"mapping\":{}}{}"] {
        let read = KnownExports.read(owner(1), bytes);
        assert_eq!(read.unwrap_err().reason, unreadable);
    }
}

#[test]
fn ids_of_another_form_are_made_into_one() {
    let read = |id: &str| {
        let item = json!({"uuid": id, "chat_messages": [{"sender": "human", "text": "Hi"}]});
        read(&item).unwrap().id
    };
    let strange = read("../x y");
    assert_eq!(strange, read("../x y"));
    assert_ne!(strange, read("../x z"));
    assert!(strange.as_str().starts_with("claude-"));
}

#[test]
fn half_a_character_spoils_no_conversation() {
    let item = r#"{"uuid":"x","chat_messages":[{"sender":"human","text":"a\ud83db"}]}"#;
    let read = KnownExports.read(owner(1), item.as_bytes()).unwrap();
    assert!(read.messages[0].text.starts_with("a\u{FFFD}"));
}
