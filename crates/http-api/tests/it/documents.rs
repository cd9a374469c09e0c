//! What is written down about the API, held against the code.

use std::collections::BTreeSet;

use latchkey_domain::llm::LlmErrorKind;
use latchkey_http_api::{
    openapi_document,
    problem::{Code, errors_page},
    routes::{ROUTES, path_parameters},
};
use serde_json::Value;

use crate::{client::Request, world::World};

fn document() -> Value {
    serde_json::to_value(openapi_document()).unwrap()
}

/// Every string under a `$ref`.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(target) if name == "$ref" => {
                        found.insert(target.to_owned());
                    }
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_document_has_the_routes_of_the_table() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut written = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            written.insert((method.to_uppercase(), path.clone()));
        }
    }
    let real: BTreeSet<(String, String)> = ROUTES
        .iter()
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    assert_eq!(real.len(), ROUTES.len(), "no route is there twice");
    assert_eq!(written, real);
    let mut ids = BTreeSet::new();
    for route in ROUTES.iter() {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(
            ids.insert(operation["operationId"].to_string()),
            "{}",
            operation["operationId"]
        );
        assert!(!route.summary.is_empty() && !route.tag.is_empty() && !route.answers.is_empty());
        let parameters = operation["parameters"].as_array().map_or(0, Vec::len);
        assert_eq!(
            parameters,
            path_parameters(route.path).count() + route.query.len() + route.headers.len()
        );
        let takes = route.takes.is_some() || route.takes_export;
        assert_eq!(operation["requestBody"].is_object(), takes);
        for code in route.all_errors() {
            let response = &operation["responses"][code.info().status.to_string()];
            assert!(
                response["description"]
                    .as_str()
                    .unwrap()
                    .contains(code.as_str())
            );
        }
    }
}

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let document = document();
    let mut targets = BTreeSet::new();
    references(&document, &mut targets);
    assert!(targets.len() > 20);
    for target in targets {
        let name = target.strip_prefix("#/components/schemas/").expect(&target);
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name}"
        );
    }
}

#[test]
fn the_schema_of_a_body_is_what_its_reader_takes() {
    let document = document();
    for route in ROUTES.iter() {
        let Some(body) = &route.takes else { continue };
        let schema = &document["components"]["schemas"][&body.schema.name];
        assert_eq!(schema["type"], "object", "{}", body.schema.name);
        assert_eq!(
            schema["additionalProperties"], false,
            "{}",
            body.schema.name
        );
        let written: BTreeSet<&str> = schema["properties"]
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys)
            .map(String::as_str)
            .collect();
        let read: BTreeSet<&str> = (body.members)().into_iter().collect();
        assert_eq!(written, read, "{}", body.schema.name);
    }
}

#[test]
fn no_answer_has_a_place_for_a_secret() {
    let document = document();
    let may_hold_a_token = ["SignedInView", "CreatedPersonalTokenView"];
    let bodies: BTreeSet<&str> = ROUTES
        .iter()
        .filter_map(|route| Some(route.takes.as_ref()?.schema.name.as_str()))
        .collect();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let Some(properties) = schema["properties"].as_object() else {
            continue;
        };
        if bodies.contains(name.as_str()) {
            continue;
        }
        for property in properties.keys() {
            let lower = property.to_lowercase();
            let suspicious = [
                "apikey",
                "secret",
                "password",
                "sealed",
                "cipher",
                "encrypted",
                "fingerprint",
                "hash",
            ];
            assert!(
                suspicious.iter().all(|word| !lower.contains(word)),
                "{name}.{property}"
            );
            let is_token = lower.ends_with("token");
            assert!(
                !is_token || may_hold_a_token.contains(&name.as_str()),
                "{name}.{property}"
            );
        }
    }
}

#[test]
fn the_document_is_served_as_it_is() {
    let world = World::new();
    let answer = world.send(Request::get("/openapi.json")).expect(200);
    assert_eq!(answer.json(), document());
}

#[test]
fn the_errors_page_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ERRORS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, errors_page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, errors_page(), "UPDATE_DOCS=1 writes it anew");
}

#[test]
fn codes_are_unique_and_their_statuses_are_errors() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        let info = code.info();
        assert!((400..600).contains(&info.status), "{}", info.code);
        assert!(
            info.code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'_')
        );
        if info.code.starts_with("provider_") {
            assert!(info.status != 401 && info.status != 500);
        }
    }
    for kind in LlmErrorKind::ALL {
        assert!(names.contains(kind.code()), "{kind:?}");
    }
}
