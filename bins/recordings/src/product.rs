//! The product: the real program with a folder of its own, and somebody with an account and a key.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// How long the program gets to say where it listens.
const START: Duration = Duration::from_mins(1);
/// No account of anybody's: the folder is removed at the end.
const EMAIL: &str = "recordings@example.org";
const PASSWORD: &str = "seven quiet harbours at dawn";
const KEY: &str = "sk-ant-api03-for-recordings-alone";

/// The running program.
pub struct Product {
    http: Client,
    url: String,
    token: String,
    folder: PathBuf,
    _process: Child,
}

/// An answer to a message.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Product {
    /// Starts the program with this provider, and signs up.
    pub async fn start(program: &Path, provider: &str) -> Result<Self, String> {
        let folder =
            std::env::temp_dir().join(format!("latchkey-recordings-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let (process, url) = start(program, provider, &folder).await?;
        let http = Client::builder()
            .no_proxy()
            .build()
            .map_err(|error| error.to_string())?;
        let mut product = Self {
            http,
            url,
            token: String::new(),
            folder,
            _process: process,
        };
        let account = json!({"email": EMAIL, "password": PASSWORD, "tokenDelivery": "body"});
        let answer = product.post("/api/auth/register", &account).await?;
        let token = answer.body["accessToken"].as_str();
        token
            .ok_or_else(|| format!("no account: {}", answer.body))?
            .clone_into(&mut product.token);
        let key = json!({"apiKey": KEY, "name": "Recordings"});
        let answer = product.post("/api/api-keys", &key).await?;
        if answer.status != 201 {
            return Err(format!("no key: {}", answer.body));
        }
        Ok(product)
    }

    pub async fn get(&self, path: &str) -> Result<Value, String> {
        let response = self.send(Method::GET, path, None).await?;
        read(response).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let response = self.send(Method::POST, path, Some(body)).await?;
        Ok(Answer {
            status: response.status().as_u16(),
            body: read(response).await?,
        })
    }

    /// The bytes of a streamed answer.
    pub async fn stream(&self, path: &str, body: &Value) -> Result<String, String> {
        let response = self.send(Method::POST, path, Some(body)).await?;
        response.text().await.map_err(|error| error.to_string())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, String> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        request.send().await.map_err(|error| error.to_string())
    }
}

async fn read(response: Response) -> Result<Value, String> {
    let text = response.text().await.map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
}

impl Drop for Product {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The process, and where it listens.
async fn start(program: &Path, provider: &str, folder: &Path) -> Result<(Child, String), String> {
    let mut command = Command::new(program);
    let mut process = command
        .current_dir(folder)
        .env_clear()
        .env("LATCHKEY_LISTEN", "127.0.0.1:0")
        .env("LATCHKEY_PROVIDER_URL", provider)
        .env("LATCHKEY_LIMITS", "off")
        .env("LATCHKEY_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let output = process.stdout.take().ok_or("the program has no output")?;
    let mut lines = BufReader::new(output).lines();
    let listens = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((_, address)) = line.split_once("listens on ") {
                let address = address.split_whitespace().next().unwrap_or_default();
                return Some(address.to_owned());
            }
        }
        None
    };
    let url = timeout(START, listens)
        .await
        .ok()
        .flatten()
        .ok_or("the program doesn't say where it listens")?;
    // What else it says is of no interest, but must not fill the pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((process, url))
}
