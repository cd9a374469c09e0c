//! Earlier turns, which come with the request when nobody is signed in.

use latchkey_domain::llm::{AskedFeatures, ModelId, Turn, TurnRole};

use super::content::{self, Content, MAX_FAULTS, Writer, checked_blocks};
use crate::{
    json::{Fault, Fields, Kind, Value, object, parsed},
    problem::FieldFault,
};

/// Most earlier turns.
const MAX_TURNS: usize = 10_000;

/// Earlier turns, and what they ask of the model.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The turns, oldest first.
    pub turns: Vec<Turn>,
    /// What of them not every model takes.
    pub asked: AskedFeatures,
    /// The longest edge of all images, in pixels, as far as it is known.
    pub longest_edge: u32,
}

/// The turns.
pub fn read(value: Value<'_>) -> Result<History, Fault> {
    if value.kind() != Kind::Array {
        return Err("must be an array of turns".into());
    }
    let mut history = History::default();
    let mut faults = Vec::new();
    for (at, item) in value.items().enumerate() {
        if at >= MAX_TURNS {
            return Err("has too many turns".into());
        }
        if faults.len() >= MAX_FAULTS {
            break;
        }
        match object(item, turn) {
            Ok((turn, content)) => history.add(turn, content),
            Err(Fault::Here(detail)) => faults.push(FieldFault {
                pointer: format!("/{at}"),
                detail,
            }),
            Err(Fault::Inside(inside)) => {
                faults.extend(inside.into_iter().map(|fault| FieldFault {
                    pointer: format!("/{at}{}", fault.pointer),
                    detail: fault.detail,
                }));
            }
        }
    }
    if faults.is_empty() {
        Ok(history)
    } else {
        Err(Fault::Inside(faults))
    }
}

impl History {
    fn add(&mut self, turn: Turn, content: Content) {
        self.turns.push(turn);
        self.asked = std::mem::take(&mut self.asked).and(content.asked);
        self.longest_edge = self.longest_edge.max(content.longest_edge);
    }
}

fn turn(fields: &mut Fields<'_>) -> Option<(Turn, Content)> {
    let role = fields.required("role", role);
    let model = fields.optional("model", parsed(ModelId::parse));
    if model.is_some() && role == Some(TurnRole::User) {
        fields.fault("model", "is for turns of the assistant");
    }
    let content = fields.required("content", |value| match value.kind() {
        Kind::String => content::of_text(value),
        _ if role == Some(TurnRole::Assistant) => {
            checked_blocks(value, Writer::Model, allow_of_assistant)
        }
        _ => content::of_blocks(value),
    });
    let content = content?;
    let turn = Turn {
        role: role?,
        content: content.blocks.clone(),
        model,
    };
    Some((turn, content))
}

fn role(value: Value<'_>) -> Result<TurnRole, Fault> {
    let role = value.string().and_then(|role| TurnRole::parse(&role));
    role.ok_or_else(|| "must be user or assistant".into())
}

/// The model's blocks go back as they came, whatever they are; results of tools are not the model's.
fn allow_of_assistant(kind: &str) -> Result<(), &'static str> {
    if kind == "tool_result" {
        Err("results of tools can't be given")
    } else {
        Ok(())
    }
}
