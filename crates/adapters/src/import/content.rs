//! Content blocks for what other services wrote.

use latchkey_domain::{
    RawJson, Timestamp,
    archive::{ImportedMessage, LeftOut},
    id::MessageId,
    llm::{ModelId, TurnRole},
};

use crate::json_text::push_string;

/// Most characters of a file's name.
const MAX_NAME: usize = 200;

/// The content of a message in the making.
pub struct Content<'a> {
    role: TurnRole,
    blocks: Vec<Block>,
    /// What isn't taken over as it was.
    left_out: &'a mut LeftOut,
}

enum Block {
    Text(String),
    Thinking(String),
    Document { name: Option<String>, text: String },
}

impl<'a> Content<'a> {
    /// Nothing yet of a message of this role.
    pub fn new(role: TurnRole, left_out: &'a mut LeftOut) -> Self {
        Self {
            role,
            blocks: Vec::new(),
            left_out,
        }
    }

    /// Adds a paragraph; an empty one adds nothing.
    pub fn text(&mut self, text: &str) {
        let text = without_marks(text);
        let text = text.trim_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return;
        }
        match self.blocks.last_mut() {
            Some(Block::Text(before)) => {
                before.push_str("\n\n");
                before.push_str(text);
            }
            _ => self.blocks.push(Block::Text(text.to_owned())),
        }
    }

    /// Adds code.
    pub fn code(&mut self, language: &str, code: &str) {
        if code.trim().is_empty() {
            return;
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.saturating_add(1).max(3));
        let language: String = word(language);
        self.text(&format!(
            "{fence}{language}\n{}\n{fence}",
            code.trim_end_matches('\n')
        ));
    }

    /// Adds thinking, to be read only: its signature is another account's.
    pub fn thinking(&mut self, thinking: &str) {
        if !thinking.trim().is_empty() {
            self.blocks.push(Block::Thinking(thinking.to_owned()));
        }
    }

    /// Adds a file's text. The provider takes documents from people alone.
    pub fn document(&mut self, name: Option<&str>, text: &str) {
        if text.trim().is_empty() {
            return self.note("file", name);
        }
        if self.role == TurnRole::Assistant {
            return self.code("", text);
        }
        self.blocks.push(Block::Document {
            name: name.map(line),
            text: text.to_owned(),
        });
    }

    /// Says that something was here that isn't taken over, and counts it.
    pub fn note(&mut self, kind: &'static str, name: Option<&str>) {
        self.count(kind);
        let name = name.map(line).filter(|name| !name.is_empty());
        let what = match kind {
            "image" => "Image",
            "audio" => "Audio",
            "file" => "File",
            _ => "Content of another kind",
        };
        self.text(&match name {
            Some(name) => format!("[{what} that was not imported: {name}]"),
            None => format!("[{what} that was not imported]"),
        });
    }

    /// Counts something that isn't taken over.
    pub fn count(&mut self, kind: &'static str) {
        let count = self.left_out.entry(kind).or_default();
        *count = count.saturating_add(1);
    }

    /// The message with this content, if there is more in it than thinking. `model` is the one that wrote it, if a model did.
    pub fn into_message(
        self,
        id: MessageId,
        parent: Option<MessageId>,
        model: Option<&str>,
        created_at: Option<Timestamp>,
    ) -> Option<ImportedMessage> {
        let is_thinking = |block: &&Block| matches!(block, Block::Thinking(_));
        let thoughts = self.blocks.iter().filter(is_thinking).count();
        if thoughts == self.blocks.len() {
            return None;
        }
        let spoken = self.blocks.iter().filter(|block| !is_thinking(block));
        let texts = self.blocks.iter().filter_map(|block| match block {
            Block::Text(text) => Some(text.as_str()),
            Block::Thinking(_) | Block::Document { .. } => None,
        });
        let model = model.filter(|_| self.role == TurnRole::Assistant);
        Some(ImportedMessage {
            id,
            parent,
            role: self.role,
            content: list(self.blocks.iter()),
            next_turn: (thoughts > 0).then(|| list(spoken)),
            text: texts.collect::<Vec<_>>().join("\n\n"),
            model: model.and_then(|model| ModelId::parse(model).ok()),
            created_at,
        })
    }
}

fn list<'a>(blocks: impl Iterator<Item = &'a Block>) -> RawJson {
    let mut json = String::from("[");
    for (at, block) in blocks.enumerate() {
        if at > 0 {
            json.push(',');
        }
        block.push_to(&mut json);
    }
    json.push(']');
    RawJson::from_trusted(json)
}

impl Block {
    fn push_to(&self, json: &mut String) {
        match self {
            Self::Text(text) => {
                json.push_str(r#"{"type":"text","text":"#);
                push_string(json, text);
            }
            Self::Thinking(thinking) => {
                json.push_str(r#"{"type":"thinking","thinking":"#);
                push_string(json, thinking);
                json.push_str(r#","signature":"""#);
            }
            Self::Document { name, text } => {
                json.push_str(
                    r#"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"#,
                );
                push_string(json, text);
                json.push('}');
                if let Some(name) = name {
                    json.push_str(r#","title":"#);
                    push_string(json, name);
                }
            }
        }
        json.push('}');
    }
}

/// The text without the marks for sources, which stand between two letters that no font has.
fn without_marks(text: &str) -> String {
    const BEGIN: char = '\u{E200}';
    const END: char = '\u{E201}';
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(BEGIN) {
        kept.push_str(before);
        match behind.split_once(END) {
            Some((_mark, after)) => rest = after,
            None => rest = behind,
        }
    }
    kept.push_str(rest);
    kept
}

/// One line, not too long.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let line = line.chars().filter(|c| !c.is_control());
    line.take(MAX_NAME).collect()
}

/// One word of plain letters.
fn word(text: &str) -> String {
    let letters = text
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "+-#._".contains(*c));
    letters.take(30).collect()
}
