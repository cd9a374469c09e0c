//! Accounts, sessions and their tokens.

use std::time::Duration;

use latchkey_application::SignupMode;
use latchkey_domain::{rate_limit::LimitName, user::Email};
use latchkey_http_api::Origin;
use latchkey_test_support::canaries;
use serde_json::json;

use crate::{
    client::{Answer, Request},
    world::{Person, World},
};

fn credentials(name: &str) -> serde_json::Value {
    json!({"email": format!("{name}@example.org"), "password": canaries::PASSWORD})
}

fn cookie_of(answer: &Answer) -> (String, Vec<String>) {
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    let mut parts = cookie.split("; ").map(str::to_owned);
    let pair = parts.next().unwrap();
    let mut attributes: Vec<String> = parts.filter(|part| !part.starts_with("Max-Age")).collect();
    attributes.sort();
    (pair, attributes)
}

#[test]
fn a_new_account_is_signed_in() {
    let world = World::new();
    let answer = world
        .send(Request::post("/api/auth/register", &credentials("ada")))
        .expect(201);
    let body = answer.json();
    assert_eq!(body["tokenType"], "Bearer");
    assert_eq!(body["expiresIn"], 900);
    assert_eq!(body["user"]["email"], "ada@example.org");
    assert_eq!(
        body["user"]["role"], "admin",
        "the first account is the operator's"
    );
    assert_eq!(body.get("refreshToken"), None, "web clients get the cookie");
    let me = world
        .get("/api/me", &Person::of(&answer))
        .expect(200)
        .json();
    assert_eq!(me, body["user"]);
    assert_eq!(me["name"], serde_json::Value::Null);
    assert_eq!(me["settings"]["onDisconnect"], "finish");
}

#[test]
fn wrong_and_unknown_are_the_same_answer() {
    let world = World::new();
    world.person("ada");
    let wrong = json!({"email": "ada@example.org", "password": "wrong horse battery"});
    let unknown = json!({"email": "eve@example.org", "password": "wrong horse battery"});
    let [wrong, unknown] =
        [wrong, unknown].map(|body| world.send(Request::post("/api/auth/login", &body)));
    wrong.expect_problem(401, "invalid_credentials");
    assert_eq!(wrong.without_request_id(), unknown.without_request_id());
}

#[test]
fn the_cookies_form_follows_the_public_url() {
    let plain = World::new();
    let answer = plain
        .send(Request::post("/api/auth/register", &credentials("ada")))
        .expect(201);
    let (pair, attributes) = cookie_of(&answer);
    assert!(pair.starts_with("latchkey-rt="), "{pair}");
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Strict"]);

    let https = World::with_settings(|settings| {
        settings.public_origin = Origin::parse("https://chat.example.org");
    });
    let answer = https
        .send(Request::post("/api/auth/register", &credentials("ada")))
        .expect(201);
    let (pair, attributes) = cookie_of(&answer);
    assert!(pair.starts_with("__Host-latchkey-rt="), "{pair}");
    assert_eq!(
        attributes,
        ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"]
    );
}

#[test]
fn the_cookie_counts_from_our_own_pages_alone() {
    let world = World::with_settings(|settings| {
        settings.cors_origins = vec![Origin::parse("https://good.example").unwrap()];
    });
    let answer = world
        .send(Request::post("/api/auth/register", &credentials("ada")))
        .expect(201);
    let (cookie, _) = cookie_of(&answer);
    let own = format!("http://{}", world.address);
    let refresh = || Request::post("/api/auth/refresh", &json!({})).header("cookie", &cookie);
    world
        .send(refresh())
        .expect_problem(403, "origin_not_allowed");
    for origin in [
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://good.example.evil",
    ] {
        world
            .send(refresh().header("origin", origin))
            .expect_problem(403, "origin_not_allowed");
    }
    let cross_site = refresh()
        .header("origin", &own)
        .header("sec-fetch-site", "cross-site");
    world
        .send(cross_site)
        .expect_problem(403, "origin_not_allowed");
    let no_json = Request::new("POST", "/api/auth/refresh")
        .header("cookie", &cookie)
        .header("origin", &own);
    world
        .send(no_json)
        .expect_problem(415, "unsupported_media_type");
    let good = refresh()
        .header("origin", &own)
        .header("sec-fetch-site", "same-origin");
    let renewed = world.send(good).expect(200);
    let (successor, _) = cookie_of(&renewed);
    assert_ne!(successor, cookie);
    assert_eq!(renewed.json().get("refreshToken"), None);
    let listed = Request::post("/api/auth/refresh", &json!({}))
        .header("cookie", &successor)
        .header("origin", "https://good.example");
    world.send(listed).expect(200);
    // Two of the name: somebody planted one.
    let two = Request::post("/api/auth/refresh", &json!({}))
        .header("cookie", format!("{successor}; latchkey-rt=planted"))
        .header("origin", &own);
    world.send(two).expect_problem(401, "session_over");
}

#[test]
fn a_used_up_refresh_token_ends_the_session() {
    let world = World::new();
    let person = world.person("ada");
    let refresh = |token: &str| {
        world.send(Request::post(
            "/api/auth/refresh",
            &json!({"refreshToken": token}),
        ))
    };
    let second = Person::of(&refresh(&person.refresh_token).expect(200));
    let again = Person::of(&refresh(&person.refresh_token).expect(200));
    assert_eq!(
        again.refresh_token, second.refresh_token,
        "a lost reply is repeated"
    );
    refresh(&person.access_token).expect_problem(401, "session_over");
    let third = Person::of(&refresh(&second.refresh_token).expect(200));
    refresh(&person.refresh_token).expect_problem(401, "session_over");
    refresh(&third.refresh_token).expect_problem(401, "session_over");
    world
        .get("/api/me", &third)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn signing_out_ends_the_session_and_its_cookie() {
    let world = World::new();
    let person = world.person("ada");
    let logout = Request::post(
        "/api/auth/logout",
        &json!({"refreshToken": person.refresh_token}),
    );
    let answer = world.send(logout.clone()).expect(204);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(answer.header("clear-site-data"), None);
    world
        .get("/api/me", &person)
        .expect_problem(401, "unauthenticated");
    world.send(logout).expect(204);
    let other = Person::of(
        &world
            .send(Request::post("/api/auth/login", &credentials("ada")))
            .expect(200),
    );
    world
        .send(Request::new("POST", "/api/auth/logout").bearer(&other.access_token))
        .expect(204);
    world
        .get("/api/me", &other)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn settings_change_one_by_one() {
    let world = World::new();
    let person = world.person("ada");
    let body = json!({"name": null, "settings": {"defaultModel": "claude-haiku-5", "onDisconnect": "stop", "promptCache": "1h", "retentionDays": 30, "language": "de-CH", "timeZone": "Europe/Zurich"}});
    let me = world
        .call("PATCH", "/api/me", &person, &body)
        .expect(200)
        .json();
    assert_eq!(me["name"], serde_json::Value::Null);
    assert_eq!(me["settings"], body["settings"]);
    let body = json!({"settings": {"retentionDays": null}});
    let me = world
        .call("PATCH", "/api/me", &person, &body)
        .expect(200)
        .json();
    assert_eq!(me["settings"]["retentionDays"], serde_json::Value::Null);
    assert_eq!(me["settings"]["language"], "de-CH");
    let bad = json!({"role": "admin", "settings": {"retentionDays": 0, "onDisconnect": "explode", "timeZone": "a b", "x": 1}});
    assert_eq!(
        world.call("PATCH", "/api/me", &person, &bad).faulty(),
        [
            "/role",
            "/settings/onDisconnect",
            "/settings/retentionDays",
            "/settings/timeZone",
            "/settings/x"
        ]
    );
}

#[test]
fn languages_and_time_zones_are_those_that_there_are() {
    let world = World::new();
    let person = world.person("ada");
    let patch = |settings: serde_json::Value| {
        let body = json!({"settings": settings});
        world.call("PATCH", "/api/me", &person, &body)
    };
    for (language, time_zone, as_language, as_zone) in [
        ("de-CH", "Europe/Zurich", "de-CH", "Europe/Zurich"),
        ("en", "UTC", "en", "UTC"),
        ("ZH-hant-tw", "asia/CALCUTTA", "zh-Hant-TW", "Asia/Calcutta"),
        (
            "sl-rozaj-biske",
            "America/Argentina/Buenos_Aires",
            "sl-rozaj-biske",
            "America/Argentina/Buenos_Aires",
        ),
        ("x-klingon", "Etc/GMT+3", "x-klingon", "Etc/GMT+3"),
    ] {
        let me = patch(json!({"language": language, "timeZone": time_zone}))
            .expect(200)
            .json();
        let settings = &me["settings"];
        assert_eq!(
            (&settings["language"], &settings["timeZone"]),
            (&json!(as_language), &json!(as_zone))
        );
    }
    for time_zone in [
        "",
        "Europe/Bielefeld",
        "CEST",
        "+02:00",
        "Europe/Zurich ",
        "../etc/passwd",
    ] {
        let answer = patch(json!({"timeZone": time_zone}));
        assert_eq!(answer.faulty(), ["/settings/timeZone"], "{time_zone}");
    }
    let long = format!("de{}", "-variant".repeat(20));
    for language in [
        "",
        "de_CH",
        "d",
        "deutsch-",
        "de-CH-",
        "german language",
        &long,
    ] {
        let answer = patch(json!({"language": language}));
        assert_eq!(answer.faulty(), ["/settings/language"], "{language}");
    }
}

#[test]
fn the_password_is_asked_for_again_where_it_matters() {
    let world = World::new();
    let person = world.person("ada");
    let other = Person::of(
        &world
            .send(Request::post("/api/auth/login", &credentials("ada")))
            .expect(200),
    );
    let sessions = world.get("/api/me/sessions", &person).expect(200).json();
    let items = sessions["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let foreign = items.iter().find(|item| item["current"] == false).unwrap()["id"]
        .as_str()
        .unwrap();
    world.clock.advance(Duration::from_secs(301));
    let end = format!("/api/me/sessions/{foreign}");
    let new_password = json!({"newPassword": "another unrelated phrase"});
    for answer in [
        world.post("/api/me/password", &person, &new_password),
        world.call("DELETE", "/api/me", &person, &json!({})),
        world.call("DELETE", &end, &person, &json!({})),
    ] {
        answer.expect_problem(403, "reauthentication_required");
    }
    let wrong = json!({"password": "not the password"});
    world
        .post("/api/auth/reauthenticate", &person, &wrong)
        .expect_problem(401, "invalid_credentials");
    let right = json!({"password": canaries::PASSWORD});
    world
        .post("/api/auth/reauthenticate", &person, &right)
        .expect(204);
    world.call("DELETE", &end, &person, &json!({})).expect(204);
    world
        .get("/api/me", &other)
        .expect_problem(401, "unauthenticated");
    let changed = world
        .post("/api/me/password", &person, &new_password)
        .expect(200);
    world
        .get("/api/me", &person)
        .expect_problem(401, "unauthenticated");
    let renewed = Person::of(&changed);
    world.get("/api/me", &renewed).expect(200);
    world
        .call("DELETE", "/api/me", &renewed, &json!({}))
        .expect(204);
    world
        .get("/api/me", &renewed)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn a_reset_code_works_once() {
    let world = World::new();
    let person = world.person("ada");
    let email = Email::parse("ada@example.org").unwrap();
    let (code, _) = World::wait(world.application.accounts.start_reset(&email)).unwrap();
    let reset = |password: &str| {
        let body = json!({"code": code.expose(), "newPassword": password});
        world.send(Request::post("/api/auth/reset", &body))
    };
    let short = reset("short").expect_problem(422, "password_too_short");
    assert_eq!(short["errors"][0]["pointer"], "/newPassword");
    reset("another unrelated phrase").expect(204);
    reset("yet another unrelated phrase").expect_problem(400, "invalid_reset_code");
    world
        .get("/api/me", &person)
        .expect_problem(401, "unauthenticated");
}

#[test]
fn a_limit_says_when_to_come_back() {
    let world = World::new();
    world
        .limiter
        .set_max(LimitName::LoginFailuresPerAccount, 10);
    world.person("ada");
    let wrong = json!({"email": "ada@example.org", "password": "wrong horse battery"});
    // A forwarded address of nobody whom we trust changes nothing.
    let login = |n: u8| {
        Request::post("/api/auth/login", &wrong)
            .header("x-forwarded-for", format!("198.51.100.{n}"))
    };
    for n in 0..10 {
        world
            .send(login(n))
            .expect_problem(401, "invalid_credentials");
    }
    let answer = world.send(login(10));
    let problem = answer.expect_problem(429, "rate_limited");
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("Too many failed sign-ins; try again in "),
        "{detail}"
    );
    assert!(
        answer
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"login_account\";q=10;w=900")
    );
    assert!(
        answer
            .header("ratelimit")
            .unwrap()
            .starts_with("\"login_account\";r=0;t=")
    );
}

#[test]
fn one_customer_behind_a_trusted_proxy_does_not_lock_others_out() {
    let world = World::with_settings(|settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    world.limiter.set_max(LimitName::LoginFailuresPerAccount, 2);
    world.person("ada");
    let wrong = json!({"email": "ada@example.org", "password": "wrong horse battery"});
    let login = |from: &str, body: &serde_json::Value| {
        world.send(Request::post("/api/auth/login", body).header("x-forwarded-for", from))
    };
    for _ in 0..2 {
        login("198.51.100.1", &wrong).expect_problem(401, "invalid_credentials");
    }
    login("198.51.100.1", &wrong).expect_problem(429, "rate_limited");
    login("6.6.6.6, 198.51.100.1", &wrong).expect_problem(429, "rate_limited");
    login("198.51.100.2", &credentials("ada")).expect(200);
}

#[test]
fn the_cookie_lives_as_long_as_an_idle_session() {
    let world = World::new();
    let answer = world
        .send(Request::post("/api/auth/register", &credentials("ada")))
        .expect(201);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("Max-Age=2592000"), "30 days");
}

#[test]
fn only_a_token_that_came_as_a_cookie_is_taken_back_as_one() {
    let world = World::new();
    let in_body = json!({"refreshToken": "no such token"});
    let answer = world.send(Request::post("/api/auth/refresh", &in_body));
    answer.expect_problem(401, "session_over");
    assert_eq!(answer.header("set-cookie"), None);
    let as_cookie = Request::post("/api/auth/refresh", &json!({}))
        .header("cookie", "latchkey-rt=no-such-token")
        .header("origin", format!("http://{}", world.address));
    let answer = world.send(as_cookie);
    answer.expect_problem(401, "session_over");
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
}

#[test]
fn who_is_let_in_is_told_to_everybody() {
    let seen_by_nobody = |world: &World| world.send(Request::get("/api/server")).expect(200).json();
    let world = World::new();
    let open = json!({"signup": "open", "anonymous": true, "defaultModel": "claude-sonnet-5-5"});
    assert_eq!(seen_by_nobody(&world), open);

    let world = World::with_policy(|policy| {
        policy.signup = SignupMode::Closed;
        policy.anonymous = false;
    });
    let first = seen_by_nobody(&world);
    assert_eq!(
        (&first["signup"], &first["anonymous"]),
        (&json!("open"), &json!(false))
    );
    world.person("ada");
    assert_eq!(seen_by_nobody(&world)["signup"], "closed");
}
