//! Earlier turns, which come with the request when nobody is signed in.

use latchkey_domain::llm::{Turn, TurnRole};

use super::content::{self, Content, MAX_FAULTS, Writer, checked_blocks};
use crate::{
    json::{Fault, Fields, Kind, Value, object},
    problem::FieldFault,
};

/// Most earlier turns.
const MAX_TURNS: usize = 10_000;

/// The turns.
pub fn read(value: Value<'_>) -> Result<Vec<Turn>, Fault> {
    if value.kind() != Kind::Array {
        return Err("must be an array of turns".into());
    }
    let mut turns = Vec::new();
    let mut faults = Vec::new();
    for (at, item) in value.items().enumerate() {
        if at >= MAX_TURNS {
            return Err("has too many turns".into());
        }
        if faults.len() >= MAX_FAULTS {
            break;
        }
        match object(item, turn) {
            Ok(turn) => turns.push(turn),
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
        Ok(turns)
    } else {
        Err(Fault::Inside(faults))
    }
}

fn turn(fields: &mut Fields<'_>) -> Option<Turn> {
    let role = fields.required("role", role);
    let content = fields.required("content", |value| match value.kind() {
        Kind::String => content::of_text(value),
        _ if role == Some(TurnRole::Assistant) => {
            checked_blocks(value, Writer::Model, allow_of_assistant)
        }
        _ => content::of_blocks(value),
    });
    let Content { blocks, .. } = content?;
    Some(Turn {
        role: role?,
        content: blocks,
        model: None,
    })
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
