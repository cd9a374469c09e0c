//! What an operator does at the command line, while the server runs.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use fake_anthropic::{Config, FakeAnthropic, Reply};
use latchkey_test_support::canaries::Canaries;
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::{KEY, PASSWORD, Person},
};

/// Streams of a disabled account have ended by then.
const CUT_OFF: Duration = Duration::from_secs(5);

/// Fails if `place` holds a part of the secret.
#[track_caller]
fn assert_no_trace(name: &str, place: &[u8], secret: &str) {
    let mut canaries = Canaries::none();
    canaries.watch("a secret", secret);
    canaries.assert_absent(name, place);
}

on_both_databases!(
    accounts_can_be_added_and_listed,
    a_disabled_account_is_out_at_once,
    a_disabled_account_reads_no_further,
    a_reset_code_works_once,
    wrong_commands_are_explained,
);

async fn accounts_can_be_added_and_listed(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation =
        Installation::new(database, &fake.base_url()).with("LATCHKEY_SIGNUP", "closed");
    // Before the first start, too: the database is made then.
    let added = installation
        .succeed(
            &[
                "user",
                "add",
                "ada@example.org",
                "--role",
                "admin",
                "--name",
                "Ada",
            ],
            &format!("{PASSWORD}\n"),
        )
        .await;
    assert!(added.contains("ada@example.org"), "{added}");
    let server = installation.start().await;
    installation
        .succeed(
            &["user", "add", "Grace@Example.org"],
            &format!("{PASSWORD}\r\n"),
        )
        .await;

    let ada = Person::login(&server, "ada@example.org", PASSWORD).await;
    assert_eq!(ada.get("/api/me").await.body["role"], "admin");
    let grace = Person::login(&server, "grace@example.org", PASSWORD).await;
    assert_eq!(grace.get("/api/me").await.body["role"], "user");

    let listed = installation.succeed(&["user", "list"], "").await;
    let lines: Vec<_> = listed.lines().filter(|line| line.contains('@')).collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert!(
        lines[0].contains("ada@example.org") && lines[0].contains("admin"),
        "{listed}"
    );
    assert!(
        lines[1].contains("grace@example.org") && lines[1].contains("active"),
        "{listed}"
    );
    assert_no_trace("the list", listed.as_bytes(), PASSWORD);

    let refused = installation
        .run(&["user", "add", "ada@example.org"], PASSWORD)
        .await;
    assert_eq!(refused.status.code(), Some(1));
    let weak = installation
        .run(&["user", "add", "eve@example.org"], "passwordpassword")
        .await;
    assert!(!weak.status.success());
    let said = String::from_utf8_lossy(&weak.stderr);
    assert!(
        said.contains("password") && !said.contains("passwordpassword"),
        "{said}"
    );
    server.stop().await;
}

async fn a_disabled_account_is_out_at_once(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::register(&server, "ada@example.org").await;
    installation
        .succeed(&["user", "disable", "ada@example.org"], "")
        .await;
    assert_eq!(ada.get("/api/me").await.status, StatusCode::UNAUTHORIZED);
    let login = json!({"email": "ada@example.org", "password": PASSWORD});
    let visitor = Person::visiting(&server);
    assert_eq!(
        visitor.post("/api/auth/login", &login).await.status,
        StatusCode::UNAUTHORIZED
    );

    installation
        .succeed(&["user", "enable", "ada@example.org"], "")
        .await;
    Person::login(&server, "ada@example.org", PASSWORD).await;
    server.stop().await;
}

async fn a_disabled_account_reads_no_further(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    fake.script(Reply::many(20_000).pace(Duration::from_millis(20)));
    let mut stream = ada.stream("1", json!({"message": "Go on"})).await;
    stream.start().await;
    stream.read_text(5).await;
    installation
        .succeed(&["user", "disable", "ada@example.org"], "")
        .await;

    let disabled = Instant::now();
    let last = stream.last().await;
    assert!(disabled.elapsed() <= CUT_OFF, "{:?}", disabled.elapsed());
    assert_eq!(last.name, "latchkey.error", "{}", last.data);
    assert_eq!(last.data["code"], "session_ended", "{}", last.data);
    assert!(
        fake.wait_until_open_streams(0, CUT_OFF).await,
        "the provider still writes"
    );
    server.stop().await;
}

async fn a_reset_code_works_once(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::register(&server, "ada@example.org").await;
    let said = installation
        .succeed(&["user", "reset", "ada@example.org"], "")
        .await;
    let code = said
        .split_whitespace()
        .find(|word| word.starts_with("lkc_"))
        .expect("a code");

    let visitor = Person::visiting(&server);
    let fresh = "another staple for the battery";
    let reset = json!({"code": code, "newPassword": fresh});
    let done = visitor.post("/api/auth/reset", &reset).await;
    assert!(done.status.is_success(), "{}", done.body);
    assert_eq!(
        ada.get("/api/me").await.status,
        StatusCode::UNAUTHORIZED,
        "all sessions end"
    );
    let again = visitor.post("/api/auth/reset", &reset).await;
    assert!(again.status.is_client_error(), "{}", again.body);
    Person::login(&server, "ada@example.org", fresh).await;

    let log = server.stop().await;
    let content = installation
        .database()
        .content(&installation.data_dir())
        .await;
    assert_no_trace("the database", &content, code);
    assert_no_trace("the log", log.as_bytes(), code);
}

async fn wrong_commands_are_explained(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    for (arguments, words) in [
        (
            &["user", "reset", "nobody@example.org"][..],
            "nobody@example.org",
        ),
        (
            &["user", "disable", "nobody@example.org"],
            "nobody@example.org",
        ),
        (&["user", "add", "no address"], "e-mail address"),
        (&["user", "add", "ada@example.org"], "password"),
        (&["serve", "extra"], "extra"),
        (&["--no-such-flag"], "--no-such-flag"),
    ] {
        let output = installation.run(arguments, "").await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let help = installation.succeed(&["--help"], "").await;
    for word in ["serve", "user", "backup", "LATCHKEY_LISTEN", "DATABASE_URL"] {
        assert!(help.contains(word), "{help}");
    }
    let version = installation.succeed(&["--version"], "").await;
    assert!(version.starts_with("latchkey 0."), "{version}");
    assert!(version.trim_end().ends_with(')'), "the commit: {version}");
}

/// PostgreSQL has tools of its own for this.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_in_use_starts_with_the_keyring() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation =
        Installation::new(Database::Sqlite, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    ada.chat("before", json!({"message": "Before"}))
        .await
        .expect(StatusCode::OK);

    let writer = ada.clone();
    let writing = tokio::spawn(async move {
        for number in 0.. {
            let body = json!({"message": format!("Meanwhile {number}")});
            writer
                .chat(&format!("meanwhile-{number}"), body)
                .await
                .expect(StatusCode::OK);
        }
    });
    let backup = installation.folder().join("backup.db");
    let name = backup.to_str().unwrap();
    installation.succeed(&["backup", name], "").await;
    writing.abort();
    assert_eq!(
        fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_no_trace("the backup", &fs::read(&backup).unwrap(), KEY);
    let keyring = fs::read(installation.keyring()).unwrap();
    let again = installation.run(&["backup", name], "").await;
    assert!(!again.status.success(), "nothing is overwritten");
    ada.chat("after", json!({"message": "After"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;

    let restored = Installation::new(Database::Sqlite, &fake.base_url());
    fs::create_dir(restored.data_dir()).unwrap();
    fs::copy(&backup, restored.data_dir().join("latchkey.db")).unwrap();
    let (_, said) = restored.refused().await;
    assert!(
        said.contains("keyring"),
        "without the keyring it is worth nothing: {said}"
    );
    fs::write(restored.keyring(), keyring).unwrap();
    fs::set_permissions(restored.keyring(), fs::Permissions::from_mode(0o600)).unwrap();
    let server = restored.start().await;
    let ada = ada.at(&server);
    assert_eq!(ada.messages("before").await.len(), 2);
    assert_eq!(
        ada.get("/api/chat/conversations/after").await.status,
        StatusCode::NOT_FOUND
    );
    ada.chat("restored", json!({"message": "The key opens"}))
        .await
        .expect(StatusCode::OK);
    server.stop().await;
}
