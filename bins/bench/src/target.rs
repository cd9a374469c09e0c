//! What is measured: the bare provider, nginx before it, and Latchkey before it on each database.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    client::{Connection, request},
    process::{Folder, Process, free_address},
};

const KEY: &str = "sk-ant-api03-benchmarks-need-a-key-of-some-length-AA";
const MODEL: &str = "claude-sonnet-5-5";

/// One server under load.
pub struct Target {
    pub name: String,
    pub address: SocketAddr,
    pub is_nginx: bool,
    /// Memory after the start, before any request, in MiB.
    pub started_mib: f64,
    kind: Kind,
    process: Option<Process>,
}

enum Kind {
    /// Speaks Anthropic's API.
    Provider,
    /// Speaks ours.
    Latchkey { token: String },
}

/// The fake provider, shared by all targets.
pub struct Provider {
    address: SocketAddr,
    _process: Process,
}

impl Target {
    pub fn direct(provider: &Provider) -> Self {
        Self {
            name: "provider alone".into(),
            address: provider.address,
            is_nginx: false,
            started_mib: 0.0,
            kind: Kind::Provider,
            process: None,
        }
    }

    /// CPU seconds of the target's own processes so far; none for the provider, which serves all.
    pub fn cpu_seconds(&self) -> Option<f64> {
        self.process.as_ref().map(Process::cpu_seconds)
    }

    /// Whether it has accounts and conversations.
    pub fn is_latchkey(&self) -> bool {
        matches!(self.kind, Kind::Latchkey { .. })
    }

    pub fn resident_mib(&self) -> f64 {
        self.process.as_ref().map_or(0.0, Process::resident_mib)
    }

    /// A request of the signed-in user; `None` where nobody signs in.
    pub fn own_request(&self, method: &str, path: &str, body: &str) -> Option<Vec<u8>> {
        let Kind::Latchkey { token } = &self.kind else {
            return None;
        };
        let bearer = format!("Bearer {token}");
        Some(request(method, path, &[("authorization", &bearer)], body))
    }

    /// A message of one user: everything that Latchkey does for it is saved.
    pub fn message(&self, conversation: &str, text: &str, stream: bool) -> Vec<u8> {
        match &self.kind {
            Kind::Provider => {
                let body = json!({"model": MODEL, "max_tokens": 1024, "stream": stream, "messages": [{"role": "user", "content": text}]});
                request(
                    "POST",
                    "/v1/messages",
                    &[("x-api-key", KEY), ("anthropic-version", "2026-10-21")],
                    &body.to_string(),
                )
            }
            Kind::Latchkey { token } => {
                let body =
                    json!({"message": text, "model": MODEL, "maxTokens": 1024, "stream": stream});
                let path = format!("/api/chat/conversations/{conversation}/messages");
                request(
                    "POST",
                    &path,
                    &[("authorization", &format!("Bearer {token}"))],
                    &body.to_string(),
                )
            }
        }
    }
}

pub async fn start_provider(binaries: &Path) -> Result<Provider, String> {
    let address = free_address()?;
    let mut command = Command::new(binaries.join("fake-anthropic"));
    command.args(["--quiet", "--no-record", "--listen", &address.to_string()]);
    let process = Process::start(command, address).await?;
    Ok(Provider {
        address,
        _process: process,
    })
}

/// nginx as a bare reverse proxy with a pool of kept connections, as many workers as cores.
pub async fn start_nginx(provider: &Provider, folder: &Folder) -> Result<Target, String> {
    let program = [
        "/usr/sbin/nginx",
        "/usr/local/sbin/nginx",
        "/opt/homebrew/bin/nginx",
    ]
    .into_iter()
    .find(|path| Path::new(path).is_file())
    .ok_or("it isn't installed")?;
    let address = free_address()?;
    let place = folder.path().display();
    let config = format!(
        "daemon off; worker_processes auto; pid {place}/nginx.pid; error_log /dev/null;
         events {{ worker_connections 9000; }}
         http {{
           access_log off; client_body_temp_path {place}; proxy_temp_path {place};
           fastcgi_temp_path {place}; uwsgi_temp_path {place}; scgi_temp_path {place};
           keepalive_requests 1000000;
           upstream provider {{ server {}; keepalive 512; keepalive_requests 1000000; }}
           server {{ listen {address}; location / {{
             proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off;
           }} }}
         }}",
        provider.address
    );
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, config).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("-c").arg(&file).stderr(Stdio::null());
    let process = Process::start(command, address).await?;
    Ok(Target {
        name: "nginx".into(),
        address,
        is_nginx: true,
        started_mib: process.resident_mib(),
        kind: Kind::Provider,
        process: Some(process),
    })
}

/// Latchkey with a user who has a stored key; on SQLite, or on a new database of this PostgreSQL.
pub async fn start_latchkey(
    name: &str,
    binaries: &Path,
    provider: &Provider,
    folder: &Folder,
    postgres: Option<&str>,
) -> Result<Target, String> {
    let address = free_address()?;
    let data = folder.path().join(if postgres.is_some() {
        "postgres"
    } else {
        "sqlite"
    });
    let mut command = latchkey_command(binaries, provider, &data, address);
    if let Some(url) = postgres {
        command.env("DATABASE_URL", url);
    }
    let process = Process::start(command, address).await?;
    let started_mib = process.resident_mib();
    let token = sign_up(address).await?;
    Ok(Target {
        name: name.into(),
        address,
        is_nginx: false,
        started_mib,
        kind: Kind::Latchkey { token },
        process: Some(process),
    })
}

/// The server on SQLite in the folder `data`.
pub fn latchkey_command(
    binaries: &Path,
    provider: &Provider,
    data: &Path,
    address: SocketAddr,
) -> Command {
    let mut command = Command::new(binaries.join("latchkey"));
    command
        .args(["--listen", &address.to_string()])
        .env("LATCHKEY_DATA_DIR", data)
        .env(
            "LATCHKEY_PROVIDER_URL",
            format!("http://{}", provider.address),
        )
        .env("LATCHKEY_LIMITS", "off")
        .env("LATCHKEY_LOG", "warn")
        .env_remove("DATABASE_URL")
        .stderr(Stdio::null());
    command
}

async fn sign_up(address: SocketAddr) -> Result<String, String> {
    let mut connection = Connection::open(address).await?;
    let account = json!({"email": "bench@example.org", "password": "seven quiet harbours at dawn"})
        .to_string();
    let answer = call(
        &mut connection,
        request("POST", "/api/auth/register", &[], &account),
    )
    .await?;
    let token = answer
        .get("accessToken")
        .and_then(Value::as_str)
        .ok_or("no access token")?
        .to_owned();
    let key = json!({"apiKey": KEY, "name": "Benchmark"}).to_string();
    let bearer = format!("Bearer {token}");
    call(
        &mut connection,
        request("POST", "/api/api-keys", &[("authorization", &bearer)], &key),
    )
    .await?;
    Ok(token)
}

async fn call(connection: &mut Connection, request: Vec<u8>) -> Result<Value, String> {
    let (status, body) = connection.exchange(&request).await?;
    let text = String::from_utf8_lossy(&body);
    if status != 201 {
        return Err(format!("sign-up answers {status}: {text}"));
    }
    serde_json::from_str(&text).map_err(|error| error.to_string())
}
