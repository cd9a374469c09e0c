//! The header `Idempotency-Key`: a request that is sent again begins no second answer.

use latchkey_application::{Actor, chat::OnceAction};
use latchkey_domain::conversation::{MAX_ONCE_KEY_CHARS, NamedRequest};

use crate::{
    call::{Call, Given},
    problem::{FieldFault, Problem},
    routes::HeaderParameter,
};

/// The header, as the document of the API has it.
pub const IDEMPOTENCY_KEY: HeaderParameter = HeaderParameter {
    name: "Idempotency-Key",
    description: "A text of the client's choice, new for each message: the same request under the same key within 24 hours begins no \
        second answer, and gets the first one's. 1 to 255 visible ASCII characters. Signed in only; else it is ignored.",
    max_length: MAX_ONCE_KEY_CHARS,
    pattern: "^[!-~]+$",
};

/// The name that the header gives the request; `None` where there is no header.
pub(super) fn named_request(
    call: &Call,
    actor: &Actor,
    action: OnceAction<'_>,
) -> Result<Option<NamedRequest>, Problem> {
    let key = match &call.headers.idempotency_key {
        Given::Absent => return Ok(None),
        given => given.text().filter(|text| is_key(text)),
    };
    let key = key.ok_or_else(|| {
        Problem::invalid(vec![FieldFault {
            pointer: IDEMPOTENCY_KEY.name.to_owned(),
            detail: "must be there once, with 1 to 255 visible ASCII characters".into(),
        }])
    })?;
    let chat = &call.api.application.chat;
    Ok(Some(chat.name_request(actor, key, action, &call.body)))
}

fn is_key(text: &str) -> bool {
    (1..=MAX_ONCE_KEY_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        let longest = "k".repeat(MAX_ONCE_KEY_CHARS);
        for key in [
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
            "\"quoted\"",
            "~",
            &longest,
        ] {
            assert!(is_key(key), "{key}");
        }
        let too_long = format!("{longest}k");
        for text in ["", "a b", "a\tb", "ä", "\u{7f}", &too_long] {
            assert!(!is_key(text), "{text}");
        }
    }
}
