//! What of a turn goes to a model: all of it as it came, but for what the provider would refuse.

use std::{borrow::Cow, collections::HashSet};

use latchkey_domain::{
    RawJson,
    llm::{ModelId, Turn, TurnRole},
    usage::ModelPrice,
};
use serde_json::value::RawValue;

use super::wire;
use crate::json_text::{Members, decode, inside_quotes};

/// What of a turn the model gets to see.
pub(super) enum ShownContent<'a> {
    All(&'a RawJson),
    Some(Vec<&'a RawValue>),
}

/// To whom a turn is shown.
#[derive(Clone, Copy)]
pub(super) struct Viewer<'a> {
    pub(super) model: &'a ModelId,
    /// Whether it gets its own thinking back: not when it is told not to think.
    pub(super) thinks: bool,
}

impl<'a> ShownContent<'a> {
    pub(super) fn of(turn: &'a Turn, viewer: Viewer<'_>) -> Self {
        let content = &turn.content;
        let is_plain = !may_have(content, &["thinking", "tool_use"]);
        if turn.role == TurnRole::User || is_plain {
            return Self::All(content);
        }
        let Ok(mut blocks) = serde_json::from_str::<Vec<&RawValue>>(content.as_str()) else {
            return Self::All(content);
        };
        let all = blocks.len();
        let is_own = turn
            .model
            .as_ref()
            .is_none_or(|writer| same_model(writer, viewer.model));
        if !(viewer.thinks && is_own) {
            blocks.retain(|block| !is_thinking(block));
        }
        leave_out_unanswered_calls(&mut blocks);
        // An assistant's turn can't end with thinking: the provider refuses it.
        while blocks.last().is_some_and(|block| is_thinking(block)) {
            blocks.pop();
        }
        if blocks.len() == all {
            Self::All(content)
        } else {
            Self::Some(blocks)
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::All(content) => content.is_empty_array(),
            Self::Some(blocks) => blocks.is_empty(),
        }
    }

    /// Whether thinking is among it.
    pub(super) fn has_thinking(&self) -> bool {
        match self {
            Self::All(content) => {
                may_have(content, &["thinking"])
                    && serde_json::from_str::<Vec<&RawValue>>(content.as_str())
                        .is_ok_and(|blocks| blocks.iter().any(|block| is_thinking(block)))
            }
            Self::Some(blocks) => blocks.iter().any(|block| is_thinking(block)),
        }
    }

    pub(super) fn push_to(&self, body: &mut String) {
        match self {
            Self::All(content) => body.push_str(content.as_str()),
            Self::Some(_) => {
                body.push('[');
                self.push_blocks_to(body);
                body.push(']');
            }
        }
    }

    /// The blocks without the brackets around them.
    pub(super) fn push_blocks_to(&self, body: &mut String) {
        match self {
            Self::All(content) => {
                let list = content.as_str().trim();
                let blocks = list
                    .strip_prefix('[')
                    .and_then(|list| list.strip_suffix(']'));
                body.push_str(blocks.unwrap_or(list));
            }
            Self::Some(blocks) => {
                for (at, block) in blocks.iter().enumerate() {
                    if at > 0 {
                        body.push(',');
                    }
                    body.push_str(block.get());
                }
            }
        }
    }
}

/// Whether the content may have a block of a kind with one of these words: they stand in it, or something is escaped.
fn may_have(content: &RawJson, words: &[&str]) -> bool {
    let text = content.as_str();
    words.iter().any(|word| text.contains(word)) || text.contains("\\u00")
}

/// Calls without a result: the provider refuses a conversation that has one. Tools that it runs itself answer within
/// the turn; nobody here answers those of others.
fn leave_out_unanswered_calls(blocks: &mut Vec<&RawValue>) {
    let answered: HashSet<Cow<'_, str>> = blocks
        .iter()
        .filter(|block| kind_of(block).ends_with("_tool_result"))
        .filter_map(|block| member(block, "tool_use_id"))
        .collect();
    blocks.retain(|block| match &*kind_of(block) {
        "tool_use" => false,
        "server_tool_use" | "mcp_tool_use" => {
            member(block, "id").is_some_and(|id| answered.contains(&id))
        }
        _ => true,
    });
}

fn member<'a>(block: &'a RawValue, name: &str) -> Option<Cow<'a, str>> {
    Members::of(block)?
        .get(name)
        .and_then(inside_quotes)
        .map(decode)
}

fn kind_of(block: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<wire::Typed<'_>>(block.get())
        .map_or(Cow::Borrowed(""), |block| block.kind)
}

fn is_thinking(block: &RawValue) -> bool {
    matches!(&*kind_of(block), "thinking" | "redacted_thinking")
}

/// Whether both ids name one model: the answer to an alias carries the dated id.
fn same_model(a: &ModelId, b: &ModelId) -> bool {
    let known = |model| ModelPrice::find(model).map(|price| price.id);
    a == b || known(a).is_some_and(|id| known(b) == Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const OWN: &str = "claude-opus-5-5";

    fn model(id: &str) -> ModelId {
        ModelId::parse(id).unwrap()
    }

    fn turn(writer: Option<&str>, content: &str) -> Turn {
        Turn {
            role: TurnRole::Assistant,
            content: RawJson::from_trusted(content),
            model: writer.map(model),
        }
    }

    fn shown(turn: &Turn, thinks: bool) -> String {
        let own = model(OWN);
        let viewer = Viewer {
            model: &own,
            thinks,
        };
        let mut text = String::new();
        ShownContent::of(turn, viewer).push_to(&mut text);
        text
    }

    #[test]
    fn a_call_that_nobody_answered_is_left_out() {
        let call = json!({"type": "tool_use", "id": "toolu_1", "name": "n", "input": {}});
        let search =
            |id| json!({"type": "server_tool_use", "id": id, "name": "web_search", "input": {}});
        let result =
            json!({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []});
        let text = json!({"type": "text", "text": "about tool_use"});
        let turn = turn(
            Some(OWN),
            &json!([
                search("srvtoolu_1"),
                result,
                text,
                search("srvtoolu_2"),
                call
            ])
            .to_string(),
        );
        assert_eq!(
            shown(&turn, true),
            json!([search("srvtoolu_1"), result, text]).to_string()
        );
    }

    fn block() -> impl Strategy<Value = (bool, String)> {
        let word = "[a-z\\\\\"ä 0-9]{0,8}";
        prop_oneof![
            (word, word).prop_map(|(text, signature)| {
                let block = json!({"type": "thinking", "thinking": text, "signature": signature});
                (true, block.to_string())
            }),
            word.prop_map(|data| {
                let text = format!(
                    "{{ \"data\":{} ,\"type\":\"redacted_\\u0074hinking\"}}",
                    json!(data)
                );
                (true, text)
            }),
            word.prop_map(|text| {
                let text = json!(format!("thinking {text}"));
                (
                    false,
                    format!("{{\"type\":\"text\", \"text\":{text},\"n\":1.10}}"),
                )
            }),
            word.prop_map(|note| (false, json!({"type": "hologram", "note": note}).to_string())),
        ]
    }

    proptest! {
        /// The model's own thinking goes back byte for byte, anybody else's not at all, and all else stays as it is.
        #[test]
        fn thinking_is_kept_or_dropped_and_never_edited(
            blocks in proptest::collection::vec(block(), 0..8),
            writer in proptest::option::of(prop_oneof![Just(OWN), Just("claude-sonnet-5-5"), Just("claude-next-9")]),
            thinks in any::<bool>(),
        ) {
            let content = |blocks: &[&String]| {
                let texts: Vec<&str> = blocks.iter().map(|block| block.as_str()).collect();
                format!("[{}]", texts.join(","))
            };
            let all: Vec<&String> = blocks.iter().map(|(_, text)| text).collect();
            let turn = turn(writer, &content(&all));
            let keeps = thinks && writer.is_none_or(|writer| writer == OWN);
            let mut expected: Vec<&(bool, String)> =
                blocks.iter().filter(|(is_thinking, _)| keeps || !is_thinking).collect();
            while expected.last().is_some_and(|(is_thinking, _)| *is_thinking) {
                expected.pop();
            }
            let expected: Vec<&String> = expected.into_iter().map(|(_, text)| text).collect();
            prop_assert_eq!(shown(&turn, thinks), content(&expected));
        }
    }
}
