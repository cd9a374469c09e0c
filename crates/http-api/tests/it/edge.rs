//! The HTTP surface: methods, headers, origins, draining, health, pages.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use latchkey_http_api::{BodyPace, Origin, Readiness, routes::ROUTES};
use serde_json::json;

use crate::{client::Request, world::World};

#[test]
fn unknown_addresses_are_problems() {
    let world = World::new();
    for path in [
        "/nothing",
        "/api/nothing",
        "/api/api-keys/",
        "//api/me",
        "/api/api-keys/1/2/3",
        "/assets/../Cargo.toml",
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/debug/vars",
        "/actuator",
        "/console",
        "/.env",
        "/server-status",
    ] {
        world
            .send(Request::get(path))
            .expect_problem(404, "not_found");
    }
}

#[test]
fn each_address_takes_its_methods_alone() {
    let world = World::new();
    for route in ROUTES.iter() {
        let path = route
            .path
            .replace("{id}", "1")
            .replace("{messageId}", "1")
            .replace("{file}", "latchkey.css");
        let real: Vec<&str> = ROUTES
            .iter()
            .filter(|other| other.path == route.path)
            .flat_map(|other| match other.method.as_str() {
                "GET" => vec!["GET", "HEAD"],
                method => vec![method],
            })
            .chain(["OPTIONS"])
            .collect();
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "BREW",
        ] {
            if real.contains(&method) {
                continue;
            }
            let answer = world.send(Request::new(method, &path));
            answer.expect_problem(405, "method_not_allowed");
            assert_eq!(
                answer.header("allow"),
                Some(real.join(", ").as_str()),
                "{method} {path}"
            );
        }
        let options = world.send(Request::new("OPTIONS", &path)).expect(204);
        assert_eq!(options.header("allow"), Some(real.join(", ").as_str()));
    }
    world
        .send(Request::new("CONNECT", "example.org:443"))
        .expect(405);
    let overridden = Request::new("GET", "/api/auth/login")
        .header("x-http-method-override", "POST")
        .header("x-method-override", "POST");
    world
        .send(overridden)
        .expect_problem(405, "method_not_allowed");
}

#[test]
fn head_is_get_without_the_body() {
    let world = World::new();
    for path in ["/healthz", "/readyz", "/", "/openapi.json"] {
        let get = world.send(Request::get(path)).expect(200);
        let head = world.send(Request::new("HEAD", path)).expect(200);
        assert_eq!(
            head.header("content-length"),
            get.header("content-length"),
            "{path}"
        );
    }
}

#[test]
fn every_answer_carries_what_it_must() {
    let world = World::new();
    let ours = Request::get("/api/me").header("x-request-id", "client-chosen-id");
    for answer in [
        world.send(Request::get("/healthz")),
        world.send(Request::get("/metrics")),
        world.send(ours),
        world.send(Request::get("/nothing")),
        world.send(Request::get("/")),
    ] {
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id.len(), 36, "our own id, never the client's");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(
            answer
                .header("content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            Some("same-origin")
        );
        for absent in [
            "server",
            "x-powered-by",
            "strict-transport-security",
            "access-control-allow-origin",
        ] {
            assert_eq!(answer.header(absent), None, "{absent}");
        }
        let tells_version = answer.headers.iter().any(|(name, value)| {
            name.contains("version")
                || value.contains(env!("CARGO_PKG_VERSION"))
                || value.contains("actix")
        });
        assert!(!tells_version, "{:?}", answer.headers);
    }
    let api = world.send(Request::get("/api/me"));
    assert_eq!(api.header("cache-control"), Some("no-store"));
}

#[test]
fn https_is_insisted_on_only_where_people_come_by_https() {
    let world = World::with_settings(|settings| {
        settings.public_origin = Origin::parse("https://chat.example.org");
    });
    let answer = world.send(Request::get("/healthz"));
    let hsts = answer.header("strict-transport-security").unwrap();
    assert!(!hsts.contains("includeSubDomains"));
}

#[test]
fn secrets_go_over_https_alone_when_the_operator_wants_it() {
    let world = World::with_settings(|settings| {
        settings.require_https = true;
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    });
    let login = || {
        Request::post(
            "/api/auth/login",
            &json!({"email": "a@b.c", "password": "x"}),
        )
    };
    world.send(login()).expect_problem(403, "https_required");
    world
        .send(login().header("x-forwarded-proto", "http"))
        .expect_problem(403, "https_required");
    world
        .send(login().header("x-forwarded-proto", "https"))
        .expect_problem(401, "invalid_credentials");
    let untrusting = World::with_settings(|settings| settings.require_https = true);
    untrusting
        .send(login().header("x-forwarded-proto", "https"))
        .expect_problem(403, "https_required");
    untrusting.send(Request::get("/healthz")).expect(200);
}

#[test]
fn other_origins_are_let_in_by_the_list_alone() {
    let world = World::with_settings(|settings| {
        settings.cors_origins = vec![Origin::parse("https://good.example").unwrap()];
    });
    let preflight = |origin: &str| {
        Request::new("OPTIONS", "/api/api-keys")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization, content-type",
            )
    };
    let answer = world.send(preflight("https://good.example")).expect(204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://good.example")
    );
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, HEAD, POST, OPTIONS")
    );
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("vary"), Some("origin"));
    for origin in [
        "null",
        "https://good.evil",
        "https://evilgood.example",
        "https://good.example.evil",
        "http://good.example",
        "https://good.example:8443",
        "https://sub.good.example",
        "*",
        "",
    ] {
        for request in [
            preflight(origin),
            Request::get("/healthz").header("origin", origin),
        ] {
            let answer = world.send(request);
            assert!(
                answer
                    .headers
                    .iter()
                    .all(|(name, _)| !name.starts_with("access-control-")),
                "{origin}"
            );
        }
    }
    let simple = world.send(Request::get("/api/me").header("origin", "https://good.example"));
    assert_eq!(
        simple.header("access-control-allow-origin"),
        Some("https://good.example")
    );
    let exposed = simple.header("access-control-expose-headers").unwrap();
    for name in ["x-request-id", "retry-after", "location", "ratelimit"] {
        assert!(exposed.contains(name), "{name}");
    }
}

#[test]
fn a_server_that_stops_takes_no_new_work_but_says_so() {
    let world = World::new();
    let person = world.person("ada");
    world.send(Request::get("/readyz")).expect(200);
    world.readiness.drain();
    let answer = world.get("/api/me", &person);
    answer.expect_problem(503, "server_stopping");
    assert!(answer.header("retry-after").is_some());
    world.send(Request::get("/healthz")).expect(200);
    let ready = world
        .send(Request::get("/readyz"))
        .expect_problem(503, "not_ready");
    assert_eq!(ready["stopping"], true);
}

#[test]
fn readiness_names_what_is_not_well() {
    let readiness = Readiness::new()
        .with_check("database", || async { false })
        .with_check("keyring", || async { true });
    let world = World::with_readiness(readiness);
    let ready = world
        .send(Request::get("/readyz"))
        .expect_problem(503, "not_ready");
    assert_eq!(
        ready["checks"],
        json!([{"name": "database", "ok": false}, {"name": "keyring", "ok": true}])
    );
}

#[test]
fn a_panic_ends_one_request_alone() {
    let readiness = Readiness::new().with_check("broken", || async { panic!("CANARY in a panic") });
    let world = World::with_readiness(readiness);
    let answer = world.send(Request::get("/readyz"));
    answer.expect_problem(500, "internal_error");
    assert!(!answer.text().contains("CANARY"));
    world.send(Request::get("/healthz")).expect(200);
}

#[test]
fn a_body_that_drips_is_cut() {
    let world = World::with_settings(|settings| {
        settings.body_pace = BodyPace {
            patience: Duration::from_millis(300),
            min_rate: 1_000,
        };
    });
    // Nothing comes; then: something comes all the time, but far too little.
    for drip in [false, true] {
        let mut connection = TcpStream::connect(world.address).unwrap();
        connection
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let head = "POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10000\r\n\r\n";
        connection.write_all(head.as_bytes()).unwrap();
        let start = Instant::now();
        let mut dripping = connection.try_clone().unwrap();
        let writer = std::thread::spawn(move || {
            while drip
                && dripping.write_all(b" ").is_ok()
                && start.elapsed() < Duration::from_secs(5)
            {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let mut answer = Vec::new();
        let _reset = connection.read_to_end(&mut answer);
        assert!(start.elapsed() < Duration::from_secs(4), "cut in time");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("request_timeout"));
        writer.join().unwrap();
    }
}

/// Who is not known yet can't take all memory: large bodies share some, and small ones need none of it.
#[test]
fn large_bodies_are_refused_where_there_is_no_room_for_them() {
    let world = World::with_settings(|settings| settings.max_bodies = 256 * 1024);
    let person = world.person("ada");
    let request = |size: usize| {
        let request = Request::new("POST", "/api/api-keys").bearer(&person.access_token);
        let request = request.header("content-type", "application/json");
        world.send(request.body(vec![b' '; size]))
    };
    let refused = request(500_000);
    refused.expect_problem(503, "server_busy");
    assert_eq!(refused.header("retry-after"), Some("5"));
    for size in [50_000, 200_000] {
        request(size).expect_problem(400, "malformed_json");
    }
}

#[test]
fn bodies_are_bounded_by_route() {
    let world = World::new();
    let person = world.person("ada");
    let too_large = |path: &str, size: usize| {
        Request::new("POST", path)
            .header("content-type", "application/json")
            .bearer(&person.access_token)
            .body(vec![b' '; size])
    };
    world
        .send(too_large("/api/auth/login", 16 * 1024 + 1))
        .expect_problem(413, "payload_too_large");
    world
        .send(too_large("/api/auth/login", 16 * 1024))
        .expect_problem(400, "malformed_json");
    world
        .send(too_large("/api/api-keys", 2 * 1024 * 1024 + 1))
        .expect_problem(413, "payload_too_large");
    let declared = Request::new("POST", "/api/chat/conversations/1/messages")
        .header("content-type", "application/json")
        .header("content-length", "68157440");
    world
        .send(declared)
        .expect_problem(413, "payload_too_large");
    let chunk = format!("{:x}\r\n{}\r\n", 10_000, " ".repeat(10_000));
    let chunked = Request::new("POST", "/api/auth/login")
        .header("content-type", "application/json")
        .header("transfer-encoding", "chunked")
        .body(chunk.repeat(2) + "0\r\n\r\n");
    world.send(chunked).expect_problem(413, "payload_too_large");
}

#[test]
fn pages_have_a_policy_of_their_own_and_are_cached_by_content() {
    let world = World::new();
    let home = world.send(Request::get("/")).expect(200);
    assert_eq!(
        home.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = home.header("content-security-policy").unwrap();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let docs = world.send(Request::get("/docs")).expect(200);
    let policy = docs.header("content-security-policy").unwrap();
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("http"),
        "{policy}"
    );
    let script = world
        .send(Request::get("/assets/redoc-2.5.4.standalone.js"))
        .expect(200);
    assert!(script.body.len() > 500_000);
    let tag = script.header("etag").unwrap();
    let again = Request::get("/assets/redoc-2.5.4.standalone.js").header("if-none-match", tag);
    let same = world.send(again).expect(304);
    assert!(same.body.is_empty());
    for (path, shown) in [("/", &home), ("/docs", &docs)] {
        // Browsers give the page that they kept the headers of this answer: a stricter policy would break it.
        let again = Request::get(path).header("if-none-match", shown.header("etag").unwrap());
        let same = world.send(again).expect(304);
        for name in ["content-security-policy", "cache-control", "etag", "vary"] {
            assert!(shown.header(name).is_some(), "{path}: {name}");
            assert_eq!(same.header(name), shown.header(name), "{path}: {name}");
        }
    }
    world
        .send(Request::get("/assets/nothing.js"))
        .expect_problem(404, "not_found");
}

#[test]
fn pages_go_out_compressed_to_those_who_take_it() {
    let world = World::new();
    let path = "/assets/redoc-2.5.4.standalone.js";
    let plain = world.send(Request::get(path)).expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    let asking = || Request::get(path).header("accept-encoding", "gzip, deflate, br");
    let short = world.send(asking()).expect(200);
    assert_eq!(short.header("content-encoding"), Some("gzip"));
    assert!(short.body.len() * 3 < plain.body.len());
    assert_eq!(short.header("content-type"), plain.header("content-type"));
    for answer in [&plain, &short] {
        assert_eq!(answer.header("vary"), Some("accept-encoding"));
    }
    let (long_tag, short_tag) = (plain.header("etag").unwrap(), short.header("etag").unwrap());
    assert_ne!(long_tag, short_tag, "a strong validator names bytes");
    let same = asking().header("if-none-match", short_tag);
    assert_eq!(world.send(same).expect(304).header("etag"), Some(short_tag));
    let other = asking().header("if-none-match", long_tag);
    world.send(other).expect(200);
    // What tells of people is never compressed: its length would speak.
    let models = Request::get("/api/models").header("accept-encoding", "gzip");
    assert_eq!(
        world.send(models).expect(200).header("content-encoding"),
        None
    );
}

#[test]
fn the_docs_have_one_address() {
    let world = World::new();
    for method in ["GET", "HEAD"] {
        let moved = world.send(Request::new(method, "/docs/")).expect(308);
        assert_eq!(moved.header("location"), Some("/docs"));
    }
    world
        .send(Request::new("POST", "/docs/"))
        .expect_problem(404, "not_found");
}
