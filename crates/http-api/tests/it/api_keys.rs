//! The users' own keys.

use latchkey_domain::llm::{LlmError, LlmErrorKind};
use latchkey_test_support::canaries;
use serde_json::{Value, json};

use crate::world::World;

const KEYS: &str = "/api/api-keys";

#[test]
fn a_key_comes_in_and_never_out() {
    let world = World::new();
    let person = world.person("ada");
    // As in the mission, with a space and a line break from copying.
    let body =
        json!({"apiKey": format!(" {}\r\n", canaries::API_KEY), "name": "My Development Key"});
    let added = world.post(KEYS, &person, &body).expect(201);
    let key = added.json();
    let id = key["id"].as_str().unwrap().to_owned();
    assert_eq!(
        added.header("location"),
        Some(format!("{KEYS}/{id}").as_str())
    );
    assert_eq!(key["name"], "My Development Key");
    assert_eq!(key["provider"], "anthropic");
    assert_eq!(
        key["hint"],
        "…4f2A".replace("4f2A", &canaries::API_KEY[canaries::API_KEY.len() - 4..])
    );
    assert_eq!(key["status"], "valid");
    assert_eq!(key["isActive"], true);
    let mut names: Vec<&String> = key.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "createdAt",
            "expiresAt",
            "hint",
            "id",
            "isActive",
            "lastUsedAt",
            "lastVerifiedAt",
            "name",
            "position",
            "provider",
            "rotatedAt",
            "status",
            "statusDetail",
            "teamId",
            "updatedAt",
        ]
    );
    let one = format!("{KEYS}/{id}");
    for answer in [
        added,
        world.get(KEYS, &person).expect(200),
        world.get(&one, &person).expect(200),
        world
            .call(
                "PUT",
                &one,
                &person,
                &json!({"name": "Renamed", "isActive": false}),
            )
            .expect(200),
        world
            .post(&format!("{one}/test"), &person, &json!({}))
            .expect(200),
        world.post(KEYS, &person, &body),
        world
            .post(
                "/api/api-keys/test",
                &person,
                &json!({"apiKey": canaries::API_KEY}),
            )
            .expect(200),
    ] {
        canaries::assert_no_canary("an answer", &answer.body);
    }
    assert_eq!(
        world.get(KEYS, &person).json()["items"][0]["name"],
        "Renamed"
    );
    world.call("DELETE", &one, &person, &json!({})).expect(204);
    world.get(&one, &person).expect_problem(404, "not_found");
    assert_eq!(
        world.get(KEYS, &person).json(),
        json!({"items": [], "nextCursor": null})
    );
}

#[test]
fn what_cannot_be_a_key_is_refused_before_anybody_is_asked() {
    let world = World::new();
    let person = world.person("ada");
    let format = "Invalid API key format. Must start with 'sk-ant-'";
    let cases: [(&str, &str, Option<&str>); 14] = [
        ("", "invalid_api_key_format", Some(format)),
        (
            "sk-openai-0123456789abcdef",
            "invalid_api_key_format",
            Some(format),
        ),
        ("$ANTHROPIC_API_KEY", "invalid_api_key_format", Some(format)),
        ("${HOME}", "invalid_api_key_format", Some(format)),
        (
            "os.environ/ANTHROPIC_API_KEY",
            "invalid_api_key_format",
            Some(format),
        ),
        ("file:///etc/passwd", "invalid_api_key_format", Some(format)),
        ("vault:secret/key", "invalid_api_key_format", Some(format)),
        ("sk-ant-short", "malformed_api_key", None),
        ("sk-ant-api03-0123 456789abcdef", "malformed_api_key", None),
        (
            "sk-ant-api03-0123\r\nx-evil: 1abc",
            "malformed_api_key",
            None,
        ),
        (
            "sk-ant-api03-0123\u{0}456789abcdef",
            "malformed_api_key",
            None,
        ),
        ("sk-ant-api03-0123\t456789abcdef", "malformed_api_key", None),
        ("sk-ant-api03-0123é456789abcdef", "malformed_api_key", None),
        (
            "sk-ant-admin01-0123456789abcdef",
            "unsupported_api_key_kind",
            None,
        ),
    ];
    for (key, code, text) in cases {
        for (path, body) in [
            (KEYS, json!({"apiKey": key, "name": "x"})),
            ("/api/api-keys/test", json!({"apiKey": key})),
            (
                "/api/chat/conversations/1/messages",
                json!({"apiKey": key, "message": "hi"}),
            ),
        ] {
            let problem = world.post(path, &person, &body).expect_problem(400, code);
            if let Some(text) = text {
                assert_eq!(problem["detail"], text);
            }
            assert!(
                key.len() < 8 || !problem.to_string().contains(key),
                "{path} echoes {key:?}"
            );
        }
    }
    assert!(world.llm.checked_keys().is_empty() && world.llm.calls().is_empty());
}

#[test]
fn what_the_provider_says_of_a_new_key_is_told() {
    let world = World::new();
    let person = world.person("ada");
    let body = json!({"apiKey": canaries::API_KEY, "name": "x"});
    let judge = |kind| {
        let error = LlmError::new(kind).with_message("their words");
        world.llm.judge_key(&canaries::api_key(), Err(error));
    };
    judge(LlmErrorKind::InvalidKey);
    let problem = world
        .post(KEYS, &person, &body)
        .expect_problem(400, "invalid_api_key");
    assert_eq!(
        problem["detail"],
        "Invalid API key. Please check your key and try again."
    );
    let test = world
        .post(
            "/api/api-keys/test",
            &person,
            &json!({"apiKey": canaries::API_KEY}),
        )
        .expect(200)
        .json();
    assert_eq!(test["valid"], false);
    assert_eq!(test["code"], "invalid_api_key");
    assert_eq!(test["models"], Value::Null);
    for (kind, status, code) in [
        (LlmErrorKind::Unreachable, 502, "provider_unreachable"),
        (LlmErrorKind::Timeout, 504, "provider_timeout"),
        (LlmErrorKind::Overloaded, 503, "provider_overloaded"),
    ] {
        judge(kind);
        world
            .post(KEYS, &person, &body)
            .expect_problem(status, code);
    }
    assert_eq!(
        world.get(KEYS, &person).json()["items"],
        json!([]),
        "nothing was stored"
    );
    let anyway = json!({"apiKey": canaries::API_KEY, "name": "x", "allowUnverified": true});
    let key = world.post(KEYS, &person, &anyway).expect(201).json();
    assert_eq!(key["status"], "unverified");
}

#[test]
fn the_same_key_twice_names_the_first() {
    let world = World::new();
    let (person, id) = world.person_with_key("ada");
    let body = json!({"apiKey": canaries::API_KEY, "name": "again"});
    let problem = world
        .post(KEYS, &person, &body)
        .expect_problem(409, "duplicate_api_key");
    assert_eq!(problem["existingId"], id.as_str());
    let other = world.person("eve");
    world.post(KEYS, &other, &body).expect(201);
}

#[test]
fn somebody_elses_key_is_no_key() {
    let world = World::new();
    let (_, id) = world.person_with_key("ada");
    let eve = world.person("eve");
    let nobodys = "01920000-0000-7000-8000-00000000ffff";
    for (method, sub, body) in [
        ("GET", "", Value::Null),
        ("PUT", "", json!({"name": "mine now"})),
        ("DELETE", "", Value::Null),
        ("POST", "/test", json!({})),
    ] {
        let [theirs, none] = [id.as_str(), nobodys]
            .map(|id| world.call(method, &format!("{KEYS}/{id}{sub}"), &eve, &body));
        theirs.expect_problem(404, "not_found");
        assert_eq!(
            theirs.without_request_id(),
            none.without_request_id(),
            "{method}"
        );
    }
    let send = json!({"message": "hi", "keyId": id});
    world
        .post("/api/chat/conversations/1/messages", &eve, &send)
        .expect_problem(404, "not_found");
    let pin = json!({"keyId": id});
    world
        .post("/api/chat/conversations", &eve, &pin)
        .expect_problem(404, "not_found");
    assert!(world.llm.calls().is_empty());
}

#[test]
fn a_name_is_one_line_of_text() {
    let world = World::new();
    let person = world.person("ada");
    for name in [
        "",
        "  ",
        "a\u{1b}[31mred",
        "a\nb",
        "\u{202E}evil",
        &"x".repeat(10_000),
    ] {
        let body = json!({"apiKey": canaries::API_KEY, "name": name});
        assert_eq!(
            world.post(KEYS, &person, &body).faulty(),
            ["/name"],
            "{name:?}"
        );
    }
    let markup = "<script>alert(1)</script> 🔑";
    let body = json!({"apiKey": canaries::API_KEY, "name": markup});
    assert_eq!(
        world.post(KEYS, &person, &body).expect(201).json()["name"],
        markup
    );
}

#[test]
fn nothing_says_where_a_key_is_sent() {
    let world = World::new();
    let person = world.person("ada");
    for name in [
        "url", "base_url", "baseUrl", "command", "args", "env", "provider", "headers",
    ] {
        let body = json!({"apiKey": canaries::API_KEY, name: "https://evil.example"});
        assert_eq!(
            world.post("/api/api-keys/test", &person, &body).faulty(),
            [format!("/{name}")]
        );
    }
    assert!(world.llm.checked_keys().is_empty());
}

#[test]
fn an_expiry_is_set_and_cleared() {
    let world = World::new();
    let person = world.person("ada");
    let add = |expires: &str| {
        world.post(
            KEYS,
            &person,
            &json!({"apiKey": canaries::API_KEY, "name": "x", "expiresAt": expires}),
        )
    };
    assert_eq!(add("2001-01-01T00:00:00Z").faulty(), ["/expiresAt"]);
    assert_eq!(add("tomorrow").faulty(), ["/expiresAt"]);
    let key = add("2099-01-02T03:04:05.123456789+01:00")
        .expect(201)
        .json();
    assert_eq!(key["expiresAt"], "2099-01-02T02:04:05.123456Z");
    let one = format!("{KEYS}/{}", key["id"].as_str().unwrap());
    let kept = world
        .call("PUT", &one, &person, &json!({"name": "y"}))
        .expect(200)
        .json();
    assert_eq!(kept["expiresAt"], key["expiresAt"]);
    let cleared = world
        .call("PUT", &one, &person, &json!({"expiresAt": null}))
        .expect(200)
        .json();
    assert_eq!(cleared["expiresAt"], Value::Null);
    let bad = json!({"name": null, "isActive": null, "apiKey": "x", "status": "valid"});
    assert_eq!(
        world.call("PUT", &one, &person, &bad).faulty(),
        ["/apiKey", "/isActive", "/name", "/status"]
    );
    let past = world
        .call(
            "PUT",
            &one,
            &person,
            &json!({"expiresAt": "2001-01-01T00:00:00Z"}),
        )
        .expect(200)
        .json();
    assert_eq!(past["status"], "expired");
}

#[test]
fn keys_are_put_into_another_order() {
    let world = World::new();
    let person = world.person("ada");
    let add = |number: u32| {
        let key = format!("sk-ant-api03-{number:080}");
        let body = json!({"apiKey": key, "name": format!("key {number}")});
        let added = world.post(KEYS, &person, &body).expect(201);
        added.json()["id"].as_str().unwrap().to_owned()
    };
    let (first, second) = (add(1), add(2));
    let order =
        |ids: Value| world.call("PUT", "/api/api-keys/order", &person, &json!({"ids": ids}));
    let ids_of = |list: Value| -> Vec<String> {
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|key| key["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let ordered = order(json!([second, first])).expect(200).json();
    assert_eq!(ids_of(ordered), [second.clone(), first.clone()]);
    assert_eq!(
        ids_of(world.get(KEYS, &person).json()),
        [second.clone(), first.clone()]
    );

    let stranger = world.person("eve");
    let theirs = world.call(
        "PUT",
        "/api/api-keys/order",
        &stranger,
        &json!({"ids": [first]}),
    );
    theirs.expect_problem(422, "validation_failed");
    for (wrong, pointer) in [
        (json!([first]), "/ids"),
        (json!([first, first]), "/ids"),
        (json!([first, second, first]), "/ids"),
        (json!("x"), "/ids"),
        (json!([first, "x"]), "/ids/1"),
        (json!([first, 7]), "/ids/1"),
    ] {
        let problem = order(wrong).expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    assert_eq!(ids_of(world.get(KEYS, &person).json()), [second, first]);
}
