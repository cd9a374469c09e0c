//! Messages as Markdown, for people to read.

use latchkey_domain::{
    Timestamp,
    conversation::{Conversation, Message, MessageStatus},
    llm::TurnRole,
};
use serde_json::Value;

/// The head of the file.
pub fn head(conversation: &Conversation, now: Timestamp) -> String {
    let title = conversation.title.as_deref().unwrap_or("Conversation");
    let title = one_line(title);
    let model = conversation.model.as_ref();
    let model = model.map(|model| format!(" · {model}")).unwrap_or_default();
    let mut head = format!("# {title}\n\n*Exported {}{model}*\n", minute(now));
    if let Some(system) = &conversation.system {
        head.push_str("\n> **System prompt**\n>\n");
        for line in system.lines() {
            head.push_str("> ");
            head.push_str(line);
            head.push('\n');
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
    let blocks: Vec<Value> = serde_json::from_str(message.content.as_str()).unwrap_or_default();
    // Text blocks follow each other without a break where citations cut them.
    let mut after_text = false;
    for block in &blocks {
        let is_text = text_of(block, "type") == Some("text");
        if !(after_text && is_text) {
            text.push('\n');
        }
        text.push_str(&shown_block(block).unwrap_or_default());
        after_text = is_text;
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    if message.status != MessageStatus::Complete {
        text.push_str("\n*(");
        text.push_str(message.status.as_str());
        text.push_str(")*\n");
    }
    text
}

/// A content block; what can't be shown is named.
fn shown_block(block: &Value) -> Option<String> {
    let text = |name: &str| text_of(block, name).unwrap_or_default();
    Some(match text("type") {
        "text" => format!("{}{}", text("text"), sources(block)),
        "thinking" => format!(
            "<details><summary>Thinking</summary>\n\n{}\n\n</details>\n",
            text("thinking")
        ),
        "" | "redacted_thinking" => return None,
        "image" => format!("*[Image: {}]*", media_type(block).unwrap_or("link")),
        "document" => {
            let title = text_of(block, "title").or(media_type(block));
            format!("*[Document: {}]*", one_line(title.unwrap_or("file")))
        }
        "server_tool_use" | "tool_use" => format!("*[{}]*", one_line(text("name"))),
        other => format!("*[{}]*", one_line(other)),
    })
}

/// The places that a text block cites, as links behind it.
fn sources(block: &Value) -> String {
    let citations = block.get("citations").and_then(Value::as_array);
    let links = citations.into_iter().flatten().filter_map(|citation| {
        let url = text_of(citation, "url").filter(|url| is_plain_link(url))?;
        let title = text_of(citation, "title").unwrap_or(url);
        let title: String = title.chars().filter(|c| !"[]\\`<>".contains(*c)).collect();
        Some(format!(" ([{}]({url}))", one_line(&title)))
    });
    links.collect()
}

/// A member that is a text.
fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

/// The kind of an image or a file that is in the block itself.
fn media_type(block: &Value) -> Option<&str> {
    text_of(block.get("source")?, "media_type")
}

/// Whether an address can stand in a link as it is.
fn is_plain_link(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"()<>\"\\`".contains(&b))
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
