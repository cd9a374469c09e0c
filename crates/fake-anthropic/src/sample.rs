//! A value that matches a JSON schema, for answers with a given format.

use serde_json::{Map, Value};

/// A small value of the schema's type; strings carry `text`.
pub(crate) fn matching(schema: &Value, text: &str) -> Value {
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    if let Some(first) = schema
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|values| values.first())
    {
        return first.clone();
    }
    if let Some(first) = schema
        .get("anyOf")
        .and_then(Value::as_array)
        .and_then(|schemas| schemas.first())
    {
        return matching(first, text);
    }
    let kind = schema.get("type").and_then(|kind| match kind {
        Value::Array(kinds) => kinds.first()?.as_str(),
        kind => kind.as_str(),
    });
    match kind {
        Some("object") => {
            let members = schema.get("properties").and_then(Value::as_object);
            let matched: Map<String, Value> = members
                .into_iter()
                .flatten()
                .map(|(name, member)| (name.clone(), matching(member, text)))
                .collect();
            Value::Object(matched)
        }
        Some("array") => Value::Array(
            schema
                .get("items")
                .map(|items| matching(items, text))
                .into_iter()
                .collect(),
        ),
        Some("integer" | "number") => Value::from(1),
        Some("boolean") => Value::from(true),
        Some("null") => Value::Null,
        _ => Value::from(text),
    }
}
