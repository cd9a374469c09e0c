//! The promises of the format's port.

use std::sync::Arc;

use latchkey_adapters::llm::AnthropicFormat;
use latchkey_test_support::contracts::answer_format::AnswerFormatSetup;

fn format() -> AnswerFormatSetup {
    Arc::new(AnthropicFormat)
}

latchkey_test_support::contract_tests!(answer_format, crate::llm::contract::format);
