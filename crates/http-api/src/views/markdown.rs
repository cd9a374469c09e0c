//! Messages as Markdown, for people to read.

use std::fmt::Write;

use latchkey_domain::{
    Timestamp,
    conversation::{Conversation, Message, MessageStatus},
    llm::TurnRole,
};
use serde_json::Value;

/// The head of the file.
pub fn head(conversation: &Conversation, now: Timestamp) -> String {
    let title = conversation.title.as_deref().unwrap_or("Conversation");
    let mut head = format!("# {}\n\n*Exported {}", one_line(title), minute(now));
    if let Some(model) = &conversation.model {
        add(&mut head, format_args!(" · {model}"));
    }
    head.push_str("*\n");
    if let Some(system) = &conversation.system {
        head.push_str("\n> **System prompt**\n>\n");
        for line in system.lines() {
            add(&mut head, format_args!("> {line}\n"));
        }
    }
    head
}

/// A message, with a heading that says whose it is.
pub fn message(message: &Message) -> String {
    let who = match (message.role, &message.model) {
        (TurnRole::User, _) => "You".to_owned(),
        (TurnRole::Assistant, Some(model)) => format!("Claude ({model})"),
        (TurnRole::Assistant, None) => "Claude".to_owned(),
    };
    let mut text = format!("\n## {who} · {}\n", minute(message.created_at));
    let blocks = serde_json::from_str(message.content.as_str());
    if let Ok(Value::Array(blocks)) = blocks {
        // Text blocks follow each other without a break where citations cut them.
        let mut after_text = false;
        for block in &blocks {
            let is_text = block["type"] == "text";
            if !(after_text && is_text) {
                text.push('\n');
            }
            text.push_str(&shown_block(block).unwrap_or_default());
            after_text = is_text;
        }
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if !matches!(message.status, MessageStatus::Complete) {
        add(
            &mut text,
            format_args!("\n*({})*\n", message.status.as_str()),
        );
    }
    text
}

/// A content block; what can't be shown is named.
fn shown_block(block: &Value) -> Option<String> {
    let text = |name: &str| block[name].as_str().unwrap_or_default();
    let media_type = block.pointer("/source/media_type").and_then(Value::as_str);
    Some(match text("type") {
        "text" => format!("{}{}", text("text"), sources(block)),
        "thinking" => format!(
            "<details><summary>Thinking</summary>\n\n{}\n\n</details>\n",
            text("thinking")
        ),
        "" | "redacted_thinking" => return None,
        "image" => format!("*[Image: {}]*", media_type.unwrap_or("link")),
        "document" => {
            let title = block["title"].as_str();
            let name = title.or(media_type).unwrap_or("file");
            format!("*[Document: {}]*", one_line(name))
        }
        "server_tool_use" | "tool_use" => format!("*[{}]*", one_line(text("name"))),
        other => format!("*[{}]*", one_line(other)),
    })
}

/// The places that a text block cites, as links behind it.
fn sources(block: &Value) -> String {
    let citations = block["citations"].as_array().map_or(&[][..], Vec::as_slice);
    let mut shown = String::new();
    for citation in citations {
        let url = citation["url"].as_str().filter(|url| is_plain_link(url));
        if let Some(url) = url {
            let title = citation["title"].as_str().unwrap_or(url);
            let title: String = title.chars().filter(|c| !"[]\\`<>".contains(*c)).collect();
            add(&mut shown, format_args!(" ([{}]({url}))", one_line(&title)));
        }
    }
    shown
}

/// Whether an address can stand in a link as it is.
fn is_plain_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"()<>\"\\`".contains(&b))
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    // Writing to a `String` can't fail.
    let _infallible = text.write_fmt(more);
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `2026-11-23 14:05 UTC`
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    let shown: String = text.chars().take(16).collect();
    format!("{} UTC", shown.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_are_shown_or_named() {
        for (block, expected) in [
            (json!({"type": "text", "text": "Hi\n"}), Some("Hi\n")),
            (
                json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}}),
                Some("*[Image: image/png]*"),
            ),
            (
                json!({"type": "document", "title": "Terms\nof use", "source": {}}),
                Some("*[Document: Terms of use]*"),
            ),
            (
                json!({"type": "server_tool_use", "name": "web_search"}),
                Some("*[web_search]*"),
            ),
            (json!({"type": "redacted_thinking", "data": "x"}), None),
            (json!({"type": "of_tomorrow"}), Some("*[of_tomorrow]*")),
            (json!(1), None),
        ] {
            assert_eq!(shown_block(&block).as_deref(), expected, "{block}");
        }
    }

    #[test]
    fn only_plain_links_are_linked() {
        let block = json!({"type": "text", "text": "So", "citations": [
            {"url": "https://example.org/a", "title": "A [page]"},
            {"url": "javascript:alert(1)", "title": "x"},
            {"url": "https://example.org/)x", "title": "x"},
        ]});
        assert_eq!(
            shown_block(&block).as_deref(),
            Some("So ([A page](https://example.org/a))")
        );
    }
}
