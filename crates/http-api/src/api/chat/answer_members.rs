//! How a message is to be answered: the members that every body has which asks for an answer.

use latchkey_application::chat::AnswerSettings;
use latchkey_domain::llm::ModelId;

use super::{options, thinking};
use crate::{
    api::me::update::ON_DISCONNECT,
    json::{Fault, Fields, Kind, Value, boolean, chosen, key_id, parsed, secret, whole_number},
};

/// More than any model writes.
const MOST_TOKENS: u32 = 10_000_000;

/// How the answer is wanted.
pub(super) struct AnswerMembers {
    pub(super) settings: AnswerSettings,
    /// Whether as events; `None` leaves it to `Accept`.
    pub(super) stream: Option<bool>,
}

impl AnswerMembers {
    /// Takes the members.
    pub(super) fn read(fields: &mut Fields<'_>) -> Self {
        let given_key = fields.optional("apiKey", secret);
        let key = fields.optional("keyId", key_id);
        if given_key.is_some() && key.is_some() {
            fields.fault("keyId", "and apiKey exclude each other");
        }
        let thinking = fields.optional("thinking", thinking::read);
        let options = fields
            .optional("options", options::read)
            .unwrap_or_default();
        let (thinking, of_thinking) = thinking.map_or_else(Default::default, |thinking| {
            (Some(thinking.raw), thinking.asked)
        });
        Self {
            settings: AnswerSettings {
                model: fields.optional("model", parsed(ModelId::parse)),
                max_tokens: fields.optional("maxTokens", whole_number(1..=MOST_TOKENS)),
                temperature: fields.optional("temperature", temperature),
                thinking,
                options: options.passed,
                asked: of_thinking.and(options.asked),
                on_disconnect: fields.optional("onDisconnect", chosen(ON_DISCONNECT)),
                given_key,
                key,
            },
            stream: fields.optional("stream", boolean),
        }
    }
}

fn temperature(value: Value<'_>) -> Result<f64, Fault> {
    let number = (value.kind() == Kind::Number).then(|| value.text().parse::<f64>().ok());
    number
        .flatten()
        .filter(|temperature| (0.0..=1.0).contains(temperature))
        .ok_or_else(|| "must be a number from 0 to 1".into())
}
