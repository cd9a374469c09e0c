//! The keyring's file and the proof that it is the database's: whatever is wrong, the server doesn't start.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Barrier,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use latchkey_adapters::{
    crypto::keyring::{Keyring, KeyringError, UnprovenKeyring, WeakSecret, open_or_create},
    system::OsRandom,
};
use latchkey_domain::api_key::CryptoState;
use latchkey_test_support::memory::system::SeededRandomness;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Picks a field of the keyring's JSON.
type FieldOf = fn(&mut Value) -> &mut Value;

struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("keyring.json")
    }

    /// A keyring on the disk, and the state of its database.
    fn with_keyring() -> (Self, CryptoState) {
        let fixture = Self::new();
        let keyring = Keyring::create_new(&fixture.path(), &OsRandom).unwrap();
        let state = keyring.first_crypto_state(&OsRandom).unwrap();
        (fixture, state)
    }

    /// Changes the file's JSON.
    fn edit(&self, change: impl FnOnce(&mut Value)) {
        let mut json: Value = serde_json::from_slice(&fs::read(self.path()).unwrap()).unwrap();
        change(&mut json);
        write_private(&self.path(), json.to_string().as_bytes());
    }

    fn open(&self, state: Option<&CryptoState>) -> Result<bool, KeyringError> {
        open_or_create(&self.path(), state, &OsRandom).map(|opened| opened.created)
    }
}

fn write_private(path: &Path, text: &[u8]) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn random_secret(seed: u64) -> String {
    use latchkey_domain::system::Randomness;
    let mut bytes = [0; 32];
    SeededRandomness::new(seed).fill(&mut bytes).unwrap();
    base64(&bytes)
}

#[test]
fn a_new_keyring_is_private_whole_and_read_back() {
    let fixture = Fixture::new();
    let made = Keyring::create_new(&fixture.path(), &OsRandom).unwrap();
    let mode = fs::metadata(fixture.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files: Vec<_> = fs::read_dir(fixture.folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "no draft is left");

    let read = Keyring::load(&fixture.path()).unwrap();
    assert_eq!(read.deployment(), made.deployment());
    assert_eq!(read.active_version(), 1);
    assert_eq!(read.fingerprint_key(), made.fingerprint_key());
    assert_eq!(read.audit_key(), made.audit_key());
    assert_eq!(read.refresh_secret(), made.refresh_secret());
    assert_eq!(read.access_tokens().signing, made.access_tokens().signing);
    assert_eq!(read.access_tokens().secrets, made.access_tokens().secrets);
    read.prove(&made.first_crypto_state(&OsRandom).unwrap())
        .unwrap();
}

#[test]
fn the_secrets_of_a_keyring_are_all_different() {
    let keyring = Keyring::generate(&OsRandom).unwrap();
    let signer = &keyring.access_tokens().secrets["1"];
    let mut secrets = vec![
        keyring.fingerprint_key(),
        keyring.audit_key(),
        keyring.refresh_secret(),
        signer.as_slice(),
    ];
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), 4);
    assert!(
        Keyring::generate(&{
            let random = SeededRandomness::new(1);
            random.set_failing(true);
            random
        })
        .is_err()
    );
}

#[test]
fn nothing_is_ever_written_over_a_keyring() {
    let (fixture, _) = Fixture::with_keyring();
    let before = fs::read(fixture.path()).unwrap();
    let outcome = Keyring::create_new(&fixture.path(), &OsRandom);
    assert!(matches!(outcome, Err(KeyringError::Exists { .. })));
    assert_eq!(fs::read(fixture.path()).unwrap(), before);
    assert_eq!(fs::read_dir(fixture.folder.path()).unwrap().count(), 1);
}

#[test]
fn of_many_that_start_at_once_one_makes_it_and_all_have_the_same() {
    let fixture = Fixture::new();
    let barrier = Barrier::new(8);
    let opened: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    open_or_create(&fixture.path(), None, &OsRandom).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(opened.iter().filter(|it| it.created).count(), 1);
    let deployment = opened[0].keyring.deployment();
    assert!(
        opened
            .iter()
            .all(|it| it.keyring.deployment() == deployment)
    );
}

#[test]
fn a_keyring_is_made_only_for_a_database_without_crypto_state() {
    let (fixture, state) = Fixture::with_keyring();
    assert!(!fixture.open(Some(&state)).unwrap());
    fs::remove_file(fixture.path()).unwrap();
    assert!(matches!(
        fixture.open(Some(&state)),
        Err(KeyringError::Missing { .. })
    ));
    assert!(!fixture.path().exists(), "no other keyring was made");
    assert!(fixture.open(None).unwrap());
    assert!(!fixture.open(None).unwrap());
}

#[test]
fn a_keyring_that_others_can_read_is_refused_with_the_cure() {
    let (fixture, state) = Fixture::with_keyring();
    for mode in [0o640, 0o604, 0o660, 0o644, 0o777, 0o620, 0o601] {
        fs::set_permissions(fixture.path(), fs::Permissions::from_mode(mode)).unwrap();
        let error = fixture.open(Some(&state)).unwrap_err();
        assert!(matches!(error, KeyringError::Exposed { mode: found, .. } if found == mode));
        let cure = format!("chmod 600 {}", fixture.path().display());
        assert!(error.to_string().contains(&cure), "{error}");
    }
    fs::set_permissions(fixture.path(), fs::Permissions::from_mode(0o400)).unwrap();
    assert!(fixture.open(Some(&state)).is_ok());
}

#[test]
fn weak_secrets_are_refused_by_name() {
    let counting: Vec<u8> = (0..32).collect();
    let weak = [
        (base64(&[0; 32]), WeakSecret::OneByte),
        (base64(&counting), WeakSecret::PublishedSample),
        (
            base64(b"0123456789abcdef0123456789abcdef"),
            WeakSecret::PublishedSample,
        ),
        (
            base64(&[1, 2].repeat(16)),
            WeakSecret::TooUniform { distinct: 2 },
        ),
        (
            base64(&counting[..31]),
            WeakSecret::WrongLength { found: 31 },
        ),
        (String::new(), WeakSecret::WrongLength { found: 0 }),
        ("not base64!".to_owned(), WeakSecret::NotBase64),
    ];
    let places: [(&str, FieldOf); 5] = [
        ("root key version 1", |json| &mut json["keys"]["1"]),
        ("fingerprintKey", |json| &mut json["fingerprintKey"]),
        ("auditKey", |json| &mut json["auditKey"]),
        ("refreshSecret", |json| &mut json["refreshSecret"]),
        ("access-token secret \"1\"", |json| {
            &mut json["accessTokenKeys"]["keys"]["1"]
        }),
    ];
    for (name, place) in places {
        for (text, expected) in &weak {
            let (fixture, state) = Fixture::with_keyring();
            fixture.edit(|json| *place(json) = json!(text));
            let error = fixture.open(Some(&state)).unwrap_err();
            let KeyringError::Weak {
                secret, problem, ..
            } = &error
            else {
                panic!("{name}: {error}");
            };
            assert!(secret.contains(name), "{secret}");
            assert_eq!(problem, expected);
            assert!(text.is_empty() || !error.to_string().contains(text.as_str()));
        }
    }
}

#[test]
fn a_longer_root_key_is_refused_and_a_longer_signing_secret_is_not() {
    let (fixture, state) = Fixture::with_keyring();
    let long = base64(b"x7Kq2mWz9RtB4nVc6YpL1sHd8FgJ3aEoUiTkQbNw");
    fixture.edit(|json| json["accessTokenKeys"]["keys"]["1"] = json!(long));
    assert!(fixture.open(Some(&state)).is_ok());
    fixture.edit(|json| json["keys"]["1"] = json!(long));
    let outcome = fixture.open(Some(&state));
    assert!(matches!(
        outcome,
        Err(KeyringError::Weak {
            problem: WeakSecret::WrongLength { found: 40 },
            ..
        })
    ));
}

#[test]
fn a_file_that_is_no_keyring_is_refused_without_quoting_it() {
    let canary = "sk-ant-api03-CANARY-CANARY";
    let broken = [
        String::new(),
        "{".to_owned(),
        format!("\"{canary}\""),
        format!("{{\"active\": \"{canary}\"}}"),
        format!("{{\"{canary}\": 1}}"),
        "x".repeat(70_000),
    ];
    for text in broken {
        let fixture = Fixture::new();
        write_private(&fixture.path(), text.as_bytes());
        let error = fixture.open(None).unwrap_err();
        assert!(matches!(error, KeyringError::Malformed { .. }), "{error}");
        assert!(!format!("{error} {error:?}").contains(canary));
    }
    let (fixture, _) = Fixture::with_keyring();
    fixture.edit(|json| json["deployment"] = json!("c2hvcnQ="));
    assert!(matches!(
        fixture.open(None),
        Err(KeyringError::Malformed { .. })
    ));
    fixture.edit(|json| json["extra"] = json!(1));
    assert!(matches!(
        fixture.open(None),
        Err(KeyringError::Malformed { .. })
    ));
}

#[test]
fn named_versions_and_ids_must_be_held() {
    let changes: [fn(&mut Value); 4] = [
        |json| json["active"] = json!(2),
        |json| json["minDecrypt"] = json!(2),
        |json| json["accessTokenKeys"]["signing"] = json!("2"),
        |json| {
            json["keys"]["2"] = json!(random_secret(2));
            json["minDecrypt"] = json!(2);
        },
    ];
    for change in changes {
        let (fixture, state) = Fixture::with_keyring();
        fixture.edit(change);
        let error = fixture.open(Some(&state)).unwrap_err();
        assert!(matches!(error, KeyringError::NotHeld { .. }), "{error}");
    }
}

fn unproven(fixture: &Fixture, state: &CryptoState) -> UnprovenKeyring {
    match fixture.open(Some(state)) {
        Err(KeyringError::Unproven { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_deployments_database_is_refused() {
    let (fixture, _) = Fixture::with_keyring();
    let (_other, other_state) = Fixture::with_keyring();
    assert_eq!(
        unproven(&fixture, &other_state),
        UnprovenKeyring::OtherDeployment
    );
}

#[test]
fn another_key_of_the_same_version_is_refused() {
    let (fixture, state) = Fixture::with_keyring();
    fixture.edit(|json| json["keys"]["1"] = json!(random_secret(3)));
    assert_eq!(
        unproven(&fixture, &state),
        UnprovenKeyring::CanaryUnreadable { version: 1 }
    );
}

#[test]
fn a_changed_missing_or_foreign_canary_is_refused() {
    let (fixture, state) = Fixture::with_keyring();
    let mut changed = state.clone();
    *changed.canaries[0].sealed.last_mut().unwrap() ^= 1;
    assert_eq!(
        unproven(&fixture, &changed),
        UnprovenKeyring::CanaryUnreadable { version: 1 }
    );
    let mut missing = state.clone();
    missing.canaries.clear();
    assert_eq!(
        unproven(&fixture, &missing),
        UnprovenKeyring::NoCanary { version: 1 }
    );
}

#[test]
fn a_version_in_use_must_be_held() {
    let (fixture, mut state) = Fixture::with_keyring();
    fixture.edit(|json| {
        let only = json["keys"]["1"].take();
        json["keys"] = json!({ "2": only });
        json["active"] = json!(2);
        json["minDecrypt"] = json!(2);
    });
    assert_eq!(
        unproven(&fixture, &state),
        UnprovenKeyring::VersionMissing { version: 1 }
    );
    state.canaries.clear();
    assert_eq!(
        unproven(&fixture, &state),
        UnprovenKeyring::VersionMissing { version: 1 }
    );
}

#[test]
fn a_further_key_may_lie_ready_but_not_be_used_on_its_own() {
    let (fixture, state) = Fixture::with_keyring();
    fixture.edit(|json| json["keys"]["2"] = json!(random_secret(2)));
    assert!(fixture.open(Some(&state)).is_ok());
    fixture.edit(|json| json["active"] = json!(2));
    assert_eq!(
        unproven(&fixture, &state),
        UnprovenKeyring::OtherActiveVersion {
            keyring: 2,
            database: 1
        }
    );
}

#[test]
fn a_keyring_shows_versions_and_no_secret() {
    let (fixture, _) = Fixture::with_keyring();
    let keyring = Keyring::load(&fixture.path()).unwrap();
    assert_eq!(
        format!("{keyring:?}"),
        "Keyring { active: 1, min_decrypt: 1, versions: [1], .. }"
    );
    assert_eq!(format!("{:?}", keyring.wrapping_key(1)), "Some([seal key])");
    assert!(keyring.wrapping_key(2).is_none());
    assert!(keyring.wrapping_key(0).is_none());
}
