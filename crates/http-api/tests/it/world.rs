//! A server over in-memory ports, and short ways to people, keys and answers.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, LazyLock, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use actix_web::dev::ServerHandle;
use latchkey_application::{Application, Policy, Ports};
use latchkey_domain::{id::InstanceId, llm::ModelId, personal_token::Scope};
use latchkey_http_api::{BodyRoom, HttpApi, HttpSettings, Readiness, server};
use latchkey_test_support::{
    canaries,
    memory::{
        MemoryAccessTokens, MemoryFormat, MemoryHasher, MemoryImportFormat, MemoryPersonalTokens,
        MemoryRateLimiter, MemoryRefreshTokens, MemoryRequestMacs, MemoryResetCodes,
        MemoryShareTokens, MemoryStore, MemoryStrength, MemoryVault, Reply, ScriptedLlm,
        system::{ManualClock, SeededRandomness, SequentialIds},
    },
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::client::{Answer, Request};

/// The main runtime, as the program has it.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

/// A running server.
pub struct World {
    pub address: SocketAddr,
    pub application: Application,
    pub clock: Arc<ManualClock>,
    pub store: Arc<MemoryStore>,
    pub llm: Arc<ScriptedLlm>,
    pub limiter: Arc<MemoryRateLimiter>,
    pub readiness: Readiness,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// Somebody who is signed in.
pub struct Person {
    pub access_token: String,
    pub refresh_token: String,
}

impl World {
    pub fn new() -> Self {
        Self::with_settings(|_| ())
    }

    pub fn with_settings(change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::build(change, |_| (), Readiness::new())
    }

    pub fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        Self::build(|_| (), change, Readiness::new())
    }

    pub fn with_readiness(readiness: Readiness) -> Self {
        Self::build(|_| (), |_| (), readiness)
    }

    fn build(
        change_settings: impl FnOnce(&mut HttpSettings),
        change_policy: impl FnOnce(&mut Policy),
        readiness: Readiness,
    ) -> Self {
        let clock = Arc::new(ManualClock::new());
        let store = MemoryStore::new();
        let llm = ScriptedLlm::new();
        let limiter = Arc::new(MemoryRateLimiter::new(clock.clone()));
        limiter.turn_off();
        let mut policy = Policy::new(ModelId::parse("claude-sonnet-5-5").unwrap());
        policy.retry.max_retries = 0;
        policy.journal_interval = Duration::from_millis(20);
        policy.session_check = Duration::from_millis(50);
        change_policy(&mut policy);
        let mut settings = HttpSettings {
            workers: 1,
            ..HttpSettings::default()
        };
        change_settings(&mut settings);
        let ids = Arc::new(SequentialIds::new());
        let ports = in_memory(&store, &clock, &llm, &limiter, ids.clone());
        let application = Application::new(ports, policy);
        let body_room = BodyRoom::new(settings.max_bodies);
        let api = HttpApi {
            body_room,
            application: application.clone(),
            clock: clock.clone(),
            ids,
            settings,
            runtime: RUNTIME.handle().clone(),
            readiness: readiness.clone(),
        };
        let (address, handle, thread) = run(api);
        Self {
            address,
            application,
            clock,
            store,
            llm,
            limiter,
            readiness,
            handle,
            thread: Some(thread),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a request is built for the call"
    )]
    pub fn send(&self, request: Request) -> Answer {
        request.send(self.address)
    }

    pub fn get(&self, path: &str, person: &Person) -> Answer {
        self.send(Request::get(path).bearer(&person.access_token))
    }

    pub fn post(&self, path: &str, person: &Person, body: &Value) -> Answer {
        self.send(Request::post(path, body).bearer(&person.access_token))
    }

    pub fn call(&self, method: &str, path: &str, person: &Person, body: &Value) -> Answer {
        let request = Request::new(method, path).json(body);
        self.send(request.bearer(&person.access_token))
    }

    /// A new account NAME@example.org, signed in.
    pub fn person(&self, name: &str) -> Person {
        let body = json!({
            "email": format!("{name}@example.org"),
            "password": canaries::PASSWORD,
            "name": name,
            "tokenDelivery": "body",
        });
        let answer = self
            .send(Request::post("/api/auth/register", &body))
            .expect(201);
        Person::of(&answer)
    }

    /// A personal access token of the person's with these scopes.
    pub fn token_of(&self, person: &Person, scopes: &[Scope]) -> String {
        let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let body = json!({"name": "a script", "scopes": scopes});
        let answer = self.post("/api/me/tokens", person, &body).expect(201);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// A person with a good stored key.
    pub fn person_with_key(&self, name: &str) -> (Person, String) {
        let person = self.person(name);
        let id = self.add_key(&person, canaries::API_KEY, "My key");
        (person, id)
    }

    pub fn add_key(&self, person: &Person, key: &str, name: &str) -> String {
        let body = json!({"apiKey": key, "name": name});
        let answer = self.post("/api/api-keys", person, &body).expect(201);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The next call for an answer gets this text.
    pub fn will_say(&self, text: &str) {
        self.llm.reply(Reply::text(text));
    }

    /// Runs a future on the main runtime.
    pub fn wait<T>(future: impl Future<Output = T>) -> T {
        RUNTIME.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), future)
                .await
                .expect("it happens in time")
        })
    }
}

impl Person {
    pub fn of(answer: &Answer) -> Self {
        let body = answer.json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            access_token: text("accessToken"),
            refresh_token: text("refreshToken"),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The stop goes to the server's thread at once; its future only waits for the end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Runs the server as the program does, on a thread of its own.
fn run(api: HttpApi) -> (SocketAddr, ServerHandle, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = server(listener, api).unwrap();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    (address, receiver.recv().unwrap(), thread)
}

fn in_memory(
    store: &Arc<MemoryStore>,
    clock: &Arc<ManualClock>,
    llm: &Arc<ScriptedLlm>,
    limiter: &Arc<MemoryRateLimiter>,
    ids: Arc<SequentialIds>,
) -> Ports {
    let random = Arc::new(SeededRandomness::default());
    Ports {
        users: store.clone(),
        sessions: store.clone(),
        personal_tokens: store.clone(),
        api_keys: store.clone(),
        conversations: store.clone(),
        search: store.clone(),
        shares: store.clone(),
        archive: store.clone(),
        answers: store.clone(),
        request_macs: Arc::new(MemoryRequestMacs::new("requests")),
        usage: store.clone(),
        audit: store.clone(),
        vault: Arc::new(MemoryVault::new("keyring", store.clone(), random.clone())),
        llm: llm.clone(),
        format: Arc::new(MemoryFormat),
        import_format: Arc::new(MemoryImportFormat),
        limiter: limiter.clone(),
        hasher: Arc::new(MemoryHasher::default()),
        strength: Arc::new(MemoryStrength),
        access_tokens: Arc::new(MemoryAccessTokens::new("access", random.clone())),
        refresh_tokens: Arc::new(MemoryRefreshTokens::new("refresh")),
        personal_token_secrets: Arc::new(MemoryPersonalTokens::new(random.clone())),
        share_tokens: Arc::new(MemoryShareTokens::new(random.clone())),
        reset_codes: Arc::new(MemoryResetCodes::new(random.clone())),
        clock: clock.clone(),
        instance: InstanceId::new(ids.as_ref()),
        ids,
        random,
    }
}
