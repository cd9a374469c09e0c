//! What of an answer may go into the next turn: the provider refuses a conversation that holds anything half.

use std::{borrow::Cow, collections::HashSet};

use latchkey_domain::RawJson;

use super::block::Block;

/// The blocks that may go on; `None` when that is all of them, as they are.
pub(super) fn less_than_all(blocks: &[Block]) -> Option<RawJson> {
    let answered: HashSet<Cow<'_, str>> = blocks
        .iter()
        .filter(|block| !block.is_open() && block.kind().ends_with("_tool_result"))
        .map(Block::tool_use_id)
        .collect();
    let goes_on = |block: &&Block| {
        is_fit(block) && (!runs_at_the_provider(block) || answered.contains(&block.id()))
    };
    let unchanged = |block: &Block| goes_on(&block) && !block.has_unread_deltas();
    if blocks.iter().all(unchanged) {
        return None;
    }
    let mut content = String::from("[");
    for block in blocks.iter().filter(goes_on) {
        if content.len() > 1 {
            content.push(',');
        }
        block.write_for_provider(&mut content);
    }
    content.push(']');
    Some(RawJson::from_trusted(content))
}

fn is_fit(block: &Block) -> bool {
    match block.kind() {
        // Also one that was cut off. The provider refuses text that is nothing but white space.
        "text" => !block.text().trim().is_empty(),
        _ if block.is_open() || !block.has_readable_input() => false,
        "thinking" => !block.signature().is_empty(),
        // We can't know what a newer delta did to any other block.
        _ => !block.has_unread_deltas(),
    }
}

/// Such a call and its result belong together; without the result the provider refuses the turn.
fn runs_at_the_provider(block: &Block) -> bool {
    matches!(block.kind(), "server_tool_use" | "mcp_tool_use")
}
