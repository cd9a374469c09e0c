//! Everything in memory: an application, its ports, a clock that the tests set, and short ways to people and keys.

use std::{sync::Arc, time::Duration};

use latchkey_application::{
    Actor, Application, ClientAddress, Policy, Ports,
    accounts::{AccountsError, Login, Register, SignedInTokens},
    api_keys::AddApiKey,
    personal_tokens::{CreatePersonalToken, CreatedPersonalToken},
};
use latchkey_domain::{
    Owner, PageRequest, Timestamp,
    api_key::ApiKey,
    audit::{AuditAction, AuditEvent},
    id::{InstanceId, UserId},
    llm::{LlmError, LlmErrorKind, MockAnswerFormat, MockLlmClient, ModelId, ModelInfo},
    personal_token::{Scope, Scopes},
    secret::SecretText,
    session::SignedIn,
    system::Clock,
    user::{Email, User},
};
use latchkey_test_support::memory::{
    MemoryAccessTokens, MemoryHasher, MemoryImportFormat, MemoryPersonalTokens, MemoryRateLimiter,
    MemoryRefreshTokens, MemoryRequestMacs, MemoryResetCodes, MemoryShareTokens, MemoryStore,
    MemoryStrength, MemoryVault,
    system::{ManualClock, SeededRandomness, SequentialIds},
};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple!";

/// An application over in-memory ports.
pub struct World {
    pub app: Application,
    pub ports: Ports,
    pub policy: Policy,
    pub clock: Arc<ManualClock>,
    pub store: Arc<MemoryStore>,
}

impl World {
    /// An empty server with the default policy, whose provider takes every key.
    pub fn new() -> Self {
        Self::build(|_| (), |_| ())
    }

    pub fn with_policy(change: impl FnOnce(&mut Policy)) -> Self {
        Self::build(|_| (), change)
    }

    /// An empty server with other ports.
    pub fn with_ports(change: impl FnOnce(&mut Ports)) -> Self {
        Self::build(change, |_| ())
    }

    /// The same server, its data included, with other ports from now on.
    pub fn rewired(&self, change: impl FnOnce(&mut Ports)) -> Self {
        let mut ports = self.ports.clone();
        change(&mut ports);
        Self {
            app: Application::new(ports.clone(), self.policy.clone()),
            ports,
            policy: self.policy.clone(),
            clock: Arc::clone(&self.clock),
            store: Arc::clone(&self.store),
        }
    }

    fn build(
        change_ports: impl FnOnce(&mut Ports),
        change_policy: impl FnOnce(&mut Policy),
    ) -> Self {
        let clock = Arc::new(ManualClock::new());
        let store = MemoryStore::new();
        let mut ports = in_memory(&store, &clock);
        change_ports(&mut ports);
        let mut policy = Policy::new(model_info("claude-sonnet-5-5").id);
        change_policy(&mut policy);
        Self {
            app: Application::new(ports.clone(), policy.clone()),
            ports,
            policy,
            clock,
            store,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes the account NAME@example.org.
    pub async fn register(&self, name: &str) -> SignedInTokens {
        let tokens = self.app.accounts.register(register(name)).await;
        tokens.expect("a free address")
    }

    /// Signs NAME@example.org in once more.
    pub async fn login(&self, name: &str) -> SignedInTokens {
        let tokens = self.app.accounts.login(login(name)).await;
        tokens.expect("the right password")
    }

    /// How a sign-in with a wrong password from `from` fails.
    pub async fn wrong_login(&self, name: &str, from: &str) -> AccountsError {
        let wrong = Login {
            password: secret("wrong horse battery staple!"),
            address: address(from),
            ..login(name)
        };
        let answer = self.app.accounts.login(wrong).await;
        answer.expect_err("the password is wrong")
    }

    /// A new account, as it asks.
    pub async fn actor(&self, name: &str) -> Actor {
        self.signed_in(name).await.into()
    }

    /// A new account with its session.
    pub async fn signed_in(&self, name: &str) -> SignedIn {
        let tokens = self.register(name).await;
        self.signed_in_of(&tokens).await
    }

    pub async fn signed_in_of(&self, tokens: &SignedInTokens) -> SignedIn {
        let token = tokens.access_token.0.expose();
        let actor = self.app.accounts.authenticate(token).await;
        let actor = actor.expect("a good access token");
        actor.into_signed_in().expect("a session's token")
    }

    /// A personal access token of the person's that may do this.
    pub async fn personal_token(&self, by: &SignedIn, scopes: &[Scope]) -> CreatedPersonalToken {
        let command = CreatePersonalToken {
            name: "backup".to_owned(),
            scopes: Scopes::of(scopes.iter().copied()).expect("at least one"),
            expires_at: None,
        };
        let created = self.app.personal_tokens.create(by, command).await;
        created.expect("one more token")
    }

    /// Who presents this personal access token.
    pub async fn holder_of(&self, token: &CreatedPersonalToken) -> Result<Actor, AccountsError> {
        let secret = token.secret.expose();
        self.app.accounts.authenticate(secret).await
    }

    pub async fn is_signed_out(&self, tokens: &SignedInTokens) -> bool {
        let token = tokens.access_token.0.expose();
        let answer = self.app.accounts.authenticate(token).await;
        matches!(answer, Err(AccountsError::NotSignedIn))
    }

    /// Adds the key that is called `name`.
    pub async fn add_key(&self, actor: &Actor, name: &str) -> ApiKey {
        let key = self.app.api_keys.add(actor, new_key(name)).await;
        key.expect("a good key")
    }

    /// Lets so much time pass that all limits are as good as new.
    pub fn let_limits_pass(&self) {
        self.clock.advance(Duration::from_hours(1));
    }

    pub async fn users(&self) -> Vec<User> {
        let page = self.ports.users.list_users(PageRequest::first(100)).await;
        page.unwrap().items
    }

    pub async fn stored_user(&self, id: UserId) -> User {
        let user = self.ports.users.find_user(id).await.unwrap();
        user.expect("a stored account")
    }

    /// The account's lines of the audit, newest first.
    pub async fn audit_lines_of(&self, user: UserId) -> Vec<AuditEvent> {
        let owner = Owner::User(user);
        self.ports.audit.list_audit(owner, 100).await.unwrap()
    }

    pub async fn audit_of(&self, user: UserId) -> Vec<AuditAction> {
        let lines = self.audit_lines_of(user).await;
        lines.iter().map(|line| line.action).collect()
    }
}

fn in_memory(store: &Arc<MemoryStore>, clock: &Arc<ManualClock>) -> Ports {
    let ids = Arc::new(SequentialIds::new());
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
        llm: Arc::new(accepting()),
        format: Arc::new(MockAnswerFormat::new()),
        limiter: Arc::new(MemoryRateLimiter::new(clock.clone())),
        import_format: Arc::new(MemoryImportFormat),
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

pub fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

pub fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.org")).expect("a name of a test")
}

pub fn address(text: &str) -> ClientAddress {
    ClientAddress(text.to_owned())
}

pub fn register(name: &str) -> Register {
    Register {
        email: email(name),
        password: secret(PASSWORD),
        name: Some(name.to_owned()),
        accept_terms: true,
        user_agent: Some("test browser".to_owned()),
        address: address("192.0.2.1"),
    }
}

pub fn login(name: &str) -> Login {
    Login {
        email: email(name),
        password: secret(PASSWORD),
        user_agent: None,
        address: address("192.0.2.1"),
    }
}

/// The secret of the key that is called `name`.
pub fn key_secret(name: &str) -> String {
    format!("sk-ant-api03-CANARY-{name}-0123456789")
}

pub fn new_key(name: &str) -> AddApiKey {
    AddApiKey {
        secret: secret(&key_secret(name)),
        name: name.to_owned(),
        expires_at: None,
        allow_unverified: false,
    }
}

pub fn model_info(id: &str) -> ModelInfo {
    ModelInfo {
        id: ModelId::parse(id).expect("a model id"),
        display_name: Some("A model".to_owned()),
        created_at: None,
        max_input_tokens: None,
        max_output_tokens: None,
        lifecycle: None,
    }
}

/// A provider that takes every key.
fn accepting() -> MockLlmClient {
    let mut llm = MockLlmClient::new();
    llm.expect_check_key().returning(|_| Ok(Vec::new()));
    llm
}

/// A provider whose check fails in this way.
pub fn rejecting(kind: LlmErrorKind) -> MockLlmClient {
    let mut llm = MockLlmClient::new();
    llm.expect_check_key()
        .returning(move |_| Err(LlmError::new(kind).with_message("in the provider's words")));
    llm
}
