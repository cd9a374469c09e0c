//! One suite per port: each sentence of a port's documentation is a case, and every implementation passes all of them.
//!
//! An implementation gives an `async fn` that makes a fresh set-up, and mounts the suites that concern it:
//!
//! ```text
//! async fn fresh_stores() -> Stores { … }
//!
//! latchkey_test_support::store_contract_tests!(crate::sqlite::fresh_stores);
//! latchkey_test_support::contract_tests!(key_vault, crate::vault::fresh_vault);
//! ```
//!
//! The suites of ports without I/O (`access_tokens`, `refresh_tokens`, `personal_tokens`, `reset_codes`, `share_tokens`,
//! `request_macs`, `password_strength`, `answer_format`, `import_format`, `id_source`, `randomness`) take a plain `fn` instead.
//!
//! Each case becomes a test of its own, with a set-up of its own, so a failure names the promise that was
//! broken. The path is written from the root of the crate, because the tests stand in a module of their own.

pub mod access_tokens;
pub mod answer_format;
pub mod answer_repo;
pub mod api_key_repo;
pub mod archive_repo;
pub mod audit_log;
pub mod conversation_repo;
pub mod data_key_repo;
pub mod id_source;
pub mod import_format;
pub mod key_vault;
pub mod password_hasher;
pub mod password_strength;
pub mod personal_token_repo;
pub mod personal_tokens;
pub mod randomness;
pub mod rate_limiter;
pub mod refresh_tokens;
pub mod request_macs;
pub mod reset_codes;
pub mod search_repo;
pub mod session_repo;
pub mod share_repo;
pub mod share_tokens;
pub mod usage_ledger;
pub mod user_repo;

use std::{any::Any, future::Future, sync::Arc};

use latchkey_domain::{
    api_key::{ApiKeyRepo, DataKeyRepo},
    archive::ArchiveRepo,
    audit::AuditLog,
    conversation::{AnswerRepo, BeginTurn, Conversation, ConversationRepo},
    id::MessageId,
    owner::Owner,
    personal_token::PersonalTokenRepo,
    search::SearchRepo,
    session::SessionRepo,
    share::ShareRepo,
    usage::UsageLedger,
    user::{User, UserRepo},
};
use tokio::{sync::Barrier, task::JoinSet};

use crate::builders::Samples;

/// All stores on one fresh, empty database.
pub struct Stores {
    /// Accounts.
    pub users: Arc<dyn UserRepo>,
    /// Sign-ins.
    pub sessions: Arc<dyn SessionRepo>,
    /// Personal access tokens.
    pub personal_tokens: Arc<dyn PersonalTokenRepo>,
    /// Provider keys.
    pub api_keys: Arc<dyn ApiKeyRepo>,
    /// Data keys and the state of the keyring.
    pub data_keys: Arc<dyn DataKeyRepo>,
    /// Conversations and messages.
    pub conversations: Arc<dyn ConversationRepo>,
    /// Conversations as a whole.
    pub archive: Arc<dyn ArchiveRepo>,
    /// Links to conversations.
    pub shares: Arc<dyn ShareRepo>,
    /// The search.
    pub search: Arc<dyn SearchRepo>,
    /// Turns and running answers.
    pub answers: Arc<dyn AnswerRepo>,
    /// The ledger.
    pub usage: Arc<dyn UsageLedger>,
    /// The audit.
    pub audit: Arc<dyn AuditLog>,
    /// What lives exactly as long as the case: a temporary folder, a database to drop.
    pub guard: Box<dyn Any + Send + Sync>,
}

impl Stores {
    /// Stores an account and returns it as it stands.
    pub(crate) async fn add_user(&self, samples: &Samples, name: &str) -> User {
        let mut user = samples.user(name);
        user.role = self.users.insert_user(&user).await.expect("a new account");
        user
    }

    /// Stores an account of which only the id matters.
    pub(crate) async fn add_owner(&self, samples: &Samples, name: &str) -> Owner {
        Owner::User(self.add_user(samples, name).await.id)
    }

    /// Stores a question after `parent` with its complete answer.
    pub(crate) async fn add_turn(
        &self,
        samples: &Samples,
        conversation: &Conversation,
        parent: Option<MessageId>,
        text: &str,
    ) -> BeginTurn {
        let turn = samples.turn(conversation, parent, text, samples.instance());
        self.answers.begin_turn(&turn).await.expect("a new turn");
        let end = samples.completion(&turn, &format!("{text}!"));
        assert!(self.answers.finish_answer(&end).await.expect("an end"));
        turn
    }

    /// Makes all texts of turns findable that are ready, a few at a time.
    pub(crate) async fn index_all(&self) {
        while self.search.index_pending(3).await.expect("an index") == 3 {}
    }
}

/// Runs `count` tasks that start together, and returns what each gave, in their order.
pub(crate) async fn all_at_once<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (start, work) = (start.clone(), task(number));
        tasks.spawn(async move {
            start.wait().await;
            (number, work.await)
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Mounts the suite of one port: `contract_tests!(user_repo, crate::sqlite::fresh_stores)`.
#[macro_export]
macro_rules! contract_tests {
    ($contract:ident, $factory:path) => {
        mod $contract {
            $crate::contracts::$contract::cases!($factory);
        }
    };
}

/// Mounts the suites of all stores.
#[macro_export]
macro_rules! store_contract_tests {
    ($factory:path) => {
        $crate::contract_tests!(user_repo, $factory);
        $crate::contract_tests!(session_repo, $factory);
        $crate::contract_tests!(personal_token_repo, $factory);
        $crate::contract_tests!(api_key_repo, $factory);
        $crate::contract_tests!(data_key_repo, $factory);
        $crate::contract_tests!(conversation_repo, $factory);
        $crate::contract_tests!(archive_repo, $factory);
        $crate::contract_tests!(share_repo, $factory);
        $crate::contract_tests!(search_repo, $factory);
        $crate::contract_tests!(answer_repo, $factory);
        $crate::contract_tests!(usage_ledger, $factory);
        $crate::contract_tests!(audit_log, $factory);
    };
}

/// Makes a test of each case; used by the suites.
#[macro_export]
macro_rules! tests_of_cases {
    ($contract:ident, $factory:path; $($case:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $case() {
            let setup = $factory().await;
            $crate::contracts::$contract::$case(&setup).await;
        }
    )*};
}

/// The same for ports without I/O.
#[macro_export]
macro_rules! tests_of_pure_cases {
    ($contract:ident, $factory:path; $($case:ident),* $(,)?) => {$(
        #[test]
        fn $case() {
            $crate::contracts::$contract::$case(&$factory());
        }
    )*};
}
