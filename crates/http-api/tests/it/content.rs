//! Images, documents, thinking and options: what passes as it came, and what is refused before the provider sees it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

const CHAT: &str = "/api/chat/conversations/123/messages";

fn png(width: u32, height: u32) -> String {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    STANDARD.encode(bytes)
}

fn image(media_type: &str, data: &str) -> Value {
    json!({"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}})
}

fn document(source: &Value) -> Value {
    json!({"type": "document", "source": source})
}

struct Asking {
    world: World,
    ada: Person,
}

impl Asking {
    fn new() -> Self {
        let world = World::new();
        let (ada, _) = world.person_with_key("ada");
        Self { world, ada }
    }

    fn send(&self, body: &Value) -> Answer {
        self.world.will_say("ok");
        self.world.post(CHAT, &self.ada, body)
    }

    /// Where a message of this one block is faulty.
    fn faults_of(&self, block: &Value) -> Vec<String> {
        self.send(&json!({"content": [block]})).faulty()
    }

    /// The first fault of a body: where, and what is said.
    fn fault(&self, body: &Value) -> (String, String) {
        let problem = self
            .world
            .post(CHAT, &self.ada, body)
            .expect_problem(422, "validation_failed");
        let first = &problem["errors"][0];
        let text = |name: &str| first[name].as_str().unwrap().to_owned();
        (text("pointer"), text("detail"))
    }
}

#[test]
fn images_and_documents_go_to_the_provider_as_they_came() {
    let asking = Asking::new();
    let content = json!([
        image("image/png", &png(8_000, 8_000)),
        image("image/jpeg", &STANDARD.encode(b"\xFF\xD8\xFF\xE0\0\x10JFIF")),
        {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
        {"type": "document", "title": "A", "context": "of Ada's", "citations": {"enabled": true},
         "source": {"type": "base64", "media_type": "application/pdf", "data": STANDARD.encode(b"%PDF-1.7\n")}},
        document(&json!({"type": "text", "media_type": "text/plain", "data": "plain"})),
        document(&json!({"type": "url", "url": "https://example.org/a.pdf"})),
        document(&json!({"type": "content", "content": [{"type": "text", "text": "inner"}, image("image/png", &png(1, 1))]})),
        {"type": "text", "text": "What is it?"},
    ]);
    let answer = asking.send(&json!({"content": content})).expect(200).json();
    assert_eq!(answer["userMessage"]["content"], content);
    assert_eq!(answer["userMessage"]["text"], "What is it?");
    let call = &asking.world.llm.calls()[0];
    let sent: Value = serde_json::from_str(call.request.turns[0].content.as_str()).unwrap();
    assert_eq!(sent, content);
}

#[test]
fn an_image_must_be_what_it_says_and_not_too_large() {
    let asking = Asking::new();
    let source = |source: Value| json!({"type": "image", "source": source});
    let huge = STANDARD.encode([&b"GIF89a\x01\0\x01\0"[..], &vec![0; 8 * 1024 * 1024]].concat());
    for (block, place) in [
        (image("image/jpeg", &png(1, 1)), "/content/0/source/data"),
        (
            image("image/svg+xml", &png(1, 1)),
            "/content/0/source/media_type",
        ),
        (image("image/png", "PHN2Zy8+"), "/content/0/source/data"),
        (image("image/png", "iVBORw0KGgo"), "/content/0/source/data"),
        (
            image("image/png", &format!("{}\n", png(1, 1))),
            "/content/0/source/data",
        ),
        (
            image("image/png", &format!("data:image/png;base64,{}", png(1, 1))),
            "/content/0/source/data",
        ),
        (image("image/png", &png(8_001, 1)), "/content/0/source/data"),
        (image("image/gif", &huge), "/content/0/source/data"),
        (json!({"type": "image"}), "/content/0/source"),
        (source(json!({"type": "path"})), "/content/0/source/type"),
        (
            source(json!({"type": "file", "file_id": "file_1"})),
            "/content/0/source/type",
        ),
        (
            source(json!({"type": "url", "url": "http://example.org/a.png"})),
            "/content/0/source/url",
        ),
        (
            source(json!({"type": "url", "url": "file:///etc/passwd"})),
            "/content/0/source/url",
        ),
    ] {
        assert_eq!(asking.faults_of(&block), [place]);
    }
    let (_, detail) = asking.fault(&json!({"content": [image("image/jpeg", &png(1, 1))]}));
    assert_eq!(detail, "is image/png; say so in media_type");
    assert!(asking.world.llm.calls().is_empty());
}

#[test]
fn a_document_must_be_one_that_the_provider_reads() {
    let asking = Asking::new();
    for (source, place) in [
        (
            json!({"type": "base64", "media_type": "application/pdf", "data": "aGVsbG8="}),
            "/source/data",
        ),
        (
            json!({"type": "base64", "media_type": "text/html", "data": "aGVsbG8="}),
            "/source/media_type",
        ),
        (
            json!({"type": "text", "media_type": "text/html", "data": "x"}),
            "/source/media_type",
        ),
        (
            json!({"type": "text", "media_type": "text/plain", "data": " "}),
            "/source/data",
        ),
        (json!({"type": "content", "content": []}), "/source/content"),
        (
            json!({"type": "content", "content": [{"type": "document"}]}),
            "/source/content/0/type",
        ),
        (
            json!({"type": "content", "content": [{"type": "image", "source": 1}]}),
            "/source/content/0/source",
        ),
        (json!({"type": "file", "file_id": "file_1"}), "/source/type"),
    ] {
        let expected = format!("/content/0{place}");
        assert_eq!(asking.faults_of(&document(&source)), [expected], "{source}");
    }
    let plain = json!({"type": "text", "media_type": "text/plain", "data": "x"});
    for (name, value) in [
        ("citations", json!(true)),
        ("title", json!(1)),
        ("cache_control", json!({"type": "ephemeral"})),
    ] {
        let mut block = document(&plain);
        block[name] = value;
        assert_eq!(asking.faults_of(&block), [format!("/content/0/{name}")]);
    }
    let cited = json!({"type": "text", "text": "a", "citations": [{"type": "char_location"}]});
    assert_eq!(asking.faults_of(&cited), ["/content/0/citations"]);
}

#[test]
fn many_images_must_be_smaller_and_not_too_many() {
    let asking = Asking::new();
    let images = |count: usize, edge: u32| vec![image("image/png", &png(edge, 1)); count];
    asking
        .send(&json!({"content": images(20, 2_001)}))
        .expect(200);
    asking
        .send(&json!({"content": images(21, 2_000)}))
        .expect(200);
    assert_eq!(
        asking.send(&json!({"content": images(21, 2_001)})).faulty(),
        ["/content"]
    );
    let body = json!({
        "content": images(1, 2_001),
        "history": [{"role": "user", "content": images(20, 1)}],
        "apiKey": canaries::GIVEN_API_KEY,
    });
    let answer = asking.world.send(Request::post(CHAT, &body));
    assert_eq!(answer.faulty(), ["/content"]);
    let (place, detail) =
        asking.fault(&json!({"content": images(101, 1), "model": "claude-haiku-4-5"}));
    assert_eq!(place, "/content");
    assert!(detail.contains("at most 100 images"), "{detail}");
}

#[test]
fn thinking_has_each_models_rules() {
    let asking = Asking::new();
    for (thinking, place) in [
        (json!({}), "/thinking/type"),
        (json!({"type": "enabled"}), "/thinking/budget_tokens"),
        (
            json!({"type": "enabled", "budget_tokens": 1_023}),
            "/thinking/budget_tokens",
        ),
        (
            json!({"type": "enabled", "budget_tokens": 2_048}),
            "/thinking/type",
        ),
    ] {
        let body = json!({"message": "a", "thinking": thinking});
        assert_eq!(asking.fault(&body).0, place, "{thinking}");
    }
    let (place, detail) = asking.fault(
        &json!({"message": "a", "model": "claude-opus-5-5", "thinking": {"type": "disabled"}}),
    );
    assert_eq!(place, "/thinking/type");
    assert_eq!(
        detail,
        "is not for claude-opus-5-5, which takes adaptive; or leave thinking out"
    );
    let (place, _) = asking.fault(&json!({
        "message": "a", "model": "claude-haiku-4-5", "maxTokens": 2_048,
        "thinking": {"type": "enabled", "budget_tokens": 2_048},
    }));
    assert_eq!(place, "/thinking/budget_tokens");
    let (place, _) =
        asking.fault(&json!({"message": "a", "model": "claude-haiku-4-5", "maxTokens": 64_001}));
    assert_eq!(place, "/maxTokens");
    for (model, thinking) in [
        (
            "claude-haiku-4-5",
            json!({"type": "enabled", "budget_tokens": 2_048}),
        ),
        ("claude-sonnet-5-5", json!({"type": "disabled"})),
        ("claude-next-9", json!({"type": "telepathy"})),
    ] {
        let body = json!({"message": "a", "model": model, "thinking": thinking, "parentId": null});
        asking.send(&body).expect(200);
    }
}

#[test]
fn options_are_checked_as_far_as_the_provider_is_known_to_refuse_them() {
    let asking = Asking::new();
    let search = json!({"type": "web_search_20250305", "name": "web_search"});
    let open = json!({"type": "object", "properties": {"a": {"type": "object", "additionalProperties": false},
        "b": {"type": "array", "items": {"type": "object"}}}, "additionalProperties": false});
    for (options, places) in [
        (
            json!({"output_config": {"effort": "extreme"}}),
            vec!["/output_config/effort"],
        ),
        (
            json!({"output_config": {"format": {"type": "json_object"}}}),
            vec!["/output_config/format/type"],
        ),
        (
            json!({"output_config": {"format": {"type": "json_schema", "schema": open}}}),
            vec!["/output_config/format/schema/properties/b/items"],
        ),
        (
            json!({"stop_sequences": ["a", " "]}),
            vec!["/stop_sequences/1"],
        ),
        (json!({"stop_sequences": "a"}), vec!["/stop_sequences"]),
        (
            json!({"tools": [{"name": "mine", "input_schema": {"type": "object"}}, search, search,
            {"type": "bash_20250124", "name": "bash"}, {"type": "web_search_20250305"}]}),
            vec![
                "/tools/0/type",
                "/tools/2/name",
                "/tools/3/type",
                "/tools/4/name",
            ],
        ),
        (
            json!({"tool_choice": {"type": "auto"}}),
            vec!["/tool_choice"],
        ),
        (
            json!({"tools": [search], "tool_choice": {"type": "tool", "name": "other"}}),
            vec!["/tool_choice"],
        ),
        (
            json!({"tools": [search], "tool_choice": {"type": "maybe"}}),
            vec!["/tool_choice/type"],
        ),
        (
            json!({"service_tier": "first", "speed": "slow", "inference_geo": ""}),
            vec!["/inference_geo", "/service_tier", "/speed"],
        ),
    ] {
        let places: Vec<String> = places
            .iter()
            .map(|place| format!("/options{place}"))
            .collect();
        let body = json!({"message": "a", "options": options});
        let mut faulty = asking.send(&body).faulty();
        faulty.sort();
        assert_eq!(faulty, places, "{options}");
    }
    assert!(asking.world.llm.calls().is_empty());
}

#[test]
fn options_have_each_models_rules() {
    let asking = Asking::new();
    let search = json!([{"type": "web_search_20250305", "name": "web_search"}]);
    let any = json!({"tools": search, "tool_choice": {"type": "any"}});
    for (model, options, place) in [
        ("claude-opus-5-5", any.clone(), "/options/tool_choice/type"),
        (
            "claude-sonnet-5-5",
            json!({"speed": "fast"}),
            "/options/speed",
        ),
        (
            "claude-haiku-4-5",
            json!({"inference_geo": "us"}),
            "/options/inference_geo",
        ),
        (
            "claude-haiku-4-5",
            json!({"output_config": {"effort": "low"}}),
            "/options/output_config/effort",
        ),
        (
            "claude-sonnet-4-6",
            json!({"output_config": {"effort": "xhigh"}}),
            "/options/output_config/effort",
        ),
    ] {
        let body = json!({"message": "a", "model": model, "options": options});
        assert_eq!(asking.fault(&body).0, place, "{model}");
    }
    let schema = json!({"type": "object", "properties": {"type": {"type": "string", "enum": [{"type": "object"}]}},
        "additionalProperties": false});
    for (model, options) in [
        ("claude-sonnet-5-5", any),
        (
            "claude-opus-5-5",
            json!({"speed": "fast", "inference_geo": "us"}),
        ),
        (
            "claude-opus-5-5",
            json!({"output_config": {"effort": "max", "format": {"type": "json_schema", "schema": schema}}}),
        ),
        ("claude-next-9", json!({"speed": "fast"})),
    ] {
        let body = json!({"message": "a", "model": model, "options": options, "parentId": null});
        asking.send(&body).expect(200);
    }
}
