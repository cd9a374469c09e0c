//! ChatGPT's exports: a `mapping` of nodes, each with a message or without, in a tree.

use std::{borrow::Cow, collections::HashMap};

use latchkey_domain::{
    Owner, Timestamp,
    archive::{ImportedConversation, ImportedMessage, LeftOut, SkipReason},
    id::MessageId,
    llm::TurnRole,
};
use serde_json::value::RawValue;

use super::{
    Names,
    content::Content,
    object::{Object, text_of},
    title,
    tree::Tree,
};

pub fn read(owner: Owner, item: &Object<'_>) -> Result<ImportedConversation, SkipReason> {
    let nodes = item.object("mapping").ok_or(SkipReason::Unreadable)?;
    let nodes = nodes.members();
    let mut tree = Tree::default();
    for (name, node) in &nodes {
        let Some(node) = Object::of(node) else {
            continue;
        };
        let children = node.list("children").into_iter().filter_map(text_of);
        tree.add(name.clone(), node.text("parent"), children.collect());
    }
    let id = item.text("conversation_id").or_else(|| item.text("id"));
    // The oldest exports name no id; the root's is as good.
    let id = id.or_else(|| nodes.first().map(|(name, _)| name.clone()));
    let names = Names::new(owner, "chatgpt", &id.ok_or(SkipReason::Empty)?)?;
    let nodes: HashMap<Cow<'_, str>, &RawValue> = nodes.into_iter().collect();
    let mut messages = Vec::new();
    let mut left_out = LeftOut::new();
    let places = tree.walk(|name, parent| {
        let message = Object::of(nodes.get(name)?)?.object("message")?;
        let taken = take_over(&message, names.message(name), parent, &mut left_out)?;
        let id = taken.id;
        messages.push(taken);
        Some(id)
    });
    let shown = item.text("current_node");
    Ok(ImportedConversation {
        title: title(item, "title"),
        created_at: seconds(item, "create_time"),
        updated_at: seconds(item, "update_time"),
        shown: shown.and_then(|shown| places.get(&shown).copied().flatten()),
        id: names.conversation,
        messages,
        left_out,
    })
}

/// A message, if it is one of the person's or the model's with something to read in it.
fn take_over(
    message: &Object<'_>,
    id: MessageId,
    parent: Option<MessageId>,
    left_out: &mut LeftOut,
) -> Option<ImportedMessage> {
    let role = message.object("author")?.text("role")?;
    let metadata = message.object("metadata");
    let is_hidden = metadata
        .as_ref()
        .is_some_and(|metadata| metadata.is_true("is_visually_hidden_from_conversation"));
    let is_to_all = message.text("recipient").is_none_or(|to| to == "all");
    let role = match &*role {
        "user" => TurnRole::User,
        "assistant" if is_to_all => TurnRole::Assistant,
        "assistant" | "tool" => {
            Content::new(TurnRole::Assistant, left_out).count("tool");
            return None;
        }
        // Of the system, which nobody saw.
        _ => return None,
    };
    if is_hidden {
        return None;
    }
    let mut content = Content::new(role, left_out);
    if let Some(written) = message.object("content") {
        take_content(&written, &mut content);
    }
    for file in metadata.iter().flat_map(|all| all.list("attachments")) {
        let Some(file) = Object::of(file) else {
            continue;
        };
        let kind = file.text("mime_type").or_else(|| file.text("mimeType"));
        // An image stands in the content, too.
        if !kind.is_some_and(|kind| kind.starts_with("image/")) {
            content.note("file", file.text("name").as_deref());
        }
    }
    let model = metadata.and_then(|metadata| metadata.text("model_slug"));
    content.into_message(
        id,
        parent,
        model.as_deref(),
        seconds(message, "create_time"),
    )
}

fn take_content(written: &Object<'_>, content: &mut Content<'_>) {
    let kind = written.text("content_type").unwrap_or_default();
    match &*kind {
        "text" | "multimodal_text" => {
            for part in written.list("parts") {
                take_part(part, content);
            }
        }
        "code" => content.code(
            &written.text("language").unwrap_or_default(),
            &written.text("text").unwrap_or_default(),
        ),
        "thoughts" | "reasoning_recap" => content.count("thinking"),
        "user_editable_context" | "model_editable_context" => {}
        other => content.note("other", Some(other)),
    }
}

fn take_part(part: &RawValue, content: &mut Content<'_>) {
    if let Some(text) = text_of(part) {
        return content.text(&text);
    }
    let Some(part) = Object::of(part) else {
        return;
    };
    let kind = part.text("content_type").unwrap_or_default();
    match &*kind {
        "audio_transcription" => content.text(&part.text("text").unwrap_or_default()),
        "image_asset_pointer" => content.note("image", None),
        kind if kind.contains("audio") || kind.contains("video") => content.note("audio", None),
        other => content.note("other", Some(other)),
    }
}

/// An instant as seconds since 1970, with fractions.
fn seconds(item: &Object<'_>, name: &str) -> Option<Timestamp> {
    const MICROS: f64 = 1_000_000.0;
    // Between 1970 and 2100, so that the number fits.
    let seconds = item.number(name).filter(|s| (0.0..4.1e9).contains(s))?;
    let micros = format!("{:.0}", seconds * MICROS);
    micros.parse().ok().map(Timestamp::from_micros)
}
