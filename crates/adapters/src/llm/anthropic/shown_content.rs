//! What of a turn goes to a model: all of it as it came, but for thinking that the provider would refuse.

use latchkey_domain::{
    RawJson,
    llm::{ModelId, Turn, TurnRole},
    usage::ModelPrice,
};
use serde_json::value::RawValue;

use super::wire;

/// What of a turn the model gets to see.
pub(super) enum ShownContent<'a> {
    All(&'a RawJson),
    Some(Vec<&'a RawValue>),
}

impl<'a> ShownContent<'a> {
    pub(super) fn of(turn: &'a Turn, model: &ModelId) -> Self {
        let content = &turn.content;
        if turn.role == TurnRole::User || !content.as_str().contains("thinking") {
            return Self::All(content);
        }
        let Ok(mut blocks) = serde_json::from_str::<Vec<&RawValue>>(content.as_str()) else {
            return Self::All(content);
        };
        let all = blocks.len();
        if turn
            .model
            .as_ref()
            .is_some_and(|writer| !same_model(writer, model))
        {
            blocks.retain(|block| !is_thinking(block));
        }
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

    pub(super) fn push_to(&self, body: &mut String) {
        match self {
            Self::All(content) => body.push_str(content.as_str()),
            Self::Some(blocks) => {
                body.push('[');
                for (at, block) in blocks.iter().enumerate() {
                    if at > 0 {
                        body.push(',');
                    }
                    body.push_str(block.get());
                }
                body.push(']');
            }
        }
    }
}

fn is_thinking(block: &RawValue) -> bool {
    serde_json::from_str::<wire::Typed<'_>>(block.get())
        .is_ok_and(|block| matches!(block.kind.as_ref(), "thinking" | "redacted_thinking"))
}

/// Whether both ids name one model: the answer to an alias carries the dated id.
fn same_model(a: &ModelId, b: &ModelId) -> bool {
    let known = |model| ModelPrice::find(model).map(|price| price.id);
    a == b || known(a).is_some_and(|id| known(b) == Some(id))
}
