//! The keyring and the database belong together, and the server starts with nothing less.

use std::{fs, os::unix::fs::PermissionsExt};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    database::{Database, PostgresDatabase, on_both_databases},
    installation::Installation,
    person::Person,
};

on_both_databases!(
    a_missing_keyring_is_refused_and_none_is_made,
    an_altered_keyring_is_refused,
    the_keyring_of_another_deployment_is_refused,
    weak_secrets_are_refused,
);

/// An installation in which a key is stored, stopped.
async fn used(database: Database) -> (Installation, FakeAnthropic, Person) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    server.stop().await;
    (installation, fake, ada)
}

fn read(installation: &Installation) -> Value {
    serde_json::from_slice(&fs::read(installation.keyring()).unwrap()).unwrap()
}

fn write(installation: &Installation, keyring: &Value) {
    fs::write(installation.keyring(), keyring.to_string()).unwrap();
}

/// No part of a secret may stand in what is said.
#[track_caller]
fn assert_says(said: &str, words: &[&str], keyring: &Value) {
    for word in words {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    for secret in secrets_of(keyring) {
        assert!(!said.contains(&secret), "a secret stands in: {said}");
    }
}

fn secrets_of(keyring: &Value) -> Vec<String> {
    match keyring {
        Value::String(text) if text.len() > 30 => vec![text.clone()],
        Value::Object(members) => members.values().flat_map(secrets_of).collect(),
        _ => Vec::new(),
    }
}

async fn a_missing_keyring_is_refused_and_none_is_made(database: Database) {
    let (installation, fake, ada) = used(database).await;
    let kept = installation.folder().join("kept.json");
    fs::rename(installation.keyring(), &kept).unwrap();

    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert_says(&said, &["keyring.json", "missing"], &json!({}));
    assert!(
        !installation.keyring().exists(),
        "a new keyring would open nothing"
    );

    // The way out: put it back, or say where it is.
    let installation = installation.with("LATCHKEY_KEYRING", kept.to_str().unwrap());
    let server = installation.start().await;
    let answer = ada
        .at(&server)
        .chat("1", json!({"message": "Still there?"}))
        .await;
    answer.expect(StatusCode::OK);
    server.stop().await;
    fake.stop().await;
}

async fn an_altered_keyring_is_refused(database: Database) {
    let (installation, _fake, _ada) = used(database).await;
    let good = read(&installation);
    let other_key = "4mGfV0oXy7bq2Jc9dN1kR8sTz5wHpLuEaQi3xCgMn6A=";

    let mut changed = good.clone();
    changed["keys"]["1"] = json!(other_key);
    write(&installation, &changed);
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert_says(&said, &["version 1"], &changed);

    let mut newer = good.clone();
    newer["keys"] = json!({"2": other_key});
    newer["active"] = json!(2);
    newer["minDecrypt"] = json!(2);
    write(&installation, &newer);
    let (_, said) = installation.refused().await;
    assert_says(&said, &["version 1"], &newer);

    fs::write(installation.keyring(), "{\"deployment\":").unwrap();
    let (_, said) = installation.refused().await;
    assert_says(&said, &["not a keyring"], &good);

    write(&installation, &good);
    fs::set_permissions(installation.keyring(), fs::Permissions::from_mode(0o644)).unwrap();
    let (_, said) = installation.refused().await;
    assert_says(&said, &["chmod 600"], &good);

    fs::set_permissions(installation.keyring(), fs::Permissions::from_mode(0o600)).unwrap();
    installation.start().await.stop().await;
}

async fn the_keyring_of_another_deployment_is_refused(database: Database) {
    let other = match database {
        Database::Sqlite => Database::Sqlite,
        Database::Postgres(_) => Database::Postgres(PostgresDatabase::create().await),
    };
    let (installation, _fake, _ada) = used(database).await;
    let (stranger, _other_fake, _grace) = used(other).await;
    fs::copy(stranger.keyring(), installation.keyring()).unwrap();
    let (code, said) = installation.refused().await;
    assert_eq!(code, 1);
    assert_says(&said, &["another deployment"], &read(&installation));
}

async fn weak_secrets_are_refused(database: Database) {
    let (installation, _fake, _ada) = used(database).await;
    let good = read(&installation);
    for (place, weak) in [
        ("/accessTokenKeys/keys/1", ""),
        (
            "/accessTokenKeys/keys/1",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        // 31 bytes.
        (
            "/accessTokenKeys/keys/1",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        ),
        (
            "/refreshSecret",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        ("/keys/1", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        // A sample that stands in many a tutorial: the bytes 0 to 31.
        ("/keys/1", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ] {
        let mut keyring = good.clone();
        *keyring.pointer_mut(place).unwrap() = json!(weak);
        write(&installation, &keyring);
        let (code, said) = installation.refused().await;
        assert_eq!(code, 1, "{place}: {said}");
        assert!(said.contains("keyring"), "{place}: {said}");
        assert!(weak.is_empty() || !said.contains(weak), "{place}: {said}");
    }
    write(&installation, &good);
    installation.start().await.stop().await;
}
