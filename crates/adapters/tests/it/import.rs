//! The promises of the import format's port, for each service.

use std::sync::Arc;

use latchkey_adapters::import::KnownExports;
use latchkey_test_support::contracts::import_format::ImportFormatSetup;
use serde_json::{Value, json};

fn bytes(item: &Value) -> Vec<u8> {
    item.to_string().into_bytes()
}

fn format() -> ImportFormatSetup {
    let node = |role: &str, parent: &str| {
        let content = json!({"content_type": "text", "parts": [role]});
        json!({"parent": parent, "message": {"author": {"role": role}, "content": content}})
    };
    let chatgpt = json!({
        "conversation_id": "1", "current_node": "answer",
        "mapping": {"answer": node("assistant", "question"), "question": node("user", "root"), "another": node("user", "root")},
    });
    let message = |id: &str, sender: &str| json!({"uuid": id, "sender": sender, "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": id}]});
    let claude = json!({"uuid": "1", "chat_messages": [message("question", "human"), message("answer", "assistant")]});
    ImportFormatSetup {
        format: Arc::new(KnownExports),
        conversations: vec![bytes(&chatgpt), bytes(&claude)],
        empty: bytes(&json!({"uuid": "1", "name": "Nothing", "chat_messages": []})),
    }
}

latchkey_test_support::contract_tests!(import_format, crate::import::format);
