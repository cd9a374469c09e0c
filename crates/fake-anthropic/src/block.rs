//! Content blocks of an answer.

use serde_json::{Value, json};

use crate::ids;

/// A content block that the fake answers with.
#[derive(Clone, Debug)]
pub enum Block {
    Text {
        /// What each delta carries; the text is all of them joined.
        pieces: Vec<String>,
        citations: Vec<Value>,
    },
    Thinking {
        text: String,
        /// Signed by the fake where `None`.
        signature: Option<String>,
    },
    /// `tool_use`, or a server tool's use.
    ToolUse {
        /// `tool_use` or `server_tool_use`.
        kind: &'static str,
        id: String,
        name: String,
        input: Value,
    },
    /// Comes whole in `content_block_start`, without deltas: tool results, `redacted_thinking`, unknown kinds.
    Whole(Value),
}

impl Block {
    /// Text in deltas of a few words.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text {
            pieces: in_pieces(text),
            citations: Vec::new(),
        }
    }

    /// Text with exactly these deltas.
    #[must_use]
    pub fn pieces<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Text {
            pieces: pieces.into_iter().map(str::to_owned).collect(),
            citations: Vec::new(),
        }
    }

    /// Text with citations, which come before it as deltas of their own.
    #[must_use]
    pub fn cited_text(text: &str, citations: Vec<Value>) -> Self {
        Self::Text {
            pieces: in_pieces(text),
            citations,
        }
    }

    /// Thinking with the fake's own signature, valid for the answering model.
    #[must_use]
    pub fn thinking(text: &str) -> Self {
        Self::Thinking {
            text: text.to_owned(),
            signature: None,
        }
    }

    #[must_use]
    pub fn redacted_thinking(data: &str) -> Self {
        Self::Whole(json!({ "type": "redacted_thinking", "data": data }))
    }

    #[must_use]
    pub fn tool_use(name: &str, input: Value) -> Self {
        Self::ToolUse {
            kind: "tool_use",
            id: ids::tool_use_id(),
            name: name.to_owned(),
            input,
        }
    }

    /// A web search with its result and a cited text, as three blocks.
    #[must_use]
    pub fn web_search(query: &str, answer: &str) -> Vec<Self> {
        let id = ids::server_tool_use_id();
        let result = json!({
            "type": "web_search_tool_result",
            "tool_use_id": id,
            "content": [{
                "type": "web_search_result",
                "title": "An example",
                "url": "https://example.com/",
                "encrypted_content": "RmFrZSBjb250ZW50",
                "page_age": null,
            }],
        });
        let citation = json!({
            "type": "web_search_result_location",
            "cited_text": answer,
            "url": "https://example.com/",
            "title": "An example",
            "encrypted_index": "RmFrZSBpbmRleA==",
        });
        vec![
            Self::ToolUse {
                kind: "server_tool_use",
                id,
                name: "web_search".to_owned(),
                input: json!({ "query": query }),
            },
            Self::Whole(result),
            Self::cited_text(answer, vec![citation]),
        ]
    }

    pub(crate) fn is_server_tool(&self) -> bool {
        matches!(
            self,
            Self::ToolUse {
                kind: "server_tool_use",
                ..
            }
        )
    }

    /// How many bytes of the model's output it stands for.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text { pieces, .. } => pieces.iter().map(String::len).sum(),
            Self::Thinking { text, .. } => text.len(),
            Self::ToolUse { name, input, .. } => name.len() + input.to_string().len(),
            Self::Whole(_) => 0,
        }
    }
}

/// Splits a text into deltas of one to four words, each with the space before it.
pub(crate) fn in_pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut words = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        piece.push_str(word);
        words += 1;
        if words > pieces.len() % 4 {
            pieces.push(std::mem::take(&mut piece));
            words = 0;
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::in_pieces;

    #[test]
    fn pieces_join_to_the_text() {
        for text in [
            "",
            "one",
            "one two  three\nfour five six seven eight nine ",
            " ä\u{2028}ö 😀 x",
        ] {
            assert_eq!(in_pieces(text).concat(), text);
        }
        assert_eq!(in_pieces("a b c d"), ["a ", "b c ", "d"]);
    }
}
