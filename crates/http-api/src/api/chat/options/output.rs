//! `output_config`: how hard the model tries, and the form of its answer.

use latchkey_domain::llm::{Effort, Feature};

use super::{Reading, inside, word_of};
use crate::json::{Fault, Kind, Value, pointer};

/// Parts of a schema whose values are no schemas.
const VALUES: [&str; 4] = ["enum", "const", "default", "examples"];

pub(super) fn check(value: Value<'_>, reading: &mut Reading) -> Result<(), Fault> {
    if value.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    if let Some(effort) = given(value, "effort") {
        let words = Effort::ALL.map(Effort::as_str);
        let word = word_of(effort, &words).map_err(|fault| at("/effort", fault))?;
        reading.asked.effort = Effort::parse(word);
    }
    if let Some(format) = given(value, "format") {
        check_format(format).map_err(|fault| at("/format", fault))?;
        reading.asked.uses(Feature::StructuredOutput);
    }
    Ok(())
}

fn given<'a>(value: Value<'a>, name: &str) -> Option<Value<'a>> {
    value
        .member(name)
        .filter(|member| member.kind() != Kind::Null)
}

fn check_format(format: Value<'_>) -> Result<(), Fault> {
    if format.kind() != Kind::Object {
        return Err("must be an object".into());
    }
    let kind = format.member("type").ok_or("must have a type")?;
    word_of(kind, &["json_schema"]).map_err(|fault| at("/type", fault))?;
    let schema = format
        .member("schema")
        .filter(|schema| schema.kind() == Kind::Object)
        .ok_or_else(|| inside("/schema", "must be a JSON schema"))?;
    check_closed(schema, "/schema")
}

/// The provider takes only objects that say that they have no further members.
fn check_closed(schema: Value<'_>, place: &str) -> Result<(), Fault> {
    if schema.kind() == Kind::Array {
        return schema
            .items()
            .enumerate()
            .try_for_each(|(index, item)| check_closed(item, &format!("{place}/{index}")));
    }
    let is_object = schema.member("type").and_then(Value::string).as_deref() == Some("object");
    let further = schema.member("additionalProperties").map(Value::text);
    if is_object && further != Some("false") {
        let detail = "must say \"additionalProperties\": false, as must every object of the schema";
        return Err(inside(place, detail));
    }
    schema
        .members()
        .filter(|(name, _)| !VALUES.contains(&&**name))
        .try_for_each(|(name, member)| check_closed(member, &format!("{place}{}", pointer(&name))))
}

/// The same fault, seen from further out.
fn at(place: &str, fault: Fault) -> Fault {
    match fault {
        Fault::Here(detail) => inside(place, detail),
        Fault::Inside(mut faults) => {
            for fault in &mut faults {
                fault.pointer.insert_str(0, place);
            }
            Fault::Inside(faults)
        }
    }
}
