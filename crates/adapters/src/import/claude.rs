//! Claude.ai's exports: a list of messages, which may name the one before.

use std::{borrow::Cow, collections::HashMap};

use latchkey_domain::{
    Owner,
    archive::{ImportedConversation, ImportedMessage, LeftOut, SkipReason},
    id::MessageId,
    llm::TurnRole,
};

use super::{Names, content::Content, instant, object::Object, title, tree::Tree};

pub fn read(owner: Owner, item: &Object<'_>) -> Result<ImportedConversation, SkipReason> {
    let id = item.text("uuid").ok_or(SkipReason::Unreadable)?;
    let names = Names::new(owner, "claude", &id)?;
    let mut tree = Tree::default();
    let mut found = HashMap::new();
    let mut last: Option<Cow<'_, str>> = None;
    for (at, message) in item.list("chat_messages").into_iter().enumerate() {
        let Some(message) = Object::of(message) else {
            continue;
        };
        let name = message.text("uuid");
        let name = name.unwrap_or_else(|| Cow::Owned(format!("#{at}")));
        // Older exports say nothing of branches: there each message follows the one before it.
        let parent = message.text("parent_message_uuid");
        let parent = parent.or_else(|| last.clone());
        last = Some(name.clone());
        tree.add(name.clone(), parent, Vec::new());
        found.insert(name, message);
    }
    let model = item.text("model");
    let mut messages = Vec::new();
    let mut left_out = LeftOut::new();
    let places = tree.walk(|name, parent| {
        let message = found.get(name)?;
        let own = message.text("model");
        let model = own.as_deref().or(model.as_deref());
        let id = names.message(name);
        messages.push(take_over(message, id, parent, model, &mut left_out)?);
        Some(id)
    });
    let shown = item.text("current_leaf_message_uuid").or(last);
    Ok(ImportedConversation {
        title: title(item, "name"),
        created_at: instant(item, "created_at"),
        updated_at: instant(item, "updated_at"),
        shown: shown.and_then(|shown| places.get(&shown).copied().flatten()),
        id: names.conversation,
        messages,
        left_out,
    })
}

/// A message, if there is something to read in it.
fn take_over(
    message: &Object<'_>,
    id: MessageId,
    parent: Option<MessageId>,
    model: Option<&str>,
    left_out: &mut LeftOut,
) -> Option<ImportedMessage> {
    let role = match &*message.text("sender")? {
        "human" => TurnRole::User,
        "assistant" => TurnRole::Assistant,
        _ => return None,
    };
    let mut content = Content::new(role, left_out);
    let attachments = message.list("attachments").into_iter();
    for file in attachments.filter_map(Object::of) {
        let text = file.text("extracted_content").unwrap_or_default();
        content.document(file.text("file_name").as_deref(), &text);
    }
    let files = message.list("files").into_iter();
    for file in files.filter_map(Object::of) {
        content.note("file", file.text("file_name").as_deref());
    }
    let blocks = message.list("content");
    if blocks.is_empty() {
        content.text(&message.text("text").unwrap_or_default());
    }
    for block in blocks.into_iter().filter_map(Object::of) {
        take_block(&block, &mut content);
    }
    content.into_message(id, parent, model, instant(message, "created_at"))
}

fn take_block(block: &Object<'_>, content: &mut Content<'_>) {
    let text = |name: &str| block.text(name).unwrap_or_default();
    match &*text("type") {
        "text" => content.text(&text("text")),
        "thinking" => content.thinking(&text("thinking")),
        "redacted_thinking" => content.count("thinking"),
        "image" => content.note("image", None),
        "tool_use" if text("name") == "artifacts" => take_artifact(block, content),
        "tool_use" | "tool_result" => content.count("tool"),
        // How much room the model had.
        "token_budget" => {}
        other => content.note("other", Some(other)),
    }
}

/// What the model wrote beside the conversation: its text, unless it only says what changes in one.
fn take_artifact(block: &Object<'_>, content: &mut Content<'_>) {
    let input = block.object("input");
    let written = input.as_ref().and_then(|input| input.text("content"));
    let Some((input, written)) = input.zip(written) else {
        return content.count("tool");
    };
    content.text(&input.text("title").unwrap_or_default());
    content.code(&input.text("language").unwrap_or_default(), &written);
}
