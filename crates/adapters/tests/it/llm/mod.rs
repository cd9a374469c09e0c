//! The client against a provider over real HTTP: what it sends, what it makes of answers, and how it takes faults.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, also in what tests share"
)]

mod answers;
mod broken_streams;
mod contract;
mod faults;
mod lists;
mod privacy;
mod raw_provider;
mod refusals;
mod timing;

use std::time::Duration;

use fake_anthropic::{Config, FakeAnthropic};
use latchkey_adapters::llm::{
    AnthropicClient, AnthropicFormat, AnthropicSettings, PrivateAddresses, ProviderUrl,
};
use latchkey_domain::{
    RawJson,
    api_key::ApiKeySecret,
    llm::{
        AnswerFormat, AssembledAnswer, LlmClient, LlmError, LlmEvent, LlmRequest, LlmStream,
        ModelId, Turn, TurnRole,
    },
    secret::SecretText,
    user::CacheLifetime,
};
use serde_json::json;

const KEY: &str = "sk-ant-api03-CANARYabcdefghijklmnopqrstuvw4f2A";
/// Longer than anything takes that isn't broken.
const LONG: Duration = Duration::from_secs(20);

async fn provider() -> FakeAnthropic {
    FakeAnthropic::start(Config::default()).await.unwrap()
}

fn settings(base_url: &str) -> AnthropicSettings {
    AnthropicSettings::new(ProviderUrl::parse(base_url, PrivateAddresses::Refused).unwrap())
}

fn client(base_url: &str) -> AnthropicClient {
    AnthropicClient::new(&settings(base_url)).unwrap()
}

fn key(text: &str) -> ApiKeySecret {
    ApiKeySecret::parse(&SecretText::new(text.to_owned())).unwrap()
}

fn request(prompt: &str) -> LlmRequest {
    LlmRequest {
        model: ModelId::parse("claude-sonnet-5-5").unwrap(),
        max_tokens: 16_000,
        system: None,
        turns: vec![Turn {
            role: TurnRole::User,
            content: RawJson::from_trusted(json!([{ "type": "text", "text": prompt }]).to_string()),
            model: None,
        }],
        temperature: None,
        thinking: None,
        options: Vec::new(),
        prompt_cache: CacheLifetime::FiveMinutes,
    }
}

async fn open(client: &AnthropicClient) -> Result<Box<dyn LlmStream>, LlmError> {
    client.open(&key(KEY), &request("Hello")).await
}

/// Why the call failed.
async fn failure(client: &AnthropicClient) -> LlmError {
    match open(client).await {
        Ok(_) => panic!("the call should have failed"),
        Err(error) => error,
    }
}

/// All events of a stream, and how it ended.
async fn read_all(stream: &mut dyn LlmStream) -> (Vec<LlmEvent>, Result<(), LlmError>) {
    let mut all = Vec::new();
    loop {
        match stream.next_events().await {
            Ok(events) if events.is_empty() => return (all, Ok(())),
            Ok(events) => all.extend(events),
            Err(error) => return (all, Err(error)),
        }
    }
}

fn assemble(events: &[LlmEvent]) -> AssembledAnswer {
    let mut assembler = AnthropicFormat.assembler();
    for event in events {
        assembler.push(event).unwrap();
    }
    assembler.snapshot()
}

/// The text of the provider's answer of so many words.
fn words(count: usize) -> String {
    let words: Vec<_> = (0..count).map(|number| format!("word{number} ")).collect();
    words.concat()
}
