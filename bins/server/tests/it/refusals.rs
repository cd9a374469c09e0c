//! What keeps the server from starting is said at once, in one message, before anything is opened.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use fake_anthropic::{Config, FakeAnthropic};

use crate::{database::Database, installation::Installation, person::Person};

const NOWHERE: &str = "http://127.0.0.1:9";

fn installation() -> Installation {
    Installation::new(Database::Sqlite, NOWHERE)
}

#[tokio::test]
async fn all_wrong_settings_are_named_before_anything_is_opened() {
    let mut installation = installation();
    for (name, value) in [
        ("LATCHKEY_LISTEN", "everywhere"),
        ("LATCHKEY_PROVIDER_URL", "http://10.0.0.1"),
        ("DATABASE_URL", "mysql://root:CANARY@localhost/x"),
        ("LATCHKEY_OUTBOUND_PROXY", "socks5://u:CANARY@h"),
        ("LATCHKEY_LIMIT_CHAT", "many"),
        ("LATCHKEY_LIMIT_CHATT", "1"),
        ("LATCHKEY_PASSWORD_MEMORY_KIB", "8"),
        ("REDIS_URL", "redis://localhost"),
        ("LATCHKEY_METRICS_LISTEN", "127.0.0.1:9090"),
    ] {
        installation.set(name, value);
    }
    let (code, said) = installation.refused().await;
    assert_eq!(code, 2);
    for name in [
        "LATCHKEY_LISTEN",
        "LATCHKEY_PROVIDER_URL",
        "DATABASE_URL",
        "LATCHKEY_OUTBOUND_PROXY",
        "LATCHKEY_LIMIT_CHAT ",
        "LATCHKEY_LIMIT_CHATT",
        "LATCHKEY_PASSWORD_MEMORY_KIB",
        "REDIS_URL",
        "LATCHKEY_METRICS_LISTEN",
    ] {
        assert!(said.contains(name), "{name} in {said}");
    }
    assert!(!said.contains("CANARY"), "{said}");
    assert!(!installation.data_dir().exists(), "nothing was made");
}

#[tokio::test]
async fn flags_go_before_the_environment_and_that_before_the_file() {
    let mut installation = installation();
    fs::write(
        installation.folder().join(".env"),
        "# a comment\nLATCHKEY_SIGNUP=from-file\nLATCHKEY_ANONYMOUS=from-file\nLATCHKEY_LIMITS=from-file\n",
    )
    .unwrap();
    installation.set("LATCHKEY_ANONYMOUS", "from-environment");
    installation.set("LATCHKEY_LIMITS", "from-environment");
    let (_, said) = installation.refused_with(&["--limits", "from-flag"]).await;
    assert!(said.contains("LATCHKEY_SIGNUP is \"from-file\""), "{said}");
    assert!(
        said.contains("LATCHKEY_ANONYMOUS is \"from-environment\""),
        "{said}"
    );
    assert!(said.contains("LATCHKEY_LIMITS is \"from-flag\""), "{said}");
}

#[tokio::test]
async fn a_broken_file_is_refused_without_showing_its_content() {
    let installation = installation();
    fs::write(installation.folder().join(".env"), "DATABASE_URL='CANARY\n").unwrap();
    let (code, said) = installation.refused().await;
    assert_eq!(code, 2);
    assert!(said.contains(".env") && !said.contains("CANARY"), "{said}");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let installation = installation().with("LATCHKEY_LISTEN", &address);
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert!(
        said.contains(&address) && said.contains("LATCHKEY_LISTEN"),
        "{said}"
    );
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_is_named() {
    let installation = installation();
    fs::write(installation.data_dir(), "a file").unwrap();
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert!(said.contains("LATCHKEY_DATA_DIR"), "{said}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let installation = installation();
    fs::create_dir(installation.data_dir()).unwrap();
    fs::write(
        installation.data_dir().join("latchkey.db"),
        "not a database, ".repeat(100),
    )
    .unwrap();
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert!(said.contains("latchkey.db"), "{said}");
}

#[tokio::test]
async fn a_database_server_that_does_not_answer_is_named_without_its_password() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let installation = installation().with(
        "DATABASE_URL",
        &format!("postgres://ada:CANARY@{closed}/latchkey"),
    );
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert!(
        said.contains(&closed.to_string()) && !said.contains("CANARY"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubtful_settings_are_warned_of() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(Database::Sqlite, &fake.base_url())
        .with("LATCHKEY_LISTEN", "0.0.0.0:0")
        .with("LATCHKEY_LIMITS", "off");
    fs::create_dir(installation.data_dir()).unwrap();
    fs::set_permissions(installation.data_dir(), fs::Permissions::from_mode(0o755)).unwrap();
    let server = installation.start().await;
    for warning in ["LATCHKEY_PUBLIC_URL", "LATCHKEY_LIMITS", "chmod 700"] {
        assert!(server.wait_for_log(warning).await.contains("WARN"));
    }
    assert!(
        Person::visiting(&server)
            .get("/healthz")
            .await
            .status
            .is_success()
    );
    server.stop().await;
}
