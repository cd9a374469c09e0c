//! The keyring's file: JSON, readable by its owner alone, written once and whole.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use latchkey_domain::{api_key::CryptoState, system::Randomness};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{AccessTokenSecrets, Keyring, KeyringError, SecretBytes, WeakSecret, sound};

/// Largest file that is read; a keyring with a hundred root keys has 8 KB.
const MAX_FILE_LEN: u64 = 64 * 1024;

/// The file as it is written. The texts are borrowed from one buffer that is wiped, so no copy of a secret stays.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyringFile<'a> {
    #[serde(borrow)]
    deployment: &'a str,
    active: u32,
    #[serde(borrow)]
    keys: BTreeMap<u32, &'a str>,
    min_decrypt: u32,
    fingerprint_key: &'a str,
    audit_key: &'a str,
    #[serde(borrow)]
    access_token_keys: AccessTokenKeysFile<'a>,
    refresh_secret: &'a str,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccessTokenKeysFile<'a> {
    #[serde(borrow)]
    signing: &'a str,
    #[serde(borrow)]
    keys: BTreeMap<&'a str, &'a str>,
}

/// A keyring, and whether it was made just now.
#[derive(Debug)]
pub struct OpenedKeyring {
    /// The keyring.
    pub keyring: Keyring,
    /// Whether the file is new; then its owner should hear that it needs a backup of its own.
    pub created: bool,
}

/// Opens the keyring at `path` and proves it against `state`, what the database says of its keyring. A new one is
/// made only if there is neither a file nor a state: a database with sealed keys never gets another keyring.
///
/// # Errors
/// [`KeyringError`]; the server must not start then.
pub fn open_or_create(
    path: &Path,
    state: Option<&CryptoState>,
    random: &dyn Randomness,
) -> Result<OpenedKeyring, KeyringError> {
    let file_exists = path.try_exists().map_err(|e| failed(path, "read", e))?;
    let (keyring, created) = match (file_exists, state) {
        (true, _) => (Keyring::load(path)?, false),
        (false, Some(_)) => return Err(KeyringError::Missing { path: path.into() }),
        (false, None) => match Keyring::create_new(path, random) {
            // Another process was first.
            Err(KeyringError::Exists { .. }) => (Keyring::load(path)?, false),
            made => (made?, true),
        },
    };
    if let Some(state) = state {
        keyring
            .prove(state)
            .map_err(|source| KeyringError::Unproven {
                path: path.into(),
                source,
            })?;
    }
    Ok(OpenedKeyring { keyring, created })
}

impl Keyring {
    /// Makes a keyring of fresh secrets and writes it to `path`, where no file may be. The file appears whole or not
    /// at all, is readable by its owner alone, and is on the disk when this returns.
    ///
    /// # Errors
    /// [`KeyringError::Exists`], [`KeyringError::Io`] or [`KeyringError::NoRandomness`].
    pub fn create_new(path: &Path, random: &dyn Randomness) -> Result<Self, KeyringError> {
        let keyring = Self::generate(random)?;
        let mut suffix = [0; 8];
        random.fill(&mut suffix)?;
        let draft = Draft::beside(path, u64::from_ne_bytes(suffix));
        draft
            .write(&keyring.to_json().map_err(|e| failed(path, "written", e))?)
            .map_err(|e| failed(path, "written", e))?;
        // A hard link, unlike a rename, never replaces what is there.
        match fs::hard_link(&draft.path, path) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                return Err(KeyringError::Exists { path: path.into() });
            }
            Err(e) => return Err(failed(path, "written", e)),
        }
        drop(draft);
        sync_folder(path).map_err(|e| failed(path, "written", e))?;
        Ok(keyring)
    }

    /// Reads the keyring at `path`.
    ///
    /// # Errors
    /// [`KeyringError`] when the file is missing, readable by others, not a keyring, or holds a secret that must not
    /// be used.
    pub fn load(path: &Path) -> Result<Self, KeyringError> {
        let text = read_private_file(path)?;
        let file: KeyringFile<'_> =
            serde_json::from_slice(&text).map_err(|e| malformed(path, &e))?;
        file.into_keyring(path)
    }

    fn to_json(&self) -> io::Result<Zeroizing<Vec<u8>>> {
        let encode = |secret: &[u8]| Zeroizing::new(STANDARD.encode(secret));
        let deployment = STANDARD.encode(self.deployment);
        let root_keys: BTreeMap<_, _> = self
            .root_keys
            .iter()
            .map(|(version, key)| (*version, encode(key)))
            .collect();
        let signers: BTreeMap<_, _> = self
            .access_tokens
            .secrets
            .iter()
            .map(|(id, secret)| (id.as_str(), encode(secret)))
            .collect();
        let fingerprint_key = encode(&self.fingerprint_key);
        let audit_key = encode(&self.audit_key);
        let refresh_secret = encode(&self.refresh_secret);
        let file = KeyringFile {
            deployment: &deployment,
            active: self.active,
            keys: borrowed(&root_keys),
            min_decrypt: self.min_decrypt,
            fingerprint_key: &fingerprint_key,
            audit_key: &audit_key,
            access_token_keys: AccessTokenKeysFile {
                signing: &self.access_tokens.signing,
                keys: borrowed(&signers),
            },
            refresh_secret: &refresh_secret,
        };
        // Large enough never to move, so that no copy stays behind.
        let mut json = Zeroizing::new(Vec::with_capacity(4_096));
        serde_json::to_writer_pretty(&mut *json, &file)?;
        json.push(b'\n');
        Ok(json)
    }
}

fn borrowed<K: Ord + Clone>(texts: &BTreeMap<K, Zeroizing<String>>) -> BTreeMap<K, &str> {
    texts
        .iter()
        .map(|(key, text)| (key.clone(), text.as_str()))
        .collect()
}

impl KeyringFile<'_> {
    fn into_keyring(self, path: &Path) -> Result<Keyring, KeyringError> {
        let weak = |secret: String, problem| KeyringError::Weak {
            path: path.into(),
            secret,
            problem,
        };
        let key = |name: &str, text: &str| {
            decode(text)
                .and_then(|key| sound::check_key(&key).map(|()| key))
                .map_err(|problem| weak(name.to_owned(), problem))
        };
        let signing_secret = |name: &str, text: &str| {
            decode(text)
                .and_then(|secret| sound::check_signing_secret(&secret).map(|()| secret))
                .map_err(|problem| weak(name.to_owned(), problem))
        };
        let deployment = decode(self.deployment)
            .ok()
            .and_then(|bytes| bytes.as_slice().try_into().ok())
            .ok_or_else(|| KeyringError::Malformed {
                path: path.into(),
                problem: "the deployment is not base64 of 16 bytes",
                line: 1,
                column: 1,
            })?;

        let mut root_keys = BTreeMap::new();
        for (version, text) in &self.keys {
            root_keys.insert(*version, key(&format!("root key version {version}"), text)?);
        }
        for (name, version) in [("active", self.active), ("minDecrypt", self.min_decrypt)] {
            let is_held = root_keys.contains_key(&version);
            if !is_held || (name == "active" && version < self.min_decrypt) {
                return Err(not_held(path, name, version.to_string()));
            }
        }

        let mut secrets = BTreeMap::new();
        for (id, text) in &self.access_token_keys.keys {
            let name = format!("the access-token secret {id:?}");
            secrets.insert((*id).to_owned(), signing_secret(&name, text)?);
        }
        let signing = self.access_token_keys.signing.to_owned();
        if !secrets.contains_key(&signing) {
            return Err(not_held(path, "accessTokenKeys.signing", signing));
        }

        Ok(Keyring {
            deployment,
            active: self.active,
            min_decrypt: self.min_decrypt,
            root_keys,
            fingerprint_key: key("fingerprintKey", self.fingerprint_key)?,
            audit_key: key("auditKey", self.audit_key)?,
            access_tokens: AccessTokenSecrets { signing, secrets },
            refresh_secret: signing_secret("refreshSecret", self.refresh_secret)?,
        })
    }
}

fn decode(text: &str) -> Result<SecretBytes, WeakSecret> {
    STANDARD_NO_PAD
        .decode(text.trim_end_matches('='))
        .map(Zeroizing::new)
        .map_err(|_| WeakSecret::NotBase64)
}

fn read_private_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let mut file = File::open(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => KeyringError::Missing { path: path.into() },
        _ => failed(path, "read", e),
    })?;
    let metadata = file.metadata().map_err(|e| failed(path, "read", e))?;
    refuse_if_exposed(path, &metadata)?;
    if metadata.len() > MAX_FILE_LEN {
        return Err(KeyringError::Malformed {
            path: path.into(),
            problem: "it is far too long",
            line: 1,
            column: 1,
        });
    }
    // One byte more than the file has, so that reading to the end never moves the buffer.
    let capacity = usize::try_from(metadata.len()).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(Vec::with_capacity(capacity));
    Read::by_ref(&mut file)
        .take(metadata.len())
        .read_to_end(&mut text)
        .map_err(|e| failed(path, "read", e))?;
    Ok(text)
}

#[cfg(unix)]
fn refuse_if_exposed(path: &Path, metadata: &fs::Metadata) -> Result<(), KeyringError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o777;
    let for_others = mode & 0o077;
    if for_others != 0 {
        return Err(KeyringError::Exposed {
            path: path.into(),
            mode,
        });
    }
    Ok(())
}

/// Elsewhere the folder's own rights have to do.
#[cfg(not(unix))]
fn refuse_if_exposed(_: &Path, _: &fs::Metadata) -> Result<(), KeyringError> {
    Ok(())
}

/// A file beside the real one, gone when dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(path: &Path, number: u64) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{number:016x}.new"));
        Self {
            path: path.with_file_name(name),
        }
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(text)?;
        file.sync_all()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Err(e) = fs::remove_file(&self.path)
            && e.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %self.path.display(), error = %e, "a draft of the keyring could not be removed; remove it");
        }
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder can't be opened for this.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, action: &'static str, source: io::Error) -> KeyringError {
    KeyringError::Io {
        path: path.into(),
        action,
        source,
    }
}

fn not_held(path: &Path, name: &'static str, value: String) -> KeyringError {
    KeyringError::NotHeld {
        path: path.into(),
        name,
        value,
    }
}

/// The place of the problem without serde's words for it: those can quote the file.
fn malformed(path: &Path, error: &serde_json::Error) -> KeyringError {
    let problem = if error.is_data() {
        "a field is missing, unknown or of the wrong type"
    } else {
        "the JSON is broken"
    };
    KeyringError::Malformed {
        path: path.into(),
        problem,
        line: error.line(),
        column: error.column(),
    }
}
