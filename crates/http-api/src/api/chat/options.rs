//! Fields of the provider's that pass through as they are: an allow-list, so that none can change where a request goes
//! or whose it is.

use latchkey_domain::RawJson;

use crate::json::{Fault, Fields, Kind, Value, object};

/// What passes.
pub const PASSED_ON: [&str; 8] = [
    "output_config",
    "stop_sequences",
    "tools",
    "tool_choice",
    "service_tier",
    "speed",
    "inference_geo",
    "metadata",
];

/// The options that were given.
pub fn read(value: Value<'_>) -> Result<Vec<(&'static str, RawJson)>, Fault> {
    object(value, |fields: &mut Fields<'_>| {
        let mut options = Vec::new();
        for name in PASSED_ON {
            let value = fields.optional(name, |value| {
                if name == "metadata" {
                    check_metadata(value)?;
                }
                Ok(value.to_raw())
            });
            options.extend(value.map(|value| (name, value)));
        }
        Some(options)
    })
}

/// `user_id` is for the provider to tell our users apart, and nobody's to choose.
fn check_metadata(value: Value<'_>) -> Result<(), Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    if value.member("user_id").is_some() {
        return Err(Fault::Inside(vec![crate::problem::FieldFault {
            pointer: "/user_id".to_owned(),
            detail: "can't be chosen".into(),
        }]));
    }
    Ok(())
}
